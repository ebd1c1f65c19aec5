"""TLS for the listeners: with a given certificate, or with those of an authority of the emulator's own.

The authority issues a certificate for each name that a client asks for, so that any host name that leads here
works. The handshake happens in the connection's thread: a client that says nothing keeps nobody waiting.
"""

import re
import socket
import ssl
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from cheroot.ssl import Adapter

Issue = Callable[[tuple[str, ...]], tuple[bytes, bytes]]

_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class TlsAdapter(Adapter):
    """What cheroot wraps new connections with."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(certificate="", private_key="")
        self.context = context

    def bind(self, sock: socket.socket) -> socket.socket:
        """Leave the listening socket as it is."""
        return sock

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        """Return the connection with TLS on it, before the handshake."""
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, {}

    def get_environ(self) -> dict[str, Any]:
        """Return nothing: only WSGI asks."""
        return {}

    def makefile(self, _sock: Any, _mode: str = "r", _bufsize: int = -1) -> None:
        """Return nothing: a connection makes its files itself."""


def context_of_files(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return a context with a certificate from files. Raises: OSError (ssl.SSLError among them)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def context_of_authority(issue: Issue) -> ssl.SSLContext:
    """Return a context that presents a certificate for whatever name the client asks for.

    ``issue`` returns certificate and private key (PEM) for some names.
    """

    @lru_cache(maxsize=256)
    def context_of_name(name: str) -> ssl.SSLContext:
        return _context(*issue((name,)))

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name is not None and name not in _LOCAL_NAMES and _HOST.fullmatch(name):
            connection.context = context_of_name(name.lower())

    context = _context(*issue(_LOCAL_NAMES))
    context.sni_callback = choose
    return context


def _context(certificate: bytes, key: bytes) -> ssl.SSLContext:
    with tempfile.TemporaryDirectory(prefix="ecrmock-") as folder:  # ssl reads files only
        files = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        for file, content in zip(files, (certificate, key), strict=True):
            file.touch(mode=0o600)
            file.write_bytes(content)
        return context_of_files(*files)
