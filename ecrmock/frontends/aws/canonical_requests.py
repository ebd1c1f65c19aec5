"""The canonical form of a request, which is what its signature is made of. Source: reference iam.md §2.1."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import product
from urllib.parse import quote, unquote_to_bytes

from ecrmock.frontends.http import HttpRequest

_UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_BLANKS = re.compile(r"[ \t]+")
_UNRESERVED = "-_.~"


def canonical_requests(
    request: HttpRequest, signed_headers: Sequence[str], body: bytes
) -> Iterator[bytes]:
    """Yield the canonical forms that a request can have.

    There is more than one: a proxy may have put its own host in place of the client's, and some clients
    sign a query as it is, not as AWS encodes it.
    """
    hosts = {request.host, request.headers.get("x-forwarded-host", request.host)}
    queries = {_canonical_query(request.query), _canonical_query(_encoded(request.query))}
    payload = _payload_hash(request, body)
    for host, query in product(hosts, queries):
        yield _canonical_request(request, signed_headers, host, query, payload)


def _payload_hash(request: HttpRequest, body: bytes) -> str:
    """Return what stands for the body; a header that tells another hash than the body's stands for none."""
    actual = hashlib.sha256(body).hexdigest()
    told = request.headers.get("x-amz-content-sha256", actual)
    return told if told in (actual, _UNSIGNED_PAYLOAD) else ""


def _canonical_request(
    request: HttpRequest, signed_headers: Sequence[str], host: str, query: str, payload: str
) -> bytes:
    headers = {**request.headers, "host": host}
    names = sorted(signed_headers)
    lines = (f"{name}:{_BLANKS.sub(' ', headers.get(name, '')).strip(' ')}\n" for name in names)
    parts = (
        request.method,
        _canonical_path(request.path),
        query,
        "".join(lines),
        ";".join(names),
        payload,
    )
    return _bytes("\n".join(parts))


def _canonical_path(path: str) -> str:
    """Return a path without dots and double slashes, encoded once more than it was sent."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    end = "/" if segments and path.endswith("/") else ""
    return quote(_bytes(f"/{'/'.join(segments)}{end}"), safe=f"/{_UNRESERVED}")


def _canonical_query(query: str) -> str:
    """Return the pairs of a query in order, without the signature that it may have itself."""
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&") if pair)
    return "&".join(f"{name}={value}" for name, value in pairs if name != "X-Amz-Signature")


def _encoded(query: str) -> str:
    """Return a query encoded as AWS says, however its sender did it; a plus sign is a blank."""
    decoded = (
        [unquote_to_bytes(_bytes(part.replace("+", " "))) for part in pair.partition("=")[::2]]
        for pair in query.split("&")
        if pair
    )
    pairs = ((quote(part, safe=_UNRESERVED) for part in pair) for pair in decoded)
    return "&".join(map("=".join, pairs))


def _bytes(text: str) -> bytes:
    """Return the bytes that were on the wire."""
    return text.encode("latin-1", "backslashreplace")
