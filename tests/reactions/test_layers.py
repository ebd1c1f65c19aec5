"""Uploads that nobody finishes, and layers that no manifest names, go after their time.

Source: reference registry.md §5.2. The reaction is tested with a bus, and with the calls that it makes.
"""

from datetime import UTC, datetime

import pytest

from ecrmock.reactions import layers
from ecrmock.values.events import LayerGraceEnded, UploadExpired
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, UploadId
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus
from ecrmock.world.ids import Ids

WHERE = {
    "account": AccountId("123456789012"),
    "region": Region("us-east-1"),
    "time": datetime(2026, 1, 2, tzinfo=UTC),
    "repository_name": RepositoryName("app"),
}
UPLOAD_EXPIRED = UploadExpired(**WHERE, upload_id=UploadId("upload"))
GRACE_ENDED = LayerGraceEnded(**WHERE, layer_digest=Digest("sha256:abc"))
REPOSITORY_GONE = RepositoryNotFoundError(RepositoryName("app"), AccountId("123456789012"))


class Corridor:
    """Takes the calls of reactions, and may answer each with an error."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.calls = []

    def __call__(self, event, service, operation, **parameters):
        self.calls.append((event.account, event.region, f"{service}:{operation}", parameters))
        if self.error is not None:
            raise self.error


def deliver(event, error=None) -> list:
    bus, corridor = EventBus(Ids(seed=1)), Corridor(error)
    layers.subscribe(bus, corridor)
    bus.append((event,))
    bus.drain()
    return corridor.calls


def test_an_upload_expires_in_its_registry():
    assert deliver(UPLOAD_EXPIRED) == [
        (
            "123456789012",
            "us-east-1",
            "ecrmock:ExpireLayerUpload",
            {"repository_name": "app", "upload_id": "upload"},
        )
    ]


def test_a_layer_whose_grace_has_ended_is_dropped_in_its_registry():
    assert deliver(GRACE_ENDED) == [
        (
            "123456789012",
            "us-east-1",
            "ecrmock:DropUnclaimedLayer",
            {"repository_name": "app", "layer_digest": "sha256:abc"},
        )
    ]


@pytest.mark.parametrize("event", [UPLOAD_EXPIRED, GRACE_ENDED])
def test_a_repository_that_is_gone_is_no_trouble(event):
    assert len(deliver(event, REPOSITORY_GONE)) == 1


@pytest.mark.parametrize("event", [UPLOAD_EXPIRED, GRACE_ENDED])
def test_a_bug_is_not_hidden(event):
    with pytest.raises(ZeroDivisionError):
        deliver(event, ZeroDivisionError())
