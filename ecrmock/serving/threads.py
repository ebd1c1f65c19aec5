"""The threads that serve connections: cheroot's pool, which grows when needed and wakes the last one to rest.

That one's stack is still in the processor's caches: with turns a small request takes a tenth of a millisecond
more.
"""

import threading
from collections import deque
from typing import Any

from cheroot.server import HTTPServer
from cheroot.workers.threadpool import ThreadPool

_MORE_THREADS, _MOST_THREADS = 16, 1024


class Threads(ThreadPool):
    """Threads that become more while all of them are busy, so that stalled uploads keep nobody out."""

    _is_growing = _is_stopping = False

    def __init__(self, server: HTTPServer, fewest: int) -> None:
        super().__init__(server, min=fewest, max=_MOST_THREADS)
        self._queue = LastIn()
        self.get = self._queue.get
        self._changing = threading.Lock()
        self._room = _MOST_THREADS - fewest

    @property
    def idle(self) -> int:
        """The number of threads that wait for a connection."""
        return self._queue.waiting

    def put(self, connection: Any) -> None:
        """Have a connection served, by a new thread when no other is free."""
        self._queue.put(connection)
        self._grow_when_all_are_busy()

    def stop(self, timeout: int = 5) -> None:
        """End all threads; none may come up meanwhile, for nobody would end it."""
        with self._changing:
            self._is_stopping = True
        super().stop(timeout)

    def _grow_when_all_are_busy(self) -> None:
        is_short = not self.idle and self._room > 0
        if is_short and not self._is_growing and not self._is_stopping:
            self._is_growing = True
            threading.Thread(target=self._grow, daemon=True).start()  # it waits for its threads

    def _grow(self) -> None:
        with self._changing:
            if not self._is_stopping:
                self.grow(_MORE_THREADS)
                self._room -= _MORE_THREADS
        self._is_growing = False
        self._grow_when_all_are_busy()


class _Seat:
    """Where one thread waits, and what it is given."""

    __slots__ = ("item", "lock")

    def __init__(self) -> None:
        self.item: Any = None
        self.lock = threading.Lock()
        self.lock.acquire()


class LastIn:
    """A queue whose items go to the thread that began to wait last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[_Seat] = []
        self._items: deque[Any] = deque()
        self._own = threading.local()

    @property
    def waiting(self) -> int:
        """The number of threads that wait."""
        return len(self._free)

    def qsize(self) -> int:
        """Return the number of items that no thread has taken."""
        return len(self._items)

    def put(self, item: Any) -> None:
        """Give an item to a thread, or keep it for the next one that asks."""
        with self._lock:
            if not self._free:
                self._items.append(item)
                return
            seat = self._free.pop()
        seat.item = item
        seat.lock.release()

    def get(self) -> Any:
        """Take an item, the oldest one that is kept; wait for one if need be."""
        with self._lock:
            if self._items:
                return self._items.popleft()
            seat = self._seat()
            self._free.append(seat)
        seat.lock.acquire()
        item, seat.item = seat.item, None
        return item

    def _seat(self) -> _Seat:
        try:
            seat: _Seat = self._own.seat
        except AttributeError:
            seat = self._own.seat = _Seat()
        return seat
