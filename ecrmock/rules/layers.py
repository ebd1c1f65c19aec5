"""Whether a part fits an upload, and whether an upload may be completed."""

from dataclasses import replace

from ecrmock.values.errors import LimitExceededError
from ecrmock.values.layers import (
    MINIMUM_PART_SIZE,
    PRIVATE_LIMITS,
    EmptyUploadError,
    InvalidLayerError,
    InvalidLayerPartError,
    LayerFailure,
    LayerLimits,
    LayerPartTooSmallError,
    Upload,
)
from ecrmock.values.names import AccountId, Digest, RepositoryName, is_digest

_MEBIBYTE = 1024 * 1024


def check_first_byte(
    upload: Upload, first_byte: int | None, name: RepositoryName, registry: AccountId
) -> None:
    """Refuse a part that leaves a gap or overlaps; None goes wherever the upload stands.

    Raises: InvalidLayerPartError. Source: reference api.md §6.3.
    """
    if first_byte is not None and first_byte != upload.received:
        text = f"First byte of the layer part is {first_byte} instead of {upload.received}"
        raise InvalidLayerPartError(text, upload.upload_id, upload.received, name, registry)


def most_after_part(last_byte: int | None, limits: LayerLimits) -> int:
    """Return how many bytes an upload may have after a part that announced to end at ``last_byte``.

    A part that goes beyond is refused whatever follows, so nobody waits for the end of it.
    """
    return limits.layer_size if last_byte is None else min(last_byte + 1, limits.layer_size)


def with_part(
    upload: Upload,
    size: int,
    last_byte: int | None,
    name: RepositoryName,
    registry: AccountId,
    *,
    limits: LayerLimits = PRIVATE_LIMITS,
) -> Upload:
    """Return the upload with one more part of ``size`` bytes that announced to end at ``last_byte``.

    A part that announced no end was streamed: its size is no choice of the client's and counts for
    neither the number nor the least size of parts.

    Raises: InvalidLayerPartError when the size is not the announced one; LimitExceededError.
    Source: reference api.md §6.3, §21.
    """
    is_empty_range = last_byte is not None and last_byte < upload.received
    if last_byte is not None and (is_empty_range or last_byte + 1 - upload.received != size):
        text = (
            f"The layer part is {size} bytes long instead of {last_byte + 1 - upload.received}, "
            f"the length of the range {upload.received} to {last_byte}"
        )
        raise InvalidLayerPartError(text, upload.upload_id, upload.received, name, registry)
    if upload.received + size > limits.layer_size:
        raise LimitExceededError(
            f"The layer exceeds the maximum allowed size of {limits.layer_size // _MEBIBYTE} MiB"
        )
    if last_byte is not None and upload.parts >= limits.parts:
        raise LimitExceededError(
            f"The upload with id '{upload.upload_id}' already has the maximum allowed number of "
            f"layer parts which is '{limits.parts}'"
        )
    return replace(
        upload,
        received=upload.received + size,
        parts=upload.parts + 1,
        last_part_size=None if last_byte is None else size,
        undersized=upload.undersized or _is_undersized(upload),
    )


def _is_undersized(upload: Upload) -> bool:
    return upload.last_part_size is not None and upload.last_part_size < MINIMUM_PART_SIZE


def check_complete(
    upload: Upload,
    announced: tuple[str, ...],
    calculated: Digest,
    name: RepositoryName,
    registry: AccountId,
    *,
    small_parts: bool = False,
) -> None:
    """Refuse an upload that is empty, has a small part in the middle, or another digest.

    ``calculated`` is by the algorithm of the announced digest, where that is one that can be held.

    Raises: EmptyUploadError, LayerPartTooSmallError, InvalidLayerError. Source: reference api.md §6.4.
    """
    if upload.parts == 0:
        raise EmptyUploadError(upload.upload_id, name, registry)
    if upload.undersized and not small_parts:
        raise LayerPartTooSmallError
    digests = [digest.lower() for digest in announced if is_digest(digest)]
    sha256 = [digest for digest in digests if digest.startswith("sha256:")]
    wrong = [digest for digest in sha256 or announced if digest != calculated]
    if wrong or len(digests) < len(announced):
        raise InvalidLayerError(wrong[0] if wrong else announced[0], calculated)


def availability_failure(digest: str) -> LayerFailure | None:
    """Return the failure entry of a digest that cannot be looked up, else None.

    Source: reference api.md §6.5; the texts are inferred.
    """
    if digest and is_digest(digest):
        return None
    code = "InvalidLayerDigest" if digest else "MissingLayerDigest"
    reason = (
        "layer digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
        if digest
        else "layer digest cannot be null"
    )
    return LayerFailure(
        layer_digest=digest,
        failure_code=code,
        failure_reason=f"Invalid request parameters: {reason}",
    )
