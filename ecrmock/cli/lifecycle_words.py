"""A preview of a lifecycle policy, and the words in which table, document and page tell it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecrmock.rules.lifecycle_listing import Listing
from ecrmock.rules.lifecycle_protection import ProtectedLoss
from ecrmock.values.lifecycle import (
    EXPIRE,
    LifecycleCandidate,
    LifecycleFate,
    LifecyclePeriod,
    LifecyclePolicy,
)

EXPIRES, ARCHIVES, STAYS = "expire", "archive", "stay"
LATER = "it is pushed later"
_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "m"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What became of the images of a listing in a period, and which of them were to be protected."""

    policy: LifecyclePolicy
    listing: Listing
    period: LifecyclePeriod
    fates: tuple[LifecycleFate, ...]
    losses: tuple[ProtectedLoss, ...] = ()


def outcome(fate: LifecycleFate) -> str:
    """Return what becomes of an image, in one word."""
    if fate.end is not None:
        return EXPIRES
    return ARCHIVES if fate.archiving is not None else STAYS


def action_word(action: str) -> str:
    """Return the word for an action of a rule."""
    return EXPIRES if action == EXPIRE else ARCHIVES


def counts(fates: Sequence[LifecycleFate]) -> dict[str, int]:
    """Count the images by what becomes of them."""
    found = Counter(map(outcome, fates))
    return {word: found[word] for word in (EXPIRES, ARCHIVES, STAYS)}


def headline(preview: Preview) -> str:
    """Return a sentence that counts what becomes of the images."""
    period, found = preview.period, counts(preview.fates)
    times = f"As of {shown_time(period.at)}"
    if period.span:
        until, every = shown_time(period.end), shown_span(period.every)
        times = f"From {shown_time(period.at)} to {until}, every {every}"
    return (
        f"{times}, of {len(preview.fates)} images: {found[EXPIRES]} to expire, "
        f"{found[ARCHIVES]} to archive, {found[STAYS]} to stay."
    )


def notes(preview: Preview) -> Iterator[str]:
    """Yield what has to be known about the images."""
    if preview.listing.indexes:
        yield (
            f"Indexes among the images: {preview.listing.indexes}. The file does not say which images "
            "they list; ECR leaves those alone as long as their index is there."
        )
    if preview.listing.left_out:
        yield f"Left out as incomplete: {len(preview.listing.left_out)}."


def tags(candidate: LifecycleCandidate) -> str:
    """Return the tags of an image."""
    return ", ".join(candidate.image_tags) or "(untagged)"


def shown_time(time: datetime) -> str:
    """Return a time to the minute, in UTC."""
    return f"{time:%Y-%m-%d %H:%M} UTC"


def shown_span(span: timedelta) -> str:
    """Return a span as the options take it, in the largest unit of which it is a multiple."""
    unit, letter = next((each for each in _UNITS if not span % each[0]), _UNITS[-1])
    return f"{span // unit}{letter}"


def printable(text: str) -> str:
    """Return a text that can be written: JSON can say halves of characters, UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
