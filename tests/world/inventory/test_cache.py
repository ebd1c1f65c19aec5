"""A layer is read once, whoever asks and how often."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from ecrmock.store.content import BlobReader
from ecrmock.values.inventory import UnreadableImageError
from ecrmock.world.inventory.cache import LayerInventories, pieces
from ecrmock.world.inventory.limits import MIB
from tests.world.inventory.layer_files import STATUS, layer

LAYERS = {
    "good": layer({"var/lib/dpkg/status": STATUS}),
    "other": layer({"a": b""}),
    "bad": layer({"../a": b"x"}),
}


class Stored:
    """Layers that count how often they are opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed: list[str] = []

    def __call__(self, digest: str) -> BlobReader:
        self.opened.append(digest)
        content, stored = LAYERS[digest], self

        class Layer(BlobReader):
            def close(self) -> None:
                stored.closed.append(digest)

        return Layer(len(content), content)


def test_a_layer_is_read_once_and_closed():
    stored = Stored()
    inventories = LayerInventories(stored)
    assert inventories("good") is inventories("good")
    assert stored.opened == ["good"]
    assert stored.closed == ["good"]


def test_threads_that_ask_at_the_same_time_wait_for_one_reading():
    stored, together = Stored(), Barrier(8)
    inventories = LayerInventories(stored)

    def ask(_: int):
        together.wait()
        return inventories("good")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(map(id, pool.map(ask, range(8))))) == 1
    assert stored.opened == ["good"]


def test_an_unreadable_layer_is_remembered_too():
    stored = Stored()
    inventories = LayerInventories(stored)
    for _ in range(3):
        with pytest.raises(UnreadableImageError, match="leads out"):
            inventories("bad")
    assert stored.opened == ["bad"]


def test_what_is_not_the_layers_fault_is_tried_again():
    stored = Stored()
    inventories = LayerInventories(stored)
    for _ in range(2):
        with pytest.raises(KeyError):
            inventories("missing")
    assert stored.opened == ["missing", "missing"]


def test_beyond_the_weight_the_layer_longest_unasked_for_is_forgotten():
    stored = Stored()
    inventories = LayerInventories(stored, weight=4_500)
    for digest in ("good", "other", "good"):
        inventories(digest)
    assert stored.opened == ["good", "other", "good"]


def test_a_layer_is_mapped_a_part_at_a_time():
    """What of a file is mapped counts as memory of the process."""
    asked = []

    class Large:
        size = 20_000_000

        def chunks(self, start, stop):
            asked.append((start, stop))
            yield bytes(stop - start)

    assert sum(map(len, pieces(Large()))) == Large.size
    assert asked == [(0, 8 * MIB), (8 * MIB, 16 * MIB), (16 * MIB, Large.size)]
