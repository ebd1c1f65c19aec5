"""The evaluator against a second, naive one, over random policies and images. Source: api.md §9.4.

``LIFECYCLE_EXAMPLES=50000`` looks further than every run does.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.rules.lifecycle import candidates, evaluate
from ecrmock.rules.lifecycle_text import read_lifecycle_policy
from ecrmock.values.images import Image, Tagging
from tests.rules import naive_lifecycle
from tests.rules.naive_lifecycle import Deed

EXAMPLES = int(os.environ.get("LIFECYCLE_EXAMPLES", "1200"))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}
TAGS = ("a", "ab", "b-1", "b-2", "abba", "a*", "B")
ENTRIES = {
    "tagPrefixList": ("a", "ab", "b", "b-", "a*"),
    "tagPatternList": ("a", "a*", "*b", "*-1", "*", "a*b*a", "b-*", "a**", "*b*b*"),
}
MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json"

# Policies: every one that ECR's grammar takes (§9.2)

days = st.integers(1, 5)
in_archive = st.sampled_from((90, 91, 95)).map(
    lambda days: {"countType": "sinceImageTransitioned", "countUnit": "days", "countNumber": days}
)
more_than = days.map(lambda kept: {"countType": "imageCountMoreThan", "countNumber": kept})


def since(what: str) -> Any:
    return days.map(
        lambda days: {"countType": f"sinceImage{what}", "countUnit": "days", "countNumber": days}
    )


standard = st.one_of(
    st.tuples(more_than | since("Pushed"), st.sampled_from((EXPIRE, EXPIRE, ARCHIVE))),
    st.tuples(since("Pulled"), st.just(ARCHIVE)),
)
tag_lists = st.sampled_from(sorted(ENTRIES)).flatmap(
    lambda key: st.lists(st.sampled_from(ENTRIES[key]), min_size=1, max_size=3, unique=True).map(
        lambda entries: {"tagStatus": "tagged", key: entries}
    )
)


@st.composite
def rules_of(draw: Any, storage_class: str) -> list[dict[str, Any]]:
    """The rules of one storage class in the order of their priorities: one for all images comes last."""
    selected = draw(st.lists(tag_lists, max_size=3, unique_by=str))
    if draw(st.booleans()):
        selected.insert(draw(st.integers(0, len(selected))), {"tagStatus": "untagged"})
    if draw(st.booleans()):
        selected.append({"tagStatus": "any"})
    written = {"storageClass": storage_class} if storage_class == "archive" else {}
    counted = st.tuples(in_archive, st.just(EXPIRE)) if written else standard
    made = [(tags, *draw(counted)) for tags in selected]
    return [
        {"selection": {**tags, **written, **count}, "action": action}
        for tags, count, action in made
    ]


@st.composite
def policies(draw: Any) -> dict[str, Any]:
    """The rules of both storage classes, mixed, with gaps between priorities and in any order."""
    one, other = draw(rules_of("standard")), draw(rules_of("archive"))
    mixed = []
    while one or other:
        mixed.append((one if not other or (one and draw(st.booleans())) else other).pop(0))
    gap = draw(st.integers(1, 7))
    made = [{"rulePriority": gap * place, **rule} for place, rule in enumerate(mixed, start=1)]
    return {"rules": draw(st.permutations(made))}


# Images: each may list, or be about, those that were made before it

ages = st.builds(
    lambda days, more: timedelta(days=days) + more,
    st.integers(0, 6),
    st.sampled_from((timedelta(0), timedelta(0), timedelta(microseconds=1), timedelta(hours=9))),
)
places = st.lists(st.integers(0, 9), max_size=3)
kinds = st.sampled_from(("image", "image", "image", "index", "index", "referrer"))
statuses = st.sampled_from(("ACTIVE",) * 5 + ("ARCHIVED", "ACTIVATING"))
shapes = st.tuples(kinds, statuses, ages, st.none() | ages, st.none() | ages, ages, places)


def digest_of(place: int) -> str:
    return f"sha256:{place * 7 % 10:064}"  # so that the digests are not in the order of the pushes


def an_image(place: int, shape: Any) -> Image:
    kind, status, pushed, pulled, restored, archived, others = shape
    before = [digest_of(other) for other in others if 0 <= other < place]
    pushed_at = NOW - timedelta(days=90 if status == "ARCHIVED" else 0) - pushed
    archived_at = NOW - timedelta(days=88) - archived if status == "ARCHIVED" else None
    return Image(
        image_digest=digest_of(place),
        image_manifest="{}",
        image_manifest_media_type=MEDIA_TYPE,
        artifact_media_type=None,
        image_size_in_bytes=2,
        image_pushed_at=pushed_at,
        references=tuple(before) if kind == "index" else (),
        is_index=kind == "index",
        subject_manifest_digest=(*before, digest_of(9))[0] if kind == "referrer" else None,
        image_status=status,
        last_archived_at=archived_at,
        last_activated_at=None if restored is None else max(NOW - restored, pushed_at),
        last_recorded_pull_time=None if pulled is None else max(NOW - pulled, pushed_at),
        sequence=place,
    )


images = st.lists(shapes, max_size=9).map(
    lambda made: [an_image(place, shape) for place, shape in enumerate(made)]
)
owners = st.lists(st.tuples(st.sampled_from(TAGS), st.integers(0, 8)), unique_by=lambda one: one[0])


def taggings_of(owned: Any, made: list[Image]) -> list[Tagging]:
    return [
        Tagging(image_tag=tag, image_digest=digest_of(place), sequence=sequence)
        for sequence, (tag, place) in enumerate(owned)
        if place < len(made)
    ]


# Indexes in indexes, without tags: what lists what is all that matters

few_ages = st.sampled_from((timedelta(days=1), timedelta(days=6), timedelta(days=6)))
linked = st.tuples(
    st.sampled_from(("index", "index", "image")),
    st.sampled_from(("ACTIVE", "ACTIVE", "ACTIVE", "ARCHIVED")),
    few_ages,
    st.lists(st.integers(0, 5), max_size=3),
)
indexes = st.lists(linked, max_size=6).map(
    lambda made: [
        an_image(place, (kind, status, age, None, None, age, [*others, place - 1]))
        for place, (kind, status, age, others) in enumerate(made)
    ]
)
few_rules = st.tuples(standard, standard).map(
    lambda counted: {
        "rules": [
            {"rulePriority": n, "selection": {"tagStatus": status, **count}, "action": action}
            for n, status, (count, action) in zip((1, 2), ("untagged", "any"), counted, strict=True)
        ]
    }
)


def deeds(policy: Any, made: list[Image], taggings: list[Tagging]) -> dict[str, Deed]:
    """Return what the evaluator under test does."""
    read = read_lifecycle_policy(json.dumps(policy))
    verdicts = evaluate(read, candidates(made, taggings), NOW)
    return {
        each.candidate.image_digest: Deed(
            each.applied_rule_priority or 0, each.action.type, each.pass_number
        )
        for each in verdicts
        if each.action
    }


def tags_of(taggings: list[Tagging]) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for tagging in taggings:
        tags.setdefault(tagging.image_digest, []).append(tagging.image_tag)
    return tags


def assert_agreed(policy: Any, made: list[Image], taggings: list[Tagging]) -> None:
    expected = naive_lifecycle.run(policy, made, tags_of(taggings), NOW)
    assert deeds(policy, made, taggings) == expected


@settings(max_examples=EXAMPLES)
@given(policies().filter(lambda policy: policy["rules"]), images, owners)
def test_it_does_what_the_naive_one_does(policy: Any, made: list[Image], owned: Any) -> None:
    assert_agreed(policy, made, taggings_of(owned, made))


@settings(max_examples=EXAMPLES)
@given(few_rules, indexes)
def test_it_does_what_the_naive_one_does_with_indexes(policy: Any, made: list[Image]) -> None:
    assert_agreed(policy, made, [])
