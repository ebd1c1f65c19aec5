"""Heads of requests. Source: RFC 9112 sections 2.2, 3, 5, 6 and 9.3."""

from collections.abc import Mapping

import pytest

from ecrmock.serving.heads import (
    HEAD_LIMIT,
    Framing,
    Head,
    HeadError,
    read_fields,
    read_framing,
    read_head,
)
from ecrmock.serving.reader import SocketReader
from tests.serving.conftest import Connection, Peer, Wire


def head_of(*pieces: bytes | Exception) -> Head:
    """Return the head that arrives in these pieces."""
    return read_head(SocketReader(Wire(pieces)))  # type: ignore[arg-type]


def target_of(target: str, method: str = "GET") -> tuple[str, str, str]:
    """Return host, path and query of a request with such a target and ``Host: here``."""
    head = head_of(f"{method} {target} HTTP/1.1\r\nHost: here\r\n\r\n".encode("latin-1"))
    return head.fields["host"], head.path, head.query


def framing_of(*lines: str, is_http_1_0: bool = False) -> Framing:
    return read_framing(read_fields(lines), is_http_1_0=is_http_1_0)


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        (["host: a"], {"host": "a"}),
        (["X-Amz-Target:\t a b \t"], {"x-amz-target": "a b"}),
        (["Sizes:"], {"sizes": ""}),
        (["X: \xff"], {"x": "\xff"}),
        (["Accept: a", "accept: b"], {"accept": "a, b"}),
        (["Range: a", "Range: b"], {"range": "b"}),
        (["Content-Length: 1", "Content-Length: 1"], {"content-length": "1"}),
    ],
)
def test_fields_are_read(lines: list[str], fields: Mapping[str, str]) -> None:
    assert read_fields(lines) == fields


@pytest.mark.parametrize(
    "lines",
    [
        [" Host: folded"],
        ["X: a", " folded"],
        ["no colon"],
        [": no name"],
        ["Host : a"],
        ["Host: a\rX: b"],
        ["X: \0"],
        ["\xff: a"],
        ["Content-Length: 1", "Content-Length: 2"],
        ["Host: a", "Host: b"],
    ],
)
def test_what_proxies_may_read_otherwise_is_refused(lines: list[str]) -> None:
    with pytest.raises(HeadError):
        read_fields(lines)


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        ([], 0),
        (["Content-Length: 5"], 5),
        (["Transfer-Encoding: chunked"], None),
        (["Transfer-Encoding: Chunked", "Content-Length: 5"], None),
    ],
)
def test_the_framing_says_how_long_the_body_is(lines: list[str], length: int | None) -> None:
    assert framing_of(*lines).length == length


@pytest.mark.parametrize(
    ("lines", "is_http_1_0", "closes"),
    [
        ([], False, False),
        ([], True, True),
        (["Connection: Close"], False, True),
        (["Connection: x, close"], False, True),
        (["Connection: keep-alive"], True, False),
        (["Connection: keep-alive", "Transfer-Encoding: chunked"], True, True),
        (["Content-Length: 5", "Transfer-Encoding: chunked"], False, True),
    ],
)
def test_the_framing_says_whether_the_connection_ends(
    lines: list[str], is_http_1_0: bool, closes: bool
) -> None:
    assert framing_of(*lines, is_http_1_0=is_http_1_0).closes is closes


@pytest.mark.parametrize(
    ("lines", "is_http_1_0", "waits"),
    [
        (["Expect: 100-continue", "Content-Length: 5"], False, True),
        (["Expect: 100-Continue", "Transfer-Encoding: chunked"], False, True),
        (["Expect: 100-continue"], False, False),
        (["Expect: 100-continue", "Content-Length: 5"], True, False),
        (["Content-Length: 5"], False, False),
    ],
)
def test_the_framing_says_whether_the_client_waits(
    lines: list[str], is_http_1_0: bool, waits: bool
) -> None:
    assert framing_of(*lines, is_http_1_0=is_http_1_0).waits is waits


@pytest.mark.parametrize("length", ["", "-1", "+5", "1_0", "5, 5", "\xb2", "9" * 30])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(HeadError):
        framing_of("Content-Length: " + length)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v2/?n=1", ("here", "/v2/", "n=1")),
        ("/a%2fb", ("here", "/a%2fb", "")),
        ("//a", ("here", "//a", "")),
        ("/?", ("here", "/", "")),
        ("/\xe9?a?b", ("here", "/\xe9", "a?b")),
        ("http://there/v2/?n=1", ("there", "/v2/", "n=1")),
        ("HTTPS://there:443?n=1", ("there:443", "/", "n=1")),
        ("http://[::1]:80/v2/", ("[::1]:80", "/v2/", "")),
    ],
)
def test_a_target_has_path_and_query_and_may_name_its_host(
    target: str, expected: tuple[str, str, str]
) -> None:
    """Source: RFC 9112 section 3.2."""
    assert target_of(target) == expected


def test_a_star_is_the_target_of_options_alone() -> None:
    with pytest.raises(HeadError):
        target_of("*")
    assert target_of("*", "OPTIONS") == ("here", "*", "")


@pytest.mark.parametrize(
    "target",
    [
        *("nothing", "there:443", "ftp://there/", "http://", "http:///v2/", "http://[x]/"),
        *("http://u@there/", "/v2/#a", "/\x7f", "/\0"),
    ],
)
def test_other_targets_are_refused(target: str) -> None:
    with pytest.raises(HeadError):
        target_of(target)


@pytest.mark.parametrize(
    "pieces",
    [
        [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
        [b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"],
        [b"GET / HTTP/1.1\r\nHost: a\r", b"\n\r", b"\n"],
        [bytes([byte]) for byte in b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ],
)
def test_a_head_may_come_in_pieces_and_after_an_empty_line(pieces: list[bytes]) -> None:
    """Source: RFC 9112 section 2.2."""
    head = head_of(*pieces)
    assert (head.method, head.path, head.fields) == ("GET", "/", {"host": "a"})


@pytest.mark.parametrize(
    ("version", "is_http_1_0"), [("HTTP/1.0", True), ("HTTP/1.1", False), ("HTTP/1.2", False)]
)
def test_a_later_revision_is_read_as_1_1(version: str, is_http_1_0: bool) -> None:
    """Source: RFC 9110 section 2.5."""
    assert head_of(f"GET / {version}\r\nHost: a\r\n\r\n".encode()).is_http_1_0 is is_http_1_0


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"GET / HTTP/0.9\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\n\r\n", 400),  # without Host
        (b"GET /", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", 400),
        (b"GET / HTTP/1.1\nHost: a\n\n", 400),
        (b"\r\n\r\n", 400),
        (b"GET /" + b"x" * HEAD_LIMIT, 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * HEAD_LIMIT, 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * HEAD_LIMIT + b"\r\n\r\n", 413),
    ],
)
def test_the_status_says_what_is_wrong_with_a_head(head: bytes, status: int) -> None:
    with pytest.raises(HeadError) as caught:
        head_of(head)
    assert caught.value.status == status


def test_a_first_line_that_ends_in_lf_alone_is_refused_at_once() -> None:
    """The end of such a head would be waited for in vain."""
    with pytest.raises(HeadError):
        head_of(b"GET / HTTP/1.0\n\n", TimeoutError())


def test_what_follows_a_head_is_left() -> None:
    reader = SocketReader(Wire([b"GET / HTTP/1.0\r\n\r\nbody"]))  # type: ignore[arg-type]
    read_head(reader)
    assert bytes(reader.piece(99)) == b"body"


@pytest.mark.parametrize(
    "lines",
    [
        ["GET http://[x]/ HTTP/1.1"],
        ["GET /v2/ HTTP/1.1", " X: folded"],
        ["GET /v2/ HTTP/1.1", "Host: other"],
        ["GET /v2/ HTTP/1.1", "X: a\rb"],
    ],
)
def test_a_head_that_nobody_may_read_is_400(peer: Peer, lines: list[str]) -> None:
    connection: Connection = peer.connect().send(*lines)
    assert (connection.answer().status, connection.is_closed()) == (400, True)
