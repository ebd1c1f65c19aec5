"""The axis of the timeline: where a time lies, and which dates are written at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ecrmock.cli.lifecycle_words import Preview

_LEAST_FUTURE, _LEAST_PAST = 0.4, 0.15  # of the width, where there is a future
_ROOM = 70  # pixels for a date
_BESIDE_NOW = 40
_STEPS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 48, 7 * 24, 14 * 24, 21 * 24))
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 600)
_EPOCH = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Times from ``start`` to ``end``, with ``now`` at a place of its own: both sides have their scale."""

    start: datetime
    now: datetime
    end: datetime
    left: float
    middle: float  # where now is
    right: float

    def place(self, time: datetime) -> float:
        """Return how far from the left a time lies."""
        if time <= self.now:
            return _between(time, self.start, self.now, self.left, self.middle)
        return _between(time, self.now, self.end, self.middle, self.right)


def axis_of(preview: Preview, left: float, right: float) -> Axis:
    """Return the axis from the first push to the end of the period, and of what follows it."""
    pushes = [fate.candidate.image_pushed_at for fate in preview.fates]
    changes = [change.at for fate in preview.fates for change in fate.changes]
    now = preview.period.at
    start, end = min(now, *pushes), max(now, preview.period.end, *pushes, *changes)
    share = (end - now) / (end - start) if end > start else 0.0
    if preview.period.span and start < now:
        share = min(max(share, _LEAST_FUTURE), 1 - _LEAST_PAST)
    middle = right - share * (right - left)
    return Axis(start=start, now=now, end=end, left=left, middle=middle, right=right)


def has_two_scales(axis: Axis) -> bool:
    """Tell whether a day takes clearly more room on one side of now than on the other."""
    past = (axis.now - axis.start).total_seconds()
    future = (axis.end - axis.now).total_seconds()
    if not past or not future:
        return False
    ratio = ((axis.middle - axis.left) / past) / ((axis.right - axis.middle) / future)
    return not 0.95 < ratio < 1.05


def ticks(axis: Axis) -> Iterator[datetime]:
    """Yield the times at which a date is written, on both sides of now."""
    yield from _side(axis, axis.start, axis.now, axis.middle - axis.left)
    yield from _side(axis, axis.now, axis.end, axis.right - axis.middle)


def shown_tick(time: datetime) -> str:
    """Return a date, or the time of a day."""
    return f"{time:%Y-%m-%d}" if (time.hour, time.minute) == (0, 0) else f"{time:%H:%M}"


def _side(axis: Axis, start: datetime, end: datetime, width: float) -> Iterator[datetime]:
    most = int(width // _ROOM)
    if most < 1 or start == end:
        return
    for time in _dates(start, end, most):
        if abs(axis.place(time) - axis.middle) > _BESIDE_NOW:
            yield time


def _dates(start: datetime, end: datetime, most: int) -> Iterator[datetime]:
    """Yield round times within a span, no more than there is room for."""
    step = next((step for step in _STEPS if (end - start) / step <= most), None)
    if step is not None:
        time = _EPOCH + -((_EPOCH - start) // step) * step
        while time <= end:
            yield time
            time += step
        return
    total = (end.year - start.year) * 12 + end.month - start.month
    months = next((months for months in _MONTHS if total / months <= most), _MONTHS[-1])
    first = start.year * 12 + start.month - 1
    for month in range(first + -first % months, first + total + 1, months):
        time = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        if time >= start:
            yield time


def _between(time: datetime, start: datetime, end: datetime, left: float, right: float) -> float:
    """Return the place of a time between two that have theirs."""
    share = (time - start) / (end - start) if end > start else 1.0
    return left + share * (right - left)
