"""A loopback HTTP server that keeps what it gets: a webhook, or an EventBridge endpoint."""

import json
import socket
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

PATIENCE = 30  # seconds; far more than anything here takes

Answer = tuple[int, Mapping[str, str], bytes]


@dataclass
class Received:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    document: Any


class Receiver:
    """Requests that came; ``answers`` are given first, then ``usual`` makes them."""

    def __init__(self, usual: Callable[[Received], Answer]) -> None:
        self.requests: Queue[Received] = Queue()
        self.answers: deque[Answer] = deque()
        self.url = ""
        self._usual = usual

    def take(self, count: int = 1) -> list[Received]:
        """Wait for so many requests."""
        return [self.requests.get(timeout=PATIENCE) for _ in range(count)]

    def answer(self, received: Received) -> Answer:
        self.requests.put(received)
        return self.answers.popleft() if self.answers else self._usual(received)


def accept(_: Received) -> Answer:
    return 204, {}, b""


def accept_events(received: Received) -> Answer:
    """Answer as PutEvents does. Source: EventBridge API reference, PutEvents."""
    return events_answer(*[{"EventId": "id"} for _ in received.document["Entries"]])


def events_answer(*results: Mapping[str, str]) -> Answer:
    failed = sum("ErrorCode" in result for result in results)
    body = {"FailedEntryCount": failed, "Entries": results}
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(body).encode()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def receiving(usual: Callable[[Received], Answer] = accept, port: int = 0) -> Iterator[Receiver]:
    """Run a receiver."""
    receiver = Receiver(usual)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            document = json.loads(body) if body else None
            self.send(receiver.answer(Received(self.command, self.path, self.headers, document)))

        do_GET = do_POST

        def send(self, answer: Answer) -> None:
            status, headers, body = answer
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()
