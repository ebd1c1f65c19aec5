"""The words in which table, document and page tell what becomes of images."""

from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.cli.lifecycle_words import counts, outcome, printable, shown_span, shown_time, tags
from ecrmock.values.lifecycle import (
    EXPIRE,
    TRANSITION,
    LifecycleCandidate,
    LifecycleChange,
    LifecycleFate,
)

NOW = datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)


def a_fate(*actions: str, image_tags: tuple[str, ...] = ()) -> LifecycleFate:
    times = {"image_pushed_at": NOW, "pushed_at": NOW, "pulled_at": NOW}
    image = {"image_digest": "sha256:" + "a" * 64, "image_tags": image_tags}
    candidate = LifecycleCandidate(**image, storage_class="STANDARD", **times)
    changes = (LifecycleChange(at=NOW, action=each, rule_priority=1, reason="") for each in actions)
    return LifecycleFate(candidate=candidate, changes=tuple(changes))


@pytest.mark.parametrize(
    ("actions", "word"),
    [
        ((), "stay"),
        ((EXPIRE,), "expire"),
        ((TRANSITION,), "archive"),
        ((TRANSITION, EXPIRE), "expire"),
    ],
)
def test_what_becomes_of_an_image_is_one_word(actions: tuple[str, ...], word: str) -> None:
    assert outcome(a_fate(*actions)) == word


def test_what_becomes_of_nobody_is_counted_too() -> None:
    assert counts([a_fate(), a_fate(EXPIRE), a_fate()]) == {"expire": 1, "archive": 0, "stay": 2}


@pytest.mark.parametrize(
    ("image_tags", "text"), [((), "(untagged)"), (("1.0", "latest"), "1.0, latest")]
)
def test_an_image_without_tags_is_said_to_be_so(image_tags: tuple[str, ...], text: str) -> None:
    assert tags(a_fate(image_tags=image_tags).candidate) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [({"days": 90}, "90d"), ({"hours": 36}, "36h"), ({"minutes": 90}, "90m"), ({"weeks": 1}, "7d")],
)
def test_a_span_is_told_as_the_options_take_it(span: dict[str, int], text: str) -> None:
    assert shown_span(timedelta(**span)) == text


def test_a_time_is_told_to_the_minute() -> None:
    assert shown_time(NOW) == "2026-01-02 03:04 UTC"


def test_half_a_character_is_printed_as_a_question() -> None:
    assert printable("v\ud800") == "v?"
