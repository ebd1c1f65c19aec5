"""A restore from the archive is complete after its time."""

from contextlib import suppress

from ecrmock.reactions.reaction import Internal
from ecrmock.values.events import ActivationDue
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus


def subscribe(bus: EventBus, internal: Internal) -> None:
    """Make images active whose restore has had its time. Source: reference features.md §7.1."""

    def on_activation_due(event: ActivationDue) -> None:
        name, digest = event.repository_name, event.image_digest
        with suppress(RepositoryNotFoundError):
            internal(
                event, "ecrmock", "CompleteActivation", repository_name=name, image_digest=digest
            )

    bus.subscribe(ActivationDue, on_activation_due)
