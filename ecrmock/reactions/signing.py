"""Images are signed after a push. Source: reference features.md §6.

What is to be signed is read by a call, signed without the lock, put as any artifact is, and noted by a call
that looks again.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ecrmock.reactions.reaction import Internal
from ecrmock.values.errors import EcrError, MissingExtraError
from ecrmock.values.events import SigningDue
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus

if TYPE_CHECKING:
    from ecrmock.rules.image_building import BuiltImage
    from ecrmock.values.signer import SigningJob
    from ecrmock.values.signing import Signed, SigningFailure, SigningOrder

_Call = Callable[..., Any]  # an operation in the repository of the event


class Sign(Protocol):
    """Signs a manifest, in an envelope of a media type."""

    def __call__(self, order: "SigningOrder", media_type: str) -> "Signed":
        """Return the signature. Raises: MissingExtraError."""


def subscribe(bus: EventBus, internal: Internal, sign: Sign) -> None:
    """Make the signatures that are due; what is deleted by then is not signed."""

    def on_signing_due(event: SigningDue) -> None:
        call = partial(internal, event, repository_name=event.repository_name)
        with suppress(RepositoryNotFoundError):
            _sign(call, sign, event)

    bus.subscribe(SigningDue, on_signing_due)


def _sign(call: _Call, sign: Sign, event: SigningDue) -> None:
    from ecrmock.values.signing import SigningOrder  # noqa: PLC0415 - loaded when needed

    about = {
        "image_digest": event.image_digest,
        "signing_profile_arn": event.signing_profile_arn,
    }
    read = {**about, "job_id": event.job_id, "refusal": event.refusal}
    order = call("ecrmock", "ReadSigningOrder", **read)
    if order is None:
        return
    is_order = isinstance(order, SigningOrder)
    outcome = _signature(call, sign, order, event) if is_order else order
    call("ecrmock", "CompleteSigning", **about, outcome=outcome)


def _signature(
    call: _Call, sign: Sign, order: "SigningOrder", event: SigningDue
) -> "SigningJob | SigningFailure":
    """Sign a manifest and put the signature; return what Signer keeps of it, or what went wrong."""
    from ecrmock.rules.signing import envelope_type, job_of, signature_of  # noqa: PLC0415
    from ecrmock.values.signing import INTERNAL, SigningFailure  # noqa: PLC0415

    try:
        signed = sign(order, envelope_type(order.profile))
    except MissingExtraError as error:
        return SigningFailure(code=INTERNAL, reason=str(error))
    try:
        _put(call, signature_of(order, signed))
    except RepositoryNotFoundError:
        raise
    except EcrError as error:  # a quota, for example
        return SigningFailure(code=error.code, reason=error.message)
    return job_of(order, signed, event)


def _put(call: _Call, signature: "BuiltImage") -> None:
    """Put a signature as a client would: blobs, of which the empty config may be there, and manifest."""
    from ecrmock.values.layers import LayerAlreadyExistsError  # noqa: PLC0415 - loaded when needed
    from ecrmock.values.names import sha256_of  # noqa: PLC0415

    for blob in signature.blobs:
        upload_id = call("ecr", "InitiateLayerUpload").upload_id
        call("ecr", "UploadLayerPart", upload_id=upload_id, layer_part_blob=blob)
        try:
            digests = (sha256_of(blob),)
            call("ecr", "CompleteLayerUpload", upload_id=upload_id, layer_digests=digests)
        except LayerAlreadyExistsError:
            call("ecrmock", "CancelLayerUpload", upload_id=upload_id)
    call(
        "ecr",
        "PutImage",
        image_manifest=signature.manifest,
        image_manifest_media_type=signature.media_type,
    )
