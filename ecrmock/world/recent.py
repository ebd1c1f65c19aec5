"""The last of what was said, which can also go back to how it was.

While it is marked nothing old is let go, so that going back costs no more than what came since.
"""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")
Place = tuple[deque[T], int]


class Recent(Generic[T]):
    """The last ``limit`` items. Appending is safe for threads."""

    __slots__ = ("_items", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[T] = deque(maxlen=limit)

    def append(self, item: T) -> None:
        """Remember an item."""
        self._items.append(item)

    def all(self) -> tuple[T, ...]:
        """Return the items, the oldest first."""
        return tuple(self._items)[-self._limit :]

    def clear(self) -> None:
        """Forget all items; who has a mark can still go back."""
        self._items = deque(maxlen=self._items.maxlen)

    def mark(self) -> Place[T]:
        """Return a place to go back to; from now on nothing is let go until ``let_go``."""
        if self._items.maxlen is not None:
            self._items = deque(self._items)
        return self._items, len(self._items)

    def go_back(self, place: Place[T]) -> None:
        """Forget what came after a mark."""
        self._items, length = place
        while len(self._items) > length:
            self._items.pop()

    def let_go(self) -> None:
        """Keep no more than the last items again: nobody has a mark."""
        self._items = deque(self._items, maxlen=self._limit)
