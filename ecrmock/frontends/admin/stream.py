"""Server-sent events: whatever follows the emulator, as it happens. Source: HTML standard, section 9.2."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.http import HttpRequest, HttpResponse, StreamBody

_MEDIA_TYPE = "text/event-stream"
_HEARTBEAT = b": still here\n\n"  # a comment; a client that has gone is noticed when it is sent
_HEARTBEAT_SECONDS = 15.0
_QUEUE_LIMIT = 20_000  # twice what is kept, so that a reader can catch up
_AT_ONCE = 500


class EventStream:
    """What one client is sent. It is queued, so that a slow reader holds nobody up.

    A reader that falls too far behind is cut off; with the last id it had, it may go on where it was.
    """

    def __init__(
        self,
        document_of: Callable[[Any], object] = lambda document: document,
        *,
        heartbeat: float = _HEARTBEAT_SECONDS,
        limit: int = _QUEUE_LIMIT,
    ) -> None:
        """``document_of`` makes what is queued JSON can hold, in the thread that sends it."""
        self._document_of = document_of
        self._heartbeat, self._limit = heartbeat, limit
        self._queue: deque[tuple[int, Any]] = deque()
        self._changed = threading.Condition()
        self._is_over = False

    def put(self, number: int, content: Any) -> None:
        """Queue something under its number; a full queue is the last the reader gets."""
        with self._changed:
            if len(self._queue) >= self._limit:
                self._is_over = True
            if not self._is_over:
                self._queue.append((number, content))
            self._changed.notify()

    def chunks(self) -> Iterator[bytes]:
        """Yield messages as they come, and comments while nothing comes."""
        while (messages := self._take()) is not None:
            made = (_message(number, self._document_of(content)) for number, content in messages)
            yield b"".join(made) or _HEARTBEAT

    def close(self) -> None:
        """End the stream, whatever is queued."""
        with self._changed:
            self._is_over = True
            self._queue.clear()
            self._changed.notify()

    def _take(self) -> list[tuple[int, Any]] | None:
        """Wait for messages and take some: none after a while without any, None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._is_over, self._heartbeat)
            if self._is_over and not self._queue:
                return None
            return [self._queue.popleft() for _ in range(min(len(self._queue), _AT_ONCE))]


class _FollowedEvents(EventStream):
    """A stream of EventBridge envelopes."""

    def __init__(self, backend: Backend, after: int | None) -> None:
        super().__init__()
        self._end = backend.follow_events(self.put, after=after)

    def close(self) -> None:
        self._end()
        super().close()


def _message(number: int, document: object) -> bytes:
    return f"id: {number}\ndata: {json.dumps(document)}\n\n".encode()


def is_wanted(request: HttpRequest) -> bool:
    """Tell whether a request asks for a stream: by ``Accept``, or by ``?stream``."""
    accepted = request.headers.get("accept", "").lower()
    return request.method == "GET" and (
        _MEDIA_TYPE in accepted or "stream" in request.query_parameters()
    )


def events(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Answer with the envelopes that come, after those that the client missed. Raises: AdminError."""
    return answer(_FollowedEvents(backend, last_id(request)))


def answer(stream: EventStream) -> HttpResponse:
    """Return a stream as an answer."""
    headers = {"Content-Type": _MEDIA_TYPE, "Cache-Control": "no-store"}
    return HttpResponse(200, headers, StreamBody(stream))


def last_id(request: HttpRequest) -> int | None:
    """Return the id of the last message that a client had; None without one. Raises: AdminError."""
    text = request.headers.get("last-event-id", "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise AdminError("Last-Event-ID is the id of a message of this stream, a number")
    return int(text) if text else None
