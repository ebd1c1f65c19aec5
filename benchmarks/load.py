"""Send one request over and over on several connections: ``python -m benchmarks.load``.

Connections are kept alive; only a server which answers ``Connection: close``, as moto's does, gets
a new one for the next request, as from any client.

Runs in a process of its own, and does so little for a request that one process outruns any Python
server: bytes made beforehand go out, an answer is read up to its length. Prints answers a second.
"""

import re
import selectors
import socket
import sys
from time import perf_counter

from benchmarks.peers import HOST

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close\r", re.IGNORECASE)
_BODY = b"{}"
REQUEST = (
    b"POST / HTTP/1.1\r\n"
    b"Host: localhost\r\n"
    b"User-Agent: Boto3/1.43 md/Botocore#1.43\r\n"
    b"Content-Type: application/x-amz-json-1.1\r\n"
    b"X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.DescribeRepositories\r\n"
    b"X-Amz-Date: 20260101T000000Z\r\n"
    b"Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ecr/"
    b"aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
    + b"0" * 64
    + b"\r\nContent-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


class _Connection:
    """One connection that has a request under way at all times; made anew when it is closed."""

    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self._port, self._selector = port, selector
        self._received = b""
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection((HOST, self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._socket, selectors.EVENT_READ, self)
        self._socket.sendall(REQUEST)

    def is_answered(self) -> bool:
        """Read what came; when that completes an answer, send the request again."""
        more = self._socket.recv(65536)
        if not more:
            raise ConnectionError("the server closed a connection that it was to keep")
        self._received += more
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return False
        length = _LENGTH.search(self._received, 0, head + 2)
        if length is None:
            raise ValueError(f"an answer without a length: {self._received[:head]!r}")
        if len(self._received) < head + 4 + int(length[1]):
            return False
        if self._received[9:12] != b"200" or b'"repositoryName"' not in self._received:
            raise ValueError(f"not what was asked for: {self._received[:500]!r}")
        is_last = _CLOSE.search(self._received, 0, head + 2) is not None
        self._received = b""
        self._ask_again(is_last)
        return True

    def _ask_again(self, is_last: bool) -> None:
        if not is_last:
            self._socket.sendall(REQUEST)
            return
        self._selector.unregister(self._socket)
        self._socket.close()
        self._connect()


def answers_a_second(port: int, connections: int, seconds: float) -> float:
    """Keep all connections busy for some time."""
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        _Connection(port, selector)
    answers = 0
    start = perf_counter()
    while (now := perf_counter()) < start + seconds:
        for key, _ in selector.select(seconds):
            answers += key.data.is_answered()
    if not answers:
        raise ConnectionError("the server did not answer")
    return answers / (now - start)


if __name__ == "__main__":
    print(answers_a_second(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
