"""Table: rows by key, with every change noted in the journal and passed on to the table's indexes.

A table is plain data. What a subclass derives from the rows (orders, counts, back references) it keeps
up to date in ``_changed``, which a change, an undo and a restored snapshot all go through.
"""

from collections.abc import ItemsView, Iterator, ValuesView
from typing import Generic, TypeVar

from ecrmock.store.journal import NOWHERE, Address, Journal

K = TypeVar("K")
V = TypeVar("V")


class Table(Generic[K, V]):
    """Rows by key. ``put`` and ``remove`` are the only ways to change it.

    ``address`` is its kind and where it is, for state that is kept on a disk.
    """

    __slots__ = ("_journal", "_rows", "address")

    def __init__(self, journal: Journal, address: Address = NOWHERE) -> None:
        self._journal, self.address = journal, address
        self._rows: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """Return the row of a key, or None."""
        return self._rows.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def values(self) -> ValuesView[V]:
        """Return the rows."""
        return self._rows.values()

    def items(self) -> ItemsView[K, V]:
        """Return keys and rows."""
        return self._rows.items()

    def put(self, key: K, row: V) -> None:
        """Save a row."""
        old = self._rows.get(key)
        self._journal.note(self, key, old)
        self._rows[key] = row
        self._changed(key, old, row)

    def remove(self, key: K) -> None:
        """Remove a row that is there."""
        old = self._rows[key]
        self._journal.note(self, key, old)
        del self._rows[key]
        self._changed(key, old, None)

    def clear(self) -> None:
        """Remove all rows."""
        for key in tuple(self._rows):
            self.remove(key)

    def restore(self, key: K, old: V | None) -> None:
        """Set a row without noting it: an undo, or a snapshot that is read back."""
        present = self._rows.get(key)
        if old is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = old
        self._changed(key, present, old)

    def _changed(self, key: K, old: V | None, new: V | None) -> None:
        """Bring indexes up to date; called after each change."""
