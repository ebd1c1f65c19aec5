"""Which images that should stay a lifecycle policy deletes. What is archived can come back, so it stays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecrmock.rules.filters import wildcard_matches
from ecrmock.values.lifecycle import LifecycleChange, LifecycleFate
from ecrmock.values.names import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedLoss:
    """An image that goes in spite of its tag, and the pattern that was to protect it."""

    fate: LifecycleFate
    end: LifecycleChange
    image_tag: Tag
    pattern: str


def losses(fates: Iterable[LifecycleFate], patterns: Iterable[str]) -> Iterator[ProtectedLoss]:
    """Yield the tags that a pattern protects and that go, each with the first pattern that matches it."""
    wanted = tuple(patterns)
    for fate in fates:
        if fate.end is None:
            continue
        for tag in fate.candidate.image_tags:
            pattern = next((each for each in wanted if wildcard_matches(each, tag)), None)
            if pattern is not None:
                yield ProtectedLoss(fate=fate, end=fate.end, image_tag=tag, pattern=pattern)


def idle(fates: Iterable[LifecycleFate], patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns that match no tag at all, so that they protect nothing."""
    tags = {tag for fate in fates for tag in fate.candidate.image_tags}
    return tuple(
        pattern for pattern in patterns if not any(wildcard_matches(pattern, tag) for tag in tags)
    )
