"""Heads of requests. Source: RFC 9112 sections 2.2, 5, 6 and 9.3."""

from collections.abc import Mapping

import pytest

from ecrmock.serving.heads import Framing, HeadError, read_fields, read_framing
from tests.serving.conftest import Connection, Peer


def fields_of(*lines: bytes) -> dict[bytes, bytes]:
    """Return the fields of a head of these lines, and of the one that ends it."""
    fields: dict[bytes, bytes] = {}
    read_fields(iter([*(line + b"\r\n" for line in lines), b"\r\n"]).__next__, fields)
    return fields


def framing_of(*lines: bytes, is_http_1_0: bool = False) -> Framing:
    return read_framing(fields_of(*lines), is_http_1_0=is_http_1_0)


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        ([b"host: a"], {b"Host": b"a"}),
        ([b"X-Amz-Target:\t a b \t"], {b"X-Amz-Target": b"a b"}),
        ([b"Sizes:"], {b"Sizes": b""}),
        ([b"X: \xff"], {b"X": b"\xff"}),
        ([b"Accept: a", b"accept: b"], {b"Accept": b"a, b"}),
        ([b"Range: a", b"Range: b"], {b"Range": b"b"}),
        ([b"Content-Length: 1", b"Content-Length: 1"], {b"Content-Length": b"1"}),
    ],
)
def test_fields_are_read(lines: list[bytes], fields: Mapping[bytes, bytes]) -> None:
    assert fields_of(*lines) == fields


@pytest.mark.parametrize(
    "lines",
    [
        [b" Host: folded"],
        [b"X: a", b" folded"],
        [b"no colon"],
        [b": no name"],
        [b"Host : a"],
        [b"Host: a\rX: b"],
        [b"X: \0"],
        [b"\xff: a"],
        [b"Content-Length: 1", b"Content-Length: 2"],
        [b"Host: a", b"Host: b"],
    ],
)
def test_what_proxies_may_read_otherwise_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(HeadError):
        fields_of(*lines)


@pytest.mark.parametrize("line", [b"", b"Host: a", b"Host: a\n"])
def test_a_head_that_breaks_off_is_refused(line: bytes) -> None:
    with pytest.raises(HeadError):
        read_fields(lambda: line, {})


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        ([], 0),
        ([b"Content-Length: 5"], 5),
        ([b"Transfer-Encoding: chunked"], None),
        ([b"Transfer-Encoding: Chunked", b"Content-Length: 5"], None),
    ],
)
def test_the_framing_says_how_long_the_body_is(lines: list[bytes], length: int | None) -> None:
    assert framing_of(*lines).length == length


@pytest.mark.parametrize(
    ("lines", "is_http_1_0", "closes"),
    [
        ([], False, False),
        ([], True, True),
        ([b"Connection: Close"], False, True),
        ([b"Connection: x, close"], False, True),
        ([b"Connection: keep-alive"], True, False),
        ([b"Connection: keep-alive", b"Transfer-Encoding: chunked"], True, True),
        ([b"Content-Length: 5", b"Transfer-Encoding: chunked"], False, True),
    ],
)
def test_the_framing_says_whether_the_connection_ends(
    lines: list[bytes], is_http_1_0: bool, closes: bool
) -> None:
    assert framing_of(*lines, is_http_1_0=is_http_1_0).closes is closes


@pytest.mark.parametrize(
    ("lines", "is_http_1_0", "waits"),
    [
        ([b"Expect: 100-continue", b"Content-Length: 5"], False, True),
        ([b"Expect: 100-Continue", b"Transfer-Encoding: chunked"], False, True),
        ([b"Expect: 100-continue"], False, False),
        ([b"Expect: 100-continue", b"Content-Length: 5"], True, False),
        ([b"Content-Length: 5"], False, False),
    ],
)
def test_the_framing_says_whether_the_client_waits(
    lines: list[bytes], is_http_1_0: bool, waits: bool
) -> None:
    assert framing_of(*lines, is_http_1_0=is_http_1_0).waits is waits


@pytest.mark.parametrize("length", [b"", b"-1", b"+5", b"1_0", b"5, 5", b"\xb2", b"9" * 30])
def test_a_length_that_is_no_number_is_refused(length: bytes) -> None:
    with pytest.raises(HeadError):
        framing_of(b"Content-Length: " + length)


@pytest.mark.parametrize(
    "lines",
    [
        ["GET //[ HTTP/1.1"],
        ["GET http://[x]/ HTTP/1.1"],
        ["GET /v2/ HTTP/1.1", " X: folded"],
        ["GET /v2/ HTTP/1.1", "Host: other"],
        ["GET /v2/ HTTP/1.1", "X: a\rb"],
    ],
)
def test_a_head_that_nobody_may_read_is_400(peer: Peer, lines: list[str]) -> None:
    connection: Connection = peer.connect().send(*lines)
    assert (connection.answer().status, connection.is_closed()) == (400, True)
