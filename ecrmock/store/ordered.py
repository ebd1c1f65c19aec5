"""Ordered: keys by a growing sequence number, so that a page is cut without looking at the rest.

New keys nearly always come last. A deleted key leaves a gap, and the gaps are closed when they are an eighth
of the list, so adding, deleting and finding the start of a page cost O(log n) or less.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Generic, TypeVar

K = TypeVar("K")

_FEW = 64  # gaps that are not worth closing


class Ordered(Generic[K]):
    """Keys in the order of their sequence numbers; each number is used once."""

    __slots__ = ("_gaps", "_keys", "_numbers")

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._keys: list[K | None] = []
        self._gaps = 0

    def __len__(self) -> int:
        return len(self._keys) - self._gaps

    def add(self, number: int, key: K) -> None:
        """Add a key; only an undo, or an image back from the archive, goes before the end."""
        if not self._numbers or number > self._numbers[-1]:
            self._numbers.append(number)
            self._keys.append(key)
            return
        place = bisect_left(self._numbers, number)
        if self._numbers[place] == number:
            self._keys[place] = key
            self._gaps -= 1
        else:
            self._numbers.insert(place, number)
            self._keys.insert(place, key)

    def discard(self, number: int) -> None:
        """Remove the key of a number that is there. The last one, as an undo has it, leaves no gap."""
        if number == self._numbers[-1]:
            self._cut_last()
            return
        self._keys[bisect_left(self._numbers, number)] = None
        self._gaps += 1
        if self._gaps > _FEW and self._gaps * 8 > len(self._keys):
            self._close_gaps()

    def _cut_last(self) -> None:
        self._numbers.pop()
        self._keys.pop()
        while self._keys and self._keys[-1] is None:
            self._numbers.pop()
            self._keys.pop()
            self._gaps -= 1

    def after(self, number: int) -> Iterator[K]:
        """Yield the keys whose numbers are greater than ``number``, in order."""
        for place in range(bisect_right(self._numbers, number), len(self._keys)):
            key = self._keys[place]
            if key is not None:
                yield key

    def backwards(self) -> Iterator[K]:
        """Yield the keys from the greatest number down."""
        return (key for key in reversed(self._keys) if key is not None)

    def _close_gaps(self) -> None:
        kept = [pair for pair in zip(self._numbers, self._keys, strict=True) if pair[1] is not None]
        self._numbers = [number for number, _ in kept]
        self._keys = [key for _, key in kept]
        self._gaps = 0
