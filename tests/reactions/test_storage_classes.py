"""A restore is completed by a call in its registry. Source: reference features.md §7.1."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ecrmock.reactions import storage_classes
from ecrmock.values.events import ActivationDue
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus
from ecrmock.world.ids import Ids

DUE = ActivationDue(
    account="123456789012",
    region="us-east-1",
    time=datetime(2026, 1, 2, tzinfo=UTC),
    repository_name="app",
    image_digest="sha256:aa",
)
GONE = RepositoryNotFoundError("app", "123456789012")


def deliver(error: Exception | None = None) -> list[Any]:
    calls: list[Any] = []

    def internal(event: Any, service: str, operation: str, **parameters: Any) -> None:
        calls.append((event.region, f"{service}:{operation}", parameters))
        if error is not None:
            raise error

    bus = EventBus(Ids(seed=1))
    storage_classes.subscribe(bus, internal)
    bus.append((DUE,))
    bus.drain()
    return calls


@pytest.mark.parametrize("error", [None, GONE])
def test_a_restore_is_completed_unless_the_repository_is_gone(error: Exception | None) -> None:
    parameters = {"repository_name": "app", "image_digest": "sha256:aa"}
    assert deliver(error) == [("us-east-1", "ecrmock:CompleteActivation", parameters)]
