"""Many clients at once, for a while: nothing fails, nothing is mixed up, nothing is left over."""

import http.client
import json
import os
import random
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clients.image_files import CONFIG, LAYER, MANIFEST, digest_of
from tests.clients.running_server import Repository, RunningServer, new_repository, running_server

pytestmark = pytest.mark.slow

CLIENTS = 16
SECONDS = 15
STALLED = 400


class Client:
    """One client on one connection: it pushes as crane does, and pulls."""

    def __init__(self, server: RunningServer, repository: Repository) -> None:
        self.name = repository.name
        self.connection = server.connection()
        self.headers = {"Authorization": f"Basic {server.login()}"}

    def request(self, method: str, path: str, **options) -> tuple[http.client.HTTPMessage, bytes]:
        headers = {**self.headers, **options.pop("headers", {})}
        self.connection.request(method, path, headers=headers, **options)
        response = self.connection.getresponse()
        content = response.read()
        assert response.status < 300, (method, path, response.status, content)
        return response.headers, content

    def push_blob(self, content: bytes) -> dict[str, object]:
        """Upload a blob: POST, one PATCH of unknown length, PUT."""
        digest = digest_of(content)
        headers, _ = self.request("POST", f"/v2/{self.name}/blobs/uploads/")
        location = urlsplit(headers["Location"]).path
        half = len(content) // 2
        parts = iter([content[:half], content[half:]])
        options = {"body": parts, "encode_chunked": True}
        self.request("PATCH", location, headers={"Transfer-Encoding": "chunked"}, **options)
        headers, _ = self.request("PUT", f"{location}?digest={digest}")
        assert headers["Docker-Content-Digest"] == digest
        return {"digest": digest, "size": len(content)}

    def push(self, tag: str) -> None:
        """Push an image that nobody else has."""
        layers = [os.urandom(random.randint(1_000, 1_000_000)) for _ in range(2)]
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {
                "mediaType": CONFIG,
                **self.push_blob(json.dumps([tag, self.name]).encode()),
            },
            "layers": [{"mediaType": LAYER, **self.push_blob(layer)} for layer in layers],
        }
        body = json.dumps(manifest).encode()
        path = f"/v2/{self.name}/manifests/{tag}"
        headers, _ = self.request("PUT", path, headers={"Content-Type": MANIFEST}, body=body)
        assert headers["Docker-Content-Digest"] == digest_of(body)

    def pull(self, tag: str) -> None:
        """Pull an image, and hold each of its blobs against its digest."""
        headers, _ = self.request("HEAD", f"/v2/{self.name}/manifests/{tag}")
        _, body = self.request("GET", f"/v2/{self.name}/manifests/{tag}")
        assert headers["Docker-Content-Digest"] == digest_of(body)
        manifest = json.loads(body)
        for blob in [manifest["config"], *manifest["layers"]]:
            _, content = self.request("GET", f"/v2/{self.name}/blobs/{blob['digest']}")
            assert digest_of(content) == blob["digest"]


def work(server: RunningServer, repository: Repository, end: float) -> int:
    """Push, pull and delete until the time is over; return how many images it were."""
    client, count = Client(server, repository), 0
    while time.monotonic() < end:
        client.push(f"v{count}")
        client.pull(f"v{random.randint(max(count - 3, 0), count)}")
        if count >= 3:
            deleted = [{"imageTag": f"v{count - 3}"}]
            repository.api.batch_delete_image(repositoryName=repository.name, imageIds=deleted)
        count += 1
    client.connection.close()
    return count


def health(server: RunningServer) -> dict:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/_ecrmock/health")
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that no other test uses."""
    with running_server(tmp_path) as server:
        yield server


def test_sixteen_clients_at_once_meet_no_error_and_leave_nothing_behind(
    own_server: RunningServer,
) -> None:
    repositories = [new_repository(own_server.api()) for _ in range(CLIENTS)]
    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(CLIENTS) as pool:
        works = [pool.submit(work, own_server, repository, end) for repository in repositories]
        counts = [done.result() for done in works]
    assert health(own_server)["usage"]["memory_bytes"] > 0
    for repository in repositories:
        repository.api.delete_repository(repositoryName=repository.name, force=True)
    print(f"\n{sum(counts)} images pushed and pulled by {CLIENTS} clients in {SECONDS} s")
    assert min(counts) > 3
    assert health(own_server)["usage"] == dict.fromkeys(health(own_server)["usage"], 0)


def stalled(server: RunningServer, path: str, login: str) -> socket.socket:
    """Send the first half of what is promised, and then nothing more."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: {server.registry}\r\n"
        f"Authorization: Basic {login}\r\nContent-Length: 2000\r\n\r\n"
    )
    connection.sendall(head.encode() + bytes(1000))
    return connection


def test_the_server_answers_while_four_hundred_uploads_stall(own_server: RunningServer) -> None:
    repository, login = new_repository(own_server.api()), own_server.login()
    start = {"repositoryName": repository.name}
    uploads = [repository.api.initiate_layer_upload(**start)["uploadId"] for _ in range(STALLED)]
    with ExitStack() as connections:
        for upload in uploads:
            path = f"/v2/{repository.name}/blobs/uploads/{upload}"
            connections.enter_context(stalled(own_server, path, login))
        assert health(own_server)["status"] == "ok"
