"""A server with a data folder, killed again and again while several threads push to it.

After each restart every image that was acknowledged is there, whole; an image whose push was not answered
is there whole or not at all; an upload goes on from the part that was acknowledged last.
"""

import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.clients.image_files import CONFIG, MANIFEST, digest_of
from tests.clients.programs import without_aws_settings
from tests.clients.running_server import ROOT

pytestmark = [pytest.mark.clients, pytest.mark.slow]

KILLS, THREADS, REPOSITORY = 50, 4, "team/app"
LAYER = "application/vnd.oci.image.layer.v1.tar"
CHANCE = random.Random(20260102)


@dataclass
class Told:
    """What the servers so far have said, and what was asked when they were killed."""

    token: str = ""
    images: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # by tag: digests of image, layer
    doubtful: dict[str, str] = field(default_factory=dict)  # by tag: the digest
    uploads: dict[str, bytes] = field(default_factory=dict)  # by path: what was acknowledged
    fresh: list[str] = field(default_factory=list)  # tags since the last restart


class Registry:
    """One connection to the registry door."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=30)
        self._headers = {"Authorization": f"Basic {token}"}

    def __call__(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        sent = {**self._headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        return answer, answer.read()

    def close(self) -> None:
        self._connection.close()

    def ask(self, operation: str, **members: Any) -> dict[str, Any]:
        """Make a call of the API; no signature is verified."""
        scope = "Credential=test/20260102/us-east-1/ecr/aws4_request"
        headers = {
            "X-Amz-Target": f"AmazonEC2ContainerRegistry_V20150921.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        }
        self._connection.request("POST", "/", json.dumps(members), headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return json.loads(body)

    def start(self) -> str:
        answer, _ = self("POST", f"/v2/{REPOSITORY}/blobs/uploads/", b"")
        assert answer.status == 202
        return urlsplit(answer.headers["Location"]).path

    def upload(self, content: bytes) -> str:
        digest = digest_of(content)
        answer, body = self("PUT", f"{self.start()}?digest={digest}", content)
        assert answer.status == 201, body
        return digest


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a server on the data folder until it is killed."""
    ready, log = folder / "ready", folder / "server.log"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "ecrmock", "serve", "--port", "0", "--ready-file", str(ready)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--data", str(folder / "data")],
            cwd=ROOT,
            env=without_aws_settings(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while not ready.exists():
            assert process.poll() is None, log.read_text()[-2000:]
            time.sleep(0.005)
        yield ready.read_text().split()[0], process
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text(), log.read_text()[-4000:]


def push(registry: Registry, told: Told, tag: str) -> None:
    """Push an image of one layer that no other has; note when it is acknowledged."""
    layer = os.urandom(CHANCE.choice((10, 20_000, 300_000)))
    digest = registry.upload(layer)
    config = json.dumps({"tag": tag}).encode()
    manifest = manifest_of(registry.upload(config), len(config), digest, len(layer))
    told.doubtful[tag] = digest_of(manifest)
    path = f"/v2/{REPOSITORY}/manifests/{tag}"
    answer, body = registry("PUT", path, manifest, Content_Type=MANIFEST)
    assert answer.status == 201, body
    told.images[tag] = (told.doubtful.pop(tag), digest)
    told.fresh.append(tag)


def manifest_of(config: str, config_size: int, layer: str, layer_size: int) -> bytes:
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, "digest": config, "size": config_size},
        "layers": [{"mediaType": LAYER, "digest": layer, "size": layer_size}],
    }
    return json.dumps(document).encode()


def push_until_killed(url: str, told: Told, name: str) -> None:
    with (
        suppress(OSError, http.client.HTTPException),
        closing(Registry(url, told.token)) as registry,
    ):
        for number in range(1000):
            push(registry, told, f"{name}-{number}")


def upload_until_killed(url: str, told: Told) -> None:
    """Send parts of one upload, and note what of it is acknowledged."""
    with (
        suppress(OSError, http.client.HTTPException),
        closing(Registry(url, told.token)) as registry,
    ):
        path = registry.start()
        told.uploads[path] = b""
        for _ in range(1000):
            part = os.urandom(5_000)
            answer, _ = registry("PATCH", path, part)
            assert answer.status == 201
            told.uploads[path] += part


def kill_in_mid_push(url: str, process: subprocess.Popen[bytes], told: Told, life: int) -> None:
    threads = [
        threading.Thread(target=push_until_killed, args=(url, told, f"{life}-{number}"))
        for number in range(THREADS)
    ]
    threads.append(threading.Thread(target=upload_until_killed, args=(url, told)))
    for thread in threads:
        thread.start()
    time.sleep(CHANCE.uniform(0.02, 0.3))
    process.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join()


def check(registry: Registry, told: Told) -> None:
    tags = all_tags(registry)
    assert set(told.images) <= tags, "an image that was acknowledged is gone"
    assert tags <= {*told.images, *told.doubtful}, "there is an image that nobody pushed"
    check_manifests(registry, told)
    for tag in told.fresh:
        check_layer(registry, told.images[tag][1])
    for tag in tags - set(told.images):  # the answer did not come, but the image is there: whole
        told.images[tag] = (told.doubtful[tag], whole_layer(registry, tag, told.doubtful[tag]))
    for path, content in told.uploads.items():
        check_upload(registry, path, content)
    told.doubtful.clear()
    told.uploads.clear()
    told.fresh.clear()


def all_tags(registry: Registry) -> set[str]:
    found: set[str] = set()
    page: dict[str, Any] = {}
    while not page or "nextToken" in page:
        more = {"nextToken": page["nextToken"]} if page else {}
        page = registry.ask("ListImages", repositoryName=REPOSITORY, maxResults=1000, **more)
        found |= {image["imageTag"] for image in page["imageIds"]}
    return found


def check_manifests(registry: Registry, told: Told) -> None:
    tags = list(told.images)
    for place in range(0, len(tags), 100):
        ids = [{"imageTag": tag} for tag in tags[place : place + 100]]
        answer = registry.ask("BatchGetImage", repositoryName=REPOSITORY, imageIds=ids)
        assert not answer["failures"]
        for image in answer["images"]:
            expected = told.images[image["imageId"]["imageTag"]][0]
            assert digest_of(image["imageManifest"].encode()) == expected


def check_layer(registry: Registry, digest: str) -> None:
    answer, body = registry("GET", f"/v2/{REPOSITORY}/blobs/{digest}")
    assert answer.status == 200
    assert digest_of(body) == digest


def whole_layer(registry: Registry, tag: str, digest: str) -> str:
    """Check an image that nobody has checked, and return the digest of its layer."""
    answer, body = registry("GET", f"/v2/{REPOSITORY}/manifests/{tag}", Accept=MANIFEST)
    assert (answer.status, digest_of(body)) == (200, digest)
    layer = json.loads(body)["layers"][0]["digest"]
    check_layer(registry, layer)
    return layer


def check_upload(registry: Registry, path: str, content: bytes) -> None:
    """Go on with an upload from where it is, which is no less than what was acknowledged."""
    answer, _ = registry("GET", path)
    assert answer.status == 204
    received = int(answer.headers["Range"].partition("-")[2]) + 1
    if content:
        assert received >= len(content)
    if received != len(content):  # a part came in whose answer did not
        return
    digest = "sha256:" + hashlib.sha256(content + b"end").hexdigest()
    answer, body = registry("PUT", f"{path}?digest={digest}", b"end")
    assert answer.status == 201, body


def test_a_server_that_is_killed_in_mid_push_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    told = Told()
    for life in range(KILLS + 1):
        with served(tmp_path) as (url, process):
            with closing(Registry(url, told.token)) as registry:
                if life:
                    check(registry, told)
                else:
                    registry.ask("CreateRepository", repositoryName=REPOSITORY)
                    answer = registry.ask("GetAuthorizationToken")
                    told.token = answer["authorizationData"][0]["authorizationToken"]
                if life == KILLS:
                    for _, layer in told.images.values():
                        check_layer(registry, layer)
            if life < KILLS:
                kill_in_mid_push(url, process, told, life)
    assert len(told.images) > KILLS
