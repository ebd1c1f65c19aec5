"""Uploads that nobody finishes, and layers that no manifest names, go after their time."""

from contextlib import suppress

from ecrmock.reactions.reaction import Internal
from ecrmock.values.events import LayerGraceEnded, UploadExpired
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus


def subscribe(bus: EventBus, internal: Internal) -> None:
    """Clean up when the times that an upload started are over. Source: reference registry.md §5.2."""

    def on_upload_expired(event: UploadExpired) -> None:
        name, upload_id = event.repository_name, event.upload_id
        with suppress(RepositoryNotFoundError):
            internal(
                event, "ecrmock", "ExpireLayerUpload", repository_name=name, upload_id=upload_id
            )

    def on_layer_grace_ended(event: LayerGraceEnded) -> None:
        name, digest = event.repository_name, event.layer_digest
        with suppress(RepositoryNotFoundError):
            internal(
                event, "ecrmock", "DropUnclaimedLayer", repository_name=name, layer_digest=digest
            )

    bus.subscribe(UploadExpired, on_upload_expired)
    bus.subscribe(LayerGraceEnded, on_layer_grace_ended)
