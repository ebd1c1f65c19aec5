"""HttpRequest: what a door reads of a request."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.frontends.http import BodyError, BytesBody, HttpRequest


class StreamBody:
    """A body whose length is not known, in pieces; what was taken of them is counted."""

    length = None

    def __init__(self, *pieces: bytes) -> None:
        self._pieces, self.taken = pieces, 0

    def chunks(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.taken += 1
            yield piece


class BrokenBody:
    """A body that breaks off."""

    length = None

    def chunks(self) -> Iterator[bytes]:
        yield b"begun"
        raise BodyError("it ended")


def with_body(body: bytes | StreamBody | BrokenBody) -> HttpRequest:
    given = BytesBody(body) if isinstance(body, bytes) else body
    return HttpRequest(method="POST", path="/", body=given)


def test_a_request_without_a_host_has_an_empty_one() -> None:
    assert HttpRequest(method="GET", path="/").host == ""


def test_the_host_has_its_port() -> None:
    request = HttpRequest(method="GET", path="/", headers={"host": "localhost:5327"})
    assert request.host == "localhost:5327"


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", {}),
        ("n=5&last=a", {"n": "5", "last": "a"}),
        ("digest=sha256%3A0", {"digest": "sha256:0"}),
        ("n", {"n": ""}),
        ("n=", {"n": ""}),
        ("n=1&n=2", {"n": "2"}),
        ("a=b+c%20d", {"a": "b c d"}),
        ("a=b=c", {"a": "b=c"}),
        ("&&", {}),
    ],
)
def test_a_query_is_read(query: str, parameters: dict[str, str]) -> None:
    request = HttpRequest(method="GET", path="/", query=query)
    assert request.query_parameters() == parameters


def test_a_body_without_bytes_has_no_pieces() -> None:
    assert list(BytesBody().chunks()) == []


def test_a_body_that_is_here_knows_its_length() -> None:
    assert BytesBody(b"body").length == 4


@given(pieces=st.lists(st.binary(max_size=4), max_size=4), limit=st.integers(0, 16))
def test_a_body_is_read_whole_or_not_at_all(pieces: list[bytes], limit: int) -> None:
    whole = b"".join(pieces)
    expected = whole if len(whole) <= limit else None
    bodies = (whole, StreamBody(*pieces))
    assert [with_body(body).read(limit) for body in bodies] == [expected, expected]


def test_a_body_that_is_too_long_is_not_read_to_its_end() -> None:
    body = StreamBody(b"123", b"456", b"789")
    with_body(body).read(5)
    assert body.taken == 2


def test_a_body_that_breaks_off_is_an_error() -> None:
    with pytest.raises(BodyError):
        with_body(BrokenBody()).read(100)


def test_a_body_error_is_the_fault_of_the_client() -> None:
    assert BodyError("it ended").status == 400
