"""Bodies of requests: with a length, or in chunks. Source: RFC 9112 sections 6 and 7.1."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.frontends.http import BodyError
from ecrmock.serving.bodies import ChunkedBody, IncomingBody, SizedBody, drain
from ecrmock.serving.reader import BODY_BUFFER, SocketReader
from tests.serving.conftest import Wire

CHUNKS = st.lists(st.binary(min_size=1, max_size=30), max_size=6)
CUTS = st.lists(st.integers(0, 300), max_size=10)


def reader_of(*pieces: bytes | Exception) -> SocketReader:
    return SocketReader(Wire(pieces))  # type: ignore[arg-type]


def sized(length: int, *pieces: bytes | Exception) -> SizedBody:
    return SizedBody(reader_of(*pieces), length)


def chunked(*pieces: bytes | Exception) -> ChunkedBody:
    return ChunkedBody(reader_of(*pieces))


def content_of(body: IncomingBody) -> bytes:
    return b"".join(bytes(piece) for piece in body.chunks())


def encoded(chunks: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """Return chunks as they go over the wire, with their end."""
    parts = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    return b"".join(parts) + b"0\r\n" + trailer + b"\r\n"


def split(wire: bytes, cuts: list[int]) -> list[bytes]:
    """Return some bytes in pieces, cut at these places."""
    places = [0, *sorted(cut for cut in cuts if cut < len(wire)), len(wire)]
    return [wire[a:b] for a, b in pairwise(places) if a < b]


def test_a_sized_body_has_its_length() -> None:
    assert sized(5, b"hello").length == 5


def test_a_chunked_body_has_no_length() -> None:
    assert chunked().length is None


def test_a_body_of_no_length_takes_nothing() -> None:
    assert content_of(sized(0, b"next")) == b""


def test_a_sized_body_leaves_what_follows() -> None:
    reader = reader_of(b"helloGET /\r\n")
    content_of(SizedBody(reader, 5))
    assert reader.readline() == b"GET /\r\n"


def test_a_chunked_body_leaves_what_follows() -> None:
    reader = reader_of(encoded([b"hello"]) + b"GET /\r\n")
    content_of(ChunkedBody(reader))
    assert reader.readline() == b"GET /\r\n"


@pytest.mark.parametrize("received", [b"", b"hell"])
def test_a_sized_body_that_ends_early_is_an_error(received: bytes) -> None:
    with pytest.raises(BodyError) as caught:
        content_of(sized(5, received) if received else sized(5))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "body",
    [
        sized(5, b"he", TimeoutError()),
        chunked(b"5\r\nhe", TimeoutError()),
        chunked(b"5", TimeoutError()),
        chunked(b"0\r\n", TimeoutError()),
    ],
    ids=["sized", "in a chunk", "in a size", "in the trailer"],
)
def test_a_body_that_stops_coming_is_told_so(body: IncomingBody) -> None:
    with pytest.raises(BodyError) as caught:
        content_of(body)
    assert caught.value.status == 408


@pytest.mark.parametrize(
    "body",
    [
        sized(5, b"he", ConnectionResetError()),
        chunked(b"5\r\nhe", ConnectionResetError()),
        chunked(b"5", ConnectionResetError()),
    ],
)
def test_a_client_that_resets_the_connection_has_ended_the_body(body: IncomingBody) -> None:
    """It is no failure to keep what it sent."""
    with pytest.raises(BodyError, match="the connection ended within the body"):
        content_of(body)


def test_pieces_have_at_most_one_mebibyte() -> None:
    content = b"x" * (3 * BODY_BUFFER + 5)
    sizes = [len(piece) for piece in sized(len(content), content).chunks()]
    assert (sum(sizes), max(sizes)) == (len(content), BODY_BUFFER)


def test_tiny_chunks_are_joined() -> None:
    pieces = [bytes(piece) for piece in chunked(encoded([b"x"] * 1000)).chunks()]
    assert pieces == [b"x" * 1000]


def test_large_chunks_are_cut_into_pieces_of_one_mebibyte() -> None:
    content = b"x" * (2 * BODY_BUFFER + 5)
    sizes = [len(piece) for piece in chunked(encoded([content])).chunks()]
    assert sizes == [BODY_BUFFER, BODY_BUFFER, 5]


@pytest.mark.parametrize(
    "head",
    [b"a", b"A", b"0a", b"00000000000000a", b"a;name=value", b'a ; name="v;w"', b"a;", b"a "],
)
def test_a_chunk_may_be_announced_in_several_forms(head: bytes) -> None:
    """Extensions are passed over. Source: RFC 9112 section 7.1.1."""
    assert content_of(chunked(head + b"\r\n0123456789\r\n0\r\n\r\n")) == b"0123456789"


@pytest.mark.parametrize("trailer", [b"A: b\r\n", b"A: b\r\nC: d\r\n", b"A: b\r\n" * 99])
def test_a_trailer_is_passed_over(trailer: bytes) -> None:
    assert content_of(chunked(encoded([b"hello"], trailer))) == b"hello"


@pytest.mark.parametrize(
    "size",
    [b"", b" ", b";x", b"g", b"-5", b"+5", b"0x5", b"5_0", b"5.0", b"5 5", b"\xd9\xa5", b"5" * 16],
)
def test_a_chunk_needs_a_size(size: bytes) -> None:
    with pytest.raises(BodyError):
        content_of(chunked(size + b"\r\nhello\r\n0\r\n\r\n"))


@pytest.mark.parametrize(
    "wire", [b"5\r\nhello!\r\n", b"5\r\nhello0\r\n\r\n", b"5\r\nhell\r\n0\r\n\r\n"]
)
def test_a_chunk_is_as_long_as_it_says(wire: bytes) -> None:
    with pytest.raises(BodyError):
        content_of(chunked(wire))


@pytest.mark.parametrize(
    "wire",
    [
        b"5;" + b"x" * 10_000 + b"\r\nhello\r\n0\r\n\r\n",
        encoded([b"hello"], b"A: " + b"x" * 10_000 + b"\r\n"),
        encoded([b"hello"], b"A: b\r\n" * 101),
    ],
    ids=["extension", "trailer line", "trailer lines"],
)
def test_lines_of_the_encoding_have_a_limit(wire: bytes) -> None:
    with pytest.raises(BodyError):
        content_of(chunked(wire))


@settings(deadline=None)
@given(chunks=CHUNKS, cuts=CUTS)
def test_chunks_make_the_same_body_however_they_arrive(
    chunks: list[bytes], cuts: list[int]
) -> None:
    body = chunked(*split(encoded(chunks, b"A: b\r\n"), cuts))
    assert content_of(body) == b"".join(chunks)


@settings(deadline=None)
@given(content=st.binary(max_size=300), cuts=CUTS)
def test_a_sized_body_is_the_same_however_it_arrives(content: bytes, cuts: list[int]) -> None:
    assert content_of(sized(len(content), *split(content, cuts))) == content


@settings(deadline=None)
@given(chunks=CHUNKS, kept=st.integers(0, 300))
def test_a_chunked_body_that_ends_early_is_an_error(chunks: list[bytes], kept: int) -> None:
    wire = encoded(chunks)
    with pytest.raises(BodyError):
        content_of(chunked(*split(wire[: min(kept, len(wire) - 1)], [])))


@settings(deadline=None)
@given(wire=st.binary(max_size=60))
def test_any_bytes_are_a_body_or_an_error(wire: bytes) -> None:
    try:
        content = content_of(chunked(*split(wire, [])))
    except BodyError:
        return
    assert content in wire or len(content) < len(wire)


def test_what_a_handler_left_is_there_for_the_next_one() -> None:
    body = sized(2 * BODY_BUFFER, b"x" * 2 * BODY_BUFFER)
    next(iter(body.chunks()))
    assert len(content_of(body)) == BODY_BUFFER


@pytest.mark.parametrize("limit", [5, 6, 1000])
@pytest.mark.parametrize("form", ["sized", "chunked"])
def test_a_body_within_the_limit_is_drained(form: str, limit: int) -> None:
    body = sized(5, b"hello") if form == "sized" else chunked(encoded([b"he", b"llo"]))
    assert drain(body, limit)


@pytest.mark.parametrize("limit", [0, 4])
@pytest.mark.parametrize("form", ["sized", "chunked"])
def test_a_body_over_the_limit_is_not_drained(form: str, limit: int) -> None:
    body = sized(5, b"hello") if form == "sized" else chunked(encoded([b"he", b"llo"]))
    assert not drain(body, limit)


def test_a_body_that_was_read_is_drained_already() -> None:
    body = sized(5, b"hello")
    content_of(body)
    assert drain(body, 0)


def test_a_body_that_breaks_off_cannot_be_drained() -> None:
    with pytest.raises(BodyError):
        drain(sized(5, b"he"), 1000)
