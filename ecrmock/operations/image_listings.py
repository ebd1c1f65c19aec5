"""ListImages, DescribeImages."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecrmock.operations.follow_ups import scan_view
from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import check_image_id, has_status
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, check_not_with, cut, decode_token, encode_token
from ecrmock.store.repository import RepositoryState
from ecrmock.values.images import (
    ACTIVATING,
    ARCHIVED,
    Image,
    ImageDetail,
    ImageIdentifier,
    ListImagesFilter,
    Tagging,
)
from ecrmock.values.names import RepositoryName
from ecrmock.values.scanning import ENHANCED

_HIDDEN = (ARCHIVED, ACTIVATING)  # what lists show on request only
_START = -1


@dataclass(frozen=True, slots=True)
class ImageIdPage:
    """Answer of ListImages."""

    image_ids: tuple[ImageIdentifier, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True)
class ImageDetailPage:
    """Answer of DescribeImages."""

    image_details: tuple[ImageDetail, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True)
class _Listed:
    """An entry of ListImages with its place."""

    sequence: int
    image_id: ImageIdentifier


@operation("ecr", "ListImages")
def list_images(
    context: Context,
    *,
    repository_name: RepositoryName,
    next_token: str | None = None,
    max_results: int | None = None,
    filter: ListImagesFilter | None = None,
) -> ImageIdPage:
    """Return digest and tag of every tag, and the digest of every untagged image, page by page.

    Source: reference api.md §5.3.
    """
    state = context.registry.repository(repository_name)
    wanted = filter or ListImagesFilter()
    listing = f"tags-{(wanted.tag_status or 'ANY').lower()}"
    entries = _listed(state, wanted, decode_token(listing, next_token))
    page, last = cut(entries, max_results or DEFAULT_PAGE_SIZE)
    return ImageIdPage(
        tuple(entry.image_id for entry in page),
        encode_token(listing, last),
    )


def _listed(state: RepositoryState, wanted: ListImagesFilter, after: int) -> Iterator[_Listed]:
    if wanted.image_status in _HIDDEN:
        return iter(_listed_hidden(state, wanted, after))
    tagged = (
        _Listed(tagging.sequence, _identifier(tagging))
        for tagging in state.tags.after(after)
        if has_status(state.images.get(tagging.image_digest), wanted.image_status)
    )
    untagged = (
        _Listed(image.untagged_sequence or 0, ImageIdentifier(image_digest=image.image_digest))
        for image in state.images.untagged_after(after)
        if has_status(image, wanted.image_status)
    )
    if wanted.tag_status == "TAGGED":
        return tagged
    if wanted.tag_status == "UNTAGGED":
        return untagged
    return heapq.merge(tagged, untagged, key=lambda entry: entry.sequence)


def _listed_hidden(state: RepositoryState, wanted: ListImagesFilter, after: int) -> list[_Listed]:
    """Return the entries of images that are not active: few among many, so they have an order of their own."""
    entries = [
        entry
        for image in state.images.inactive_after(_START)
        if _is_wanted(image, wanted.tag_status, wanted.image_status)
        for entry in _entries(state, image)
        if entry.sequence > after
    ]
    return sorted(entries, key=lambda entry: entry.sequence)


def _entries(state: RepositoryState, image: Image) -> Iterator[_Listed]:
    if image.untagged_sequence is not None:
        yield _Listed(image.untagged_sequence, ImageIdentifier(image_digest=image.image_digest))
    for tag in state.tags.of_image(image.image_digest):
        tagging = state.tags.get(tag)
        if tagging is not None:
            yield _Listed(tagging.sequence, _identifier(tagging))


def _identifier(tagging: Tagging) -> ImageIdentifier:
    return ImageIdentifier(image_digest=tagging.image_digest, image_tag=tagging.image_tag)


@operation("ecr", "DescribeImages")
@operation("ecr-public", "DescribeImages")
def describe_images(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_ids: Sequence[ImageIdentifier] | None = None,
    next_token: str | None = None,
    max_results: int | None = None,
    filter: ListImagesFilter | None = None,
) -> ImageDetailPage:
    """Return what ECR knows of images: of those asked for, or of all, page by page.

    Raises: InvalidParameterError, ImageNotFoundError for the first identifier that means no image.
    Source: reference api.md §5.2, §5.3.
    """
    state = context.registry.repository(repository_name)
    wanted = filter or ListImagesFilter()
    if image_ids is not None:
        check_not_with("imageIds", next_token, max_results)
        images = {
            image.image_digest: image
            for image in [_existing(context, state, image_id) for image_id in image_ids]
        }
        status = wanted.image_status or "ANY"  # Inferred: api.md §5.3, an id finds any status
        details = [
            image for image in images.values() if _is_wanted(image, wanted.tag_status, status)
        ]
        return ImageDetailPage(_details(context, state, details))
    is_untagged = wanted.tag_status == "UNTAGGED" and wanted.image_status not in _HIDDEN
    listing = "untagged-images" if is_untagged else "images"
    after = decode_token(listing, next_token)
    found = (
        image
        for image in _ordered(state, wanted, after)
        if _is_wanted(image, wanted.tag_status, wanted.image_status)
    )
    place = _untagged_place if is_untagged else _place
    page, last = cut(found, max_results or DEFAULT_PAGE_SIZE, place)
    return ImageDetailPage(_details(context, state, page), encode_token(listing, last))


def _ordered(state: RepositoryState, wanted: ListImagesFilter, after: int) -> Iterator[Image]:
    """Return the images after a place, from the shortest order that has all that are wanted."""
    if wanted.image_status in _HIDDEN:
        return state.images.inactive_after(after)
    if wanted.tag_status == "UNTAGGED":
        return state.images.untagged_after(after)
    if wanted.image_status == "ANY":
        return state.images.after(after)
    return state.images.active_after(after)


def _place(image: Image) -> int:
    return image.sequence


def _untagged_place(image: Image) -> int:
    return image.untagged_sequence or 0


def _is_wanted(image: Image, tag_status: str | None, image_status: str | None) -> bool:
    is_untagged = image.untagged_sequence is not None
    if tag_status in ("TAGGED", "UNTAGGED") and is_untagged != (tag_status == "UNTAGGED"):
        return False
    return has_status(image, image_status)


def _existing(context: Context, state: RepositoryState, image_id: ImageIdentifier) -> Image:
    check_image_id(image_id)
    return context.image(state, image_id)


def _details(
    context: Context, state: RepositoryState, images: Sequence[Image]
) -> tuple[ImageDetail, ...]:
    """Return what is shown of images; of basic scans nothing, unless the settings say otherwise.

    Source: reference features.md §2.5.
    """
    details = tuple(_detail(context, state, image) for image in images)
    scan_type = context.registry.settings.scanning_configuration.scan_type
    if scan_type != ENHANCED and not context.settings.show_scans:
        return details
    from ecrmock.rules.scans import scan_details  # noqa: PLC0415 - most registries show none

    view, scans = scan_view(context, state), state.scans
    return tuple(
        detail._replace(**scan_details(image, scans.get(image.image_digest), view)._asdict())
        for detail, image in zip(details, images, strict=True)
    )


def _detail(context: Context, state: RepositoryState, image: Image) -> ImageDetail:
    return ImageDetail(
        registry_id=context.account,
        repository_name=state.repository.repository_name,
        image_digest=image.image_digest,
        image_tags=state.tags.of_image(image.image_digest) or None,
        image_size_in_bytes=image.image_size_in_bytes,
        image_pushed_at=image.image_pushed_at,
        image_manifest_media_type=image.image_manifest_media_type,
        artifact_media_type=image.artifact_media_type,
        image_status=image.image_status,
        last_archived_at=image.last_archived_at,
        last_activated_at=image.last_activated_at,
        last_recorded_pull_time=image.last_recorded_pull_time,
        subject_manifest_digest=image.subject_manifest_digest,
    )
