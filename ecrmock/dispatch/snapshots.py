"""Snapshots in the process: a place in all that changes, to which a backend goes back.

A snapshot copies nothing. It keeps what is needed to undo what comes after it, so going back costs as much
as was changed since, however much there is.
"""

from dataclasses import dataclass

from ecrmock.dispatch.history import CallsMark, History
from ecrmock.store.journal import Mark
from ecrmock.store.store import Store
from ecrmock.world.clock import ClockSetting
from ecrmock.world.events import EventsMark
from ecrmock.world.world import World


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """How a backend was. What it needs is kept as long as this object is."""

    mark: Mark
    events: EventsMark
    calls: CallsMark
    clock: ClockSetting


class Snapshots:
    """Makes snapshots of one backend and goes back to them. Used under the backend's lock."""

    def __init__(self, store: Store, world: World, history: History) -> None:
        self._store, self._world, self._history = store, world, history
        store.journal.when_unmarked(self._let_go)

    def take(self) -> Snapshot:
        """Return a snapshot of the present state."""
        world = self._world
        return Snapshot(
            self._store.journal.mark(),
            world.events.mark(),
            self._history.mark(),
            world.clock.setting,
        )

    def go_back(self, snapshot: Snapshot) -> None:
        """Make everything as it was. Raises: LeftBehindError."""
        self._store.journal.restore(snapshot.mark)
        self._store.blobs.went_back()
        self._store.blobs.collect()
        self._world.events.go_back(snapshot.events)
        self._world.clock.set_as(snapshot.clock)
        self._history.go_back(snapshot.calls)
        self._store.journal.commit()  # the clock

    def _let_go(self) -> None:
        self._world.events.let_go()
        self._history.let_go()
