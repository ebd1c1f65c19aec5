"""The registry door in memory: requests are values, and nothing goes over a socket."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import BodyError, BytesBody, HttpRequest, HttpResponse
from ecrmock.frontends.mount import Doors
from ecrmock.values.authorization import AccessKey
from ecrmock.values.names import Region
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from tests.documents import descriptor, digest_of

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "111122223333"
HOST = "localhost:5327"
START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
API_VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}


def manifest_of(*layers: bytes, config: bytes = b"{}", **more: Any) -> bytes:
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, config),
        "layers": [descriptor(OCI_LAYER, layer) for layer in layers],
    }
    return json.dumps(document | more, ensure_ascii=False).encode()


def index_of(*manifests: bytes) -> bytes:
    children = [descriptor(OCI_MANIFEST, manifest) for manifest in manifests]
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children}
    return json.dumps(document).encode()


@dataclass
class StreamBody:
    """A body whose length is not known, as chunked encoding gives it; an exception in it is raised."""

    pieces: Iterable[bytes | Exception]
    length: None = None

    def chunks(self) -> Iterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


BROKEN = BodyError("the connection ended within the body")


def request(
    method: str, path: str, body: bytes | StreamBody = b"", headers: dict[str, str] | None = None
) -> HttpRequest:
    """Make a request; the path may have a query."""
    path, _, query = path.partition("?")
    return HttpRequest(
        method=method,
        path=path,
        query=query,
        headers=headers or {},
        body=BytesBody(body) if isinstance(body, bytes) else body,
    )


def content_of(response: HttpResponse) -> bytes:
    """Return the body of a response, read to its end."""
    if isinstance(response.body, bytes):
        return response.body
    sent = response.body
    content = b"".join(sent.file.chunks(sent.start, sent.stop))
    sent.file.close()
    return content


def error_of(response: HttpResponse) -> tuple[int, str]:
    """Return status and code of an error response."""
    (error,) = json.loads(content_of(response))["errors"]
    return response.status, error["code"]


def message_of(response: HttpResponse) -> str:
    (error,) = json.loads(content_of(response))["errors"]
    return error["message"]


class Registry:
    """``registry(method, path, …)`` sends a request with a good token; the clock stands still."""

    def __init__(self, *, seed: int = 1, **settings: Any) -> None:
        given = Settings(**{"uri_style": "path", **settings})
        self.clock = Clock(START)
        self.backend = Backend(given, clock=self.clock, ids=Ids(seed=seed))
        self.doors = Doors(self.backend)
        (issued,) = self.call("GetAuthorizationToken").authorization_data
        self.authorization = f"Basic {issued.authorization_token}"

    def call(
        self,
        operation: str,
        *,
        account: str = ACCOUNT,
        region: str = "us-east-1",
        **parameters: Any,
    ) -> Any:
        """Make a call that does not go through the door."""
        return self.backend.dispatcher.dispatch(
            Call(
                service="ecr",
                operation=operation,
                parameters=parameters,
                credentials=AccessKey(account),
                region=Region(region),
                request_id="request",
            )
        )

    def __call__(
        self, method: str, path: str, body: bytes | StreamBody = b"", **headers: str
    ) -> HttpResponse:
        """Send a request; header names are given with underscores."""
        given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        sent = {"host": HOST, "authorization": self.authorization, **given}
        return self.doors.handle(request(method, path, body, sent))

    def without_login(self, method: str, path: str) -> HttpResponse:
        return self.doors.handle(request(method, path, headers={"host": HOST}))

    def create(self, name: str = "app", **where: str) -> "Registry":
        self.call("CreateRepository", repository_name=name, **where)
        return self

    def start(self, name: str = "app") -> str:
        """Start an upload, and return the path that takes the bytes."""
        upload_id = self("POST", f"/v2/{name}/blobs/uploads/").headers["Docker-Upload-UUID"]
        return f"/v2/{name}/blobs/uploads/{upload_id}"

    def upload(self, content: bytes, name: str = "app") -> str:
        digest = digest_of(content)
        assert self("PUT", f"{self.start(name)}?digest={digest}", content).status == 201
        return digest

    def put(self, manifest: bytes, reference: str, name: str = "app") -> HttpResponse:
        return self("PUT", f"/v2/{name}/manifests/{reference}", manifest)

    def push(self, layer: bytes = b"layer", *tags: str, name: str = "app") -> str:
        """Push an image with one layer under some tags, or by digest, and return its digest."""
        manifest = manifest_of(layer)
        for blob in (b"{}", layer):
            self.upload(blob, name)
        for reference in tags or (digest_of(manifest),):
            assert self.put(manifest, reference, name).status == 201
        return digest_of(manifest)

    def progress(self, path: str) -> str:
        """Return how far an upload is."""
        return self("GET", path).headers["Range"]


@pytest.fixture
def registry() -> Registry:
    """A registry with the empty repository ``app``."""
    return Registry().create()


@pytest.fixture
def registry_with() -> Callable[..., Registry]:
    """Make a registry with other settings, and the empty repository ``app`` in it."""
    return lambda **settings: Registry(**settings).create()
