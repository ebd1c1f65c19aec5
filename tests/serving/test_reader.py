"""SocketReader: lines and pieces of what comes in on a connection."""

import io
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.serving.reader import BODY_BUFFER, SocketReader
from tests.serving.conftest import Wire

KIB = 1024
WIRES = st.lists(st.binary(min_size=1, max_size=20), max_size=8)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, SocketReader]]:
    """A real connection: the end that writes, and a reader of the other one."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, SocketReader(theirs)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that accepts TCP connections."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def reader_of(*pieces: bytes | Exception) -> SocketReader:
    return SocketReader(Wire(pieces))  # type: ignore[arg-type]


def test_lines_are_taken_one_by_one_with_their_ends(
    pair: tuple[socket.socket, SocketReader],
) -> None:
    writer, reader = pair
    writer.sendall(b"one\r\ntwo\n\n")
    assert [reader.readline() for _ in range(3)] == [b"one\r\n", b"two\n", b"\n"]


def test_a_line_may_come_in_pieces() -> None:
    assert reader_of(b"on", b"e\r", b"\ntwo").readline() == b"one\r\n"


def test_the_end_gives_what_is_left_and_then_nothing(
    pair: tuple[socket.socket, SocketReader],
) -> None:
    writer, reader = pair
    writer.sendall(b"rest")
    writer.close()
    assert [reader.readline(), reader.readline(), bytes(reader.piece(9))] == [b"rest", b"", b""]


@pytest.mark.parametrize(
    ("limit", "line"), [(1, b"l"), (5, b"line\r"), (6, b"line\r\n"), (9, b"line\r\n")]
)
def test_a_line_is_taken_up_to_a_limit(limit: int, line: bytes) -> None:
    assert reader_of(b"line\r\nmore").readline(limit) == line


def test_the_rest_of_a_long_line_is_taken_next() -> None:
    reader = reader_of(b"a long line\nmore")
    assert [reader.readline(7), reader.readline(7)] == [b"a long ", b"line\n"]


def test_a_line_may_be_longer_than_the_first_buffer() -> None:
    line = b"x" * (200 * KIB) + b"\n"
    assert reader_of(line).readline(len(line)) == line


def test_a_piece_is_what_is_there_and_no_more() -> None:
    reader = reader_of(b"abc", b"def")
    assert [bytes(reader.piece(99)), bytes(reader.piece(99))] == [b"abc", b"def"]


def test_a_piece_is_not_longer_than_was_asked() -> None:
    reader = reader_of(b"abcdef")
    assert [bytes(reader.piece(2)), bytes(reader.piece(9))] == [b"ab", b"cdef"]


def test_a_piece_after_a_line_begins_where_the_line_ended() -> None:
    reader = reader_of(b"head\r\nbody")
    reader.readline()
    assert bytes(reader.piece(99)) == b"body"


def test_large_bodies_come_in_large_pieces() -> None:
    assert len(reader_of(b"x" * (2 * BODY_BUFFER)).piece(2 * BODY_BUFFER)) == BODY_BUFFER


def test_the_first_byte_is_shown_and_not_taken() -> None:
    reader = reader_of(b"line\n")
    assert (reader.first_byte(), reader.readline()) == (ord("l"), b"line\n")


def test_there_is_no_first_byte_at_the_end() -> None:
    assert reader_of().first_byte() is None


def test_data_is_there_once_it_has_come_in() -> None:
    reader = reader_of(b"one\ntwo\n")
    before = reader.has_data()
    reader.readline()
    assert (before, reader.has_data()) == (False, True)


def test_there_is_no_data_once_all_is_taken() -> None:
    reader = reader_of(b"one\n")
    reader.readline()
    assert not reader.has_data()


def test_a_line_that_comes_in_time_is_heard_and_not_taken(
    pair: tuple[socket.socket, SocketReader],
) -> None:
    writer, reader = pair
    writer.sendall(b"line\n")
    assert (reader.hears(5), reader.readline()) == (True, b"line\n")


def test_what_has_come_in_before_is_heard(pair: tuple[socket.socket, SocketReader]) -> None:
    writer, reader = pair
    writer.sendall(b"one\ntwo\n")
    reader.readline()
    assert reader.hears(5)


def test_silence_is_not_heard_and_patience_is_as_before(
    pair: tuple[socket.socket, SocketReader],
) -> None:
    _, reader = pair
    reader._socket.settimeout(60)
    assert (reader.hears(0.001), reader._socket.gettimeout()) == (False, 60)


def test_the_end_of_a_connection_is_heard(pair: tuple[socket.socket, SocketReader]) -> None:
    writer, reader = pair
    writer.close()
    assert reader.hears(5)


def test_a_connection_that_breaks_off_is_heard(listener: socket.socket) -> None:
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()  # with a reset
    with server:
        assert SocketReader(server).hears(5)


def test_what_is_taken_is_counted() -> None:
    reader = reader_of(b"head\nbody")
    reader.readline()
    reader.piece(2)
    assert reader.bytes_read == len(b"head\nbo")


def test_a_closed_reader_has_nothing() -> None:
    reader = reader_of(b"one\ntwo\n")
    reader.readline()
    reader.close()
    assert not reader.has_data()


def test_a_reader_gives_its_large_buffer_back_and_goes_on() -> None:
    reader = reader_of(b"x" * BODY_BUFFER, b"next\n")
    reader.piece(BODY_BUFFER)
    reader.shrink()
    assert reader.readline() == b"next\n"


def test_what_lies_in_the_buffer_is_kept_when_it_should_shrink() -> None:
    reader = reader_of(b"x" * BODY_BUFFER)
    reader.piece(BODY_BUFFER - 4)
    reader.shrink()
    assert bytes(reader.piece(99)) == b"xxxx"


@settings(deadline=None)
@given(wire=WIRES)
def test_lines_are_the_same_however_they_arrive(wire: list[bytes]) -> None:
    lines = iter(reader_of(*wire).readline, b"")
    assert list(lines) == io.BytesIO(b"".join(wire)).readlines()


@settings(deadline=None)
@given(wire=WIRES, sizes=st.lists(st.integers(1, 30), max_size=20))
def test_lines_and_pieces_lose_and_invent_nothing(wire: list[bytes], sizes: list[int]) -> None:
    reader, taken = reader_of(*wire), b""
    for number, size in enumerate(sizes):
        taken += reader.readline(size) if number % 2 else bytes(reader.piece(size))
    assert (b"".join(wire)[: len(taken)], reader.bytes_read) == (taken, len(taken))
