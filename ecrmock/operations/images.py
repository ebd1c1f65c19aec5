"""PutImage, BatchGetImage, BatchDeleteImage, ListImages, DescribeImages."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import (
    MISMATCH,
    NOT_FOUND,
    check_image_id,
    check_tag,
    failure,
    has_status,
    malformed,
    may_move,
    referenced_by,
)
from ecrmock.rules.manifests import check_layer_count, image_size, missing
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, check_not_with, cut, decode_token, encode_token
from ecrmock.store.repository import RepositoryState
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.events import ImageDeleted, ImageEvent, ImagePushed
from ecrmock.values.images import (
    Image,
    ImageAlreadyExistsError,
    ImageDetail,
    ImageDigestDoesNotMatchError,
    ImageFailure,
    ImageIdentifier,
    ImageNotFoundError,
    ImageTagAlreadyExistsError,
    ImageWithManifest,
    LayersNotFoundError,
    ListImagesFilter,
    ReferencedImagesNotFoundError,
    Tagging,
)
from ecrmock.values.manifests import Manifest, parse_manifest
from ecrmock.values.names import Digest, RepositoryName, Tag, sha256_of

E = TypeVar("E", bound=ImageEvent)
_LAYERS_HINT = (
    " (ecrmock checks this as ECR does; mock_ecr(require_layers=False) or "
    "ecrmock serve --no-require-layers accept a manifest without its layers)"
)


@dataclass(frozen=True, slots=True)
class OneImage:
    """Answer of PutImage."""

    image: ImageWithManifest


@dataclass(frozen=True, slots=True)
class FoundImages:
    """Answer of BatchGetImage."""

    images: tuple[ImageWithManifest, ...]
    failures: tuple[ImageFailure, ...]


@dataclass(frozen=True, slots=True)
class DeletedImages:
    """Answer of BatchDeleteImage."""

    image_ids: tuple[ImageIdentifier, ...]
    failures: tuple[ImageFailure, ...]


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


@operation("ecr", "PutImage")
def put_image(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_manifest: str,
    image_manifest_media_type: str | None = None,
    image_tag: Tag | None = None,
    image_digest: Digest | None = None,
) -> OneImage:
    """Keep a manifest as an image, or give an image one more tag.

    Raises: InvalidParameterError, InvalidManifestError, ImageDigestDoesNotMatchError, LayersNotFoundError,
    ReferencedImagesNotFoundError, ImageAlreadyExistsError, ImageTagAlreadyExistsError,
    LimitExceededError; in this order. Source: reference api.md §5.1.
    """
    check_tag(image_tag)
    state = context.registry.repository(repository_name)
    manifest = parse_manifest(image_manifest, image_manifest_media_type)
    check_layer_count(manifest, context.settings.quotas.layers_per_image)
    digest = sha256_of(image_manifest.encode())
    if image_digest not in (None, digest):
        raise ImageDigestDoesNotMatchError(image_digest, repository_name, context.account)
    _check_references(context, state, manifest)
    _check_tag(context, state, digest, image_tag)
    _check_quotas(context, state, digest, image_tag)
    image = state.images.get(digest) or _image(context, state, digest, image_manifest, manifest)
    _save(state, image, image_tag)
    _name_blobs(state, manifest)
    context.publish(_event(context, ImagePushed, state, image, image_tag))
    return OneImage(
        ImageWithManifest(
            registry_id=context.account,
            repository_name=repository_name,
            image_id=ImageIdentifier(image_digest=digest, image_tag=image_tag),
            image_manifest=image_manifest,
            image_manifest_media_type=manifest.media_type,
        )
    )


def _check_references(context: Context, state: RepositoryState, manifest: Manifest) -> None:
    name = state.repository.repository_name
    if context.settings.require_layers and (layers := missing(manifest.blobs, state.blobs)):
        raise LayersNotFoundError(layers, name, context.account, _LAYERS_HINT)
    if children := missing(manifest.manifests, state.images):
        raise ReferencedImagesNotFoundError(children, name, context.account)


def _check_tag(context: Context, state: RepositoryState, digest: Digest, tag: Tag | None) -> None:
    name = state.repository.repository_name
    if tag is None:
        if digest in state.images:
            raise ImageAlreadyExistsError(digest, None, name, context.account)
        return
    present = state.image_of(tag)
    if present == digest:
        raise ImageAlreadyExistsError(digest, tag, name, context.account)
    if present is not None and not may_move(state.repository, tag):
        raise ImageTagAlreadyExistsError(tag, name)


def _check_quotas(
    context: Context, state: RepositoryState, digest: Digest, tag: Tag | None
) -> None:
    name, quotas = state.repository.repository_name, context.settings.quotas
    where = f"the repository with name '{name}' in registry with id '{context.account}'"
    if tag is not None and state.tags.count_of_image(digest) >= quotas.tags_per_image:
        raise LimitExceededError(
            f"Adding tag '{tag}' to an image in {where} exceeds the maximum allowed number of tags "
            f"per image which is '{quotas.tags_per_image}'"
        )
    if digest not in state.images and len(state.images) >= quotas.images_per_repository:
        raise LimitExceededError(
            f"T{where[1:]} already has the maximum allowed number of images "
            f"which is '{quotas.images_per_repository}'"
        )


def _image(
    context: Context, state: RepositoryState, digest: Digest, text: str, manifest: Manifest
) -> Image:
    """Return the image of a manifest that was not in the repository so far."""

    def size_of(reference: Digest) -> int:
        known = state.images.get(reference)
        blob = state.blobs.get(reference)
        return known.image_size_in_bytes if known else blob.size if blob else 0

    return Image(
        image_digest=digest,
        image_manifest=text,
        image_manifest_media_type=manifest.media_type,
        artifact_media_type=manifest.artifact_media_type,
        image_size_in_bytes=image_size(manifest, size_of),
        image_pushed_at=context.now,
        references=_shared(state, manifest),
        is_index=manifest.is_index,
        subject_manifest_digest=manifest.subject,
        sequence=state.next_sequence(),
    )


def _shared(state: RepositoryState, manifest: Manifest) -> tuple[Digest, ...]:
    """Return the digests that a manifest names, as the very strings that the store has already."""
    held = (state.blobs.get(blob.digest) for blob in manifest.blobs)
    blobs = (
        known.digest if known else blob.digest
        for known, blob in zip(held, manifest.blobs, strict=True)
    )
    return (*blobs, *(child.digest for child in manifest.manifests))


def _save(state: RepositoryState, image: Image, tag: Tag | None) -> None:
    """Keep the image, and take the tag from the image that had it."""
    if tag is None:
        state.images.put(
            image.image_digest, replace(image, untagged_sequence=state.next_sequence())
        )
        return
    _leave(state, tag)
    is_untagged = image.untagged_sequence is not None
    state.images.put(
        image.image_digest, replace(image, untagged_sequence=None) if is_untagged else image
    )
    tagging = Tagging(
        image_tag=tag, image_digest=image.image_digest, sequence=state.next_sequence()
    )
    state.tags.put(tag, tagging)


def _name_blobs(state: RepositoryState, manifest: Manifest) -> None:
    """Remember what a manifest says its blobs are. Source: reference api.md §6.5."""
    for blob in manifest.blobs:
        held = state.blobs.get(blob.digest)
        if held is not None and blob.media_type and held.media_type != blob.media_type:
            state.blobs.put(blob.digest, replace(held, media_type=blob.media_type))


def _leave(state: RepositoryState, tag: Tag) -> None:
    """Note that an image becomes untagged when its last tag moves away."""
    digest = state.image_of(tag)
    image = state.images.get(digest) if digest is not None else None
    if image is not None and state.tags.count_of_image(image.image_digest) == 1:
        untagged = replace(image, untagged_sequence=state.next_sequence())
        state.images.put(image.image_digest, untagged)


def _event(
    context: Context, kind: type[E], state: RepositoryState, image: Image, tag: Tag | None
) -> E:
    return kind(
        account=context.account,
        region=context.region,
        time=context.now,
        repository_name=state.repository.repository_name,
        image_digest=image.image_digest,
        image_tag=tag,
        manifest_media_type=image.image_manifest_media_type,
        artifact_media_type=image.artifact_media_type,
        is_referrer=image.subject_manifest_digest is not None,
    )


@operation("ecr", "BatchGetImage")
def batch_get_image(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_ids: Sequence[ImageIdentifier],
    accepted_media_types: Sequence[str] = (),  # noqa: ARG001 - the stored manifest is always returned
    record_pull: bool = True,
) -> FoundImages:
    """Return manifests as they were pushed; one entry for each tag of an image asked for by digest.

    A manifest is never translated. ``record_pull`` is False for a HEAD request, which is no pull.
    Source: reference api.md §5.4, §5.6.
    """
    state = context.registry.repository(repository_name)
    found: dict[ImageIdentifier, Image] = {}
    failures: list[ImageFailure] = []
    for image_id in image_ids:
        image = _resolve(state, image_id)
        if isinstance(image, Image):
            found.update(dict.fromkeys(_identifiers(state, image, image_id.image_tag), image))
        else:
            failures.append(failure(image_id, image))
    images = tuple(
        ImageWithManifest(
            registry_id=context.account,
            repository_name=repository_name,
            image_id=image_id,
            image_manifest=image.image_manifest,
            image_manifest_media_type=image.image_manifest_media_type,
        )
        for image_id, image in found.items()
    )
    if record_pull:
        for image in {image.image_digest: image for image in found.values()}.values():
            pulled = replace(image, last_recorded_pull_time=context.now)
            state.images.put(image.image_digest, pulled)
    return FoundImages(images, tuple(failures))


def _resolve(state: RepositoryState, image_id: ImageIdentifier) -> Image | tuple[str, str]:
    """Return the image that an identifier means, or failure code and reason. Source: api.md §5.4."""
    if bad := malformed(image_id):
        return bad
    digest = image_id.image_digest
    if image_id.image_tag is not None:
        tagged = state.image_of(image_id.image_tag)
        if tagged is not None and digest not in (None, tagged):
            return MISMATCH
        digest = tagged
    image = state.images.get(digest) if digest is not None else None
    return image or NOT_FOUND


def _identifiers(
    state: RepositoryState, image: Image, tag: Tag | None
) -> tuple[ImageIdentifier, ...]:
    """Return digest and tag for the tag that was asked for, or for each tag; or the digest alone."""
    tags = (tag,) if tag is not None else state.tags.of_image(image.image_digest) or (None,)
    return tuple(ImageIdentifier(image_digest=image.image_digest, image_tag=each) for each in tags)


@operation("ecr", "BatchDeleteImage")
def batch_delete_image(
    context: Context, *, repository_name: RepositoryName, image_ids: Sequence[ImageIdentifier]
) -> DeletedImages:
    """Remove tags, and images with their last tag or by digest.

    Entries are taken in their order; what an earlier entry of the call deleted is no failure later.
    Source: reference api.md §5.4, §5.7.
    """
    state = context.registry.repository(repository_name)
    deleted: dict[ImageIdentifier, None] = {}
    failures: list[ImageFailure] = []
    for image_id in image_ids:
        image = _resolve(state, image_id)
        if isinstance(image, Image):
            reason = _delete(context, state, image, image_id.image_tag, deleted)
        else:
            gone = image is NOT_FOUND and any(_means(entry, image_id) for entry in deleted)
            reason = None if gone else image
        if reason is not None:
            failures.append(failure(image_id, reason))
    return DeletedImages(tuple(deleted), tuple(failures))


def _means(entry: ImageIdentifier, asked: ImageIdentifier) -> bool:
    return asked.image_digest in (None, entry.image_digest) and asked.image_tag in (
        None,
        entry.image_tag,
    )


def _delete(
    context: Context,
    state: RepositoryState,
    image: Image,
    tag: Tag | None,
    deleted: dict[ImageIdentifier, None],
) -> tuple[str, str] | None:
    """Delete one tag, or an image with all of its tags; return why not, or None."""
    identifiers = _identifiers(state, image, tag)
    is_last = tag is None or state.tags.count_of_image(image.image_digest) == 1
    if is_last and (indexes := state.images.indexes_of(image.image_digest)):
        return referenced_by(indexes)
    for identifier in identifiers:
        if identifier.image_tag is not None:
            state.tags.remove(identifier.image_tag)
        context.publish(_event(context, ImageDeleted, state, image, identifier.image_tag))
    if is_last:
        state.images.remove(image.image_digest)
        _let_go_of_blobs(state, image)
    deleted.update(dict.fromkeys(identifiers))
    return None


def _let_go_of_blobs(state: RepositoryState, image: Image) -> None:
    """Stop holding the blobs that no image of the repository needs any more."""
    for digest in dict.fromkeys(image.references):
        if digest in state.blobs and not state.images.uses_blob(digest):
            state.blobs.remove(digest)


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
        None if last is None else encode_token(listing, last),
    )


def _listed(state: RepositoryState, wanted: ListImagesFilter, after: int) -> Iterator[_Listed]:
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


def _identifier(tagging: Tagging) -> ImageIdentifier:
    return ImageIdentifier(image_digest=tagging.image_digest, image_tag=tagging.image_tag)


@operation("ecr", "DescribeImages")
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
        details = (
            image for image in images.values() if _is_wanted(image, wanted.tag_status, status)
        )
        return ImageDetailPage(tuple(_detail(context, state, image) for image in details))
    listed = (
        image
        for image in state.images.after(decode_token("images", next_token))
        if _is_wanted(image, wanted.tag_status, wanted.image_status)
    )
    page, last = cut(listed, max_results or DEFAULT_PAGE_SIZE)
    return ImageDetailPage(
        tuple(_detail(context, state, image) for image in page),
        None if last is None else encode_token("images", last),
    )


def _is_wanted(image: Image, tag_status: str | None, image_status: str | None) -> bool:
    is_untagged = image.untagged_sequence is not None
    if tag_status in ("TAGGED", "UNTAGGED") and is_untagged != (tag_status == "UNTAGGED"):
        return False
    return has_status(image, image_status)


def _existing(context: Context, state: RepositoryState, image_id: ImageIdentifier) -> Image:
    check_image_id(image_id)
    image = _resolve(state, image_id)
    if not isinstance(image, Image):
        name = state.repository.repository_name
        raise ImageNotFoundError(image_id, name, context.account)
    return image


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
        last_recorded_pull_time=image.last_recorded_pull_time,
        subject_manifest_digest=image.subject_manifest_digest,
    )
