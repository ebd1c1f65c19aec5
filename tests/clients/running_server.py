"""The real server as a process of its own, and what tests ask of it directly."""

import http.client
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from tests.clients.image_files import CONFIG, MANIFEST, digest_of
from tests.clients.programs import without_aws_settings

ROOT = Path(__file__).parents[2]
DEFAULT_ACCOUNT = "123456789012"
NO_IMAGE = "MANIFEST_UNKNOWN", "Requested image not found"  # registry.md §3.3


@dataclass(frozen=True)
class RunningServer:
    """A server that accepts connections."""

    url: str
    process_id: int
    public_url: str = ""

    @property
    def port(self) -> int:
        """The port that the server has chosen."""
        return urlsplit(self.url).port or 0

    @property
    def registry(self) -> str:
        """The registry host that clients are given."""
        return f"localhost:{self.port}"

    @property
    def public_host(self) -> str:
        """The host and port of ECR Public's registry."""
        return self.public_url.partition("://")[2]

    @property
    def variables(self) -> dict[str, str]:
        """The environment that leads an AWS client here."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    @cache  # noqa: B019  # one server for each session
    def api(
        self, access_key_id: str = "test", region: str = "us-east-1", *, service: str = "ecr"
    ) -> Any:
        """Make a boto3 client; an access key id of 12 digits is an account."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=access_key_id,
            aws_secret_access_key="test",
        )

    def login(self, api: Any = None) -> str:
        """Get an authorization token, as the value of an `Authorization: Basic` header."""
        answer = (api or self.api()).get_authorization_token()
        return answer["authorizationData"][0]["authorizationToken"]

    def refusal(self, repository: str, reference: str) -> tuple[str, str]:
        """Ask for a manifest by a plain GET that has to fail with 404; return code and message."""
        connection = self.connection()
        login = {"Authorization": f"Basic {self.login()}"}
        connection.request("GET", f"/v2/{repository}/manifests/{reference}", headers=login)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        assert answer.status == http.HTTPStatus.NOT_FOUND, body
        (error,) = body["errors"]
        return error["code"], error["message"]

    def connection(self) -> http.client.HTTPConnection:
        """Open a connection of one's own to the registry door."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)


@contextmanager
def running_server(folder: Path, *options: str) -> Iterator[RunningServer]:
    """Start the server on a free port; stop it at the end and look for tracebacks in its log."""
    ready, log = folder / "ready", folder / "server.log"
    command = [sys.executable, "-m", "ecrmock", "serve", "--port", "0", "--ready-file", str(ready)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=without_aws_settings(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url, public_url = _wait_for(ready, process, log)
        yield RunningServer(url, process.pid, public_url)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_for(ready: Path, process: subprocess.Popen[bytes], log: Path) -> list[str]:
    for _ in range(1000):
        if ready.exists():
            return [*ready.read_text().split(), ""][:2]
        assert process.poll() is None, f"the server ended:\n{log.read_text()}"
        time.sleep(0.02)
    raise AssertionError(f"the server did not become ready:\n{log.read_text()}")


@dataclass(frozen=True)
class Repository:
    """A repository of the running server, and what the API says of its images."""

    name: str
    uri: str
    api: Any

    def image(self, tag: str) -> dict[str, Any]:
        """Describe one image."""
        answer = self.api.describe_images(repositoryName=self.name, imageIds=[{"imageTag": tag}])
        return answer["imageDetails"][0]

    def manifest(self, tag: str) -> str:
        """Return the manifest that a tag names, as the API gives it."""
        answer = self.api.batch_get_image(repositoryName=self.name, imageIds=[{"imageTag": tag}])
        return answer["images"][0]["imageManifest"]

    def put_image(self, tag: str, **members: Any) -> str:
        """Put an image that no other repository has, with a config only; return its digest."""
        config = json.dumps({"number": next(_numbers)}).encode()
        descriptor = {"mediaType": CONFIG, "digest": digest_of(config), "size": len(config)}
        upload = self.api.initiate_layer_upload(repositoryName=self.name)["uploadId"]
        this = {"repositoryName": self.name, "uploadId": upload}
        part = {"partFirstByte": 0, "partLastByte": len(config) - 1, "layerPartBlob": config}
        self.api.upload_layer_part(**this, **part)
        self.api.complete_layer_upload(**this, layerDigests=[descriptor["digest"]])
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor, "layers": []}
        answer = self.api.put_image(
            repositoryName=self.name,
            imageManifest=json.dumps({**manifest, **members}),
            imageTag=tag,
        )
        return answer["image"]["imageId"]["imageDigest"]

    def delete(self, reference: str) -> str:
        """Delete an image by its digest or its only tag; return its digest."""
        image = {"imageDigest" if ":" in reference else "imageTag": reference}
        answer = self.api.batch_delete_image(repositoryName=self.name, imageIds=[image])
        (deleted,) = answer["imageIds"]
        assert not answer["failures"]
        return deleted["imageDigest"]

    def digests(self) -> set[str]:
        """Return the digests of all images, tagged or not."""
        pages = self.api.get_paginator("list_images").paginate(repositoryName=self.name)
        return {image["imageDigest"] for page in pages for image in page["imageIds"]}

    def tags(self) -> set[str]:
        """Return all tags."""
        pages = self.api.get_paginator("list_images").paginate(repositoryName=self.name)
        return {image["imageTag"] for page in pages for image in page["imageIds"]}


_numbers = itertools.count(1)


def new_repository(api: Any, name: str = "") -> Repository:
    """Create a repository, with a name that no other test has."""
    name = name or f"team/app-{next(_numbers)}"
    uri = api.create_repository(repositoryName=name)["repository"]["repositoryUri"]
    return Repository(name, uri, api)
