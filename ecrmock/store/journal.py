"""The journal of a unit of work: what it saved, so that all of it can be taken back.

An operation decides first and saves last. Should a save fail all the same, the dispatcher rolls the
journal back, and the state is as if the operation had never run.
"""

from typing import Any, Protocol


class Undoable(Protocol):
    """A table that can put a row back as it was."""

    def restore(self, key: Any, old: Any) -> None:
        """Set the row of ``key`` to ``old``; None means that there was none."""


class Journal:
    """The changes since the last commit, in their order."""

    __slots__ = ("_changes",)

    def __init__(self) -> None:
        self._changes: list[tuple[Undoable, Any, Any]] = []

    def note(self, table: Undoable, key: Any, old: Any) -> None:
        """Note the row that is about to change. Called before the change."""
        self._changes.append((table, key, old))

    def commit(self) -> None:
        """Make the changes final."""
        self._changes.clear()

    def rollback(self) -> None:
        """Take every change back, the last one first."""
        while self._changes:
            table, key, old = self._changes.pop()
            table.restore(key, old)
