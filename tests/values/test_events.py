from dataclasses import fields
from datetime import UTC, datetime

import pytest

from ecrmock.values import events
from ecrmock.values.events import Event, ImageDeleted, ImageEvent, ImagePushed, RepositoryCreated

KINDS = [
    kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_names_its_registry_and_its_time(kind: type[Event]) -> None:
    assert {"account", "region", "time"} <= {field.name for field in fields(kind)}


@pytest.mark.parametrize("kind", [ImagePushed, ImageDeleted])
def test_what_happens_to_an_image_is_an_image_event(kind: type[Event]) -> None:
    assert issubclass(kind, ImageEvent)


def test_an_event_has_neither_id_nor_number_before_the_bus_has_it() -> None:
    event = RepositoryCreated(
        account="123456789012",
        region="us-east-1",
        time=datetime(2026, 1, 2, tzinfo=UTC),
        repository_name="team/app",
    )
    assert (event.event_id, event.sequence) == ("", 0)
