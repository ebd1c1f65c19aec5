"""Evaluations in three steps: a corridor with answers of a test's making. Source: features.md §10."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecrmock.reactions import lifecycle
from ecrmock.values.events import LifecyclePreviewDue, LifecycleRunDue
from ecrmock.values.images import Image
from ecrmock.values.lifecycle import (
    LifecyclePolicyNotFoundError,
    LifecyclePolicyPreviewNotFoundError,
    LifecycleView,
)
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus
from ecrmock.world.ids import Ids
from ecrmock.world.traffic import Traffic

NOW = datetime(2026, 1, 2, tzinfo=UTC)
WHERE = {"account": "123456789012", "region": "us-east-1", "time": NOW, "repository_name": "app"}
DUE = NOW - timedelta(hours=1)
RUN = LifecycleRunDue(**WHERE, policy_id="policy", due_at=DUE)
PREVIEW = LifecyclePreviewDue(**WHERE, preview_id="policy")
GONE = RepositoryNotFoundError("app", "123456789012")


def view(action: dict[str, str], images: int = 2, policy_id: str = "policy") -> LifecycleView:
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
    rule = {"rulePriority": 1, "selection": selection, "action": action}
    made = [
        Image(
            image_digest=f"sha256:{number:04}",
            image_manifest="{}",
            image_manifest_media_type="application/vnd.oci.image.manifest.v1+json",
            artifact_media_type=None,
            image_size_in_bytes=2,
            image_pushed_at=NOW - timedelta(days=number),
        )
        for number in range(images)
    ]
    text = json.dumps({"rules": [rule]})
    seen = {"now": NOW, "images": tuple(made), "taggings": ()}
    return LifecycleView(lifecycle_policy_text=text, policy_id=policy_id, **seen)


EXPIRE = view({"type": "expire"})
ARCHIVE = view({"type": "transition", "targetStorageClass": "archive"})


def deliver(event: Any, answer: Any) -> list[tuple[str, dict[str, Any]]]:
    """Deliver an event where reading gives an answer or an error, and return the calls after it."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def internal(event: Any, service: str, operation: str, **parameters: Any) -> Any:
        assert (service, parameters.pop("repository_name")) == ("ecrmock", "app")
        calls.append((operation, parameters))
        if isinstance(answer, Exception):
            raise answer
        return answer

    bus = EventBus(Ids(seed=1))
    lifecycle.subscribe(bus, internal, Traffic())
    bus.append((event,))
    bus.drain()
    (read, _), *others = calls
    assert read.startswith("Read")
    return others


@pytest.mark.parametrize(
    ("seen", "operation"), [(EXPIRE, "ExpireImages"), (ARCHIVE, "ArchiveImages")]
)
def test_what_a_policy_acts_on_is_deleted_or_archived_as_of_its_time(
    seen: LifecycleView, operation: str
) -> None:
    (name, acted), (last, completed) = deliver(RUN, seen)
    assert (name, acted["policy_id"], acted["at"]) == (operation, "policy", DUE)
    assert [each.image_digest for each in acted["candidates"]] == ["sha256:0001"]
    assert last == "CompleteLifecycleRun"
    assert completed == {"policy_id": "policy", "evaluated_at": DUE, "is_daily": True}


def test_a_run_that_finds_nothing_is_completed_too() -> None:
    """Inferred: reference api.md §9.4, no. 18."""
    calls = deliver(RUN, view({"type": "expire"}, images=1))
    assert [name for name, _ in calls] == ["CompleteLifecycleRun"]


def test_many_images_are_deleted_in_parts() -> None:
    *parts, _ = deliver(RUN, view({"type": "expire"}, images=251))
    assert [len(part["candidates"]) for _, part in parts] == [100, 100, 50]


def test_a_preview_is_completed_with_what_it_found() -> None:
    ((name, completed),) = deliver(PREVIEW, EXPIRE)
    assert (name, completed["preview_id"]) == ("CompleteLifecyclePolicyPreview", "policy")
    assert [each.image_digest for each in completed["preview_results"]] == ["sha256:0001"]


@pytest.mark.parametrize("event", [RUN, PREVIEW])
def test_nothing_is_done_for_a_policy_that_was_replaced(event: Any) -> None:
    assert deliver(event, view({"type": "expire"}, policy_id="another")) == []


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (RUN, GONE),
        (PREVIEW, GONE),
        (RUN, LifecyclePolicyNotFoundError("app", "123456789012")),
        (PREVIEW, LifecyclePolicyPreviewNotFoundError("app", "123456789012")),
    ],
)
def test_nothing_is_done_for_what_is_gone(event: Any, error: Exception) -> None:
    assert deliver(event, error) == []


@pytest.mark.parametrize("event", [RUN, PREVIEW])
def test_a_bug_is_not_hidden(event: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        deliver(event, ZeroDivisionError())
