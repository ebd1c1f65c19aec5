"""Heads of requests: their fields, and what these say of the body and of the connection.

Two readings of one head are how a request is smuggled past a proxy, and what stands in ``Host`` comes back in
addresses; so whatever RFC 9112 (sections 2.2, 5 and 6) wants refused is refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\0\r\n]*)\r\n")
_END = b"\r\n"
_ONCE = frozenset({b"Host", b"Content-Length"})
# Lists, whose lines are joined (RFC 9110 section 5.3); of other fields the last line holds.
_LISTS = frozenset({b"Accept", b"Connection", b"Expect", b"If-None-Match", b"Transfer-Encoding"})
_LONGEST_LENGTH = 18  # digits of a Content-Length


class HeadError(Exception):
    """A head that cannot be read, with the status line that says so; the connection cannot be used further."""

    def __init__(self, reason: str, status: str = "400 Bad Request") -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How long the body is (None: in chunks), and what becomes of the connection.

    ``waits`` says that the client sends the body only when it is told to go on.
    """

    length: int | None
    closes: bool
    waits: bool


def read_fields(readline: Callable[[], bytes], fields: dict[bytes, bytes]) -> None:
    """Add the fields up to the empty line, with names In-This-Case. Raises: HeadError."""
    while (line := readline()) != _END:
        match = _FIELD.fullmatch(line)
        if match is None:
            raise HeadError("a line of the head is no header field")
        name, value = match[1].title(), match[2].rstrip(b" \t")
        if name in fields:
            value = _joined(name, fields[name], value)
        fields[name] = value


def _joined(name: bytes, before: bytes, value: bytes) -> bytes:
    if name in _ONCE and before != value:
        raise HeadError(f"{name.decode()} stands twice in the head")
    return b", ".join((before, value)) if name in _LISTS else value


def read_framing(fields: Mapping[bytes, bytes], *, is_http_1_0: bool) -> Framing:
    """Return how a request's body comes. Raises: HeadError. Source: RFC 9112 sections 6.1, 6.3 and 9.3."""
    options = _list(fields, b"Connection")
    closes = b"keep-alive" not in options if is_http_1_0 else b"close" in options
    waits = b"100-continue" in _list(fields, b"Expect") and not is_http_1_0
    length = _read_length(fields.get(b"Content-Length", b"0"))
    encodings = _list(fields, b"Transfer-Encoding")
    if not encodings:
        return Framing(length=length, closes=closes, waits=waits and length > 0)
    if is_http_1_0:  # which has no encodings
        return Framing(length=length, closes=True, waits=False)
    if any(encoding != b"chunked" for encoding in encodings):
        raise HeadError("the body may only be encoded in chunks", "501 Not Implemented")
    return Framing(length=None, closes=closes or b"Content-Length" in fields, waits=waits)


def _read_length(text: bytes) -> int:
    if not text.isdigit() or len(text) > _LONGEST_LENGTH:
        raise HeadError("Content-Length is not a number")
    return int(text)


def _list(fields: Mapping[bytes, bytes], name: bytes) -> list[bytes]:
    value = fields.get(name)
    if value is None:
        return []
    return [stripped for item in value.lower().split(b",") if (stripped := item.strip())]
