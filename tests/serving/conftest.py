"""A wire that delivers bytes as a test says, and a running server that is spoken to byte by byte."""

import http.client
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings

EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class Wire:
    """The receiving end of a connection on which bytes arrive in just these pieces, and then the end.

    An exception among the pieces is raised when it is their turn.
    """

    def __init__(self, pieces: Iterable[bytes | Exception]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def recv_into(self, buffer: memoryview) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            if isinstance(piece, Exception):
                raise piece
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


@dataclass
class Answer:
    """One response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Connection:
    """A connection to the server on which a test writes what it likes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._file = self.socket.makefile("rb")

    def send(self, *lines: str, body: bytes = b"") -> "Connection":
        """Send a head of these lines, with a body."""
        head = "\r\n".join([*lines, "Host: localhost", "", ""])
        self.socket.sendall(head.encode("latin-1") + body)
        return self

    def line(self) -> bytes:
        return self._file.readline()

    def answer(self, method: str = "GET") -> Answer:
        """Read one response; only its head, when it is to HEAD."""
        status = int(self.line().split()[1])
        headers = http.client.parse_headers(self._file)
        length = 0 if method == "HEAD" else int(headers.get("Content-Length", "0"))
        return Answer(status, headers, self._file.read(length))

    def is_closed(self) -> bool:
        """Wait for the server to say more, and tell whether it has closed the connection instead."""
        return self._file.read(1) == b""

    def end(self) -> "Connection":
        """Send no more."""
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def close(self) -> None:
        self._file.close()
        self.socket.close()


class Peer:
    """A server, with connections to it; everybody may use its registry, which has ``app``."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connections: list[Connection] = []

    def connect(self) -> Connection:
        self._connections.append(Connection(self.server.port))
        return self._connections[-1]

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Make one request on a connection of its own."""
        length = f"Content-Length: {len(body)}"
        connection = self.connect().send(f"{method} {path} HTTP/1.1", length, body=body)
        return connection.answer(method)

    def start_upload(self) -> str:
        """Start an upload, and return the path that takes the bytes."""
        upload_id = self.ask("POST", "/v2/app/blobs/uploads/").headers["Docker-Upload-UUID"]
        return f"/v2/app/blobs/uploads/{upload_id}"

    def progress(self, path: str) -> str:
        return self.ask("GET", path).headers["Range"]

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """A server for all tests of this process; each finds it empty."""
    with make_server(Settings(anonymous=True, uri_style="path"), port=0) as server:
        yield server


@pytest.fixture
def peer(running: Server) -> Iterator[Peer]:
    """The server, empty but for the repository ``app``."""
    from ecrmock import Ecr

    running.backend.reset()
    Ecr(running.backend).push_image("app", tag="1.0", layers=[b"layer"])
    peer = Peer(running)
    yield peer
    peer.close()
