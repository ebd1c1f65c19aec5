"""Answers without an end, on real connections. Source: RFC 9112 sections 6.3 and 7.1."""

import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from ecrmock import Ecr
from ecrmock.frontends.admin.stream import EventStream
from ecrmock.server import Server, make_server
from ecrmock.serving.streams import OpenStreams
from ecrmock.values.settings import Settings
from tests.serving.conftest import Connection, Peer

PATIENCE = 30  # seconds; far more than anything here takes
STREAM = ("GET /_ecrmock/events HTTP/1.1", "Accept: text/event-stream")


@pytest.fixture
def following(peer: Peer) -> Connection:
    """A connection that has got the head of a stream."""
    return begin(peer.connect().send(*STREAM))


def begin(connection: Connection) -> Connection:
    """Read the head of an answer."""
    connection.head = list(iter(connection.line, b"\r\n"))
    return connection


def chunk(connection: Connection) -> bytes:
    """Read one chunk."""
    size = int(connection.line(), 16)
    content = b""
    while len(content) < size:
        content += connection.line()
    assert connection.line() == b"\r\n"
    return content


def push(peer: Peer, tag: str) -> None:
    Ecr(peer.server.backend).push_image("app", tag=tag, layers=[tag.encode()])


def test_a_stream_is_sent_in_chunks_and_then_the_connection_ends(following: Connection) -> None:
    assert following.head[0] == b"HTTP/1.1 200 OK\r\n"
    assert {b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n"} <= set(following.head)
    assert not any(line.lower().startswith(b"content-length") for line in following.head)


def test_an_event_is_sent_when_it_happens(peer: Peer, following: Connection) -> None:
    push(peer, "2.0")
    data = chunk(following).partition(b"data: ")[2]
    assert json.loads(data)["detail"]["image-tag"] == "2.0"


def test_a_client_of_http_1_0_gets_the_stream_as_it_is(peer: Peer) -> None:
    connection = begin(peer.connect().send("GET /_ecrmock/events?stream HTTP/1.0"))
    push(peer, "2.0")
    assert connection.line().startswith(b"id: ")
    assert b"Transfer-Encoding: chunked\r\n" not in connection.head


def test_other_requests_are_answered_meanwhile(peer: Peer) -> None:
    for _ in range(20):  # more than there are threads at first
        begin(peer.connect().send(*STREAM))
    assert peer.ask("GET", "/_ecrmock/health").status == 200


@pytest.fixture
def start() -> Iterator[Callable[[], Peer]]:
    """Start a server of its own, with connections to it."""
    peers: list[Peer] = []

    def start() -> Peer:
        peers.append(Peer(make_server(Settings(anonymous=True), port=0).start()))
        return peers[-1]

    yield start
    for peer in peers:
        peer.close()
        peer.server.stop()


def stop(server: Server) -> bool:
    """Stop a server, and tell whether it did."""
    stopping = threading.Thread(target=server.stop, daemon=True)
    stopping.start()
    stopping.join(PATIENCE)
    return not stopping.is_alive()


def test_stopping_the_server_ends_streams(start: Callable[[], Peer]) -> None:
    peer = start()
    connection = begin(peer.connect().send(*STREAM))
    assert stop(peer.server)
    assert (connection.line(), connection.line()) == (b"0\r\n", b"\r\n")
    assert connection.is_closed()


def test_a_server_that_was_stopped_streams_again(start: Callable[[], Peer]) -> None:
    peer = start()
    peer.server.stop()
    peer.server.start()
    connection = begin(peer.connect().send(*STREAM))
    push(peer, "1.0")
    assert chunk(connection).startswith(b"id: ")


def test_a_client_that_has_gone_is_nothing_to_report(
    start: Callable[[], Peer], caplog: pytest.LogCaptureFixture
) -> None:
    peer = start()
    gone, other = (begin(peer.connect().send(*STREAM)) for _ in range(2))
    gone.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    gone.close()
    for number in range(3):
        push(peer, f"{number}")
        assert chunk(other).startswith(b"id: ")
    assert stop(peer.server)
    assert [record for record in caplog.records if record.levelname != "INFO"] == []


# The streams of a server, with a pair of sockets


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_the_end_cuts_off_who_does_not_read(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    streams, stream, broken = OpenStreams(), EventStream(), threading.Event()
    writing = threading.Event()

    def send() -> None:
        with streams.sending(stream, ours):
            writing.set()
            try:
                while True:
                    ours.sendall(b"more" * 10_000)
            except OSError:
                broken.set()

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    assert writing.wait(PATIENCE)
    streams.end()
    thread.join(PATIENCE)
    assert broken.is_set()


def test_a_stream_that_comes_after_the_end_has_none(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    streams, stream = OpenStreams(), EventStream()
    streams.end()
    with streams.sending(stream, pair[0]):
        assert list(stream.chunks()) == []


def test_a_stream_that_is_sent_is_closed(pair: tuple[socket.socket, socket.socket]) -> None:
    streams, stream = OpenStreams(), EventStream()
    with pytest.raises(BrokenPipeError), streams.sending(stream, pair[0]):
        raise BrokenPipeError
    assert list(stream.chunks()) == []
