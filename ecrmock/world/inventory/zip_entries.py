"""The entries of a zip archive, read once from a stream: by their own headers, not by the directory.

So a jar inside a jar needs no memory. An entry that is stored uncompressed and tells its size only
afterwards cannot be read so. Source: PKWARE, APPNOTE.TXT, sections 4.3 and 4.4.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from ecrmock.world.inventory.compression import DamagedDataError, GzipMember, inflated
from ecrmock.world.inventory.limits import BLOCK, KIB, Budget
from ecrmock.world.inventory.streams import ByteStream, UnreadableFileError

_HEADER = Struct("<4sHHHHHIIIHH")
_FIRST, _DIRECTORY, _DESCRIPTOR = b"PK\x03\x04", (b"PK\x01\x02", b"PK\x05\x06"), b"PK\x07\x08"
_LONGEST_PREAMBLE = 64 * KIB  # a script before the archive makes it a program
_ENCRYPTED, _SIZE_FOLLOWS = 1, 8  # flags
_STORED, _DEFLATED = 0, 8  # methods
_ZIP64 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry; ``chunks`` is its content, none where it is encrypted or packed in another way."""

    name: str
    chunks: Iterator[bytes]


def entries(stream: ByteStream, budget: Budget) -> Iterator[Entry]:
    """Yield the entries in order; the content of each goes with the next.

    Raises: UnreadableFileError for a damaged archive, UnreadableImageError beyond the budget.
    """
    _skip_preamble(stream)
    while True:
        header = stream.read(_HEADER.size)
        if header.startswith(_DIRECTORY):
            return
        if len(header) < _HEADER.size or not header.startswith(_FIRST):
            raise UnreadableFileError("it is a damaged zip archive")
        budget.count_member()
        yield from _entry(stream, header, budget)


def _skip_preamble(stream: ByteStream) -> None:
    head = stream.read(_LONGEST_PREAMBLE)
    at = head.find(_FIRST)
    if at < 0:
        raise UnreadableFileError("it is no zip archive")
    stream.put_back(head[at:])


def _entry(stream: ByteStream, header: bytes, budget: Budget) -> Iterator[Entry]:
    _, _, flags, method, _, _, _, packed, _, name_size, extra_size = _HEADER.unpack(header)
    name = stream.read(name_size).decode("utf-8", "backslashreplace")
    extra = stream.read(extra_size)
    size = _size_in(extra) if packed == _ZIP64 else packed
    follows = bool(flags & _SIZE_FOLLOWS) and size == 0
    if follows and method != _DEFLATED and not name.endswith("/"):
        raise UnreadableFileError("it has an entry that does not tell its size")
    is_readable = method in (_STORED, _DEFLATED) and not flags & _ENCRYPTED
    raw = _sized(stream, size) if not follows else _unsized(stream, method, budget)
    is_packed = method == _DEFLATED and is_readable and not follows
    chunks = _inflated(ByteStream(raw), budget) if is_packed else raw
    yield Entry(name if is_readable else "", chunks)
    for _ in raw:  # what nobody wanted, still packed where its size is known
        pass
    if flags & _SIZE_FOLLOWS:
        _skip_descriptor(stream)


def _sized(stream: ByteStream, size: int) -> Iterator[bytes]:
    while size:
        part = stream.some(min(size, BLOCK))
        if not part:
            raise UnreadableFileError("it ends in the middle of an entry")
        size -= len(part)
        yield part


def _unsized(stream: ByteStream, method: int, budget: Budget) -> Iterator[bytes]:
    return _inflated(stream, budget) if method == _DEFLATED else iter(())


def _inflated(stream: ByteStream, budget: Budget) -> Iterator[bytes]:
    frame = GzipMember(-zlib.MAX_WBITS)
    try:
        yield from inflated(frame, stream, budget)
    except DamagedDataError as error:
        raise UnreadableFileError(f"it is damaged: {error}") from None
    stream.put_back(frame.unused_data)


def _size_in(extra: bytes) -> int:
    """Return the packed size from the field for large archives: it follows the unpacked one."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = Struct("<HH").unpack_from(extra, at)
        if kind == 1 and size >= 16 and at + 20 <= len(extra):
            return int.from_bytes(extra[at + 12 : at + 20], "little")
        at += 4 + size
    raise UnreadableFileError("it has an entry that does not tell its size")


def _skip_descriptor(stream: ByteStream) -> None:
    """Pass over checksum and sizes, with or without their mark, of four or eight bytes each."""
    data = stream.read(28)
    extra = 4 if data.startswith(_DESCRIPTOR) else 0
    for size in (extra + 12, extra + 20):
        if data[size : size + 2] == b"PK":
            stream.put_back(data[size:])
            return
    raise UnreadableFileError("it is a damaged zip archive")
