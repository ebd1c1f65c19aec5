"""Which images that should stay a policy deletes."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.lifecycle_protection import idle, losses
from ecrmock.values.lifecycle import LifecycleCandidate, LifecycleChange, LifecycleFate

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def a_fate(*tags: str, actions: tuple[str, ...] = ("expire",)) -> LifecycleFate:
    times = dict.fromkeys(("image_pushed_at", "pushed_at", "pulled_at"), NOW)
    candidate = LifecycleCandidate(
        image_digest="sha256:a", image_tags=tags, storage_class="standard", **times
    )
    changes = [
        LifecycleChange(at=NOW, action=action, rule_priority=3, reason="") for action in actions
    ]
    return LifecycleFate(candidate=candidate, changes=tuple(changes))


def lost(fate: LifecycleFate, *patterns: str) -> list[tuple[str, str, int]]:
    found = losses([fate], patterns)
    return [(each.image_tag, each.pattern, each.end.rule_priority) for each in found]


def test_each_protected_tag_that_goes_is_told_once() -> None:
    fate = a_fate("prod-1", "v1", "prod-2")
    assert lost(fate, "x", "prod-*", "*") == [
        *(("prod-1", "prod-*", 3), ("v1", "*", 3), ("prod-2", "prod-*", 3))
    ]


@pytest.mark.parametrize("actions", [(), ("transition",)])
def test_what_stays_or_is_archived_is_not_lost(actions: tuple[str, ...]) -> None:
    assert lost(a_fate("prod-1", actions=actions), "prod-*") == []


def test_what_is_deleted_from_the_archive_is_lost() -> None:
    assert lost(a_fate("prod-1", actions=("transition", "expire")), "prod-*") != []


def test_a_pattern_is_the_whole_tag() -> None:
    assert lost(a_fate("prod-1"), "prod", "rod-*", "PROD-*") == []


def test_what_protects_nothing_is_told() -> None:
    assert idle([a_fate("prod-1"), a_fate()], ["prod-*", "prd-*"]) == ("prd-*",)
