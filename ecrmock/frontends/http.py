"""HttpRequest and HttpResponse: what every door takes and gives, whatever carries it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl

from ecrmock.values.authorization import Origin


class BodyError(Exception):
    """The body of a request breaks off, or is not encoded as its headers say.

    The connection cannot be used any further; ``status`` is what the client is told, if it still listens.
    """

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


class Body(Protocol):
    """The body of a request, read once."""

    @property
    def length(self) -> int | None:
        """The number of bytes; None when the encoding is chunked and the end is seen on arrival."""

    def chunks(self) -> Iterator[bytes] | Iterator[memoryview]:
        """Yield the body in pieces, each good until the next. Raises: BodyError."""


@dataclass(frozen=True, slots=True)
class BytesBody:
    """A body that is here already."""

    content: bytes = b""

    @property
    def length(self) -> int:
        """The number of bytes."""
        return len(self.content)

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in one piece."""
        if self.content:
            yield self.content


@dataclass(slots=True, kw_only=True)
class HttpRequest:
    """A request. ``path`` is as it was sent, with its percent signs; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body = field(default_factory=BytesBody)
    scheme: str = "http"
    remote_address: str = "127.0.0.1"

    @property
    def origin(self) -> Origin:
        """Where it comes from, as conditions of policies ask."""
        return Origin(
            source_ip=self.remote_address,
            is_secure=self.scheme == "https",
            user_agent=self.headers.get("user-agent", ""),
            referer=self.headers.get("referer"),
        )

    @property
    def host(self) -> str:
        """The ``Host`` header, with its port."""
        return self.headers.get("host", "")

    def query_parameters(self) -> dict[str, str]:
        """Return the parameters of the query; of a name that stands twice the last value."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def read(self, limit: int) -> bytes | None:
        """Return the whole body, or None when it is longer than ``limit`` bytes. Raises: BodyError."""
        if self.body.length is not None and self.body.length > limit:
            return None
        received = bytearray()
        for chunk in self.body.chunks():
            received += chunk
            if len(received) > limit:
                return None
        return bytes(received)


class FileBody(Protocol):
    """Bytes that are sent in pieces, without being held."""

    size: int

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterable[memoryview]:
        """Yield the bytes of a range."""

    def close(self) -> None:
        """Let go of the bytes."""


@dataclass(frozen=True, slots=True)
class FileRange:
    """The part of a file that is a response's body: from ``start`` up to ``stop``."""

    file: FileBody
    start: int
    stop: int


class Stream(Protocol):
    """Bytes that come as they are made, with no end that is known beforehand."""

    def chunks(self) -> Iterable[bytes]:
        """Yield bytes as soon as there are some, until the stream is closed. Read once, by one thread."""

    def close(self) -> None:
        """End the stream, from any thread; it may be closed already."""


@dataclass(frozen=True, slots=True)
class StreamBody:
    """A stream that is a response's body; the connection ends with it."""

    stream: Stream


@dataclass(slots=True)
class HttpResponse:
    """A response. Its length is told by the adapter; ``length`` is for answers to HEAD, without a body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | FileRange | StreamBody = b""
    length: int | None = None
    close: bool = False  # the connection must not be used any further
    cut: int | None = None  # bytes of the body after which the connection ends; None: after all
    abort: bool = False  # nothing is sent at all, and the connection ends

    @property
    def content_length(self) -> int | None:
        """The length that is told; None of a stream."""
        if self.length is not None or isinstance(self.body, StreamBody):
            return self.length
        return len(self.body) if isinstance(self.body, bytes) else self.body.stop - self.body.start

    def leave_out_body(self) -> None:
        """Keep of the body only its length, as an answer to HEAD does (RFC 9110 section 9.3.2)."""
        self.length = self.content_length
        if isinstance(self.body, FileRange):
            self.body.file.close()
        self.body = b""
