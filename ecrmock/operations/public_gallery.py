"""What only public registries have: their aliases, and what is said of them and of their repositories.

CreateRepository, DescribeRegistries, DescribeImageTags; Get-, PutRegistryCatalogData; Get-,
PutRepositoryCatalogData. All else is done by the operations of private registries.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, cut, decode_token, encode_token
from ecrmock.rules.public_gallery import (
    alias_fault,
    check_logo,
    default_alias,
    logo_name,
    put_among,
    read_logo_name,
)
from ecrmock.rules.repositories import check_resource_tags
from ecrmock.store.repository import RepositoryState
from ecrmock.values.images import Image, Tagging
from ecrmock.values.names import (
    PUBLIC,
    AccountId,
    RepositoryName,
    Tag,
    public_registry_arn,
    repository_arn,
)
from ecrmock.values.public_gallery import (
    ACTIVE,
    CatalogDataInput,
    PublicAlias,
    PublicRegistry,
    RegistryCatalogData,
)
from ecrmock.values.repositories import (
    Repository,
    RepositoryAlreadyExistsError,
    RepositoryCatalogData,
    ResourceTag,
)

_REGISTRIES, _TAGS = "registries", "image-tags"
_NO_DATA = RepositoryCatalogData()


@dataclass(frozen=True, slots=True)
class NewRepository:
    """Answer of CreateRepository."""

    repository: Repository
    catalog_data: RepositoryCatalogData


@dataclass(frozen=True, slots=True)
class DescribedRepository:
    """Answer of the operations on a repository's catalog data."""

    catalog_data: RepositoryCatalogData


@dataclass(frozen=True, slots=True)
class DescribedRegistry:
    """Answer of the operations on a registry's catalog data."""

    registry_catalog_data: RegistryCatalogData


@dataclass(frozen=True, slots=True)
class RegistryPage:
    """Answer of DescribeRegistries."""

    registries: tuple[PublicRegistry, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True)
class ImageTagDetail:
    """A tag, when it was put, and its image (API shape of the same name)."""

    image_tag: Tag
    created_at: datetime | None
    image_detail: Image | None


@dataclass(frozen=True, slots=True)
class ImageTagPage:
    """Answer of DescribeImageTags."""

    image_tag_details: tuple[ImageTagDetail, ...]
    next_token: str | None = None


@operation("ecr-public", "CreateRepository")
def create_public_repository(
    context: Context,
    *,
    repository_name: RepositoryName,
    catalog_data: CatalogDataInput | None = None,
    tags: Sequence[ResourceTag] = (),
) -> NewRepository:
    """Make a public repository; with the first one of an account its registry gets an alias.

    Raises: InvalidParameterError, InvalidTagParameterError, TooManyTagsError,
    RepositoryAlreadyExistsError, LimitExceededError. Source: reference public.md §1.2, §4.1.
    """
    registry = context.registry
    _check_catalog_data(catalog_data)
    check_resource_tags(tags, context.settings.quotas.resource_tags)
    if repository_name in registry.repositories:
        raise RepositoryAlreadyExistsError(repository_name, context.account)
    repository = Repository(
        repository_arn=repository_arn(context.account, PUBLIC, repository_name),
        registry_id=context.account,
        repository_name=repository_name,
        created_at=context.now,
        resource_tags=tuple(tags),
    )
    placed = context.add_repository(repository)
    said = _NO_DATA
    if catalog_data is not None:
        said = _catalog_data(context, catalog_data, placed.sequence)
        registry.repository(repository_name).change(replace(placed, catalog_data=said))
    _give_alias(context)
    shown = replace(placed, repository_uri=context.repository_uri(repository_name))
    return NewRepository(shown, _shown(context, said))


def _give_alias(context: Context) -> None:
    """Give the registry its default alias, which nobody else has, unless it has one."""
    aliases = context.store.public_aliases
    present = aliases.of_account(context.account)
    if any(alias.default_registry_alias for alias in present):
        return
    name = default_alias(context.world.ids.bits(64))
    while name in aliases:
        name = default_alias(context.world.ids.bits(64))
    is_primary = not any(alias.primary_registry_alias for alias in present)
    alias = PublicAlias(
        name=name,
        registry_id=context.account,
        primary_registry_alias=is_primary,
        default_registry_alias=True,
    )
    aliases.put(name, alias)


def _check_catalog_data(given: CatalogDataInput | None) -> None:
    if given is not None and given.logo_image_blob:
        check_logo(given.logo_image_blob)


def _catalog_data(
    context: Context, given: CatalogDataInput, sequence: int
) -> RepositoryCatalogData:
    """Return what is kept of what an owner says of the repository with a place in its registry."""
    logo, ids = given.logo_image_blob, context.world.ids
    return RepositoryCatalogData(
        description=given.description,
        architectures=given.architectures,
        operating_systems=given.operating_systems,
        about_text=given.about_text,
        usage_text=given.usage_text,
        logo_name=logo_name(context.account, sequence, ids.uuid(), ids.uuid()) if logo else None,
        logo_image=b64encode(logo).decode() if logo else None,
    )


def _shown(context: Context, said: RepositoryCatalogData) -> RepositoryCatalogData:
    """Return catalog data as the API shows them: with the address of the logo."""
    if said.logo_name is None:
        return said
    return replace(said, logo_url=context.world.addresses.logo_url(said.logo_name))


@operation("ecr-public", "PutRepositoryCatalogData")
def put_repository_catalog_data(
    context: Context, *, repository_name: RepositoryName, catalog_data: CatalogDataInput
) -> DescribedRepository:
    """Replace all that is said of a repository; what is left out is said no more.

    Raises: InvalidParameterError, RepositoryNotFoundError. Inferred: reference public.md §4.1.
    """
    _check_catalog_data(catalog_data)
    state = context.registry.repository(repository_name)
    said = _catalog_data(context, catalog_data, state.repository.sequence)
    state.change(replace(state.repository, catalog_data=said))
    return DescribedRepository(_shown(context, said))


@operation("ecr-public", "GetRepositoryCatalogData")
def get_repository_catalog_data(
    context: Context, *, repository_name: RepositoryName
) -> DescribedRepository:
    """Return what is said of a repository; nothing at first.

    That this is no error there is what Terraform's AWS provider relies on: it reads the catalog data of every
    repository and takes no refusal (``aws_ecrpublic_repository``, and its test against AWS of one without any).

    Raises: RepositoryNotFoundError. Inferred: against reference public.md §4.1.
    """
    said = context.registry.repository(repository_name).repository.catalog_data
    return DescribedRepository(_shown(context, said or _NO_DATA))


@operation("ecr-public", "PutRegistryCatalogData")
def put_registry_catalog_data(
    context: Context, *, display_name: str | None = None
) -> DescribedRegistry:
    """Replace what is said of the registry. Source: reference public.md §4.1."""
    registry = context.registry
    registry.change(replace(registry.settings, display_name=display_name))
    return DescribedRegistry(RegistryCatalogData(display_name=display_name))


@operation("ecr-public", "GetRegistryCatalogData")
def get_registry_catalog_data(context: Context) -> DescribedRegistry:
    """Return what is said of the registry; nothing before it was put. Source: public.md §4.1."""
    return DescribedRegistry(
        RegistryCatalogData(display_name=context.registry.settings.display_name)
    )


@operation("ecr-public", "DescribeRegistries")
def describe_registries(
    context: Context,
    *,
    next_token: str | None = None,
    max_results: int | None = None,  # noqa: ARG001 - an account has one registry
) -> RegistryPage:
    """Return the public registry of the account, which has no alias before its first repository.

    Raises: InvalidParameterError. Inferred: reference public.md §1.2.
    """
    if decode_token(_REGISTRIES, next_token) >= 0:
        return RegistryPage(())
    store, account = context.store, context.account
    alias = store.public_aliases.primary_of(account)
    registry = PublicRegistry(
        registry_id=account,
        registry_arn=public_registry_arn(account),
        registry_uri=context.world.addresses.public_registry(alias) if alias else "",
        verified=False,
        aliases=store.public_aliases.of_account(account),
    )
    return RegistryPage((registry,))


@operation("ecr-public", "DescribeImageTags")
def describe_image_tags(
    context: Context,
    *,
    repository_name: RepositoryName,
    next_token: str | None = None,
    max_results: int | None = None,
) -> ImageTagPage:
    """Return the tags of a repository with their images, page by page in the order they were put.

    Raises: InvalidParameterError, RepositoryNotFoundError. Source: reference public.md §4, §4.2.
    """
    state = context.registry.repository(repository_name)
    tags = state.tags.after(decode_token(_TAGS, next_token))
    page, last = cut(tags, max_results or DEFAULT_PAGE_SIZE)
    return ImageTagPage(
        tuple(_tag_detail(state, tagging) for tagging in page), encode_token(_TAGS, last)
    )


def _tag_detail(state: RepositoryState, tagging: Tagging) -> ImageTagDetail:
    image = state.images.get(tagging.image_digest)
    return ImageTagDetail(tagging.image_tag, tagging.tagged_at, image)


@operation("ecrmock", "PutPublicAlias", action="ecr-public:PutRegistryCatalogData")
def put_public_alias(
    context: Context,
    *,
    name: str,
    status: str = ACTIVE,
    is_primary: bool = True,
    is_default: bool = False,
) -> PublicAlias:
    """Give the account's public registry one more alias, as AWS does after a request in its console.

    The primary and the default one take that place from the one that had it. A ``ValueError`` says, in a
    sentence, why a name cannot be an alias, or that another account has it. Source: reference public.md §1.2.
    """
    aliases = context.store.public_aliases
    known = aliases.get(name)
    is_default = is_default or (known is not None and known.default_registry_alias)
    fault = alias_fault(name, status, is_primary=is_primary, is_default=is_default)
    if known is not None and known.registry_id != context.account:
        fault = f"the alias {name!r} belongs to account {known.registry_id}"
    if fault is not None:
        raise ValueError(fault)
    alias = PublicAlias(
        name=name,
        registry_id=context.account,
        status=status,
        primary_registry_alias=is_primary,
        default_registry_alias=is_default,
    )
    after = put_among(aliases.of_account(context.account), alias)
    for each in after:
        if aliases.get(each.name) != each:
            aliases.put(each.name, each)
    return after[-1]


@operation("ecrmock", "ReadLogo", action="")
def read_logo(context: Context, *, logo: str) -> bytes | None:
    """Return the image behind a logo's URL by its name there; None where there is none any more."""
    named = read_logo_name(logo)
    if named is None:
        return None
    account, sequence = named
    registry = context.store.registry(AccountId(account), PUBLIC)
    repository = next(registry.repositories.after(sequence - 1), None)
    said = repository.catalog_data if repository is not None else None
    if said is None or said.logo_name != logo or said.logo_image is None:
        return None
    return b64decode(said.logo_image)
