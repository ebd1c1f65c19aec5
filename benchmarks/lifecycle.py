"""Whether the work of a lifecycle policy grows with its images, and no faster."""

import gc
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.rounds import interleave, say
from benchmarks.table import OURS, Row, Target

if TYPE_CHECKING:
    from ecrmock.values.lifecycle import LifecycleCandidate, LifecyclePolicy

SIZES = (1_000, 10_000, 100_000)
"""ECR allows 100,000 images in a repository, and 50 rules in a policy."""
RULES = 50
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def lifecycle(rounds: int | None) -> list[Row]:
    """Measure one evaluation of 50 rules for some numbers of images, in turn."""
    say(f"  evaluating {RULES} rules for up to {max(SIZES):,} images")
    results = interleave({OURS: _measure}, rounds or 3)
    rows = [Row(f"lifecycle, {size:,} images", "s", results.of(f"{size}"), ()) for size in SIZES]
    return [*rows, Row("lifecycle, growth", "x", results.of("growth"), (Target(1.5),))]


def _measure() -> dict[str, float]:
    times = {size: _time(size) for size in SIZES}
    small, large = min(SIZES), max(SIZES)
    growth = (times[large] / large) / (times[small] / small)
    return {**{f"{size}": time for size, time in times.items()}, "growth": growth}


def _time(size: int) -> float:
    """Return the seconds of one evaluation, of several for a size that is quickly done."""
    from ecrmock.rules.lifecycle import evaluate

    policy, images = _policy(), _images(size)
    repetitions = max(1, 10_000 // size)
    gc.collect()
    start = perf_counter()
    for _ in range(repetitions):
        evaluate(policy, images, NOW)
    return (perf_counter() - start) / repetitions


def _policy() -> "LifecyclePolicy":
    """Return a policy in which half of the rules count and half look at the age."""
    from ecrmock.values.lifecycle import (
        LifecycleAction,
        LifecyclePolicy,
        LifecycleRule,
        LifecycleSelection,
    )

    counts = (("imageCountMoreThan", None), ("sinceImagePushed", "days"))
    rules = []
    for number in range(1, RULES + 1):
        count_type, count_unit = counts[number % 2]
        tags = {"tag_status": "tagged", "tag_pattern_list": (f"team-{number}-*",)}
        if number > RULES - 2:
            tags = {"tag_status": "any" if number == RULES else "untagged"}
        selection = LifecycleSelection(
            **tags, count_type=count_type, count_unit=count_unit, count_number=30
        )
        action = LifecycleAction(type="expire")
        rules.append(LifecycleRule(rule_priority=number, selection=selection, action=action))
    return LifecyclePolicy(rules=tuple(rules))


def _images(size: int) -> "tuple[LifecycleCandidate, ...]":
    """Return images of as many teams as there are rules, some without a tag, in no order of age."""
    from ecrmock.values.lifecycle import LifecycleCandidate

    made = []
    for number in range(size):
        pushed_at = NOW - timedelta(minutes=number * 7_919 % size)
        team = number % (RULES + 5)
        made.append(
            LifecycleCandidate(
                image_digest=f"sha256:{number:064x}",
                image_tags=(f"team-{team}-{number}",) if team else (),
                storage_class="standard",
                image_pushed_at=pushed_at,
                pushed_at=pushed_at,
                pulled_at=pushed_at,
            )
        )
    return tuple(made)
