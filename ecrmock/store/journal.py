"""The journal of a unit of work: what it saved, so that all of it can be taken back.

An operation decides first and saves last. Should a save fail all the same, the dispatcher rolls the
journal back, and the state is as if the operation had never run. While somebody has a mark, the journal
keeps what was committed since, so that the state can go back to the mark by as many steps as were made.
"""

import sys
import weakref
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

Change = tuple["Undoable", Any, Any]  # a table, a key, and the row that was there before


Address = tuple[str, tuple[str, ...]]  # the kind of a table, and where it is
NOWHERE: Address = ("", ())


class Undoable(Protocol):
    """A table that can put a row back as it was."""

    @property
    def address(self) -> Address:
        """Which table it is."""

    def get(self, key: Any) -> Any:
        """Return the present row of ``key``; None means that there is none."""

    def restore(self, key: Any, old: Any) -> None:
        """Set the row of ``key`` to ``old``; None means that there was none."""


class LeftBehindError(ValueError):
    """A mark cannot be gone back to any more."""

    def __init__(self) -> None:
        super().__init__(
            "this snapshot is of a state that does not come any more: "
            "an earlier snapshot was restored after it was made"
        )


class Mark:
    """A place in the journal. What was committed after it is kept for as long as this object lives."""

    __slots__ = ("__weakref__", "number")

    def __init__(self, number: int) -> None:
        self.number: int | None = number  # of the last unit before it; None: it cannot be reached


class Journal:
    """The changes since the last commit, in their order; with a mark, also those of the units before.

    ``is_durable`` says that units of work are also kept on a disk: then more is to be done, see its subclass.
    ``number`` counts the units that are committed and kept, ``settled`` is that of the last one which will
    never be taken back. While nothing is kept, that is every unit there will be.
    """

    is_durable: ClassVar[bool] = False
    __slots__ = ("_changes", "_keeps", "_kept", "_marks", "_unmarked", "number", "settled", "taken")

    def __init__(self) -> None:
        self.number, self.settled = 0, sys.maxsize
        self.taken = 0  # entries of the scheduler that are not to be lost, ever
        self._changes: list[Change] = []
        self._kept: list[list[Change]] = []  # the unit `number` is the last one
        self._keeps = False
        self._marks: weakref.WeakSet[Mark] = weakref.WeakSet()
        self._unmarked: Callable[[], None] = lambda: None

    def note(self, table: Undoable, key: Any, old: Any) -> None:
        """Note the row that is about to change. Called before the change."""
        self._changes.append((table, key, old))

    def promise(self, then: Callable[[], None] | None, *, is_soft: bool) -> int:  # noqa: ARG002 - durable
        """Return the ticket that a call has to wait for, and do ``then`` once it is safe: at once."""
        if then is not None:
            then()
        return 0

    def wait(self, ticket: int) -> None:
        """Return when what was promised by a ticket is safe: at once."""

    def delivered(self, taken: int) -> None:
        """Note that what was taken from the scheduler so far has had its consequences."""

    def commit_taken(self) -> None:
        """Make it final that an entry was taken from the scheduler."""
        self.commit()

    def commit(self) -> None:
        """Make the changes final, but for who has a mark."""
        if self._keeps:
            self._keep()
        else:
            self._changes.clear()

    def rollback(self) -> None:
        """Take every change back, the last one first."""
        _undo(self._changes)

    def mark(self) -> Mark:
        """Return a mark at the last commit."""
        self._let_go()
        self._keeps = True
        mark = Mark(self.number)
        self._marks.add(mark)
        self._settle()
        return mark

    def restore(self, mark: Mark) -> None:
        """Take every unit after a mark back, the last one first. Raises: LeftBehindError."""
        if mark.number is None:
            raise LeftBehindError
        self._go_back(mark.number)

    def forget_marks(self) -> None:
        """Make it impossible to go back to any mark, and keep nothing for it."""
        for mark in self._marks:
            mark.number = None
        self._marks.clear()
        self._let_go()

    def when_unmarked(self, tell: Callable[[], None]) -> None:
        """Have a function called when nobody has a mark any more."""
        self._unmarked = tell

    def _keep(self) -> None:
        if self._changes:
            self._kept.append(self._changes)
            self._changes = []
            self.number += 1
        self._let_go()

    def _go_back(self, number: int) -> None:
        """Take every unit after the one of a number back."""
        while self.number > number:
            _undo(self._kept.pop())
            self.number -= 1
        for mark in self._marks:
            if mark.number is not None and mark.number > number:
                mark.number = None

    def _settle(self) -> None:
        """Find the last unit that nobody can want back, and forget how to take it back."""
        needed = [mark.number for mark in self._marks if mark.number is not None]
        self.settled = min(needed, default=self.number)
        del self._kept[: len(self._kept) - (self.number - self.settled)]

    def _let_go(self) -> None:
        """Keep nothing more once the last mark is gone."""
        if self._keeps and not self._marks:
            self._keeps, self.settled = False, sys.maxsize
            self._kept.clear()
            self._unmarked()


def _undo(changes: list[Change]) -> None:
    while changes:
        table, key, old = changes.pop()
        table.restore(key, old)
