"""Every kind of storage, for the suites that hold of all of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from ecrmock.store.content import INLINE_LIMIT, Content, Usage

BIG = 3 * INLINE_LIMIT + 5


@dataclass(frozen=True)
class Storage:
    """A kind of storage: what brings a content there."""

    size: int  # of a content that is kept this way
    memory_limit: int = 1 << 40
    descriptor_limit: int | None = None

    def usage(self) -> Usage:
        usage = Usage(self.memory_limit)
        if self.descriptor_limit is not None:
            usage.descriptor_limit = self.descriptor_limit
        return usage

    def payload(self) -> bytes:
        return bytes(range(256)) * (self.size // 256) + b"\xff" * (self.size % 256)


INLINE = Storage(size=100_000)
MEMORY_FILE = Storage(size=BIG)
NO_MEMORY = Storage(size=BIG, memory_limit=1)
LITTLE_MEMORY = Storage(size=BIG, memory_limit=2 * INLINE_LIMIT)  # moves when it is half written
NO_DESCRIPTOR = Storage(size=BIG, descriptor_limit=0)
KINDS = {
    "inline": INLINE,
    "memory file": MEMORY_FILE,
    "disk for want of memory": NO_MEMORY,
    "disk when memory runs out": LITTLE_MEMORY,
    "disk for want of descriptors": NO_DESCRIPTOR,
}


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def storage(request: pytest.FixtureRequest) -> Storage:
    return request.param


@pytest.fixture
def usage(storage: Storage) -> Usage:
    return storage.usage()


@pytest.fixture
def payload(storage: Storage) -> bytes:
    return storage.payload()


@pytest.fixture
def new_content() -> Iterator[Callable[[Usage], Content]]:
    """Make contents that are dropped when the test is over."""
    made: list[Content] = []

    def make(usage: Usage) -> Content:
        made.append(Content(usage))
        return made[-1]

    yield make
    for content in made:
        content.busy = False
        content.drop()


@pytest.fixture
def content(new_content: Callable[[Usage], Content], usage: Usage) -> Content:
    return new_content(usage)
