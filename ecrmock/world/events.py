"""The bus: events in the order of commits, delivered one after another.

Events are appended under the backend's lock and get their sequence number there. Whoever comes first
drains the queue outside the lock; others wait until their events are delivered, and a listener that
publishes more does not start a second drain. So listeners see every event once, in order.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ecrmock.values.events import Event
from ecrmock.world.ids import Ids

KEPT_EVENTS = 10_000

Listener = Callable[[Any], None]


class EventBus:
    """One queue of events with its listeners, and the last events for those who look back."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._listeners: dict[type[Event], list[Listener]] = {}
        self._queue: deque[Event] = deque()
        self._published: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._sequence = 0
        self._draining = threading.RLock()
        self._is_draining = False

    def subscribe(self, kind: type[Event], listener: Listener) -> None:
        """Call ``listener`` with each event of exactly this kind."""
        self._listeners.setdefault(kind, []).append(listener)

    def append(self, events: Iterable[Event]) -> None:
        """Take in events in their order. Called under the backend's lock."""
        for event in events:
            self._sequence += 1
            numbered = replace(event, event_id=self._ids.uuid(), sequence=self._sequence)
            self._queue.append(numbered)
            self._published.append(numbered)

    def drain(self) -> None:
        """Deliver all that is queued. Called outside the backend's lock."""
        if not self._queue and not self._is_draining:
            return
        with self._draining:
            if self._is_draining:  # a listener's own call: the loop below goes on with its events
                return
            self._is_draining = True
            try:
                while self._queue:
                    self._deliver(self._queue.popleft())
            finally:
                self._is_draining = False

    def _deliver(self, event: Event) -> None:
        for listener in self._listeners.get(type(event), ()):
            listener(event)

    def published(self) -> tuple[Event, ...]:
        """Return the last events, the oldest first."""
        return tuple(self._published)

    def clear(self) -> None:
        """Forget what was published and what is queued."""
        self._queue.clear()
        self._published.clear()
