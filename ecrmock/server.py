"""Serves every door of one Backend over HTTP, on threads of its own, until it is stopped.

There are two ports: one for everything, and one for ECR Public's registry, which asks for a login in another
way (docs/decisions/0026-public-registry.md).
"""

import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from ecrmock.backend import Backend
from ecrmock.frontends.mount import Doors
from ecrmock.serving.listening import Listening
from ecrmock.serving.streams import OpenStreams
from ecrmock.serving.tls import context_of_authority, context_of_files
from ecrmock.values.errors import ListenError
from ecrmock.values.settings import Settings

DEFAULT_PORT, DEFAULT_PUBLIC_PORT = 5327, 5328
FREE_PORT = (0,)
# For each address; a request that waits for its body keeps one busy. They become more when they are needed.
_THREADS, _PUBLIC_THREADS = 12, 2

_log = logging.getLogger("ecrmock")


class Server:
    """A server that runs from ``start`` to ``stop``; also a context manager."""

    def __init__(
        self,
        backend: Backend,
        *,
        host: str = "localhost",
        port: int = 0,
        public_ports: tuple[int, ...] = FREE_PORT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare to listen; port 0 takes a free one when the server starts.

        ``public_ports`` are tried one after the other for ECR Public's registry; without any it has no port
        of its own.
        """
        self.backend = backend
        self._streams = OpenStreams()
        self._tls, self._host, self._public_ports = tls, host, public_ports
        self._main = self._listening(Doors(backend), port, _THREADS)
        self._public: Listening | None = None
        self._end_sending: Callable[[], None] | None = None  # to the sinks of events

    def _listening(self, doors: Doors, port: int, threads: int) -> Listening:
        return Listening(doors, host=self._host, port=port, threads=threads, tls=self._tls)

    @property
    def port(self) -> int:
        """The port for everything."""
        return self._main.port

    @property
    def url(self) -> str:
        """The address for AWS clients."""
        return self._main.url

    @property
    def address(self) -> str:
        """Host and port as a client on this machine writes them."""
        return self.url.partition("://")[2]

    @property
    def public_registry_url(self) -> str:
        """The address of ECR Public's registry, as clients reach it; empty without a port of its own."""
        if self._public is None:
            return ""
        settings = self.backend.settings
        if settings.public_registry_url or not settings.public_url:
            return settings.public_registry_url or self._public.url
        known = urlsplit(settings.public_url)  # another port of the same host
        host = f"[{known.hostname}]" if ":" in (known.hostname or "") else known.hostname
        return f"{known.scheme}://{host}:{self._public.port}"

    def start(self) -> "Server":
        """Accept connections. Raises: ListenError when an address cannot be had."""
        try:
            self._streams = OpenStreams()
            self._main.open(self._streams)
            self._public = self._open_public()
        except ListenError:
            self.stop()
            raise
        self._end_sending = self.backend.send_events()
        addresses = self.backend.world.addresses
        addresses.serve_at(self.backend.settings.public_url or self.url)
        if self.public_registry_url:
            addresses.serve_public_at(self.public_registry_url)
        for listening in self._listenings():
            listening.serve()
        self.backend.start_worker()
        return self

    def _open_public(self) -> Listening | None:
        """Take the first of the ports for ECR Public that can be had. Raises: ListenError."""
        for port in self._public_ports:
            listening = self._listening(
                Doors.of_public_registry(self.backend), port, _PUBLIC_THREADS
            )
            try:
                listening.open(self._streams)
            except ListenError:
                if port == self._public_ports[-1]:
                    raise
                continue
            if port != self._public_ports[0]:
                taken = self._public_ports[0]
                _log.warning("port %d is taken: ECR Public is on port %d", taken, listening.port)
            return listening
        return None

    def _listenings(self) -> tuple[Listening, ...]:
        return (self._main,) if self._public is None else (self._main, self._public)

    def stop(self) -> None:
        """Stop accepting, give requests under way a moment, and close every connection."""
        self._streams.end()
        ending = [thread for each in self._listenings() for thread in each.begin_to_close()]
        for thread in ending:
            thread.join()
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


def make_server(
    settings: Settings,
    *,
    host: str = "localhost",
    port: int = 0,
    public_ports: tuple[int, ...] = FREE_PORT,
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
    return Server(backend, host=host, port=port, public_ports=public_ports, tls=context)
