"""Content: the bytes of one blob, written once while they stream in, then only read.

Up to 1 MiB stays a bytes object. More goes to an anonymous memory file, so that a download is sent from
a mapping of it; and to a file in a temporary folder where there are no memory files, or where memory or
descriptors run short. Such a file is opened only while it is read.
"""

import hashlib
import mmap
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ecrmock.values.names import Digest

INLINE_LIMIT = 1024 * 1024
CHUNK = 1024 * 1024
_PART_OF_DESCRIPTORS = 4  # at most a fourth of the descriptor limit goes to blobs


class Usage:
    """What contents use at present, with the limits that they keep to. Safe for threads."""

    def __init__(self, memory_limit: int | None = None) -> None:
        self.memory_limit = _half_of_memory() if memory_limit is None else memory_limit
        self.descriptor_limit = _descriptor_limit() // _PART_OF_DESCRIPTORS
        self.memory = self.disk = self.descriptors = 0
        self._lock = threading.Lock()
        self._folder: str | None = None

    def add(self, *, memory: int = 0, disk: int = 0, descriptors: int = 0) -> None:
        """Count what came (or, negative, went)."""
        with self._lock:
            self.memory += memory
            self.disk += disk
            self.descriptors += descriptors

    def has_memory_for(self, size: int) -> bool:
        """Tell whether ``size`` more bytes may be kept in memory."""
        return self.memory + size <= self.memory_limit

    def has_descriptor(self) -> bool:
        """Tell whether one more descriptor may be kept open."""
        return hasattr(os, "memfd_create") and self.descriptors < self.descriptor_limit

    def new_path(self) -> Path:
        """Return the path of a new file in the temporary folder, which goes with this object."""
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.mkdtemp(prefix="ecrmock-")
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        descriptor, path = tempfile.mkstemp(dir=self._folder)
        os.close(descriptor)
        return Path(path)


@cache
def _half_of_memory() -> int:
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    cgroup = Path("/sys/fs/cgroup/memory.max")
    if cgroup.exists() and (text := cgroup.read_text().strip()).isdigit():
        limits.append(int(text))
    return min(limits) // 2


@cache
def _descriptor_limit() -> int:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 512
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 65_536 if soft == resource.RLIM_INFINITY else soft


class BlobReader:
    """An open content; close it when done. What is open stays readable whatever becomes of the blob."""

    def __init__(self, size: int, data: bytes | None = None, descriptor: int | None = None) -> None:
        self.size = size
        self._data, self._descriptor = data, descriptor

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[memoryview]:
        """Yield the bytes from ``start`` up to ``stop`` in pieces of at most 1 MiB.

        A file is mapped, not read: sending from a mapping is twice as fast over loopback as sendfile is
        (docs/decisions), and copies nothing into this process.
        """
        view = self._view()
        stop = self.size if stop is None else stop
        for place in range(start, stop, CHUNK):
            yield view[place : min(place + CHUNK, stop)]

    def _view(self) -> memoryview:
        if self._data is not None or self._descriptor is None or not self.size:
            return memoryview(self._data or b"")
        return memoryview(mmap.mmap(self._descriptor, self.size, access=mmap.ACCESS_READ))

    def close(self) -> None:
        """Let go of the content."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _SecondHash:
    """A digest by another algorithm, which may have been asked for when bytes were there already."""

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        self.size = 0  # how much of the content it has seen
        self.hash = hashlib.new(algorithm)

    def copy(self) -> "_SecondHash":
        copied = _SecondHash(self.algorithm)
        copied.size, copied.hash = self.size, self.hash.copy()
        return copied

    def update(self, chunk: bytes | memoryview) -> None:
        self.hash.update(chunk)
        self.size += len(chunk)


class Content:
    """Bytes of one blob. While it is written: ``begin_part``, ``write``…, then ``end_part``."""

    def __init__(self, usage: Usage) -> None:
        self.size = 0
        self.busy = False
        self.most: int | None = None  # bytes, beyond which nothing more has to be written
        self.alias: Digest | None = None  # what the blob is called beside its digest by sha256
        self._usage = usage
        self._hash = hashlib.sha256()
        self._data = bytearray()
        self._descriptor: int | None = None
        self._path: Path | None = None
        self._second: _SecondHash | None = None
        self._mark: tuple[int, hashlib._Hash, _SecondHash | None] = (0, self._hash, None)
        self._dropped = False

    def begin_part(self) -> None:
        """Start a part that may be taken back."""
        self._mark = (self.size, self._hash.copy(), self._second and self._second.copy())
        self.busy = True

    def hash_also(self, algorithm: str) -> None:
        """Take a second digest from now on; the next write reads what is there already, once."""
        if self._second is None or self._second.algorithm != algorithm:
            self._second = _SecondHash(algorithm)

    def write(self, chunk: bytes | memoryview) -> None:
        """Append bytes and hash them. Only one thread writes, and no lock is held."""
        if self._second is not None:
            self._catch_up(self._second)
            self._second.update(chunk)
        if self._descriptor is None and self.size + len(chunk) > INLINE_LIMIT:
            self._spill()
        if self._descriptor is None:
            self._data += chunk
            self._usage.add(memory=len(chunk))
        else:
            self._write_to_file(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def persist(self) -> None:
        """Have what was written survive, where bytes do. Called without the lock."""

    def end_part(self, *, keep: bool) -> None:
        """End the part; without ``keep`` the content is as it was before."""
        self.busy = False
        if not keep:
            self._truncate(*self._mark)
        if self._dropped:
            self.drop()

    def digest(self) -> Digest:
        """Return the digest of what was written so far."""
        return Digest("sha256:" + self._hash.hexdigest())

    def digest_by(self, algorithm: str) -> Digest:
        """Return a digest by another algorithm, if a second one was taken of all bytes; else ``digest``."""
        second = self._second
        if second is None or (second.algorithm, second.size) != (algorithm, self.size):
            return self.digest()
        return Digest(f"{algorithm}:{second.hash.hexdigest()}")

    def open(self) -> BlobReader:
        """Open it for reading; what is open stays readable after ``drop``."""
        if self._path is not None:
            return BlobReader(self.size, descriptor=os.open(self._path, os.O_RDONLY))
        if self._descriptor is not None:
            return BlobReader(self.size, descriptor=os.dup(self._descriptor))
        return BlobReader(self.size, data=bytes(self._data))

    def seal(self) -> None:
        """Say that no more is written, so that a file in the temporary folder need not stay open."""
        if self._path is not None:
            self._close()

    def rewind(self, size: int) -> None:
        """Forget all bytes after the first ones, and hash these anew: the upload went back."""
        state = hashlib.sha256()
        reader = self.open()
        for piece in reader.chunks(0, size):
            state.update(piece)
        reader.close()
        self._truncate(size, state, None)

    def drop(self) -> None:
        """Free the bytes, at once or when the part that is being written ends."""
        self._dropped = True
        if self.busy:
            return
        on_disk = self._path is not None
        self._close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._usage.add(**{"disk" if on_disk else "memory": -self.size})
        self.size, self._data = 0, bytearray()

    def _catch_up(self, second: _SecondHash) -> None:
        if second.size == self.size:
            return
        reader = self.open()
        for piece in reader.chunks(second.size):
            second.update(piece)
        reader.close()

    def _spill(self) -> None:
        if self._usage.has_descriptor():
            self._descriptor = os.memfd_create("ecrmock-blob")
        else:
            self._open_path()
            self._usage.add(memory=-self.size, disk=self.size)
        self._usage.add(descriptors=1)
        _write_all(self._descriptor, self._data, 0)
        self._data = bytearray()

    def _open_path(self) -> None:
        self._path = self._usage.new_path()
        self._descriptor = os.open(self._path, os.O_RDWR)

    def _write_to_file(self, chunk: bytes | memoryview) -> None:
        if self._path is None and not self._usage.has_memory_for(len(chunk)):
            self._move_to_disk()
        assert self._descriptor is not None  # noqa: S101 - _spill opened it
        _write_all(self._descriptor, chunk, self.size)
        if self._path is None:
            self._usage.add(memory=len(chunk))
        else:
            self._usage.add(disk=len(chunk))

    def _move_to_disk(self) -> None:
        reader, old = self.open(), self._descriptor
        self._open_path()
        for piece_number, piece in enumerate(reader.chunks()):
            _write_all(self._descriptor, piece, piece_number * CHUNK)
        reader.close()
        if old is not None:
            os.close(old)
        self._usage.add(memory=-self.size, disk=self.size)

    def _truncate(self, size: int, state: "hashlib._Hash", second: _SecondHash | None) -> None:
        lost = self.size - size
        if self._descriptor is None:
            del self._data[size:]
        else:
            os.ftruncate(self._descriptor, size)
        self._usage.add(**{"memory" if self._path is None else "disk": -lost})
        self.size, self._hash, self._second = size, state, second

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._usage.add(descriptors=-1)


def _write_all(descriptor: int | None, data: bytes | bytearray | memoryview, offset: int) -> None:
    view = memoryview(data)
    while view and descriptor is not None:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
