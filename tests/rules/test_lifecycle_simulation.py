"""When each image goes, run after run. Source: api.md §5.7, §9.4; features.md §7.1, §10."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.rules.lifecycle import evaluate
from ecrmock.rules.lifecycle_simulation import simulate
from ecrmock.rules.lifecycle_text import read_lifecycle_policy
from ecrmock.values.lifecycle import (
    LifecycleCandidate,
    LifecycleFate,
    LifecyclePeriod,
    LifecyclePolicy,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}
OUT = {"storageClass": "archive"}
Ends = dict[str, list[tuple[float, str, int]]]  # by image: after how many days, what, by which rule


def an_image(name: str, *tags: str, age: float = 0, **more: Any) -> LifecycleCandidate:
    pushed = NOW - timedelta(days=age)
    times = {"image_pushed_at": pushed, "pushed_at": pushed, "pulled_at": pushed}
    made = {"image_digest": name, "image_tags": tags, "storage_class": "standard", **times}
    return LifecycleCandidate(**{**made, **more})


def older_than(
    days: int, number: int = 1, what: str = "Pushed", action: Any = EXPIRE, **selection: Any
) -> Any:
    counted = {"countType": f"sinceImage{what}", "countUnit": "days", "countNumber": days}
    selected = {"tagStatus": "any", **counted, **selection}
    return {"rulePriority": number, "selection": selected, "action": action}


def more_than(count: int, number: int = 1, **selection: Any) -> Any:
    counted = {"countType": "imageCountMoreThan", "countNumber": count}
    selected = {"tagStatus": "any", **counted, **selection}
    return {"rulePriority": number, "selection": selected, "action": EXPIRE}


def policy(*rules: Any) -> LifecyclePolicy:
    return read_lifecycle_policy(json.dumps({"rules": list(rules)}))


def fates(
    images: Sequence[LifecycleCandidate], *rules: Any, days: float = 0, hours: int = 24
) -> dict[str, LifecycleFate]:
    period = LifecyclePeriod(at=NOW, every=timedelta(hours=hours), span=timedelta(days=days))
    found = simulate(policy(*rules), images, period)
    assert [each.candidate for each in found] == list(images)
    return {each.candidate.image_digest: each for each in found}


def told(found: Sequence[LifecycleFate]) -> Ends:
    return {
        fate.candidate.image_digest: [
            ((each.at - NOW) / timedelta(days=1), each.action, each.rule_priority)
            for each in fate.changes
        ]
        for fate in found
        if fate.changes
    }


def ends(images: Sequence[LifecycleCandidate], *rules: Any, **period: Any) -> Ends:
    return told(list(fates(images, *rules, **period).values()))


# When


def test_without_a_span_there_is_one_run() -> None:
    assert ends([an_image("A", age=20), an_image("B", age=13)], older_than(14)) == {
        "A": [(0, "expire", 1)]
    }


def test_an_image_goes_in_the_first_run_in_which_it_is_too_old() -> None:
    """Of 14 days to the minute it is not yet older than 14 days."""
    images = [an_image("A", age=10), an_image("B", age=10.5), an_image("C")]
    found = ends(images, older_than(14), days=10)
    assert found == {"A": [(5, "expire", 1)], "B": [(4, "expire", 1)]}


def test_the_steps_decide_when_it_is_noticed() -> None:
    assert ends([an_image("A", age=10.3)], older_than(14), days=10, hours=12) == {
        "A": [(4, "expire", 1)]
    }
    assert ends([an_image("A", age=10.3)], older_than(14), days=10, hours=72) == {
        "A": [(6, "expire", 1)]
    }


@pytest.mark.parametrize(("days", "is_gone"), [(4, False), (5, True)])
def test_the_last_run_is_at_the_end_if_the_steps_lead_there(days: float, is_gone: bool) -> None:
    found = fates([an_image("A", age=10)], older_than(14), days=days)["A"]
    assert (found.end is not None) == is_gone
    assert bool(found.spared) != is_gone


def test_an_image_can_go_shortly_before_the_end() -> None:
    found = ends([an_image("A", age=13.5)], older_than(14), days=1, hours=6)
    assert found == {"A": [(0.75, "expire", 1)]}


def test_what_is_spared_is_told_as_of_the_last_run() -> None:
    found = fates([an_image("A", age=10)], older_than(90), days=30)["A"]
    assert [each.reason for each in found.spared] == [
        "it was pushed 40 days ago, and the limit is 90"
    ]


def test_what_is_gone_is_not_counted_any_more() -> None:
    images = [an_image(name, age=age) for name, age in (("A", 3), ("B", 2), ("C", 1))]
    found = fates(images, more_than(2), days=3)
    assert told(list(found.values())) == {"A": [(0, "expire", 1)]}
    assert found["B"].spared[0].reason.startswith("it is number 2 of 2")


def test_an_image_is_there_from_its_push_on() -> None:
    images = [an_image("A", age=3), an_image("B", age=-2.5), an_image("C", age=-9)]
    found = fates(images, more_than(1), days=5)
    assert told(list(found.values())) == {"A": [(3, "expire", 1)]}
    assert (found["B"].spared != (), found["C"].spared) == (True, ())


# The archive


def test_an_image_is_archived_and_later_expired_from_there() -> None:
    rules = older_than(30, 1, "Pulled", ARCHIVE), older_than(90, 2, "Transitioned", **OUT)
    images = [an_image("A", age=25)]
    assert ends(images, *rules, days=120) == {"A": [(6, "transition", 1), (97, "expire", 2)]}
    found = fates(images, *rules, days=50)["A"]
    assert (found.end, found.archiving is not None) == (None, True)
    assert found.spared[1].reason == "it was archived 44 days ago, and the limit is 90"


def test_what_was_archived_before_is_expired_in_its_time() -> None:
    archived = an_image("A", age=200, storage_class="archive", archived_at=NOW - timedelta(days=85))
    assert ends([archived], older_than(90, 1, "Transitioned", **OUT), days=30) == {
        "A": [(6, "expire", 1)]
    }


# Indexes and referrers


def test_what_an_expired_index_listed_is_free() -> None:
    """In the pass after it when a rule is about it by then, else when it is too old."""
    images = [an_image("I", "latest", age=13), an_image("A", age=20, indexes=("I",))]
    untagged = {"tagStatus": "untagged"}
    tagged = {"tagStatus": "tagged", "tagPatternList": ["*"]}
    rules = older_than(30, 1, **untagged), older_than(14, 2, **tagged)
    assert ends(images, *rules, days=30) == {"I": [(2, "expire", 2)], "A": [(11, "expire", 1)]}


def test_what_an_archived_index_lists_is_not_expired() -> None:
    images = [an_image("I", "latest", age=20), an_image("A", age=20, indexes=("I",))]
    tagged = {"tagStatus": "tagged", "tagPatternList": ["*"]}
    rules = older_than(14, 1, action=ARCHIVE, **tagged), older_than(30, 2)
    found = fates(images, *rules, days=60)
    assert told(list(found.values())) == {"I": [(0, "transition", 1)]}
    assert "manifest list: [I]" in found["A"].spared[1].reason


def test_what_an_index_lists_is_free_when_that_goes_from_the_archive() -> None:
    archived = {"storage_class": "archive", "archived_at": NOW - timedelta(days=80)}
    images = [an_image("I", age=90, **archived), an_image("A", age=90, archived_indexes=("I",))]
    rules = older_than(90, 1, "Transitioned", **OUT), older_than(14, 2)
    assert ends(images, *rules, days=20) == {"I": [(11, "expire", 1)], "A": [(11, "expire", 2)]}


def test_referrers_follow_a_day_later_and_theirs_after_them() -> None:
    """Also after the end, since it was the last run that decided it."""
    images = [
        an_image("A", age=20),
        an_image("S", age=1, subject="A"),
        an_image("T", age=1, subject="S"),
    ]
    found = fates(images, older_than(14))
    by = (1, "expire", 1), (2, "expire", 1)
    assert told(list(found.values())) == {"A": [(0, "expire", 1)], "S": [by[0]], "T": [by[1]]}
    assert found["S"].changes[0].reason == "it follows A, which it is about"


def test_referrers_follow_into_the_archive() -> None:
    images = [an_image("A", age=20), an_image("S", subject="A")]
    assert ends(images, older_than(14, action=ARCHIVE), days=5) == {
        "A": [(0, "transition", 1)],
        "S": [(1, "transition", 1)],
    }


def test_a_referrer_that_an_index_lists_does_not_follow() -> None:
    """BatchDeleteImage refuses it, and UpdateImageStorageClass too. Source: api.md §5.4, §17."""
    images = [an_image("A", age=20), an_image("I"), an_image("S", subject="A", indexes=("I",))]
    for action in (EXPIRE, ARCHIVE):
        assert list(ends(images, older_than(14, action=action), days=5)) == ["A"]


def test_a_referrer_whose_subject_is_gone_is_as_any_image() -> None:
    images = [an_image("A", age=20), an_image("S", age=20, subject="A")]
    found = ends(images, older_than(14), days=2, hours=6)
    assert found["S"] == [(0.25, "expire", 1)]


def test_what_comes_after_its_subject_has_gone_is_as_any_image() -> None:
    images = [an_image("A", age=20), an_image("S", age=-3, subject="A")]
    assert ends(images, older_than(14), days=30)["S"] == [(18, "expire", 1)]


def test_what_a_referrer_listed_is_free_when_that_has_followed() -> None:
    images = [
        an_image("A", age=20),
        an_image("I", age=1, subject="A"),
        an_image("B", age=20, indexes=("I",)),
    ]
    found = ends(images, older_than(14), days=5, hours=6)
    assert (found["I"], found["B"]) == ([(1, "expire", 1)], [(1, "expire", 1)])


def test_one_on_its_way_back_from_the_archive_stays() -> None:
    assert ends([an_image("A", age=99, storage_class=None)], older_than(1), days=30) == {}


# Cheap, and still right


def test_long_periods_of_many_images_are_cheap() -> None:
    """A run a minute for a year would be half a million evaluations; nearly all of them can do nothing."""
    images = [an_image(f"{number}", age=number) for number in range(50)]
    started = datetime.now(UTC)
    period = LifecyclePeriod(at=NOW, every=timedelta(minutes=1), span=timedelta(days=365))
    found = simulate(policy(older_than(100)), images, period)
    assert sum(fate.end is not None for fate in found) == 50
    assert datetime.now(UTC) - started < timedelta(seconds=20)


def every_run(
    found: LifecyclePolicy, images: Sequence[LifecycleCandidate], period: LifecyclePeriod
) -> Ends:
    """Do all the runs, one by one, of images that know nothing of each other."""
    left, done = list(images), {}
    for number in range(period.runs):
        now = period.at + number * period.every
        there = [each for each in left if each.image_pushed_at <= now]
        for verdict in evaluate(found, there, now):
            each = verdict.candidate
            if verdict.action is None:
                continue
            days = (now - NOW) / timedelta(days=1)
            done.setdefault(each.image_digest, []).append(
                (days, verdict.action.type, verdict.applied_rule_priority)
            )
            left.remove(each)
            if verdict.action.type == "transition":
                left.append(replace(each, storage_class="archive", archived_at=now))
    return done


AGES = st.sampled_from([-3, -1.5, 0, 0.5, 3, 9.75, 10, 20])
IMAGES = st.lists(st.tuples(st.booleans(), AGES), max_size=8)
RULES = st.lists(
    st.one_of(
        st.builds(more_than, st.integers(1, 4), tagStatus=st.just("untagged")),
        st.builds(
            older_than,
            st.integers(1, 14),
            tagStatus=st.just("tagged"),
            tagPatternList=st.just(["v*"]),
            what=st.just("Pulled"),
            action=st.just(ARCHIVE),
        ),
        st.builds(
            older_than,
            st.integers(90, 92),
            what=st.just("Transitioned"),
            storageClass=st.just("archive"),
        ),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda rule: rule["selection"]["countType"],
)


@settings(max_examples=200)
@given(IMAGES, RULES, st.sampled_from([5, 24, 50]), st.sampled_from([0, 1, 30, 120]))
def test_no_run_that_does_something_is_left_out(
    drawn: list[tuple[bool, float]], rules: list[Any], hours: int, days: int
) -> None:
    images = [
        an_image(f"{number}", *(["v1"] if is_tagged else []), age=age)
        for number, (is_tagged, age) in enumerate(drawn)
    ]
    found = policy(*({**rule, "rulePriority": n} for n, rule in enumerate(rules, start=1)))
    period = LifecyclePeriod(at=NOW, every=timedelta(hours=hours), span=timedelta(days=days))
    assert told(simulate(found, images, period)) == every_run(found, images, period)
