"""Bytes that pass by once: the base of all readers."""

from collections.abc import Iterator
from typing import Protocol

from ecrmock.values.inventory import UnreadableImageError
from ecrmock.world.inventory.limits import BLOCK, LONGEST_LINE, Budget


class Readable(Protocol):
    """A file, or anything that can be read like one."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes; none at the end."""
        ...


def chunks_of(source: Readable) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces."""
    return iter(lambda: source.read(BLOCK), b"")


class UnreadableFileError(Exception):
    """One file inside a layer is no such thing as its name says; the layer as such may be sound."""


class ByteStream:
    """Chunks of bytes, read by any number of bytes; none of the chunks is empty."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._block, self._at = b"", 0

    def some(self, limit: int = BLOCK) -> bytes:
        """Return what is at hand, at most so many bytes; none at the end."""
        if self._at == len(self._block):
            self._block, self._at = next(self._chunks, b""), 0
        part = self._block[self._at : self._at + limit]
        self._at += len(part)
        return part

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end."""
        part = self.some(size)
        if len(part) == size or not part:
            return part
        parts, missing = [part], size - len(part)
        while missing and (part := self.some(missing)):
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield the next so many bytes in pieces. Raises: UnreadableImageError if it ends before."""
        while size:
            part = self.some(size)
            if not part:
                raise UnreadableImageError("the layer ends in the middle of a file")
            size -= len(part)
            yield part

    def put_back(self, part: bytes) -> None:
        """Have these bytes come next."""
        if part:
            self._block, self._at = part + self._block[self._at :], 0


class Content:
    """The content of one file of a layer, to be read once and in order."""

    def __init__(self, path: str, size: int, chunks: Iterator[bytes], budget: Budget) -> None:
        self.path, self.size, self.chunks, self.budget = path, size, chunks, budget

    def require_at_most(self, limit: int) -> None:
        """Raise UnreadableFileError for more bytes than that."""
        if self.size > limit:
            raise UnreadableFileError(f"it has more than {limit:,} bytes")

    def whole(self, limit: int) -> bytearray:
        """Return all of it. Raises: UnreadableFileError when that is more than the limit."""
        self.require_at_most(limit)
        whole = bytearray()
        for chunk in self.chunks:
            whole += chunk
        return whole

    def lines(self) -> Iterator[str]:
        """Yield its lines of text. Raises: UnreadableFileError when one is too long."""
        rest = b""
        for chunk in self.chunks:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "backslashreplace")
            if len(rest) > LONGEST_LINE:
                raise UnreadableFileError("it has a line that is too long")
        if rest:
            yield rest.decode("utf-8", "backslashreplace")
