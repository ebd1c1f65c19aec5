"""PutImage, BatchGetImage, and what a cache repository imports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ecrmock.operations.follow_ups import replicated, scan_on_push, signed
from ecrmock.operations.operation import Context, operation
from ecrmock.operations.upstreams import fetch_image, upstream_of
from ecrmock.rules.images import (
    INACCESSIBLE,
    NOT_FOUND,
    back_from_archive,
    check_tag,
    failure,
    may_move,
    resolve,
)
from ecrmock.rules.manifests import check_layer_count, image_size, missing
from ecrmock.rules.pull_time_exclusions import is_recorded
from ecrmock.store.repository import RepositoryState
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.events import ImagePushed, UpstreamImportDue
from ecrmock.values.images import (
    Image,
    ImageAlreadyExistsError,
    ImageDigestDoesNotMatchError,
    ImageFailure,
    ImageIdentifier,
    ImageTagAlreadyExistsError,
    ImageWithManifest,
    LayersNotFoundError,
    ReferencedImagesNotFoundError,
    Tagging,
)
from ecrmock.values.manifests import Manifest, parse_manifest
from ecrmock.values.names import PUBLIC, Digest, RepositoryName, Tag, digest_like, is_digest_by

if TYPE_CHECKING:
    from ecrmock.values.pull_through_cache import UpstreamError

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


@operation("ecrmock", "MayPutImage", action="ecr:PutImage")
def may_put_image(context: Context, *, repository_name: RepositoryName) -> None:
    """Let a door know, before it reads a manifest, that it may be put. Raises: RepositoryNotFoundError."""
    context.registry.repository(repository_name)


@operation("ecr", "PutImage")
@operation("ecr-public", "PutImage")
def put_image(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_manifest: str,
    image_manifest_media_type: str | None = None,
    image_tag: Tag | None = None,
    image_digest: Digest | None = None,
) -> OneImage:
    """Keep a manifest as an image, or give an image one more tag; an archived one is restored at once.

    Raises: InvalidParameterError, InvalidManifestError, ImageDigestDoesNotMatchError, LayersNotFoundError,
    ReferencedImagesNotFoundError, ImageAlreadyExistsError, ImageTagAlreadyExistsError,
    LimitExceededError; in this order. Source: reference api.md §5.1.
    """
    check_tag(image_tag)
    state = context.registry.repository(repository_name)
    manifest = parse_manifest(image_manifest, image_manifest_media_type)
    check_layer_count(manifest, context.settings.quotas.layers_per_image)
    digest = _digest(context, image_manifest, image_digest)
    if image_digest not in (None, digest):
        raise ImageDigestDoesNotMatchError(image_digest, repository_name, context.account)
    _check_references(context, state, manifest)
    _check_tag(context, state, digest, image_tag)
    _check_quotas(context, state, digest, image_tag)
    known = state.images.get(digest)
    image = known or _image(context, state, digest, image_manifest, manifest)
    image = image if image.is_active else back_from_archive(image, context.now)
    image = replicated(context, repository_name, image, image_tag)
    image = signed(context, repository_name, image, manifest)
    _save(context, state, image, image_tag)
    _name_blobs(state, manifest)
    scan_on_push(context, state, image, is_back=known is not None and not known.is_active)
    context.publish(
        context.image_event(ImagePushed, state.repository.repository_name, image, image_tag)
    )
    return OneImage(
        ImageWithManifest(
            registry_id=context.account,
            repository_name=repository_name,
            image_id=ImageIdentifier(image_digest=digest, image_tag=image_tag),
            image_manifest=image_manifest,
            image_manifest_media_type=manifest.media_type,
        )
    )


def _digest(context: Context, manifest: str, named: Digest | None) -> Digest:
    """Return the digest of a manifest, by the algorithm of the digest that it is pushed by."""
    is_held = named is not None and is_digest_by(
        named, context.settings.data_rules.digest_algorithms
    )
    return digest_like(named if is_held else None, manifest.encode())


def _check_references(context: Context, state: RepositoryState, manifest: Manifest) -> None:
    name = state.repository.repository_name
    if context.settings.require_layers and (layers := missing(manifest.blobs, state.blobs)):
        raise LayersNotFoundError(layers, name, context.account, _LAYERS_HINT)
    if context.settings.data_rules.sparse_indexes and not context.settings.require_layers:
        return
    if children := missing(manifest.manifests, state.images):
        raise ReferencedImagesNotFoundError(children, name, context.account)


def _check_tag(context: Context, state: RepositoryState, digest: Digest, tag: Tag | None) -> None:
    name, known = state.repository.repository_name, state.images.get(digest)
    present = digest if tag is None else state.image_of(tag)
    if known is not None and known.is_active and present == digest:
        raise ImageAlreadyExistsError(digest, tag, name, context.account)
    if tag is not None and present not in (None, digest) and not may_move(state.repository, tag):
        raise ImageTagAlreadyExistsError(tag, name)


def _check_quotas(
    context: Context, state: RepositoryState, digest: Digest, tag: Tag | None
) -> None:
    quotas = context.settings.quotas
    is_new_tag = tag is not None and state.image_of(tag) != digest
    if is_new_tag and state.tags.count_of_image(digest) >= quotas.tags_per_image:
        raise LimitExceededError(
            f"Adding tag '{tag}' to an image in the {_where(context, state)} exceeds the maximum "
            f"allowed number of tags per image which is '{quotas.tags_per_image}'"
        )
    if digest not in state.images and len(state.images) >= quotas.images_per_repository:
        raise LimitExceededError(
            f"The {_where(context, state)} already has the maximum allowed number of images "
            f"which is '{quotas.images_per_repository}'"
        )


def _where(context: Context, state: RepositoryState) -> str:
    name = state.repository.repository_name
    return f"repository with name '{name}' in registry with id '{context.account}'"


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
        artifact_type=manifest.artifact_type if manifest.subject else None,
        annotations=manifest.annotations if manifest.subject else (),
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


def _save(context: Context, state: RepositoryState, image: Image, tag: Tag | None) -> None:
    """Keep the image, and take the tag from the image that had it.

    What is restored without a new tag keeps its places in listings.
    """
    digest = image.image_digest
    if digest in state.images and (tag is None or state.image_of(tag) == digest):
        state.images.put(digest, image)
        return
    if tag is None:
        state.images.put(
            image.image_digest, replace(image, untagged_sequence=state.next_sequence())
        )
        return
    state.untag(tag)
    is_untagged = image.untagged_sequence is not None
    state.images.put(
        image.image_digest, replace(image, untagged_sequence=None) if is_untagged else image
    )
    tagging = Tagging(
        image_tag=tag,
        image_digest=image.image_digest,
        sequence=state.next_sequence(),
        tagged_at=context.now,
    )
    state.tags.put(tag, tagging)


def _name_blobs(state: RepositoryState, manifest: Manifest) -> None:
    """Remember what a manifest says its blobs are. Source: reference api.md §6.5."""
    for blob in manifest.blobs:
        held = state.blobs.get(blob.digest)
        if held is not None and blob.media_type and held.media_type != blob.media_type:
            state.blobs.put(blob.digest, replace(held, media_type=blob.media_type))


@operation("ecrmock", "ImportUpstreamImage", action="ecr:PutImage")
def import_upstream_image(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_manifest: str,
    image_manifest_media_type: str,
    image_tag: Tag | None,
    known: Digest | None = None,
    ecr_repository_prefix: str,
    upstream_registry_url: str,
) -> None:
    """Keep a manifest that an upstream gave; its blobs, and what it lists, come when they are asked for.

    Nothing is kept of what is out of date: where the rule is not there any more, or where the tag, which
    pointed at ``known`` when the upstream was asked, was put by somebody else since, or may not move.

    Raises: RepositoryNotFoundError, InvalidManifestError, LimitExceededError. Source: features.md §4.4.
    """
    state = context.registry.repository(repository_name)
    manifest = parse_manifest(image_manifest, image_manifest_media_type)
    check_layer_count(manifest, context.settings.quotas.layers_per_image)
    digest = _digest(context, image_manifest, None)
    source = upstream_of(context, repository_name)
    asked = (ecr_repository_prefix, upstream_registry_url)
    if source is None or (source.ecr_repository_prefix, source.upstream_registry_url) != asked:
        return
    if image_tag is not None and not _may_follow(state, image_tag, known, digest):
        return
    _check_quotas(context, state, digest, image_tag)
    image = state.images.get(digest) or _image(context, state, digest, image_manifest, manifest)
    image = image if image.is_active else back_from_archive(image, context.now)
    _save(context, state, image, image_tag)
    _mark_as_checked(context, state, image_tag)
    _weigh_indexes(state, image)
    _name_blobs(state, manifest)
    if image_tag is None and state.images.indexes_of(digest):
        return  # it comes with what lists it
    due = context.event(
        UpstreamImportDue,
        repository_name,
        image_digest=digest,
        image_tag=image_tag,
        ecr_repository_prefix=ecr_repository_prefix,
        upstream_registry_url=upstream_registry_url,
    )
    context.publish_at(context.now + context.settings.delay, due)


def _may_follow(state: RepositoryState, tag: Tag, known: Digest | None, digest: Digest) -> bool:
    """Tell whether a tag may point at what it points at upstream: ``known`` is where it did here."""
    present = state.image_of(tag)
    is_same = present == known and (present is None or may_move(state.repository, tag))
    return present == digest or is_same


def _mark_as_checked(context: Context, state: RepositoryState, tag: Tag | None) -> None:
    tagging = state.tags.get(tag) if tag is not None else None
    if tagging is not None:
        state.tags.put(tagging.image_tag, replace(tagging, upstream_checked_at=context.now))


def _weigh_indexes(state: RepositoryState, image: Image) -> None:
    """Let an index that came before what it lists have the size of its largest image."""
    for index in map(state.images.get, state.images.indexes_of(image.image_digest)):
        if index is not None and index.image_size_in_bytes < image.image_size_in_bytes:
            heavier = replace(index, image_size_in_bytes=image.image_size_in_bytes)
            state.images.put(index.image_digest, heavier)


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

    A manifest is never translated. ``record_pull`` is False for a HEAD request, which is no pull; the
    pulls of excluded principals are not recorded either. What a cache repository lacks comes from its
    upstream.

    Raises: RepositoryNotFoundError, UnableToGetUpstreamImageError, UpstreamNotReachedError.
    Source: reference api.md §5.4, §5.6; features.md §4.
    """
    not_fetched = {
        image_id: error
        for image_id in image_ids
        if (error := fetch_image(context, repository_name, image_id)) is not None
    }
    if not_fetched and repository_name not in context.registry.repositories:
        return _nothing_of(context, repository_name, not_fetched)
    state = context.registry.repository(repository_name)
    found: dict[ImageIdentifier, Image] = {}
    failures: list[ImageFailure] = []
    for image_id in image_ids:
        image = resolve(image_id, state.image_of, state.images.get)
        if isinstance(image, Image) and not image.is_active:
            image = INACCESSIBLE
        if isinstance(image, Image):
            found.update(dict.fromkeys(state.identifiers(image, image_id.image_tag), image))
        else:
            failures.append(failure(image_id, _reason(image, not_fetched.get(image_id))))
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
    if record_pull and context.region != PUBLIC:  # which shows no pull time: public.md §4.2
        _record_pulls(context, state, found.values())
    return FoundImages(images, tuple(failures))


def _record_pulls(context: Context, state: RepositoryState, pulled: Iterable[Image]) -> None:
    if not is_recorded(context.caller, context.registry.settings.pull_time_exclusions):
        return
    for image in {image.image_digest: image for image in pulled}.values():
        recorded = replace(image, last_recorded_pull_time=context.now)
        state.images.put(image.image_digest, recorded)


def _reason(reason: tuple[str, str], error: "UpstreamError | None") -> tuple[str, str]:
    """Return why an image is not served: what its upstream said, where that was asked."""
    if error is None or reason is not NOT_FOUND:
        return reason
    from ecrmock.rules.pull_through_cache import unserved  # noqa: PLC0415 - loaded when needed

    return unserved(error)


def _nothing_of(
    context: Context, name: RepositoryName, errors: "Mapping[ImageIdentifier, UpstreamError]"
) -> FoundImages:
    """Return the failures of a repository that would have come with its first image.

    Where there is no such image either, it is the repository that is not found. Source: registry.md §14.1.
    """
    reasons = {image_id: _reason(NOT_FOUND, error) for image_id, error in errors.items()}
    if all(code == NOT_FOUND[0] for code, _ in reasons.values()):
        context.registry.repository(name)
    return FoundImages((), tuple(failure(*each) for each in reasons.items()))
