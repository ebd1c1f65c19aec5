"""The gateway: between cheroot, which accepts connections and reads request lines, and the doors.

cheroot calls ``respond`` for each request in one of its threads. Bodies come in as pieces of the reader's
buffer, and layers go out from a mapping of their file, so none is ever held in the server's own memory.
"""

import errno
import logging
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http import HTTPStatus
from time import perf_counter
from types import MappingProxyType
from typing import Any

from cheroot.server import Gateway, HTTPConnection, HTTPRequest

from ecrmock.frontends.http import (
    BodyError,
    FileRange,
    HttpRequest,
    HttpResponse,
    Stream,
    StreamBody,
)
from ecrmock.frontends.mount import Doors
from ecrmock.serving.bodies import ChunkedBody, IncomingBody, SizedBody, drain
from ecrmock.serving.heads import Framing, HeadError, read_fields, read_framing
from ecrmock.serving.reader import SocketReader
from ecrmock.serving.streams import OpenStreams

_log = logging.getLogger("ecrmock.requests")
_DRAIN_LIMIT = 1024 * 1024  # of a refused body; what is longer costs its sender the connection
_LINGER_SECONDS = 2  # for the sender of a refused body to read the answer
_TLS_HELLO = 0x16
_NOT_TLS = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThis port speaks TLS, not plain HTTP.\n"
)
_WITHOUT_LENGTH = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
PAUSE_SECONDS = 0.002  # between two requests, for which a thread stays with a connection
_SPARE_THREADS = 4
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_REASONS: Mapping[int, str] = MappingProxyType(
    {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
)


class Request(HTTPRequest):
    """A request whose first line cheroot reads; TLS on the plain port is refused at once.

    podman and skopeo try TLS first; a server that waits for more of the greeting costs them 10 seconds.
    """

    framing: Framing

    def read_request_line(self) -> bool:
        """Read the first line, unless it is the greeting of TLS."""
        try:
            first = self.conn.rfile.first_byte()
        except ssl.SSLError as error:
            self._refuse_plain_http(error)
            return False
        if self.server.ssl_adapter is None and first == _TLS_HELLO:
            self.simple_response("400 Bad Request", "This port speaks plain HTTP, not TLS.")
            return False
        if first is not None:
            self.server.gateway.doors.traffic.begin()
        try:
            return bool(super().read_request_line())  # type: ignore[no-untyped-call]
        except ValueError:  # brackets that hold no address
            self.simple_response("400 Bad Request", "Malformed Request-URI")
            return False

    def read_request_headers(self) -> bool:
        """Read the header fields, and what they say of the body and the connection."""
        try:
            read_fields(self.rfile.readline, self.inheaders)
            is_http_1_0 = self.response_protocol == "HTTP/1.0"
            self.framing = read_framing(self.inheaders, is_http_1_0=is_http_1_0)
        except HeadError as error:
            self.simple_response(error.status, str(error))
            return False
        self.close_connection = self.framing.closes
        return True

    def _refuse_plain_http(self, error: ssl.SSLError) -> None:
        """Answer in plain HTTP whoever speaks it on the port of TLS; other failures need no answer."""
        if error.reason == "HTTP_REQUEST":
            with suppress(OSError):
                os.write(self.conn.socket.fileno(), _NOT_TLS)

    def respond(self) -> None:
        """Have the gateway answer; it reads the body itself."""
        self.server.gateway(self).respond()


class Connection(HTTPConnection):
    """A connection with a reader of our own; cheroot's files would cost a twentieth of a small request."""

    RequestHandlerClass = Request

    def __init__(self, server: Any, sock: socket.socket, _makefile: Any) -> None:
        super().__init__(server, sock, _file)

    def communicate(self) -> bool:
        """Answer one request after the other until the client pauses; True keeps the connection.

        To hand an open connection back costs as much as a small call: two more threads have to wake up
        before its next request is read. A client that sends one upon the other is therefore waited for,
        as long as there are idle threads for all others.
        """
        while super().communicate():  # type: ignore[no-untyped-call]
            if not self._goes_on():
                return True
        return False

    def _goes_on(self) -> bool:
        has_spare = self.server.requests.idle >= _SPARE_THREADS
        return has_spare and bool(self.rfile.hears(PAUSE_SECONDS))


def _file(connection: socket.socket, mode: str, _size: int) -> Any:
    return SocketReader(connection) if mode == "rb" else _Writer(connection)


class _Writer:
    """What cheroot writes its own refusals with."""

    def __init__(self, connection: socket.socket) -> None:
        self.write = connection.sendall


class DoorGateway(Gateway):
    """Answers one request at the doors."""

    doors: Doors
    streams: OpenStreams

    def respond(self) -> None:
        """Answer the request, and say whether the connection can be used again."""
        start = perf_counter()
        incoming = self.req
        body = self._body(incoming.framing)
        request = _request(incoming, body)
        try:
            response = self.doors.handle(request)
            is_left = self._is_waited_for or (body.left or 0) > _DRAIN_LIMIT
            response.close = response.close or is_left
        except BodyError as error:  # nobody may be left to read this
            response = HttpResponse(error.status, body=f"{error}\n".encode(), close=True)
            if request.method == "HEAD":
                response.leave_out_body()
        if response.abort:
            incoming.sent_headers = incoming.close_connection = True
        elif isinstance(response.body, StreamBody):
            self._send_stream(response, response.body.stream)
        else:
            with _left_as_without_tls():
                self._send(response)
            if response.close or not self._drain(body):
                self._linger()
        self.doors.traffic.end()
        incoming.conn.rfile.shrink()
        milliseconds = (perf_counter() - start) * 1000
        _log.debug("%s %s %d %.1f ms", request.method, request.path, response.status, milliseconds)

    def _body(self, framing: Framing) -> IncomingBody:
        """Return the body that is to come; a client that waits sends it when it is asked for."""
        reader = self.req.conn.rfile
        self._is_waited_for = framing.waits
        if framing.length is None:
            return ChunkedBody(reader, self._go_on)
        return SizedBody(reader, framing.length, self._go_on)

    def _go_on(self) -> None:
        """Have a client that waits go on (RFC 9110 section 10.1.1). Raises: BodyError."""
        if not self._is_waited_for:
            return
        self._is_waited_for = False
        try:
            self.req.conn.socket.sendall(_GO_ON)
        except OSError:
            raise BodyError("the connection ended before the body") from None

    def _drain(self, body: IncomingBody) -> bool:
        """Take what is left of a body, for the next request; False ends the connection.

        The answer is sent before: who was refused need not send the body to learn it.
        """
        try:
            is_taken = drain(body, _DRAIN_LIMIT)
        except BodyError:
            is_taken = False
        self.req.close_connection = self.req.close_connection or not is_taken
        return is_taken

    def _send_stream(self, response: HttpResponse, stream: Stream) -> None:
        """Send a stream until it ends; clients of HTTP/1.0 see its end by that of the connection."""
        incoming, connection = self.req, self.req.conn.socket
        incoming.sent_headers = incoming.close_connection = True
        is_chunked = incoming.response_protocol == "HTTP/1.1"
        if is_chunked:
            response.headers["Transfer-Encoding"] = "chunked"
        with suppress(OSError), self.streams.sending(stream, connection):  # most clients just leave
            connection.sendall(_head(response, incoming))
            for chunk in stream.chunks():
                framed = b"%x\r\n%b\r\n" % (len(chunk), chunk)
                connection.sendall(framed if is_chunked else chunk)
            if is_chunked:
                connection.sendall(b"0\r\n\r\n")

    def _send(self, response: HttpResponse) -> None:
        incoming = self.req
        incoming.sent_headers = True
        incoming.close_connection = incoming.close_connection or response.close
        head = _head(response, incoming)
        connection = incoming.conn.socket
        if response.cut is not None and _cut(response, response.cut):
            incoming.close_connection = True
        if isinstance(response.body, bytes):
            connection.sendall(head + response.body)
        elif isinstance(response.body, FileRange):
            file = response.body.file
            try:
                connection.sendall(head)
                for piece in file.chunks(response.body.start, response.body.stop):
                    connection.sendall(piece)
            finally:
                file.close()

    def _linger(self) -> None:
        """Let the client read the answer before the connection is closed on what it still sends.

        A socket that is closed with unread bytes resets the connection, and the answer is lost.
        """
        connection = self.req.conn.socket
        try:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(_LINGER_SECONDS)
            deadline = perf_counter() + _LINGER_SECONDS
            while perf_counter() < deadline and connection.recv(_DRAIN_LIMIT):
                pass
        except OSError:
            return  # it is gone already


@contextmanager
def _left_as_without_tls() -> Iterator[None]:
    """Have a client that leaves within an answer look the same with TLS, for which cheroot has no word."""
    try:
        yield
    except (ssl.SSLError, TimeoutError) as error:
        raise BrokenPipeError(errno.EPIPE, str(error)) from None


def _request(incoming: Any, body: IncomingBody) -> HttpRequest:
    path, _, query = incoming.uri.decode("latin-1").partition("?")
    return HttpRequest(
        method=incoming.method.decode("latin-1"),
        path=path,
        query=query,
        headers={
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in incoming.inheaders.items()
        },
        body=body,
        scheme=incoming.scheme.decode("latin-1"),
        remote_address=incoming.conn.remote_addr or "",
    )


def _head(response: HttpResponse, incoming: Any) -> bytes:
    """Return status line and headers; 204 and 304 have no length (RFC 9110 section 8.6)."""
    lines = [f"HTTP/1.1 {_REASONS.get(response.status, response.status)}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    length = response.content_length
    if length is not None and response.status not in _WITHOUT_LENGTH:
        lines.append(f"Content-Length: {length}")
    lines.append(f"Date: {formatdate(usegmt=True)}")
    if incoming.close_connection:
        lines.append("Connection: close")
    elif incoming.response_protocol == "HTTP/1.0":
        lines.append("Connection: Keep-Alive")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _cut(response: HttpResponse, length: int) -> bool:
    """Shorten a body whose whole length was told, and tell whether anything is missing now."""
    body = response.body
    if isinstance(body, bytes):
        response.body = body[:length]
    elif isinstance(body, FileRange):
        response.body = FileRange(body.file, body.start, min(body.stop, body.start + length))
    return response.body != body
