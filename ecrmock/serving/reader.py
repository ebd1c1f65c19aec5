"""SocketReader: buffered reads from a connection, without a copy of large bodies.

cheroot's own reader is Python's slow one; this one has what cheroot asks of it (``has_data``, ``close``,
``closed``), and hands out pieces of its buffer as they are.
"""

import socket
import ssl
from collections.abc import Callable

_SMALL_BUFFER = 16 * 1024  # for most heads
BODY_BUFFER = 1024 * 1024


class SocketReader:
    """What has come in on one connection and was not taken yet lies between two marks of the buffer."""

    def __init__(self, connection: socket.socket) -> None:
        self.closed = False
        self._socket = connection
        self._buffer = bytearray(_SMALL_BUFFER)
        self._start = self._stop = 0

    def has_data(self) -> bool:
        """Tell whether there are bytes that need no waiting; TLS may have some that it has unpacked."""
        pending = isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0
        return pending or self._start < self._stop

    def first_byte(self) -> int | None:
        """Return the next byte without taking it; None at the end."""
        if self._start == self._stop and not self._receive():
            return None
        return self._buffer[self._start]

    def hears(self, seconds: float) -> bool:
        """Tell whether the client sends something, or ends the connection, within a time."""
        patience = self._socket.gettimeout()
        self._socket.settimeout(seconds)
        try:
            self.first_byte()
        except TimeoutError:
            return False
        except OSError:
            return True  # who reads next meets it again
        finally:
            self._socket.settimeout(patience)
        return True

    def readline(self, limit: int) -> bytes:
        """Take a line with its end, at most ``limit`` bytes, or what is left at the end."""
        return self._take_until(b"\n", limit)

    def head(self, limit: int) -> bytes:
        """Take lines up to an empty one, with their ends (CR, LF).

        Less is taken at the end, beyond ``limit`` bytes, and when the first line ends in LF alone.
        """
        return self._take_until(b"\r\n\r\n", limit, unless=self._has_bare_line)

    def _take_until(
        self, mark: bytes, limit: int, unless: Callable[[], bool] | None = None
    ) -> bytes:
        searched = 0
        while True:
            found = self._buffer.find(mark, self._start + searched, self._stop)
            if found >= 0:
                return self._take(min(found + len(mark) - self._start, limit))
            size = self._stop - self._start
            if size >= limit or (unless is not None and unless()) or not self._receive():
                return self._take(min(size, limit))
            searched = max(0, size - len(mark) + 1)

    def _has_bare_line(self) -> bool:
        """Tell whether the first line ends in LF alone: then an end of CR and LF may never come."""
        end = self._buffer.find(b"\n", self._start, self._stop)
        return end >= 0 and self._buffer[self._start : end][-1:] != b"\r"

    def piece(self, most: int) -> memoryview:
        """Take up to ``most`` bytes, at least one unless it is the end.

        The piece is a view of the buffer, good until the next call.
        """
        if self._start == self._stop and not self._receive(BODY_BUFFER):
            return memoryview(b"")
        size = min(most, self._stop - self._start)
        start = self._start
        self._start += size
        return memoryview(self._buffer)[start : start + size]

    def close(self) -> None:
        """Free the buffer."""
        self.closed = True
        self._start = self._stop = 0
        self._buffer = bytearray()

    def shrink(self) -> None:
        """Give the large buffer of a body back, when nothing lies in it."""
        if len(self._buffer) > _SMALL_BUFFER and self._start == self._stop:
            self._buffer = bytearray(_SMALL_BUFFER)
            self._start = self._stop = 0

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[self._start : self._start + size])
        self._start += size
        return taken

    def _receive(self, room: int = _SMALL_BUFFER) -> bool:
        """Wait for more bytes; False at the end of the connection."""
        if self._start == self._stop:
            self._start = self._stop = 0
            if len(self._buffer) < room:
                self._buffer = bytearray(room)
        elif self._stop == len(self._buffer):
            self._move_to_front()
        received = self._socket.recv_into(memoryview(self._buffer)[self._stop :])
        self._stop += received
        return received > 0

    def _move_to_front(self) -> None:
        size = self._stop - self._start
        kept = bytes(self._buffer[self._start : self._stop])
        if size == len(self._buffer):
            self._buffer = bytearray(2 * size)
        self._buffer[:size] = kept
        self._start, self._stop = 0, size
