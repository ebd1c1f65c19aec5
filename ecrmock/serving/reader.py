"""SocketReader: buffered reads from a connection, without a copy of large bodies.

cheroot's own reader is Python's slow one; this one has what cheroot asks of it (``readline``, ``has_data``,
``close``, ``closed``, ``bytes_read``) and hands out pieces of its buffer as they are.
"""

import socket
import ssl

_HEADER_BUFFER = 64 * 1024
BODY_BUFFER = 1024 * 1024


class SocketReader:
    """What has come in on one connection and was not taken yet lies between two marks of the buffer."""

    def __init__(self, connection: socket.socket) -> None:
        self.bytes_read = 0
        self.closed = False
        self._socket = connection
        self._buffer = bytearray(_HEADER_BUFFER)
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

    def readline(self, limit: int | None = None) -> bytes:
        """Take a line with its end, at most ``limit`` bytes, or what is left at the end."""
        searched = 0
        while True:
            most = len(self._buffer) if limit is None else limit
            found = self._buffer.find(b"\n", self._start + searched, self._stop)
            if found >= 0 or self._stop - self._start >= most:
                end = self._stop if found < 0 else found + 1
                return self._take(min(end - self._start, most))
            searched = self._stop - self._start
            if not self._receive():
                return self._take(searched)

    def piece(self, most: int) -> memoryview:
        """Take up to ``most`` bytes, at least one unless it is the end.

        The piece is a view of the buffer, good until the next call.
        """
        if self._start == self._stop and not self._receive(BODY_BUFFER):
            return memoryview(b"")
        size = min(most, self._stop - self._start)
        start = self._start
        self._start += size
        self.bytes_read += size
        return memoryview(self._buffer)[start : start + size]

    def close(self) -> None:
        """Free the buffer."""
        self.closed = True
        self._start = self._stop = 0
        self._buffer = bytearray()

    def shrink(self) -> None:
        """Give the large buffer of a body back, when nothing lies in it."""
        if len(self._buffer) > _HEADER_BUFFER and self._start == self._stop:
            self._buffer = bytearray(_HEADER_BUFFER)
            self._start = self._stop = 0

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[self._start : self._start + size])
        self._start += size
        self.bytes_read += size
        return taken

    def _receive(self, room: int = _HEADER_BUFFER) -> bool:
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
