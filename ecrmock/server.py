"""Serves every door of one Backend over HTTP, on threads of its own, until it is stopped.

cheroot does the serving: it is pure Python, so it runs inside a test process too. Each address has its
listener; ``localhost`` stands for 127.0.0.1 and ::1, since docker may take either.
"""

import logging
import os
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from cheroot.server import HTTPConnection, HTTPServer
from cheroot.workers.threadpool import ThreadPool

from ecrmock.backend import Backend
from ecrmock.frontends.mount import Doors
from ecrmock.serving.gateway import Connection, DoorGateway
from ecrmock.serving.streams import OpenStreams
from ecrmock.serving.tls import TlsAdapter, context_of_authority, context_of_files
from ecrmock.values.settings import Settings

DEFAULT_PORT = 5327
# For each address; a request that waits for its body keeps one busy.
_FEWEST_THREADS, _MORE_THREADS, _MOST_THREADS = 12, 16, 1024
_FREE_PORT_ATTEMPTS = 5
_IDLE_SECONDS = 60  # how long a connection, or a body, may say nothing
_GRACE_SECONDS = 3  # that requests under way have when the server stops
_HEADERS_LIMIT = 64 * 1024  # an authorization token alone has about 2 KiB
_LOCAL = ("127.0.0.1", "::1")

_log = logging.getLogger("ecrmock")


class Server:
    """A server that runs from ``start`` to ``stop``; also a context manager."""

    def __init__(
        self,
        backend: Backend,
        *,
        host: str = "localhost",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare to listen; port 0 takes a free one when the server starts."""
        self.backend = backend
        self.host, self.port = host, port
        self._tls = tls
        self._listeners: list[HTTPServer] = []
        self._threads: list[threading.Thread] = []
        self._streams = OpenStreams()
        self._end_sending: Callable[[], None] | None = None  # to the sinks of events

    @property
    def url(self) -> str:
        """The address for AWS clients."""
        return f"{'http' if self._tls is None else 'https'}://{self.address}"

    @property
    def address(self) -> str:
        """Host and port as a client on this machine writes them."""
        host = "localhost" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"{f'[{host}]' if ':' in host else host}:{self.port}"

    def start(self) -> "Server":
        """Accept connections. Raises: OSError when an address cannot be had."""
        doors = Doors(self.backend)
        attempts = 1 if self.port else _FREE_PORT_ATTEMPTS
        while not self._listeners:
            attempts -= 1
            self._try_to_listen(doors, is_last=not attempts)
        self._end_sending = self.backend.send_events()
        for listener in self._listeners:
            thread = threading.Thread(target=listener.serve, name="ecrmock", daemon=True)
            thread.start()
            self._threads.append(thread)
        self.backend.world.addresses.serve_at(self.backend.settings.public_url or self.url)
        self.backend.start_worker()
        return self

    def _try_to_listen(self, doors: Doors, *, is_last: bool) -> None:
        """Listen on every address of the host; a port that is free on one may be taken on another."""
        port = self.port
        self._streams = OpenStreams()
        try:
            for host in _LOCAL if self.host == "localhost" else (self.host,):
                self._listen(host, doors)
        except OSError:
            self.stop()
            self.port = port
            if is_last:
                raise

    def _listen(self, host: str, doors: Doors) -> None:
        shared = {"doors": doors, "streams": self._streams}
        listener = _Listener((host, self.port), type("_Gateway", (DoorGateway,), shared))
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

    def stop(self) -> None:
        """Stop accepting, give requests under way a moment, and close every connection."""
        self._streams.end()
        stopping = [threading.Thread(target=listener.stop) for listener in self._listeners]
        for thread in stopping:
            thread.start()
        for thread in [*stopping, *self._threads]:
            thread.join()
        self._listeners.clear()
        self._threads.clear()
        self.backend.stop_worker()
        if self._end_sending is not None:
            self._end_sending()
            self._end_sending = None

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class _Listener(HTTPServer):
    """One address."""

    ConnectionClass = Connection
    request_queue_size = 512
    timeout = _IDLE_SECONDS
    shutdown_timeout = _GRACE_SECONDS
    max_request_header_size = _HEADERS_LIMIT
    keep_alive_conn_limit = 10_000
    expiration_interval = 0.1  # how long stopping may go unnoticed

    def __init__(self, address: tuple[str, int], gateway: type[DoorGateway]) -> None:
        super().__init__(address, gateway)
        self.requests = _Threads(self)

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

    def __init__(self, server: HTTPServer) -> None:
        super().__init__(server, min=_FEWEST_THREADS, max=_MOST_THREADS)
        self._changing = threading.Lock()
        self._room = _MOST_THREADS - _FEWEST_THREADS

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


def make_server(
    settings: Settings,
    *,
    host: str = "localhost",
    port: int = 0,
    tls: bool = False,
    certificate: tuple[Path, Path] | None = None,
) -> Server:
    """Return a server of a new backend, not started yet.

    ``certificate`` (files with it and its key) goes with ``tls``; without it the backend gets an authority.
    Raises: OSError for files that cannot be used; MissingExtraError.
    """
    backend = Backend(settings)
    context = None
    if certificate is not None:
        context = context_of_files(*certificate)
    elif tls:
        context = context_of_authority(backend.make_authority().issue)
    return Server(backend, host=host, port=port, tls=context)
