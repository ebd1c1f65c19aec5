"""Uploads that nobody finishes, and layers that no manifest names, go after their time."""

from contextlib import suppress

from ecrmock.reactions.reaction import Internal
from ecrmock.values.events import LayerGraceEnded, UploadExpired
from ecrmock.values.layers import UploadNotFoundError
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus


def subscribe(bus: EventBus, internal: Internal) -> None:
    """Clean up when the times that an upload started are over. Source: reference registry.md §5.2."""

    def on_upload_expired(event: UploadExpired) -> None:
        with suppress(UploadNotFoundError, RepositoryNotFoundError):  # finished in time
            internal(
                event,
                "ecrmock",
                "CancelLayerUpload",
                repository_name=event.repository_name,
                upload_id=event.upload_id,
            )

    def on_layer_grace_ended(event: LayerGraceEnded) -> None:
        with suppress(RepositoryNotFoundError):
            internal(
                event,
                "ecrmock",
                "DropUnclaimedLayer",
                repository_name=event.repository_name,
                layer_digest=event.layer_digest,
            )

    bus.subscribe(UploadExpired, on_upload_expired)
    bus.subscribe(LayerGraceEnded, on_layer_grace_ended)
