"""The answers without an end that are being sent: stopping the server ends them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ecrmock.frontends.http import Stream

_PATIENCE = 0.5  # seconds that a client has to take the end of its stream


class OpenStreams:
    """The streams of one server, with their connections."""

    def __init__(self) -> None:
        self._open: dict[Stream, socket.socket] = {}
        self._changed = threading.Condition()
        self._is_over = False

    @contextmanager
    def sending(self, stream: Stream, connection: socket.socket) -> Iterator[None]:
        """Know of a stream while it is sent, and close it afterwards."""
        with self._changed:
            self._open[stream] = connection
            if self._is_over:
                stream.close()
        try:
            yield
        finally:
            stream.close()
            with self._changed:
                del self._open[stream]
                self._changed.notify_all()

    def end(self) -> None:
        """End all streams, and those that are still to come.

        A client that does not read keeps its thread in a write, which only the end of the connection ends.
        """
        with self._changed:
            self._is_over = True
            for stream in self._open:
                stream.close()
            self._changed.wait_for(lambda: not self._open, _PATIENCE)
            for connection in self._open.values():
                with suppress(OSError):  # it is gone already
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
