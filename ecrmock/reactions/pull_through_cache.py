"""An image of which the manifest came from an upstream is completed. Source: reference features.md §4.4."""

from contextlib import suppress

from ecrmock.reactions.reaction import Internal
from ecrmock.values.events import UpstreamImportDue
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus


def subscribe(bus: EventBus, internal: Internal) -> None:
    """Fetch the blobs and the listed manifests that nobody has asked for yet."""

    def on_upstream_import_due(event: UpstreamImportDue) -> None:
        with suppress(RepositoryNotFoundError):
            internal(
                event,
                "ecrmock",
                "CompleteUpstreamImport",
                repository_name=event.repository_name,
                image_digest=event.image_digest,
                image_tag=event.image_tag,
                ecr_repository_prefix=event.ecr_repository_prefix,
                upstream_registry_url=event.upstream_registry_url,
                attempt=event.attempt,
            )

    bus.subscribe(UpstreamImportDue, on_upstream_import_due)
