"""The worked examples of AWS's user guide, for the evaluator and for the naive one that checks it.

Source: ECR User Guide, "Examples of lifecycle policies": the edition of 2026 with patterns and the archive,
an earlier one with prefixes. Where the guide shows a policy without images, the images are ours.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecrmock.rules.lifecycle import candidates, evaluate
from ecrmock.rules.lifecycle_text import read_lifecycle_policy
from ecrmock.values.images import Image, Tagging
from tests.rules import naive_lifecycle

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}
Acted = dict[str, int]  # the priority of the rule that acts, by image


def ago(days: float | None) -> datetime | None:
    return None if days is None else NOW - timedelta(days=days)


def image(
    name: str,
    days: float,
    *tags: str,
    pulled: float | None = None,
    archived: float | None = None,
) -> tuple[Image, tuple[str, ...]]:
    made = Image(
        image_digest=name,
        image_manifest="{}",
        image_manifest_media_type="application/vnd.oci.image.manifest.v1+json",
        artifact_media_type=None,
        image_size_in_bytes=2,
        image_pushed_at=NOW - timedelta(days=days),
        image_status="ACTIVE" if archived is None else "ARCHIVED",
        last_archived_at=ago(archived),
        last_recorded_pull_time=ago(pulled),
    )
    return made, tags


def more_than(kept: int, status: str = "tagged", **tags: list[str]) -> dict[str, Any]:
    counted = {"countType": "imageCountMoreThan", "countNumber": kept}
    return {"selection": {"tagStatus": status, **tags, **counted}, "action": {"type": "expire"}}


def older(days: int, status: str = "tagged", since: str = "Pushed", **more: Any) -> dict[str, Any]:
    counted = {"countType": f"sinceImage{since}", "countUnit": "days", "countNumber": days}
    action = more.pop("action", {"type": "expire"})
    return {"selection": {"tagStatus": status, **more, **counted}, "action": action}


def by_prefix(*prefixes: str) -> dict[str, list[str]]:
    return {"tagPrefixList": list(prefixes)}


def by_pattern(*patterns: str) -> dict[str, list[str]]:
    return {"tagPatternList": list(patterns)}


UNTAGGED = [image("A", 20), image("B", 15), image("C", 14), image("D", 30, "v1"), image("E", 1)]
PRODUCTION = [
    *(image("A", 15, "prod"), image("B", 40, "prod-2"), image("C", 14, "prod-3")),
    *(image("D", 40, "test-prod"), image("E", 40)),
]
BETA_AND_PROD = [
    *(image("A", 10, "beta-1", "prod-1"), image("B", 9, "beta-2", "prod-2")),
    image("C", 8, "beta-3"),
]
ALPHA_AND_BETA = [
    *(image("A", 12, "alpha-1"), image("B", 11, "beta-1"), image("C", 10, "alpha-2", "beta-2")),
    *(image("D", 4, "alpha-3"), image("E", 3, "beta-3"), image("F", 2, "alpha-4", "beta-4")),
]
GREEK = [
    *(image("A", 10, "alpha-1", "beta-1", "gamma-1"), image("B", 9, "alpha-2", "beta-2")),
    image("C", 8, "alpha-3", "beta-3", "gamma-2"),
]
ANY_TAGS = [
    *(image("A", 4, "alpha-1"), image("B", 3, "beta-1"), image("C", 2), image("D", 1, "alpha-2")),
]
ALL_KINDS = [
    *(image("A", 4, "alpha-1", "beta-1"), image("B", 3), image("C", 2, "alpha-2")),
    *(image("D", 1, "git-hash"), image("E", 0.99)),  # the guide says "1 day" of both
]
MONTHS = [
    *(image("A", 31, "prod-1"), image("B", 30, "prod-2"), image("C", 90, "test-1")),
    image("D", 400, "prod-0", archived=300),
]
PULLED = [
    *(image("A", 200, "a", pulled=91), image("B", 200, "b", pulled=89), image("C", 200)),
    *(image("D", 80, "d"), image("E", 500, "e", pulled=400, archived=300)),
]
ARCHIVED = [
    *(image("A", 31, "a"), image("B", 29, "b"), image("C", 500, archived=366)),
    image("D", 500, "d", archived=365),
]
KEPT_LONG = [
    *(
        image("A", 400, "prod-1"),
        image("B", 400, "dev-1"),
        image("C", 61, "feature"),
        image("D", 61),
    ),
    image("E", 59, "feature-2"),
]
TO_ARCHIVE = {"action": ARCHIVE}
IN_ARCHIVE = {"since": "Transitioned", "storageClass": "archive"}
EXAMPLES = {
    "image age, of untagged ones": (UNTAGGED, [older(14, "untagged")], {"A": 1, "B": 1}),
    "image age": (PRODUCTION, [older(14, **by_pattern("prod*"))], {"A": 1, "B": 1}),
    "image count": (UNTAGGED, [more_than(1, "untagged")], {"A": 1, "B": 1, "C": 1}),
    "multiple rules, A": (
        BETA_AND_PROD,
        [more_than(1, **by_pattern("prod*")), more_than(1, **by_pattern("beta*"))],
        {"A": 1},
    ),
    "multiple rules, A, with prefixes": (
        BETA_AND_PROD,
        [more_than(1, **by_prefix("prod")), more_than(1, **by_prefix("beta"))],
        {"A": 1},
    ),
    "multiple rules, B": (
        BETA_AND_PROD,
        [more_than(1, **by_pattern("beta*")), more_than(1, **by_pattern("prod*"))],
        {"A": 1, "B": 1},
    ),
    "multiple rules, B, with prefixes": (
        BETA_AND_PROD,
        [more_than(1, **by_prefix("beta")), more_than(1, **by_prefix("prod"))],
        {"A": 1, "B": 1},
    ),
    "multiple tags, A": (ALPHA_AND_BETA, [older(5, **by_pattern("alpha*", "beta*"))], {"C": 1}),
    "multiple tags, A, with prefixes": (
        ALPHA_AND_BETA,
        [older(5, **by_prefix("alpha", "beta"))],
        {"C": 1},
    ),
    "multiple tags, B": (GREEK, [more_than(1, **by_pattern("alpha*", "beta*"))], {"A": 1, "B": 1}),
    "multiple tags, B, with prefixes": (
        GREEK,
        [more_than(1, **by_prefix("alpha", "beta"))],
        {"A": 1, "B": 1},
    ),
    "all images, A": (ANY_TAGS, [more_than(1, "any")], {"A": 1, "B": 1, "C": 1}),
    "all images, B": (
        ALL_KINDS,
        [more_than(1, **by_pattern("alpha*")), older(1, "untagged"), more_than(1, "any")],
        {"A": 1, "B": 2, "D": 3},
    ),
    "archive, by days": (MONTHS, [older(30, **by_pattern("prod*"), **TO_ARCHIVE)], {"A": 1}),
    "archive, by pulls": (PULLED, [older(90, "any", "Pulled", **TO_ARCHIVE)], {"A": 1, "C": 1}),
    "archive and expire": (
        ARCHIVED,
        [older(30, "any", **TO_ARCHIVE), older(365, "any", **IN_ARCHIVE)],
        {"A": 1, "C": 2},
    ),
    # AWS Knowledge Center: how to keep some images for long and all others for 60 days
    "all but some": (
        KEPT_LONG,
        [older(9999, **by_prefix("prod")), older(9999, **by_prefix("dev")), older(60, "any")],
        {"C": 3, "D": 3},
    ),
}


def by_the_evaluator(policy: Any, images: Any) -> Acted:
    taggings = [
        Tagging(image_tag=tag, image_digest=image.image_digest, sequence=0)
        for image, tags in images
        for tag in tags
    ]
    read = read_lifecycle_policy(json.dumps(policy))
    verdicts = evaluate(read, candidates([image for image, _ in images], taggings), NOW)
    return {
        each.candidate.image_digest: each.applied_rule_priority or 0
        for each in verdicts
        if each.action
    }


def by_the_naive_one(policy: Any, images: Any) -> Acted:
    tags = {image.image_digest: tags for image, tags in images}
    deeds = naive_lifecycle.run(policy, [image for image, _ in images], tags, NOW)
    return {digest: deed.rule_priority for digest, deed in deeds.items()}


@pytest.mark.parametrize("acted", [by_the_evaluator, by_the_naive_one])
@pytest.mark.parametrize(("images", "rules", "expected"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_an_example_of_the_guide_has_the_result_that_it_says(
    images: Any, rules: Any, expected: Acted, acted: Callable[[Any, Any], Acted]
) -> None:
    policy = {"rules": [{"rulePriority": n, **rule} for n, rule in enumerate(rules, start=1)]}
    assert acted(policy, images) == expected


def test_the_examples_are_policies_of_their_own() -> None:
    policies = {json.dumps(rules, sort_keys=True) for _, rules, _ in EXAMPLES.values()}
    assert len(policies) == len(EXAMPLES) >= 15
