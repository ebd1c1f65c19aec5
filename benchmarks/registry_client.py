"""A client of the registry API that costs little: no hashing, no copying while it is timed."""

import os
import socket
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from benchmarks.images import (
    CONFIG,
    CONFIG_TYPE,
    LAYER_TYPE,
    MEDIA_TYPE,
    descriptor,
    digest_of,
    manifest,
)
from benchmarks.peers import HOST, Server

CHUNK = 32 * 1024
_FRAME = b"%x\r\n" % CHUNK
_STRIDE = len(_FRAME) + CHUNK + 2
_READ = 1024 * 1024
_UNIQUE = 64


class Content:
    """Random bytes, also framed in chunks of 32 KiB as the docker client sends them."""

    def __init__(self, size: int) -> None:
        self.plain = bytearray(os.urandom(size))
        self.framed = bytearray(-(-size // CHUNK) * _STRIDE)
        if size % CHUNK:
            raise ValueError("the size is no multiple of a chunk's")
        for number, start in enumerate(range(0, size, CHUNK)):
            frame = number * _STRIDE
            data = frame + len(_FRAME)
            self.framed[frame:data] = _FRAME
            self.framed[data : data + CHUNK] = self.plain[start : start + CHUNK]
            self.framed[data + CHUNK : frame + _STRIDE] = b"\r\n"
        self.framed += b"0\r\n\r\n"
        self.digest = ""
        self.renew()

    def renew(self) -> None:
        """Become another content that no server has seen."""
        unique = os.urandom(_UNIQUE)
        self.plain[:_UNIQUE] = unique
        self.framed[len(_FRAME) : len(_FRAME) + _UNIQUE] = unique
        self.digest = digest_of(self.plain)

    def __len__(self) -> int:
        return len(self.plain)


class RegistryClient:
    """One keep-alive connection to a registry, for one repository."""

    def __init__(self, server: Server, repository: str = "bench/app") -> None:
        self._socket = socket.create_connection((HOST, server.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = {"Host": f"{HOST}:{server.port}", **server.headers}
        self._path = f"/v2/{repository}"

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def upload_in_one(self, content: bytes | bytearray, digest: str) -> None:
        """Upload by POST and one PUT."""
        place = self._begin()
        self._request("PUT", _with_digest(place, digest), 201, content, length=len(content))

    def upload_in_chunks(self, content: Content) -> None:
        """Upload by POST, a PATCH in chunked transfer encoding, and an empty PUT."""
        chunked = {"Transfer-Encoding": "chunked"}
        patched = self._request("PATCH", self._begin(), None, content.framed, **chunked)
        self._request("PUT", _with_digest(patched["location"], content.digest), 201)

    def push_manifest(self, tag: str, size: int, digest: str) -> None:
        """Push an image of one layer that was uploaded."""
        config = digest_of(CONFIG)
        self.upload_in_one(CONFIG, config)
        layers = [descriptor(LAYER_TYPE, size, digest)]
        self._put_manifest(tag, manifest(descriptor(CONFIG_TYPE, len(CONFIG), config), layers))

    def push(self, tag: str, layers: Sequence[bytes], digests: Sequence[str]) -> None:
        """Push an image with its layers, and a config that no other image has."""
        for layer, digest in zip(layers, digests, strict=True):
            self.upload_in_one(layer, digest)
        config = CONFIG.replace(b"amd64", tag.encode())
        self.upload_in_one(config, digest_of(config))
        described = [
            descriptor(LAYER_TYPE, len(x), d) for x, d in zip(layers, digests, strict=True)
        ]
        named = descriptor(CONFIG_TYPE, len(config), digest_of(config))
        self._put_manifest(tag, manifest(named, described))

    def _put_manifest(self, tag: str, manifest_text: str) -> None:
        text, kind = manifest_text.encode(), {"Content-Type": MEDIA_TYPE}
        self._request("PUT", f"{self._path}/manifests/{tag}", 201, text, length=len(text), **kind)

    def pull_manifest(self, tag: str) -> None:
        """Get a manifest."""
        self._request("GET", f"{self._path}/manifests/{tag}", 200)

    def download(self, digest: str, into: memoryview) -> int:
        """Download a blob into a buffer, over and over again, and return its size."""
        self._send("GET", f"{self._path}/blobs/{digest}", {})
        headers, received = self._head(200)
        size = int(headers["content-length"])
        left = size - len(received)
        while left:
            left -= self._socket.recv_into(into, min(left, len(into))) or self._gone()
        return size

    def _begin(self) -> str:
        return self._request("POST", f"{self._path}/blobs/uploads/", 202)["location"]

    def _request(
        self,
        method: str,
        target: str,
        expected: int | None,
        body: bytes | bytearray = b"",
        length: int = 0,
        **headers: str,
    ) -> Mapping[str, str]:
        """Send a request and return the answer's headers."""
        sized = {} if "Transfer-Encoding" in headers else {"Content-Length": str(length)}
        self._send(method, target, headers | sized)
        self._socket.sendall(memoryview(body))
        answered, received = self._head(expected)
        left = int(answered.get("content-length", 0)) - len(received)
        while left > 0:
            left -= len(self._socket.recv(left)) or self._gone()
        return answered

    def _send(self, method: str, target: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(target)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        lines = [f"{name}: {value}" for name, value in (self._headers | headers).items()]
        self._socket.sendall("\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode())

    def _head(self, expected: int | None) -> tuple[dict[str, str], bytes]:
        """Read an answer's head and what came of its body with it."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._socket.recv(65536) or bytes(self._gone())
        head, _, rest = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split()[1])
        if status != expected and (expected or status not in (201, 202)):  # ECR's PATCH says 201
            raise RuntimeError(f"{first}, not {expected}: {rest[:300]!r}")
        pairs = (line.partition(":") for line in lines)
        return {name.lower(): value.strip() for name, _, value in pairs}, rest

    def _gone(self) -> int:
        raise ConnectionError("the server closed the connection")


def _with_digest(place: str, digest: str) -> str:
    return f"{place}{'&' if '?' in place else '?'}digest={digest}"
