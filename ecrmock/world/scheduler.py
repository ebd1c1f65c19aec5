"""Work that is due later: events with a time, kept as data."""

import heapq
from datetime import datetime
from typing import NamedTuple

from ecrmock.values.events import Event


class Entry(NamedTuple):
    """An event that is published when its time has come; entries of one time keep their order."""

    due: datetime
    order: int
    event: Event


class Scheduler:
    """The entries of one backend. Used under the backend's lock."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._order = 0

    def publish_at(self, due: datetime, event: Event) -> None:
        """Have an event published once the clock has reached ``due``."""
        self._order += 1
        heapq.heappush(self._entries, Entry(due, self._order, event))

    @property
    def next_due(self) -> datetime | None:
        """The time of the earliest entry."""
        try:
            return self._entries[0].due
        except IndexError:  # also read without the lock, to see cheaply whether there is work
            return None

    def take_due(self, now: datetime) -> Event | None:
        """Remove and return the earliest event that is due at ``now``; None when there is none."""
        if self._entries and self._entries[0].due <= now:
            return heapq.heappop(self._entries).event
        return None

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, the earliest first."""
        return tuple(sorted(self._entries))

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()
