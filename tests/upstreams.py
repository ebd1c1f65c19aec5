"""A registry on this machine for tests to pull through: it answers as it should, or as it is told to."""

import json
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.documents import digest_of

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
TOKEN = "a-token-of-the-upstream"


@dataclass
class Answer:
    """What the registry says to a request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None  # what it says of the body's length, where that is a lie
    wait_for: threading.Event | None = None


@dataclass
class FakeRegistry:
    """What a registry has, and what it was asked. ``answers`` are for paths where it misbehaves."""

    url: str = ""
    contents: dict[str, Answer] = field(default_factory=dict)  # by path
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)  # the Authorization header of each request
    head_status: int = 200  # another one where it does not know HEAD
    login: str = ""  # "basic" or "bearer": what it asks for
    user: tuple[str, str] = ("user", "secret")

    def keep(self, name: str, tag: str, *layers: bytes, config: bytes = b"{}") -> str:
        """Have an image, and return its digest."""
        blobs = [self._keep_blob(name, content) for content in (config, *layers)]
        document = {"schemaVersion": 2, "mediaType": OCI_MANIFEST}
        return self.keep_manifest(
            name, tag, {**document, "config": blobs[0], "layers": blobs[1:]}, OCI_MANIFEST
        )

    def keep_index(self, name: str, tag: str, *children: str) -> str:
        """Have an index of images that are here."""
        found = [self.contents[f"/v2/{name}/manifests/{child}"].body for child in children]
        listed = [
            {"mediaType": OCI_MANIFEST, "digest": child, "size": len(body)}
            for child, body in zip(children, found, strict=True)
        ]
        document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
        return self.keep_manifest(name, tag, document, OCI_INDEX)

    def keep_referrers(self, name: str, subject: str, *manifests: dict[str, object]) -> None:
        """List referrers of a manifest, by their descriptors."""
        body = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests})
        headers = {"Content-Type": OCI_INDEX}
        self.contents[f"/v2/{name}/referrers/{subject}"] = Answer(200, body.encode(), headers)

    def keep_manifest(self, name: str, tag: str, document: object, media_type: str) -> str:
        content = json.dumps(document).encode()
        digest = digest_of(content)
        headers = {"Content-Type": media_type, "Docker-Content-Digest": digest}
        for reference in (tag, digest):
            path = f"/v2/{name}/manifests/{reference}"
            self.contents[path] = Answer(200, content, headers)
        return digest

    def _keep_blob(self, name: str, content: bytes) -> dict[str, object]:
        digest = digest_of(content)
        self.contents[f"/v2/{name}/blobs/{digest}"] = Answer(200, content)
        media_type = "application/vnd.oci.image.layer.v1.tar"
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def counted(self, method: str = "GET") -> Counter[str]:
        return Counter(path for verb, path in self.requests if verb == method)

    def answer(self, method: str, path: str, authorization: str) -> Answer:
        self.requests.append((method, path))
        self.logins.append(authorization)
        if path.startswith("/token"):
            return self._token(authorization)
        if self.login and not self._is_in(authorization):
            return Answer(401, headers={"WWW-Authenticate": self._challenge()})
        if path == "/v2/":
            return Answer(200, b"{}")
        if method == "HEAD" and self.head_status != 200:
            return Answer(self.head_status)
        return self.answers.get(path) or self.contents.get(path) or Answer(404)

    def _challenge(self) -> str:
        if self.login == "basic":
            return 'Basic realm="registry"'
        return f'Bearer realm="{self.url}/token",service="fake",scope="repository:app:pull"'

    def _is_in(self, authorization: str) -> bool:
        wanted = f"Bearer {TOKEN}" if self.login == "bearer" else self._basic()
        return authorization == wanted

    def _basic(self) -> str:
        return "Basic " + b64encode(":".join(self.user).encode()).decode()

    def _token(self, authorization: str) -> Answer:
        if authorization != self._basic():
            return Answer(401)
        return Answer(200, json.dumps({"token": TOKEN}).encode())


@contextmanager
def fake_registry() -> Iterator[FakeRegistry]:
    """Serve a registry until the end of the block."""
    registry = FakeRegistry()
    server = _Server(("127.0.0.1", 0), _handler(registry.answer))
    registry.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client may hang up."""


def _handler(answer: Callable[[str, str, str], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path if "/referrers/" in self.path else urlsplit(self.path).path
            said = answer(self.command, path, self.headers.get("Authorization", ""))
            if said.wait_for is not None:
                said.wait_for.wait(60)
            self.send_response(said.status)
            length = len(said.body) if said.length is None else said.length
            for name, value in {"Content-Length": str(length), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said.body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    return Handler
