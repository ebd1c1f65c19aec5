"""Traffic: whether a call is being answered, for work on another thread that lets it go first.

Python has one lock for all threads that compute. Who holds it gives it up to who waits, and wants it back as
soon: a call that takes 0.2 ms loses it several times to an evaluation of a second. So the evaluation looks
around with each image, and sleeps while a call is on its way. Measured: docs/decisions/0012-worker.md.
"""

from collections.abc import Callable, Iterable, Iterator
from time import perf_counter, sleep
from typing import TypeVar

T = TypeVar("T")

_LONGEST_SECONDS = 0.001  # for which one call holds work up: an upload may take minutes
_LOOK_SECONDS = 0.0001  # from one look at the traffic to the next
_MOST_LOOKS = 10  # between two items: where calls never cease, work goes on all the same


class Traffic:
    """Knows until when work gives way. The doors' server tells it of calls; in a process there are none."""

    def __init__(
        self, now: Callable[[], float] = perf_counter, pause: Callable[[float], None] = sleep
    ) -> None:
        self._now, self._pause = now, pause
        self._until = 0.0

    def begin(self) -> None:
        """Say that a call has come in."""
        self._until = self._now() + _LONGEST_SECONDS

    def end(self) -> None:
        """Say that it is answered; another one that is not may have to share from here on."""
        self._until = 0.0

    def in_turn(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items one by one, each when no call is on its way."""
        for item in items:
            self._let_calls_go()
            yield item

    def _let_calls_go(self) -> None:
        for _ in range(_MOST_LOOKS):
            if self._now() >= self._until:
                return
            self._pause(_LOOK_SECONDS)
