"""Bodies of requests as they come in: with a length, or in chunks (RFC 9112 section 7.1).

A body is received once, by whoever asks for the next piece: what a handler left, ``drain`` takes. ``begin`` is
called before the first piece is waited for.
"""

from collections.abc import Callable, Iterator

from ecrmock.frontends.http import BodyError
from ecrmock.serving.reader import BODY_BUFFER, SocketReader

_LINE_LIMIT = 8192  # of a chunk's head and of a trailer line
_TRAILER_LINES = 100
_SIZE_DIGITS = 15
_HEX = b"0123456789abcdefABCDEF"


def _nothing() -> None:
    """What is done before a body that nobody waits to send."""


class SizedBody:
    """A body whose length is known."""

    def __init__(
        self, reader: SocketReader, length: int, begin: Callable[[], None] = _nothing
    ) -> None:
        self._reader, self._length, self._begin = reader, length, begin
        self.left: int | None = length  # what was not received yet
        self._pieces = self._receive()

    @property
    def length(self) -> int:
        """The number of bytes."""
        return self._length

    def chunks(self) -> Iterator[memoryview]:
        """Yield the body in pieces of at most 1 MiB, each good until the next. Raises: BodyError."""
        return self._pieces

    def _receive(self) -> Iterator[memoryview]:
        if self.left:
            self._begin()
        while self.left:
            piece = _piece(self._reader, self.left)
            self.left -= len(piece)
            yield piece


class ChunkedBody:
    """A body in chunks. Small ones are joined, so that a handler gets few and large pieces."""

    length = None
    left: int | None = None  # not known before the end

    def __init__(self, reader: SocketReader, begin: Callable[[], None] = _nothing) -> None:
        self._reader, self._begin = reader, begin
        self._pieces = self._receive()

    def chunks(self) -> Iterator[memoryview]:
        """Yield the body in pieces of about 1 MiB, each good until the next. Raises: BodyError."""
        return self._pieces

    def _receive(self) -> Iterator[memoryview]:
        self._begin()
        joined, filled = memoryview(bytearray(BODY_BUFFER)), 0
        while left := self._chunk_size():
            while left:
                piece = _piece(self._reader, min(left, BODY_BUFFER - filled))
                joined[filled : filled + len(piece)] = piece
                filled += len(piece)
                left -= len(piece)
                if filled == BODY_BUFFER:
                    yield joined
                    filled = 0
            self._expect_line_end()
        self._skip_trailer()
        if filled:
            yield joined[:filled]

    def _chunk_size(self) -> int:
        line = self._line(_LINE_LIMIT)
        digits = line.partition(b";")[0].strip()
        if not 1 <= len(digits) <= _SIZE_DIGITS or digits.strip(_HEX):
            raise BodyError("a chunk of the body has no valid size")
        return int(digits, 16)

    def _expect_line_end(self) -> None:
        if self._line(2) != b"\r\n":
            raise BodyError("a chunk of the body is not as long as it says")

    def _skip_trailer(self) -> None:
        for _ in range(_TRAILER_LINES):
            if not self._line(_LINE_LIMIT).strip():
                return
        raise BodyError("the trailer of the body is too long")

    def _line(self, limit: int) -> bytes:
        try:
            line = self._reader.readline(limit)
        except OSError as error:
            raise _ended(error) from None
        if not line.endswith(b"\n"):
            raise BodyError("the body in chunks is broken, or the connection ended within it")
        return line


IncomingBody = SizedBody | ChunkedBody


def drain(body: IncomingBody, limit: int) -> bool:
    """Throw away what is left of a body; False when it is longer than ``limit``. Raises: BodyError."""
    for piece in body.chunks():
        limit -= len(piece)
        if limit < 0:
            return False
    return True


def _piece(reader: SocketReader, most: int) -> memoryview:
    try:
        piece = reader.piece(most)
    except OSError as error:
        raise _ended(error) from None
    if not piece:
        raise _ended()
    return piece


def _ended(error: OSError | None = None) -> BodyError:
    """Return what a body that does not come any more ends in: a client that left is no failure of ours."""
    if isinstance(error, TimeoutError):
        return BodyError("the body has stopped coming", 408)
    return BodyError("the connection ended within the body")
