"""What of the world is kept with the state: due work, the clock, and the numbers of events."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ecrmock.store.durable.rows import Row, Take, read_event
from ecrmock.store.journal import Address
from ecrmock.world.clock import ClockSetting
from ecrmock.world.scheduler import Entry
from ecrmock.world.world import World

_CLOCK: Address = ("clock", ())
_SEQUENCE: Address = ("sequence", ())
_UNKNOWN_EVENTS = 1_000  # that may have had numbers which nobody wrote down before a crash


class WorldRows:
    """The rows of one world. Used under the backend's lock."""

    def __init__(self, world: World, undelivered: Callable[[], list[tuple[int, Any]]]) -> None:
        """``undelivered`` are entries of the scheduler that were taken and are not to be lost."""
        self._world, self._undelivered = world, undelivered
        self._written = self._loose()

    def takes(self) -> dict[str, Take]:
        """Return what takes in the rows of each kind."""
        return {
            "planned": self._take_planned,
            "clock": self._take_clock,
            "sequence": self._take_sequence,
        }

    def changed(self) -> list[Row]:
        """Return the rows of no table that changed since this was asked last."""
        present = self._loose()
        rows: list[Row] = [
            (address, "", value)
            for address, value in present.items()
            if self._written.get(address) != value
        ]
        if rows:
            self._written = present
        return rows

    def lost(self) -> None:
        """Note that what this said may not have been written: all of it is said again."""
        self._written = {}

    def all(self) -> list[tuple[Address, list[tuple[Any, Any]]]]:
        """Return all rows, by their tables."""
        scheduler = self._world.scheduler
        planned = [(entry.order, entry) for entry in scheduler.entries()]
        loose = [(address, [("", value)]) for address, value in self._loose().items()]
        return [(scheduler.address, [*planned, *self._undelivered()]), *loose]

    def _loose(self) -> dict[Address, Any]:
        return {_CLOCK: self._world.clock.setting, _SEQUENCE: self._world.events.sequence}

    def _take_planned(self, order: int, document: list[Any] | None) -> None:
        entry = None
        if document is not None:
            due, _, event = document
            entry = Entry(datetime.fromisoformat(due), order, read_event(event))
        self._world.scheduler.restore(order, entry)

    def _take_clock(self, _: str, document: list[Any]) -> None:
        offset, frozen = document
        time = None if frozen is None else datetime.fromisoformat(frozen)
        self._world.clock.set_as(ClockSetting(timedelta(seconds=offset), time))

    def _take_sequence(self, _: str, sequence: int) -> None:
        self._world.events.go_on_after(sequence + _UNKNOWN_EVENTS)
