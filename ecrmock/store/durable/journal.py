"""The journal of state that is kept on a disk: each unit of work is written down, and undone if it cannot be.

A unit is final for others at once, and for good when it is safe. Until then the journal keeps how to take it
back, so that a full disk leaves the state as the disk has it.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Protocol

from ecrmock.store.blobs import BlobStore
from ecrmock.store.durable.files import Files
from ecrmock.store.durable.log import Log, Unit
from ecrmock.store.durable.rows import Row, described, frozen
from ecrmock.store.journal import Address, Change, Journal, Mark, Undoable

_BLOBS = "blobs"

Exclusively = Callable[[Callable[[], None]], None]


class LooseRows(Protocol):
    """Rows of what has no table, and notes no change."""

    def changed(self) -> list[Row]:
        """Return the rows that changed since this was asked last."""

    def lost(self) -> None:
        """Note that what was returned may not have been written."""

    def all(self) -> list[tuple[Address, list[tuple[Any, Any]]]]:
        """Return all rows, by their tables."""


class DurableJournal(Journal):
    """A journal whose units go to a log."""

    is_durable: ClassVar[bool] = True
    __slots__ = (
        "_blobs",
        "_exclusively",
        "_firm",
        "_is_marked",
        "_last",
        "_loose",
        "_owed",
        "_safe_number",
        "_ticket",
        "_undelivered",
        "after_write",
        "era",
        "log",
    )

    def __init__(self, files: Files) -> None:
        super().__init__()
        self.settled, self._keeps = 0, True
        self.log = Log(files, self._written, self._failed)
        self._is_marked = False
        self.era = 0  # goes up when units are taken back
        self.after_write: Callable[[], None] = lambda: None
        self._undelivered: deque[tuple[int, Undoable, int, Any]] = deque()
        self._safe_number = self._ticket = self._owed = self._firm = 0
        self._last: Unit | None = None
        self._blobs: BlobStore | None = None
        self._loose: LooseRows | None = None
        self._exclusively: Exclusively = lambda work: work()

    def attach(self, blobs: BlobStore, exclusively: Exclusively, loose: LooseRows) -> None:
        """Say whose journal it is, how to run something under its lock, and which rows have no table."""
        self._blobs, self._exclusively, self._loose = blobs, exclusively, loose

    def commit(self) -> None:
        """Make the changes final, and have them written."""
        rows = self._rows(self._changes)
        if self._loose is not None:
            rows += self._loose.changed()
        self._last = None
        if self._changes:
            self._keep()
        if rows:
            self._add(rows)

    def commit_taken(self) -> None:
        """Have the entry that was taken go when it has had its consequences: after a crash they come again."""
        for scheduler, order, entry in self._changes:
            self.taken += 1
            self._undelivered.append((self.taken, scheduler, order, entry))
        self._keep()

    def promise(self, then: Callable[[], None] | None, *, is_soft: bool) -> int:
        """Return the ticket that a call has to wait for, whose unit was just committed.

        ``then`` is done once that is safe. A soft unit may be lost: what nobody was promised.
        """
        if then is not None:
            unit = self._last or self._add([])
            unit.then.append(then)
        if then is not None or (self._last is not None and not is_soft):
            self._owed = self._ticket
        return self._owed

    def wait(self, ticket: int) -> None:
        """Return when what was promised by a ticket is safe. Raises: ServerError."""
        self.log.wait(ticket)

    def flush(self) -> None:
        """Make safe also what nobody waits for. Raises: ServerError."""
        self.log.wait(self._ticket)

    def collect_all(self, blobs: BlobStore) -> None:
        """Free what nobody holds in a state that was just read."""
        settled, self.settled = self.settled, sys.maxsize
        blobs.collect()
        self.settled = settled

    def restore(self, mark: Mark) -> None:
        """Take every unit after a mark back, and have that written. Raises: LeftBehindError."""
        after = (
            () if mark.number is None else self._kept[len(self._kept) - self.number + mark.number :]
        )
        changes = [change for unit in reversed(after) for change in reversed(unit)]
        super().restore(mark)
        self.era += 1
        self._safe_number = min(self._safe_number, self.number)
        self._add(self._rows(changes))
        self._firm = self._ticket

    def delivered(self, taken: int) -> None:
        """Note that what was taken from the scheduler so far has had its consequences."""
        rows: list[Row] = []
        while self._undelivered and self._undelivered[0][0] <= taken:
            _, table, order, _ = self._undelivered.popleft()
            if table.get(order) is None:
                rows.append((table.address, order, None))
        if rows:
            self._add(rows)

    def undelivered(self) -> list[tuple[int, Any]]:
        """Return what was taken from the scheduler and had no consequences yet."""
        return [(order, entry) for _, _, order, entry in self._undelivered]

    def _add(self, rows: list[Row]) -> Unit:
        self._last = Unit(self.number, self.era, rows)
        self._ticket = self.log.add(self._last)
        return self._last

    def _rows(self, changes: Iterable[Change]) -> list[Row]:
        """Return the present rows of what was changed, each once."""
        found = {(id(table), key): (table, key) for table, key, _ in changes}
        rows: list[Row] = []
        for table, key in found.values():
            row = table.get(key)
            is_blob = table.address[0] == _BLOBS
            rows.append((table.address, key, described(row) if is_blob else frozen(row)))
        return rows

    def _written(self, units: list[Unit]) -> None:
        self._exclusively(lambda: self._make_safe(units))
        self.after_write()

    def _make_safe(self, units: list[Unit]) -> None:
        for unit in units:
            if unit.era == self.era:
                self._safe_number = unit.number
                for follow in unit.then:
                    follow()
        self._let_go()
        if self._blobs is not None:
            self._blobs.collect()

    def _failed(self) -> None:
        self._exclusively(self._take_back)

    def _take_back(self) -> None:
        """Make the state as the disk has it; but to have gone back to a mark is not taken back."""
        if self._firm > self.log.safe:
            self.log.lose(forget=False)
            return
        self._go_back(self._safe_number)
        self.era += 1
        self.log.lose(forget=True)
        if self._blobs is not None and self._loose is not None:
            self._blobs.went_back()
            self._loose.lost()

    def _settle(self) -> None:
        needed = [mark.number for mark in self._marks if mark.number is not None]
        self.settled = min(*needed, self._safe_number, self.number)
        del self._kept[: len(self._kept) - (self.number - self.settled)]

    def _let_go(self) -> None:
        """Keep only what a mark needs, or what is not safe yet."""
        self._settle()
        if self._is_marked and not self._marks:
            self._is_marked = False
            self._unmarked()

    def mark(self) -> Mark:
        """Return a mark at the last commit."""
        mark = super().mark()
        self._is_marked = True
        return mark
