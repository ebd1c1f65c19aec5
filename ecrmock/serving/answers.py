"""Answers on a connection: the head of a response as bytes, and its body in pieces.

Layers go out from a mapping of their file and streams as they are made, so none is ever held in the server's
own memory.
"""

import socket
from collections.abc import Mapping
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import perf_counter
from types import MappingProxyType

from ecrmock.frontends.http import FileRange, HttpResponse, StreamBody
from ecrmock.serving.streams import OpenStreams

_WITHOUT_LENGTH = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_REASONS: Mapping[int, str] = MappingProxyType(
    {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
)


def head_of(response: HttpResponse, *, closes: bool, is_http_1_0: bool) -> bytes:
    """Return status line and fields; 204 and 304 have no length (RFC 9110 section 8.6)."""
    lines = [f"HTTP/1.1 {_REASONS.get(response.status, response.status)}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    length = response.content_length
    if length is not None and response.status not in _WITHOUT_LENGTH:
        lines.append(f"Content-Length: {length}")
    lines.append(_date(int(perf_counter())))
    if closes:
        lines.append("Connection: close")
    elif is_http_1_0:
        lines.append("Connection: Keep-Alive")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


@lru_cache(maxsize=1)
def _date(_second: int) -> str:
    """Return the field Date, made once a second."""
    return f"Date: {formatdate(usegmt=True)}"


def send(connection: socket.socket, head: bytes, body: bytes | FileRange) -> None:
    """Send an answer. Raises: OSError when the client is not there any more, or takes nothing."""
    if isinstance(body, bytes):
        connection.sendall(head + body)
        return
    try:
        connection.sendall(head)
        for piece in body.file.chunks(body.start, body.stop):
            connection.sendall(piece)
    finally:
        body.file.close()


def send_stream(
    connection: socket.socket,
    streams: OpenStreams,
    response: HttpResponse,
    body: StreamBody,
    *,
    is_http_1_0: bool,
) -> None:
    """Send a stream until it ends; clients of HTTP/1.0 see its end by that of the connection."""
    if not is_http_1_0:
        response.headers["Transfer-Encoding"] = "chunked"
    head = head_of(response, closes=True, is_http_1_0=is_http_1_0)
    with suppress(OSError), streams.sending(body.stream, connection):  # most clients just leave
        connection.sendall(head)
        for chunk in body.stream.chunks():
            framed = b"%x\r\n%b\r\n" % (len(chunk), chunk)
            connection.sendall(chunk if is_http_1_0 else framed)
        if not is_http_1_0:
            connection.sendall(b"0\r\n\r\n")


def cut(body: bytes | FileRange, length: int) -> tuple[bytes | FileRange, bool]:
    """Return a body whose whole length was told, but shortened, and whether anything is missing now."""
    if isinstance(body, bytes):
        return body[:length], length < len(body)
    stop = min(body.stop, body.start + length)
    return FileRange(body.file, body.start, stop), stop < body.stop
