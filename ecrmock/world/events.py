"""The bus: events in the order of commits, delivered one after another.

Events are appended under the backend's lock and get their sequence number there. Whoever comes first
drains the queue outside the lock; others wait until their events are delivered, and a listener that
publishes more does not start a second drain. So listeners see every event once, in order.

Who taps the bus hears every event at once, under that lock: whatever passes events on elsewhere.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from ecrmock.values.events import Event
from ecrmock.world.ids import Ids
from ecrmock.world.recent import Place, Recent

KEPT_EVENTS = 10_000

Listener = Callable[[Any], None]


class EventsMark(NamedTuple):
    """How the bus was: the last number, what was queued, and what was published."""

    sequence: int
    queue: tuple[Event, ...]
    published: Place[Event]


class EventBus:
    """One queue of events with its listeners, and the last events for those who look back."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._listeners: dict[type[Event], list[Listener]] = {}
        self._before_first: Callable[[], None] | None = None
        self._taps: dict[object, Listener] = {}
        self._queue: deque[Event] = deque()
        self._published: Recent[Event] = Recent(KEPT_EVENTS)
        self._sequence = 0
        self._draining = threading.RLock()
        self._is_draining = False

    def subscribe(self, kind: type[Event], listener: Listener) -> None:
        """Call ``listener`` with each event of exactly this kind."""
        self._listeners.setdefault(kind, []).append(listener)

    def before_first(self, subscribe: Callable[[], None]) -> None:
        """Have listeners subscribe when there is something to hear: most backends of tests live shortly."""
        self._before_first = subscribe

    def tap(self, listener: Listener, *, after: int | None = None) -> Callable[[], None]:
        """Call ``listener`` with every event when it is appended, until the returned function is called.

        It is called under the backend's lock, so it must only enqueue. Called under that lock itself, this
        first tells it the kept events beyond the number ``after``, if that is given, and misses none. A
        number that was never given is from another life of the emulator: all kept events are beyond it.
        """
        if after is not None:
            for event in self._published.all():
                if event.sequence > after or after > self._sequence:
                    listener(event)
        key = object()
        self._taps[key] = listener

        def end() -> None:
            self._taps.pop(key, None)

        return end

    def append(self, events: Iterable[Event]) -> None:
        """Take in events in their order. Called under the backend's lock."""
        for event in events:
            self._sequence += 1
            numbered = replace(event, event_id=self._ids.uuid(), sequence=self._sequence)
            self._queue.append(numbered)
            self._published.append(numbered)
            for listener in tuple(self._taps.values()):  # one of them may end meanwhile
                listener(numbered)

    def drain(self) -> bool:
        """Deliver all that is queued. Called outside the backend's lock.

        Returns whether all is delivered: not within a listener's own call, whose events come after it.
        """
        if not self._queue and not self._is_draining:
            return True
        with self._draining:
            if self._is_draining:  # a listener's own call: the loop below goes on with its events
                return False
            self._is_draining = True
            try:
                while self._queue:
                    self._deliver(self._queue.popleft())
            finally:
                self._is_draining = False
        return True

    def _deliver(self, event: Event) -> None:
        if self._before_first is not None:
            subscribe, self._before_first = self._before_first, None
            subscribe()
        for listener in self._listeners.get(type(event), ()):
            listener(event)

    def published(self) -> tuple[Event, ...]:
        """Return the last events, the oldest first."""
        return self._published.all()

    def clear(self) -> None:
        """Forget what was published and what is queued."""
        self._queue.clear()
        self._published.clear()

    @property
    def sequence(self) -> int:
        """The number of the last event."""
        return self._sequence

    def go_on_after(self, sequence: int) -> None:
        """Give numbers beyond one that may have been given in an earlier life."""
        self._sequence = sequence

    def mark(self) -> EventsMark:
        """Return a place to go back to. Called under the backend's lock."""
        return EventsMark(self._sequence, tuple(self._queue), self._published.mark())

    def go_back(self, mark: EventsMark) -> None:
        """Forget what was published after a mark, and its numbers. Called under the backend's lock."""
        self._sequence = mark.sequence
        self._published.go_back(mark.published)
        self._queue.clear()
        self._queue.extend(mark.queue)

    def let_go(self) -> None:
        """Keep no more than the last events again: nobody has a mark."""
        self._published.let_go()
