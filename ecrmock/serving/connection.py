"""Connection: reads requests one after the other, has the doors answer them, and sends the answers.

cheroot accepts it and has one of its threads serve it, while requests come. Bodies come in as pieces of the
reader's buffer, so none is ever held in the server's own memory.
"""

import logging
import os
import socket
import ssl
from contextlib import suppress
from time import perf_counter
from typing import Any

from ecrmock.frontends.http import BodyError, HttpRequest, HttpResponse, StreamBody
from ecrmock.serving.answers import cut, head_of, send, send_stream
from ecrmock.serving.bodies import ChunkedBody, IncomingBody, SizedBody, drain
from ecrmock.serving.heads import Framing, Head, HeadError, read_head
from ecrmock.serving.reader import SocketReader

_log = logging.getLogger("ecrmock.requests")
_DRAIN_LIMIT = 1024 * 1024  # of a refused body; what is longer costs its sender the connection
_LINGER_SECONDS = 2  # for the sender of a refused body to read the answer
_TLS_HELLO = 0x16
_NOT_TLS = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThis port speaks TLS, not plain HTTP.\n"
)
PAUSE_SECONDS = 0.002  # between two requests, for which a thread stays with a connection
_SPARE_THREADS = 4
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection:
    """One connection. What has no docstring here is what cheroot asks of it, or sets."""

    remote_addr: str | None = None
    remote_port: int | None = None
    last_used: float | None = None

    def __init__(self, server: Any, sock: socket.socket, _makefile: Any) -> None:
        self.server, self.socket = server, sock
        self.rfile = SocketReader(sock)

    def communicate(self) -> bool:
        """Answer one request after the other until the client pauses; True keeps the connection.

        To hand an open connection back costs as much as a small call: two more threads have to wake up
        before its next request is read. A client that sends one upon the other is therefore waited for,
        as long as there are idle threads for all others.
        """
        try:
            while self._serve():
                if not self._goes_on():
                    return True
        except ssl.SSLError as error:
            self._refuse_plain_http(error)
        except OSError as error:  # the client has left, or says nothing any more
            _log.debug("a connection has ended: %s", error)
        return False

    def close(self) -> None:
        """End the connection."""
        self.rfile.close()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _goes_on(self) -> bool:
        has_spare = self.server.requests.idle >= _SPARE_THREADS
        return has_spare and bool(self.rfile.hears(PAUSE_SECONDS))

    def _serve(self) -> bool:
        """Answer the next request, and tell whether another one may follow. Raises: OSError."""
        first = self.rfile.first_byte()
        if first is None:
            return False
        try:
            # podman and skopeo try TLS first; to wait for more of the greeting costs them 10 seconds.
            if first == _TLS_HELLO and not self._is_secure:
                raise HeadError("This port speaks plain HTTP, not TLS.")
            self.server.doors.traffic.begin()
            head = read_head(self.rfile)
        except HeadError as error:
            self._refuse(str(error), error.status)
            return False
        except TimeoutError:
            self._refuse("the head of the request has stopped coming", 408)
            return False
        return self._answer(head)

    @property
    def _is_secure(self) -> bool:
        return self.server.ssl_adapter is not None

    def _refuse(self, reason: str, status: int) -> None:
        """Answer what is no request."""
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        refusal = HttpResponse(status, plain, reason.encode())
        send(self.socket, head_of(refusal, closes=True, is_http_1_0=False), reason.encode())
        self._linger()

    def _refuse_plain_http(self, error: ssl.SSLError) -> None:
        """Answer in plain HTTP whoever speaks it on the port of TLS; other failures need no answer."""
        if error.reason == "HTTP_REQUEST":
            with suppress(OSError):
                os.write(self.socket.fileno(), _NOT_TLS)

    def _answer(self, head: Head) -> bool:
        """Answer a request, and tell whether another one may follow. Raises: OSError."""
        start = perf_counter()
        body = self._body(head.framing)
        request = HttpRequest(
            method=head.method,
            path=head.path,
            query=head.query,
            headers=head.fields,
            body=body,
            scheme="https" if self._is_secure else "http",
            remote_address=self.remote_addr or "",
        )
        response = self._response(request, body)
        may_go_on = self._send(response, head, body)
        self.server.doors.traffic.end()
        self.rfile.shrink()
        milliseconds = (perf_counter() - start) * 1000
        _log.debug("%s %s %d %.1f ms", request.method, request.path, response.status, milliseconds)
        return may_go_on

    def _response(self, request: HttpRequest, body: IncomingBody) -> HttpResponse:
        """Return what a door says, and whether the connection can be used after it."""
        try:
            response: HttpResponse = self.server.doors.handle(request)
        except BodyError as error:  # nobody may be left to read this
            response = HttpResponse(error.status, body=f"{error}\n".encode(), close=True)
            if request.method == "HEAD":
                response.leave_out_body()
            return response
        is_left = self._is_waited_for or (body.left or 0) > _DRAIN_LIMIT
        response.close = response.close or is_left
        return response

    def _body(self, framing: Framing) -> IncomingBody:
        """Return the body that is to come; a client that waits sends it when it is asked for."""
        self._is_waited_for = framing.waits
        if framing.length is None:
            return ChunkedBody(self.rfile, self._go_on)
        return SizedBody(self.rfile, framing.length, self._go_on)

    def _go_on(self) -> None:
        """Have a client that waits go on (RFC 9110 section 10.1.1). Raises: BodyError."""
        if not self._is_waited_for:
            return
        self._is_waited_for = False
        try:
            self.socket.sendall(_GO_ON)
        except OSError:
            raise BodyError("the connection ended before the body") from None

    def _send(self, response: HttpResponse, head: Head, body: IncomingBody) -> bool:
        """Send an answer, and tell whether another request may follow. Raises: OSError."""
        is_1_0, content = head.is_http_1_0, response.body
        if response.abort:
            return False
        if isinstance(content, StreamBody):
            send_stream(self.socket, self.server.streams, response, content, is_http_1_0=is_1_0)
            return False
        closes = head.framing.closes or response.close
        text = head_of(response, closes=closes, is_http_1_0=is_1_0)
        if response.cut is not None:
            content, is_cut = cut(content, response.cut)
            closes = closes or is_cut
        send(self.socket, text, content)
        if response.close or not self._is_drained(body):
            self._linger()
            return False
        return not closes

    def _is_drained(self, body: IncomingBody) -> bool:
        """Take what is left of a body, for the next request; False ends the connection.

        The answer is sent before: who was refused need not send the body to learn it.
        """
        try:
            return drain(body, _DRAIN_LIMIT)
        except BodyError:
            return False

    def _linger(self) -> None:
        """Let the client read the answer before the connection is closed on what it still sends.

        A socket that is closed with unread bytes resets the connection, and the answer is lost.
        """
        with suppress(OSError):  # it may be gone already
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(_LINGER_SECONDS)
            deadline = perf_counter() + _LINGER_SECONDS
            while perf_counter() < deadline and self.socket.recv(_DRAIN_LIMIT):
                pass
