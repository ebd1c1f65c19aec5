"""Layers that have been read: a layer is read once, however many images and threads ask for it."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from threading import Lock
from typing import Protocol

from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError
from ecrmock.world.inventory.found import LayerInventory
from ecrmock.world.inventory.layers import read_layer
from ecrmock.world.inventory.limits import KIB, LIMITS, MIB, Limits

_WEIGHT = 32 * MIB
_MAPPED = 8 * MIB
_REFUSALS = (UnreadableImageError, UnsupportedImageError)


class Stored(Protocol):
    """An open layer, as the store hands it out."""

    @property
    def size(self) -> int:
        """How many bytes it has."""
        ...

    def chunks(self, start: int, stop: int, /) -> Iterator[bytes | memoryview]:
        """Yield some of its bytes in order."""
        ...

    def close(self) -> None:
        """End reading."""


class LayerInventories:
    """Inventories by the digest of the layer. Whoever comes while it is read waits for it.

    That a layer is unreadable is kept too. ``weight`` bounds the memory, roughly in bytes; beyond it
    the layers longest unasked for are forgotten. Safe for threads.
    """

    def __init__(
        self, open_layer: Callable[[str], Stored], limits: Limits = LIMITS, weight: int = _WEIGHT
    ) -> None:
        self._open, self._limits, self._room = open_layer, limits, weight
        self._known: OrderedDict[str, Future[LayerInventory]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, digest: str) -> LayerInventory:
        """Return the inventory of a layer. Raises: UnreadableImageError, UnsupportedImageError."""
        with self._lock:
            known = self._known.get(digest)
            future = self._known.setdefault(digest, Future())
            self._known.move_to_end(digest)
        if known is None:
            self._read(digest, future)
        error = future.exception()
        if isinstance(error, _REFUSALS):  # a new one each time: raised again, one would grow
            raise type(error)(*error.args)
        return future.result()

    def _read(self, digest: str, future: "Future[LayerInventory]") -> None:
        try:
            with closing(self._open(digest)) as stored:
                layer = read_layer(pieces(stored), self._limits)
        except BaseException as error:
            if not isinstance(error, _REFUSALS):  # the machine's fault, not the layer's: try again
                with self._lock:
                    self._known.pop(digest, None)
            future.set_exception(error.with_traceback(None))
        else:
            future.set_result(layer)
        self._tidy()

    def _tidy(self) -> None:
        with self._lock:
            weights = {digest: _weight(future) for digest, future in self._known.items()}
            total = sum(weights.values())
            for digest, weight in weights.items():
                if total <= self._room:
                    return
                if self._known[digest].done():
                    del self._known[digest]
                    total -= weight


def pieces(stored: Stored) -> Iterator[bytes | memoryview]:
    """Yield all bytes, a part at a time: the store maps files, and what is mapped counts as memory."""
    for at in range(0, stored.size, _MAPPED):
        yield from stored.chunks(at, min(at + _MAPPED, stored.size))


def _weight(future: "Future[LayerInventory]") -> int:
    if not future.done() or future.exception() is not None:
        return KIB
    return future.result().weight
