"""Step 5, record: the last calls, with who made them and what became of them."""

import threading
from collections.abc import Callable

from ecrmock.dispatch.call import CallRecord
from ecrmock.world.recent import Place, Recent

KEPT_CALLS = 10_000

CallFollower = Callable[[int, CallRecord], None]
CallsMark = tuple[int, Place[CallRecord]]  # the last number, and what was remembered


class History:
    """A ring of the last calls, each with the number that it had among all; used by any thread."""

    def __init__(self) -> None:
        self._calls: Recent[CallRecord] = Recent(KEPT_CALLS)
        self._count = 0
        self._followers: dict[object, CallFollower] = {}
        self._lock = threading.Lock()

    def add(self, record: CallRecord) -> None:
        """Remember a call, and tell it to whoever follows."""
        with self._lock:
            self._count += 1
            self._calls.append(record)
            if self._followers:
                for follower in tuple(self._followers.values()):  # one of them may end meanwhile
                    follower(self._count, record)

    def follow(self, follower: CallFollower, *, after: int | None = None) -> Callable[[], None]:
        """Tell a follower each call with its number, until the returned function is called.

        It is told under a lock: it must only enqueue. With ``after`` it first gets the kept calls beyond that
        number. One that was never given is from another life of the emulator: all kept calls are beyond it.
        """
        key = object()
        with self._lock:
            if after is not None:
                kept = self._calls.all()
                for number, record in enumerate(kept, self._count - len(kept) + 1):
                    if number > after or after > self._count:
                        follower(number, record)
            self._followers[key] = follower

        def end() -> None:
            self._followers.pop(key, None)

        return end

    def calls(self) -> tuple[CallRecord, ...]:
        """Return the remembered calls, the oldest first."""
        with self._lock:
            return self._calls.all()

    def clear(self) -> None:
        """Forget all calls; the numbers go on."""
        with self._lock:
            self._calls.clear()

    def mark(self) -> CallsMark:
        """Return a place to go back to."""
        with self._lock:
            return self._count, self._calls.mark()

    def go_back(self, mark: CallsMark) -> None:
        """Forget the calls that came after a mark, and their numbers."""
        with self._lock:
            self._count, place = mark
            self._calls.go_back(place)

    def let_go(self) -> None:
        """Keep no more than the last calls again: nobody has a mark."""
        with self._lock:
            self._calls.let_go()
