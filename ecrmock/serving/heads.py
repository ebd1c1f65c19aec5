"""Heads of requests: request line and fields, and what these say of the body and of the connection.

A head is taken as a whole, once its end is there. Two readings of one head are how a request is smuggled past
a proxy, and what stands in ``Host`` comes back in addresses; so whatever RFC 9112 (sections 2.2, 3, 5 and 6)
wants refused is refused.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ecrmock.serving.reader import SocketReader

HEAD_LIMIT = 64 * 1024  # bytes; an authorization token alone has about 2 KiB
_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Z-]+) ([^\0-\x20\x7f#]+) HTTP/([0-9])\.([0-9])")
_ABSOLUTE_FORM = re.compile(
    r"https?://((?:\[[0-9A-Fa-f:.]+\]|[^/?@:\[\]]+)(?::[0-9]*)?)((?:[/?].*)?)", re.IGNORECASE
)
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\0\r\n]*)")
_ONCE = frozenset({"host", "content-length"})
# Lists, whose lines are joined (RFC 9110 section 5.3); of other fields the last line holds.
_LISTS = frozenset({"accept", "connection", "expect", "if-none-match", "transfer-encoding"})
_LONGEST_LENGTH = 18  # digits of a Content-Length


class HeadError(Exception):
    """A head that cannot be read, with the status that says so; the connection cannot be used further."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


class Framing(NamedTuple):
    """How long the body is (None: in chunks), and what becomes of the connection.

    ``waits`` says that the client sends the body only when it is told to go on.
    """

    length: int | None
    closes: bool
    waits: bool


class Head(NamedTuple):
    """A request without its body. The path is as it was sent; names of fields are in lower case."""

    method: str
    path: str
    query: str
    fields: Mapping[str, str]
    is_http_1_0: bool
    framing: Framing


def read_head(reader: SocketReader) -> Head:
    """Take the head of the next request. Raises: HeadError, OSError. Source: RFC 9112 sections 2 to 5."""
    taken = reader.head(HEAD_LIMIT).removeprefix(b"\r\n")
    if not taken.endswith(b"\r\n\r\n"):
        raise _unfinished(taken)
    line, *lines = taken[:-4].decode("latin-1").split("\r\n")
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HeadError("the first line is no request line of HTTP")
    method, target, version, revision = match.groups()
    if version != "1":
        raise HeadError("this server speaks HTTP/1.1", 505)
    fields = read_fields(lines)
    path, _, query = _read_target(method, target, fields).partition("?")
    is_http_1_0 = revision == "0"
    if not is_http_1_0 and "host" not in fields:
        raise HeadError("the field Host is missing")
    framing = read_framing(fields, is_http_1_0=is_http_1_0)
    return Head(method, path, query, fields, is_http_1_0, framing)


def _unfinished(taken: bytes) -> HeadError:
    """Return why a head has no end."""
    line, end, _ = taken.partition(b"\n")
    if len(taken) >= HEAD_LIMIT and not end:
        return HeadError(f"the request line is longer than {HEAD_LIMIT} bytes", 414)
    if len(taken) >= HEAD_LIMIT:
        return HeadError(f"the head is longer than {HEAD_LIMIT} bytes", 413)
    if end and not line.endswith(b"\r"):
        return HeadError("lines of the head end in CR and LF")
    return HeadError("the connection ended within the head")


def _read_target(method: str, target: str, fields: dict[str, str]) -> str:
    """Return path and query; a target that names its host does so in place of the field (section 3.2.2)."""
    if target.startswith("/") or (target, method) == ("*", "OPTIONS"):
        return target
    absolute = _ABSOLUTE_FORM.fullmatch(target)
    if absolute is None:
        raise HeadError("the target of a request is a path, or an address with http or https")
    fields["host"] = absolute[1]
    return absolute[2] if absolute[2].startswith("/") else f"/{absolute[2]}"


def read_fields(lines: Iterable[str]) -> dict[str, str]:
    """Return the fields that lines without their ends have, by names in lower case. Raises: HeadError."""
    fields: dict[str, str] = {}
    for line in lines:
        match = _FIELD.fullmatch(line)
        if match is None:
            raise HeadError("a line of the head is no header field")
        name, value = match[1].lower(), match[2].rstrip(" \t")
        if name in fields:
            value = _joined(name, fields[name], value)
        fields[name] = value
    return fields


def _joined(name: str, before: str, value: str) -> str:
    if name in _ONCE and before != value:
        raise HeadError(f"{name.title()} stands twice in the head")
    return f"{before}, {value}" if name in _LISTS else value


def read_framing(fields: Mapping[str, str], *, is_http_1_0: bool) -> Framing:
    """Return how a request's body comes. Raises: HeadError. Source: RFC 9112 sections 6.1, 6.3 and 9.3."""
    options = _list(fields, "connection")
    closes = "keep-alive" not in options if is_http_1_0 else "close" in options
    waits = "100-continue" in _list(fields, "expect") and not is_http_1_0
    length = _read_length(fields.get("content-length", "0"))
    encodings = _list(fields, "transfer-encoding")
    if not encodings:
        return Framing(length, closes, waits and length > 0)
    if is_http_1_0:  # which has no encodings
        return Framing(length, closes=True, waits=False)
    if any(encoding != "chunked" for encoding in encodings):
        raise HeadError("the body may only be encoded in chunks", 501)
    return Framing(None, closes or "content-length" in fields, waits)


def _read_length(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_LENGTH:
        raise HeadError("Content-Length is not a number")
    return int(text)


def _list(fields: Mapping[str, str], name: str) -> Sequence[str]:
    value = fields.get(name)
    if value is None:
        return ()
    return [stripped for item in value.lower().split(",") if (stripped := item.strip())]
