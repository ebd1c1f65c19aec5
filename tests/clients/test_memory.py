"""A layer of one gibibyte passes through the server without passing through its memory."""

import hashlib
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clients.image_files import CONFIG, LAYER, MANIFEST, digest_of
from tests.clients.running_server import RunningServer, new_repository, running_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc"),
]

MIB = 1 << 20
GIB = 1 << 30
BLOCK = hashlib.sha256(b"block").digest() * (MIB // 32)


class Memory:
    """What a process holds in memory: its own pages, and its anonymous memory files."""

    def __init__(self, process_id: int) -> None:
        self.process = Path(f"/proc/{process_id}")
        self.peak_in_bytes = 0
        self._stop = threading.Event()
        self._sampler = threading.Thread(target=self._sample)

    def __enter__(self) -> "Memory":
        self._sampler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._sampler.join()

    def in_bytes(self) -> int:
        """Count mapped shared pages once: they belong to the memory files."""
        lines = (self.process / "status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines)
        own, shared = (int(status[name].split()[0]) for name in ("VmRSS", "RssShmem"))
        return (own - shared) * 1024 + self.in_memory_files()

    def in_memory_files(self) -> int:
        """Sum the pages of the memory files, each once however often it is open."""
        files = {}
        for descriptor in (self.process / "fd").iterdir():
            try:
                if str(descriptor.readlink()).startswith("/memfd:"):
                    status = descriptor.stat()
                    files[status.st_ino] = status.st_blocks * 512
            except FileNotFoundError:  # closed meanwhile
                continue
        return sum(files.values())

    def _sample(self) -> None:
        while not self._stop.wait(0.02):
            self.peak_in_bytes = max(self.peak_in_bytes, self.in_bytes())


def repeated(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield BLOCK


def digest_of_repeated(count: int) -> str:
    digest = hashlib.sha256()
    for block in repeated(count):
        digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def request(
    connection: http.client.HTTPConnection, server: RunningServer, method: str, path: str, **options
) -> http.client.HTTPResponse:
    headers = {"Authorization": f"Basic {server.login()}", **options.pop("headers", {})}
    connection.request(method, path, headers=headers, **options)
    response = connection.getresponse()
    if response.status >= 300:
        raise AssertionError(f"{method} {path}: {response.status} {response.read()!r}")
    return response


def upload(server: RunningServer, name: str, digest: str, blocks: Iterator[bytes]) -> None:
    """Upload a blob as docker does: POST, one PATCH of unknown length, PUT."""
    connection = server.connection()
    response = request(connection, server, "POST", f"/v2/{name}/blobs/uploads/")
    response.read()
    chunked = {"Transfer-Encoding": "chunked"}
    location = urlsplit(response.headers["Location"]).path
    options = {"body": blocks, "headers": chunked, "encode_chunked": True}
    response = request(connection, server, "PATCH", location, **options)
    response.read()
    location = urlsplit(response.headers["Location"]).path
    request(connection, server, "PUT", f"{location}?digest={digest}", body=b"").read()
    connection.close()


def test_a_layer_of_one_gibibyte_costs_the_server_no_more_than_its_bytes(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        repository = new_repository(server.api())
        upload(server, repository.name, digest_of(b"{}"), iter([b"{}"]))  # everything is loaded
        before = Memory(server.process_id).in_bytes()
        layer = digest_of_repeated(GIB // MIB)
        with Memory(server.process_id) as memory:
            upload(server, repository.name, layer, repeated(GIB // MIB))
            pull = put_image(server, repository.name, layer)
            assert pull == layer
        print(f"\n1 GiB: {(memory.peak_in_bytes - before - GIB) / MIB:+.1f} MiB beyond its bytes")
        assert memory.peak_in_bytes - before < GIB + 64 * MIB


def put_image(server: RunningServer, name: str, layer: str) -> str:
    """Make an image of the layer, download the layer, and return the digest of what came."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, "digest": digest_of(b"{}"), "size": 2},
        "layers": [{"mediaType": LAYER, "digest": layer, "size": GIB}],
    }
    connection = server.connection()
    headers = {"Content-Type": MANIFEST}
    path = f"/v2/{name}/manifests/big"
    request(connection, server, "PUT", path, body=json.dumps(manifest), headers=headers).read()
    digest = hashlib.sha256()
    response = request(connection, server, "GET", f"/v2/{name}/blobs/{layer}")
    while block := response.read(MIB):
        digest.update(block)
    connection.close()
    return f"sha256:{digest.hexdigest()}"
