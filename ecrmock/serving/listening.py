"""Listening on a port: cheroot's sockets and threads, at every address of a host.

cheroot does the serving: it is pure Python, so it runs inside a test process too. Each address has its
listener; ``localhost`` stands for 127.0.0.1 and ::1, since docker may take either.
"""

import logging
import os
import re
import socket
import ssl
import threading
from collections.abc import Sequence
from typing import Any

from cheroot.server import HTTPConnection, HTTPServer
from cheroot.workers.threadpool import ThreadPool

from ecrmock.frontends.mount import Doors
from ecrmock.serving.gateway import Connection, DoorGateway
from ecrmock.serving.streams import OpenStreams
from ecrmock.serving.tls import TlsAdapter
from ecrmock.values.errors import ListenError

_MORE_THREADS, _MOST_THREADS = 16, 1024
_FREE_PORT_ATTEMPTS = 5
_IDLE_SECONDS = 60  # how long a connection, or a body, may say nothing
_GRACE_SECONDS = 3  # that requests under way have when the server stops
_HEADERS_LIMIT = 64 * 1024  # an authorization token alone has about 2 KiB
_LOCAL = ("127.0.0.1", "::1")
_CAUSE = re.compile(r"\[Errno (-?[0-9]+)\] ([^()]+)")

_log = logging.getLogger("ecrmock")


class Listening:
    """One port of a server, from ``open`` to ``close``; port 0 takes a free one when it is opened."""

    def __init__(
        self,
        doors: Doors,
        *,
        host: str,
        port: int,
        threads: int,
        tls: ssl.SSLContext | None,
    ) -> None:
        """Prepare to listen; ``threads`` are there from the start, at each address."""
        self.host, self.port = host, port
        self._doors, self._least_threads, self._tls = doors, threads, tls
        self._listeners: list[HTTPServer] = []
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """The address as a client on this machine writes it."""
        host = "localhost" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        return f"{'http' if self._tls is None else 'https'}://{host}:{self.port}"

    def open(self, streams: OpenStreams) -> None:
        """Take the port at every address; connections wait until ``serve``. Raises: ListenError."""
        shared = {"doors": self._doors, "streams": streams}
        gateway = type("_Gateway", (DoorGateway,), shared)
        attempts = 1 if self.port else _FREE_PORT_ATTEMPTS
        while not self._listeners:
            attempts -= 1
            self._try_to_listen(gateway, is_last=not attempts)

    def serve(self) -> None:
        """Answer connections, on threads."""
        for listener in self._listeners:
            thread = threading.Thread(target=listener.serve, name="ecrmock", daemon=True)
            thread.start()
            self._threads.append(thread)

    def begin_to_close(self) -> Sequence[threading.Thread]:
        """Stop accepting; return the threads that end when every connection is closed."""
        stopping = [threading.Thread(target=listener.stop) for listener in self._listeners]
        for thread in stopping:
            thread.start()
        ending = [*stopping, *self._threads]
        self._listeners.clear()
        self._threads.clear()
        return ending

    def _try_to_listen(self, gateway: type[DoorGateway], *, is_last: bool) -> None:
        """Listen on every address of the host; a port that is free on one may be taken on another."""
        port = self.port
        try:
            for host in _LOCAL if self.host == "localhost" else (self.host,):
                self._listen(host, gateway)
        except OSError as error:
            for thread in self.begin_to_close():
                thread.join()
            self.port = port
            if is_last:
                raise ListenError(self.host, port, _cause(error)) from None

    def _listen(self, host: str, gateway: type[DoorGateway]) -> None:
        listener = _Listener((host, self.port), gateway, self._least_threads)
        if self._tls is not None:
            listener.ssl_adapter = TlsAdapter(self._tls)
        try:
            listener.prepare()
        except OSError:
            if not self._listeners or _has_address(host):
                raise
            return  # this machine has no ::1
        self.port = listener.bind_addr[1]
        self._listeners.append(listener)


def _cause(error: OSError) -> OSError:
    """Return what the system said, which cheroot's own error has in its text alone."""
    said = _CAUSE.search(str(error))
    return error if said is None else OSError(int(said[1]), said[2])


class _Listener(HTTPServer):
    """One address."""

    ConnectionClass = Connection
    request_queue_size = 512
    timeout = _IDLE_SECONDS
    shutdown_timeout = _GRACE_SECONDS
    max_request_header_size = _HEADERS_LIMIT
    keep_alive_conn_limit = 10_000
    expiration_interval = 0.1  # how long stopping may go unnoticed

    def __init__(self, address: tuple[str, int], gateway: type[DoorGateway], threads: int) -> None:
        super().__init__(address, gateway)
        self.requests = _Threads(self, threads)

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: tuple[str, int]) -> socket.socket:
        """Take the address; a socket that does not get it is closed, which cheroot forgets."""
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        # Only now, so that a free port is really free; connections inherit it, and those that a client
        # has not closed do not keep the next server from the port.
        socket_.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        return socket_

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: Any = False) -> None:
        """Pass on what cheroot says; a client that hangs up is nothing to report."""
        _log.log(level, "%s", msg, exc_info=bool(traceback))


class _Threads(ThreadPool):
    """Threads that become more while all of them are busy, so that stalled uploads keep nobody out."""

    _is_growing = _is_stopping = False

    def __init__(self, server: HTTPServer, fewest: int) -> None:
        super().__init__(server, min=fewest, max=_MOST_THREADS)
        self._changing = threading.Lock()
        self._room = _MOST_THREADS - fewest

    def put(self, obj: HTTPConnection) -> None:
        """Have a connection served, by a new thread when no other is free."""
        super().put(obj)
        self._grow_when_short()

    def stop(self, timeout: int = _GRACE_SECONDS) -> None:
        """End all threads; none may come up meanwhile, for nobody would end it."""
        with self._changing:
            self._is_stopping = True
        super().stop(timeout)

    def _grow_when_short(self) -> None:
        # A thread counts as idle until it has taken its connection from the queue.
        is_short = self.idle <= self.qsize and self._room > 0
        if is_short and not self._is_growing and not self._is_stopping:
            self._is_growing = True
            threading.Thread(target=self._grow, daemon=True).start()  # it waits for its threads

    def _grow(self) -> None:
        with self._changing:
            if not self._is_stopping:
                self.grow(_MORE_THREADS)
                self._room -= _MORE_THREADS
        self._is_growing = False
        self._grow_when_short()


def _has_address(host: str) -> bool:
    """Tell whether this machine has an address at all."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True
