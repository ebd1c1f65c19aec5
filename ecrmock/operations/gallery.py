"""What the gallery of public registries shows: everybody sees it, and it changes nothing."""

from collections.abc import Iterator
from itertools import islice

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.gallery import PAGE_SIZE, Wanted, matches, page_bounds, place
from ecrmock.store.repository import RepositoryState
from ecrmock.values.gallery import (
    GalleryEntry,
    GalleryName,
    GalleryPage,
    GalleryRegistry,
    GalleryRepository,
    GalleryTag,
)
from ecrmock.values.images import Tagging
from ecrmock.values.names import PUBLIC, AccountId, RepositoryName, Tag
from ecrmock.values.repositories import RepositoryCatalogData

_NO_DATA = RepositoryCatalogData()
_LATEST = Tag("latest")
_Found = tuple[GalleryName, RepositoryState]


@operation("ecrmock", "FindGalleryRepositories", action="", is_open=True)
def find_gallery_repositories(
    context: Context,
    *,
    text: str = "",
    architectures: frozenset[str] = frozenset(),
    operating_systems: frozenset[str] = frozenset(),
    number: int = 1,
) -> GalleryPage:
    """Return a page of the public repositories of all accounts that are looked for."""
    wanted = Wanted(text=text, architectures=architectures, operating_systems=operating_systems)
    accounts = context.store.accounts
    named = [each for account in accounts for each in _names(context, account)]
    found = [each for each in named if matches(each[0], wanted)]
    return _page(context, sorted(found, key=lambda each: place(each[0], wanted)), number)


@operation("ecrmock", "ReadGalleryRegistry", action="")
def read_gallery_registry(context: Context, *, number: int = 1) -> GalleryRegistry:
    """Return the public registry that is meant, with a page of its repositories."""
    aliases = context.store.public_aliases
    alias = aliases.primary_of(context.account)
    found = sorted(_names(context, context.account), key=lambda each: each[0].full_name)
    return GalleryRegistry(
        alias=alias,
        aliases=tuple(each.name for each in aliases.of_account(context.account) if each.is_active),
        display_name=context.registry.settings.display_name or "",
        registry_uri=context.world.addresses.public_registry(alias),
        page=_page(context, found, number),
    )


@operation("ecrmock", "ReadGalleryRepository", action="")
def read_gallery_repository(
    context: Context, *, repository_name: RepositoryName, number: int = 1
) -> GalleryRepository:
    """Return a public repository with a page of its tags. Raises: RepositoryNotFoundError."""
    state = context.registry.repository(repository_name)
    start, number, pages = page_bounds(len(state.tags), number)
    newest = next(state.tags.newest(), None)
    newest_tag = newest.image_tag if newest is not None else None
    return GalleryRepository(
        entry=_entry(context, _name(context, context.account, state), state),
        tags=tuple(
            _tag(state, each) for each in islice(state.tags.newest(), start, start + PAGE_SIZE)
        ),
        number=number,
        pages=pages,
        suggested_tag=_LATEST if _LATEST in state.tags else newest_tag,
    )


def _names(context: Context, account: AccountId) -> Iterator[_Found]:
    """Yield the public repositories of an account."""
    registry = context.store.accounts[account].regions.get(PUBLIC)
    for state in registry.repositories.values() if registry is not None else ():
        yield _name(context, account, state), state


def _name(context: Context, account: AccountId, state: RepositoryState) -> GalleryName:
    store = context.store
    return GalleryName(
        alias=store.public_aliases.primary_of(account),
        display_name=store.registry(account, PUBLIC).settings.display_name or "",
        repository_name=state.repository.repository_name,
        catalog_data=state.repository.catalog_data or _NO_DATA,
    )


def _page(context: Context, found: list[_Found], number: int) -> GalleryPage:
    start, number, pages = page_bounds(len(found), number)
    entries = tuple(_entry(context, *each) for each in found[start : start + PAGE_SIZE])
    return GalleryPage(entries=entries, total=len(found), number=number, pages=pages)


def _entry(context: Context, named: GalleryName, state: RepositoryState) -> GalleryEntry:
    registry = context.world.addresses.public_registry(named.alias)
    newest = next(state.tags.newest(), None)
    return GalleryEntry(
        named=named,
        repository_uri=f"{registry}/{named.repository_name}",
        created_at=state.repository.created_at,
        tag_count=len(state.tags),
        updated_at=None if newest is None else _tag(state, newest).tagged_at,
    )


def _tag(state: RepositoryState, tagging: Tagging) -> GalleryTag:
    image = state.images.get(tagging.image_digest)
    assert image is not None  # noqa: S101 - a tag has an image
    return GalleryTag(
        image_tag=tagging.image_tag,
        image_digest=image.image_digest,
        image_size_in_bytes=image.image_size_in_bytes,
        media_type=image.artifact_media_type or image.image_manifest_media_type,
        is_index=image.is_index,
        tagged_at=tagging.tagged_at or image.image_pushed_at,
    )
