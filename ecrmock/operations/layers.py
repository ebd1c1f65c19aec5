"""The five layer operations, and what only the registry door and ECR itself do with uploads.

The bytes of a part stream into the content of their upload before the operation runs: ``open_part`` says
under the lock where they go, nothing is locked while they arrive, and ``upload_layer_part`` then counts
them. When anything fails on the way, the part is taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.operations.upstreams import fetch_layer
from ecrmock.rules.layers import (
    availability_failure,
    check_complete,
    check_first_byte,
    most_after_part,
    with_part,
)
from ecrmock.store.content import Content
from ecrmock.store.repository import RepositoryState
from ecrmock.values.authorization import LayerUrlError
from ecrmock.values.events import LayerGraceEnded, UploadExpired
from ecrmock.values.layers import (
    ARCHIVED,
    AVAILABLE,
    LAYER_MEDIA_TYPE,
    PRIVATE_LIMITS,
    PUBLIC_LIMITS,
    UNAVAILABLE,
    CompletedUpload,
    HeldBlob,
    InvalidLayerPartError,
    Layer,
    LayerAlreadyExistsError,
    LayerDownload,
    LayerFailure,
    LayerInaccessibleError,
    LayerInUseError,
    LayerLimits,
    LayerNotFoundError,
    StartedUpload,
    Upload,
    UploadedPart,
    UploadNotFoundError,
)
from ecrmock.values.names import PUBLIC, Digest, RepositoryName, UploadId, algorithm_of


@dataclass(frozen=True, slots=True)
class CheckedLayers:
    """Answer of BatchCheckLayerAvailability."""

    layers: tuple[Layer, ...]
    failures: tuple[LayerFailure, ...]


@operation("ecr", "BatchCheckLayerAvailability")
@operation("ecr-public", "BatchCheckLayerAvailability")
def batch_check_layer_availability(
    context: Context, *, repository_name: RepositoryName, layer_digests: Sequence[str]
) -> CheckedLayers:
    """Say which blobs the repository holds; a digest that cannot be one is a failure.

    Source: reference api.md §6.5.
    """
    state = context.registry.repository(repository_name)
    layers: list[Layer] = []
    failures: list[LayerFailure] = []
    for digest in dict.fromkeys(layer_digests):
        bad = availability_failure(digest)
        if bad is not None:
            failures.append(bad)
        else:
            fetch_layer(context, repository_name, Digest(digest))  # what fails is unavailable
            layers.append(_layer(state, Digest(digest)))
    return CheckedLayers(tuple(layers), tuple(failures))


def _layer(state: RepositoryState, digest: Digest) -> Layer:
    held = state.blobs.get(digest)
    if held is None:
        return Layer(layer_digest=digest, layer_availability=UNAVAILABLE)
    is_archived = state.images.uses_blob(digest) and not state.images.serves_blob(digest)
    return Layer(
        layer_digest=digest,
        layer_availability=ARCHIVED if is_archived else AVAILABLE,
        layer_size=held.size,
        media_type=held.media_type or LAYER_MEDIA_TYPE,
    )


@operation("ecr", "InitiateLayerUpload")
@operation("ecr-public", "InitiateLayerUpload")
def initiate_layer_upload(context: Context, *, repository_name: RepositoryName) -> StartedUpload:
    """Start an upload, which expires when it is not completed in time. Source: reference api.md §6.2."""
    state = context.registry.repository(repository_name)
    upload = Upload(upload_id=UploadId(context.world.ids.uuid()), started_at=context.now)
    state.uploads.put(upload.upload_id, upload)
    expired = context.event(
        UploadExpired,
        repository_name,
        upload_id=upload.upload_id,
    )
    context.publish_at(context.now + context.settings.upload_lifetime, expired)
    return StartedUpload(upload_id=upload.upload_id)


def _upload(context: Context, state: RepositoryState, upload_id: UploadId) -> Upload:
    upload = state.uploads.get(UploadId(upload_id.lower()))
    if upload is None:
        name = state.repository.repository_name
        raise UploadNotFoundError(upload_id, name, context.account)
    return upload


def open_part(
    context: Context,
    *,
    repository_name: RepositoryName,
    upload_id: UploadId,
    part_first_byte: int | None = None,
    part_last_byte: int | None = None,
) -> Content:
    """Return the content that a part goes to, told where the part becomes too long.

    Raises: UploadNotFoundError, InvalidLayerPartError; the latter also while another part comes in.
    """
    state = context.registry.repository(repository_name)
    upload = _upload(context, state, upload_id)
    check_first_byte(upload, part_first_byte, repository_name, context.account)
    content = _idle_content(context, state, upload)
    content.most = most_after_part(part_last_byte, _limits(context))
    return content


def _limits(context: Context) -> LayerLimits:
    return PUBLIC_LIMITS if context.region == PUBLIC else PRIVATE_LIMITS


def _idle_content(context: Context, state: RepositoryState, upload: Upload) -> Content:
    """Return the content of an upload that no part is being written to. Raises: InvalidLayerPartError."""
    content = context.store.blobs.incoming(upload.upload_id)
    if content.busy:
        text = f"Another part of the upload with id '{upload.upload_id}' is being received"
        name = state.repository.repository_name
        raise InvalidLayerPartError(text, upload.upload_id, upload.received, name, context.account)
    if content.size > upload.received:  # the state went back to before these bytes came
        content.rewind(upload.received)
    return content


@operation("ecr", "UploadLayerPart", stage=open_part, content="layer_part_blob")
@operation("ecr-public", "UploadLayerPart", stage=open_part, content="layer_part_blob")
def upload_layer_part(
    context: Context,
    *,
    repository_name: RepositoryName,
    upload_id: UploadId,
    part_first_byte: int | None = None,
    part_last_byte: int | None = None,
    layer_part_blob: Content,
) -> UploadedPart:
    """Count a part that has come in; without first and last byte it was streamed.

    Raises: UploadNotFoundError, InvalidLayerPartError, LimitExceededError. Source: api.md §6.3.
    """
    state = context.registry.repository(repository_name)
    upload = _upload(context, state, upload_id)
    check_first_byte(upload, part_first_byte, repository_name, context.account)
    size = layer_part_blob.size - upload.received
    limits = _limits(context)
    grown = with_part(upload, size, part_last_byte, repository_name, context.account, limits=limits)
    state.uploads.put(upload.upload_id, grown)
    return _progress(context, state, grown)


def _progress(context: Context, state: RepositoryState, upload: Upload) -> UploadedPart:
    return UploadedPart(
        registry_id=context.account,
        repository_name=state.repository.repository_name,
        upload_id=upload.upload_id,
        last_byte_received=upload.received - 1,
    )


@operation("ecr", "CompleteLayerUpload")
@operation("ecr-public", "CompleteLayerUpload")
def complete_layer_upload(
    context: Context,
    *,
    repository_name: RepositoryName,
    upload_id: UploadId,
    layer_digests: Sequence[str],
) -> CompletedUpload:
    """Make what was uploaded a blob of the repository.

    Until a manifest names it, the blob is held for a time of grace only.

    Raises: UploadNotFoundError, EmptyUploadError, LayerPartTooSmallError, InvalidLayerError,
    LayerAlreadyExistsError. Source: reference api.md §6.4.
    """
    state = context.registry.repository(repository_name)
    upload = _upload(context, state, upload_id)
    content = _idle_content(context, state, upload)
    announced = tuple(layer_digests)
    digest = _calculated(context, content, announced)
    small_parts = context.settings.data_rules.small_parts
    check_complete(
        upload, announced, digest, repository_name, context.account, small_parts=small_parts
    )
    if digest in state.blobs:
        raise LayerAlreadyExistsError(digest, repository_name, context.account)
    context.store.blobs.adopt(content, digest)
    held = HeldBlob(digest=digest, size=upload.received, held_since=context.now)
    state.blobs.put(digest, held)
    state.uploads.remove(upload.upload_id)
    grace_ended = context.event(
        LayerGraceEnded,
        repository_name,
        layer_digest=digest,
    )
    context.publish_at(context.now + context.settings.upload_lifetime, grace_ended)
    return CompletedUpload(
        registry_id=context.account,
        repository_name=repository_name,
        upload_id=upload.upload_id,
        layer_digest=digest,
    )


def _calculated(context: Context, content: Content, announced: tuple[str, ...]) -> Digest:
    """Return the digest of an upload, by the algorithm of the only announced one if it can be held."""
    algorithms = {algorithm_of(digest) for digest in announced} or {"sha256"}
    can_be_held = len(algorithms) == 1 and algorithms <= set(
        context.settings.data_rules.digest_algorithms
    )
    return content.digest_by(algorithms.pop()) if can_be_held else content.digest()


def open_hashed(
    context: Context, *, repository_name: RepositoryName, upload_id: UploadId, algorithm: str
) -> Content:
    """Return the content of an upload, told to take a digest by another algorithm as well.

    Raises: UploadNotFoundError, InvalidLayerPartError.
    """
    state = context.registry.repository(repository_name)
    content = _idle_content(context, state, _upload(context, state, upload_id))
    content.hash_also(algorithm)
    return content


@operation(
    "ecrmock",
    "HashLayerUpload",
    action="ecr:UploadLayerPart",
    stage=open_hashed,
    content="layer_part_blob",
)
def hash_layer_upload(
    context: Context,
    *,
    repository_name: RepositoryName,
    upload_id: UploadId,
    algorithm: str,  # noqa: ARG001 - the stage has told the content
    layer_part_blob: Content,  # noqa: ARG001 - hashed before this runs, without the lock
) -> None:
    """Have the digest of an upload by another algorithm; the door's empty part starts the reading.

    Raises: UploadNotFoundError. Source: DESIGN.md section 6.
    """
    _upload(context, context.registry.repository(repository_name), upload_id)


@operation("ecrmock", "DeleteLayer", action="ecr:BatchDeleteImage")
def delete_layer(
    context: Context, *, repository_name: RepositoryName, layer_digest: Digest
) -> None:
    """Stop holding a blob that no manifest references (OCI distribution spec, end-10).

    Raises: LayerNotFoundError, LayerInUseError.
    """
    state = context.registry.repository(repository_name)
    if layer_digest not in state.blobs:
        raise LayerNotFoundError(layer_digest, repository_name, context.account)
    if state.images.uses_blob(layer_digest):
        raise LayerInUseError(layer_digest, repository_name)
    state.blobs.remove(layer_digest)


@operation("ecr", "GetDownloadUrlForLayer", opens=lambda answer: answer.layer_digest)
def get_download_url_for_layer(
    context: Context, *, repository_name: RepositoryName, layer_digest: Digest
) -> LayerDownload:
    """Return where the bytes of a blob are that some image references which is not archived.

    Raises: LayerNotFoundError, LayerInaccessibleError, UnableToGetUpstreamLayerError.
    Source: reference api.md §6.6; registry.md §19.
    """
    state = context.registry.repository(repository_name)
    failure = fetch_layer(context, repository_name, layer_digest)
    if failure is not None:
        from ecrmock.values import pull_through_cache  # noqa: PLC0415 - loaded when needed

        raise pull_through_cache.UnableToGetUpstreamLayerError(failure.reason)
    if layer_digest not in state.blobs:
        raise LayerNotFoundError(layer_digest, repository_name, context.account)
    is_archived = state.images.uses_blob(layer_digest)
    is_free = not is_archived and context.settings.data_rules.unreferenced_layers
    if not is_free and not state.images.serves_blob(layer_digest):
        raise LayerInaccessibleError(
            layer_digest, repository_name, context.account, is_archived=is_archived
        )
    url = context.world.layer_urls.issue(context.account, context.region, layer_digest, context.now)
    return LayerDownload(download_url=url, layer_digest=layer_digest)


@operation("ecrmock", "OpenLayerUrl", action="", opens=lambda digest: digest)
def open_layer_url(context: Context, *, layer_url: str) -> Digest:
    """Return the digest of the blob whose bytes a presigned URL gives. Raises: LayerUrlError."""
    digest = context.world.layer_urls.read(layer_url, context.now)
    if digest not in context.store.blobs:
        raise LayerUrlError("The specified key does not exist.")
    return digest


@operation("ecrmock", "DescribeLayerUpload", action="ecr:UploadLayerPart")
def describe_layer_upload(
    context: Context, *, repository_name: RepositoryName, upload_id: UploadId
) -> UploadedPart:
    """Say how far an upload is; the registry door needs it (OCI distribution spec, end-13).

    Raises: UploadNotFoundError.
    """
    state = context.registry.repository(repository_name)
    return _progress(context, state, _upload(context, state, upload_id))


@operation("ecrmock", "CancelLayerUpload", action="ecr:UploadLayerPart")
def cancel_layer_upload(
    context: Context, *, repository_name: RepositoryName, upload_id: UploadId
) -> None:
    """Forget an upload; the registry door needs it (OCI distribution spec, end-14).

    Raises: UploadNotFoundError.
    """
    state = context.registry.repository(repository_name)
    state.uploads.remove(_upload(context, state, upload_id).upload_id)


@operation("ecrmock", "ExpireLayerUpload", action="ecr:UploadLayerPart")
def expire_layer_upload(
    context: Context, *, repository_name: RepositoryName, upload_id: UploadId
) -> None:
    """Forget an upload whose time is over; one that was finished in time is gone already."""
    state = context.registry.repository(repository_name)
    if upload_id in state.uploads:
        state.uploads.remove(upload_id)


@operation("ecrmock", "DropUnclaimedLayer", action="ecr:BatchDeleteImage")
def drop_unclaimed_layer(
    context: Context, *, repository_name: RepositoryName, layer_digest: Digest
) -> None:
    """Stop holding a blob that no manifest has named in its time of grace.

    Source: reference registry.md §5.2, blobs never referenced may be cleaned up.
    """
    state = context.registry.repository(repository_name)
    held = state.blobs.get(layer_digest)
    if held is None or state.images.uses_blob(layer_digest):
        return
    if held.held_since + context.settings.upload_lifetime <= context.now:
        state.blobs.remove(layer_digest)
