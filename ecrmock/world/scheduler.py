"""Work that is due later: events with a time, kept as data."""

import heapq
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from ecrmock.values.events import Event


class Entry(NamedTuple):
    """An event that is published when its time has come; entries of one time keep their order."""

    due: datetime
    order: int
    event: Event


class Notes(Protocol):
    """Where a change is noted before it is made, so that it can be taken back."""

    def note(self, table: Any, key: Any, old: Any) -> None:
        """Note what is about to change."""


class Scheduler:
    """The entries of one backend. Used under the backend's lock."""

    address = ("planned", ())

    def __init__(self) -> None:
        self._entries: list[Entry] = []  # a heap; some of them are not there any more
        self._planned: dict[int, Entry] = {}  # those that are
        self._order = 0
        self._notes: Notes | None = None

    def keep_notes(self, notes: Notes) -> None:
        """Have every change noted, so that it is part of a unit of work."""
        self._notes = notes

    def publish_at(self, due: datetime, event: Event) -> None:
        """Have an event published once the clock has reached ``due``."""
        self._order += 1
        self._note(self._order, None)
        self.restore(self._order, Entry(due, self._order, event))

    @property
    def next_due(self) -> datetime | None:
        """The time of the earliest entry."""
        try:
            return self._entries[0].due
        except IndexError:  # also read without the lock, to see cheaply whether there is work
            return None

    def take_due(self, now: datetime) -> Event | None:
        """Remove and return the earliest event that is due at ``now``; None when there is none."""
        while self._entries and self._entries[0].due <= now:
            entry = heapq.heappop(self._entries)
            if self._planned.get(entry.order) is entry:
                self._note(entry.order, entry)
                del self._planned[entry.order]
                return entry.event
        return None

    def get(self, key: int) -> Entry | None:
        """Return the entry with a place in the order of all, if it is there."""
        return self._planned.get(key)

    def restore(self, key: int, old: Entry | None) -> None:
        """Take a change back: put an entry that was taken among the others, or withdraw a new one."""
        if old is not None:
            heapq.heappush(self._entries, old)
            self._planned[key] = old
            self._order = max(self._order, key)
        else:
            self._planned.pop(key, None)

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, the earliest first."""
        return tuple(sorted(self._planned.values()))

    def clear(self) -> None:
        """Forget all entries."""
        for entry in self.entries():
            self._note(entry.order, entry)
        self._entries.clear()
        self._planned.clear()

    def _note(self, order: int, old: Entry | None) -> None:
        if self._notes is not None:
            self._notes.note(self, order, old)
