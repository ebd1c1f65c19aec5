"""podman against the server: login, push, pull."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.image_files import random_layer, write_docker_archive
from tests.clients.programs import Program
from tests.clients.running_server import Repository, RunningServer

pytestmark = pytest.mark.clients

INSECURE = "--tls-verify=false"


@pytest.fixture
def reference(
    podman: Program, login: Callable[[Program], None], repository: Repository, tmp_path: Path
) -> str:
    """Log podman in and give it an image, ready to be pushed."""
    login(podman)
    reference = f"{repository.uri}:1.0"
    layers = [random_layer(), random_layer()]
    archive = write_docker_archive(tmp_path / "image.tar", reference, layers)
    podman("load", "--input", str(archive))
    return reference


def test_an_image_survives_push_remove_and_pull(
    podman: Program, repository: Repository, reference: str
) -> None:
    loaded = podman("image", "inspect", "--format", "{{.Id}}", reference)
    podman("push", INSECURE, reference)
    podman("image", "rm", reference)
    podman("pull", INSECURE, reference)
    assert podman("image", "inspect", "--format", "{{.Id}}", reference) == loaded
    digest = podman("image", "inspect", "--format", "{{.Digest}}", reference).strip()
    assert repository.digests() == {digest}


def test_the_api_describes_what_podman_pushed(
    podman: Program, repository: Repository, reference: str, tmp_path: Path
) -> None:
    written = tmp_path / "digest"
    podman("push", INSECURE, "--digestfile", str(written), reference)
    image = repository.image("1.0")
    manifest = json.loads(repository.manifest("1.0"))
    blobs = [manifest["config"], *manifest["layers"]]
    assert image["imageDigest"] == written.read_text()
    assert image["imageTags"] == ["1.0"]
    assert image["imageSizeInBytes"] == sum(blob["size"] for blob in blobs)
    assert image["imageManifestMediaType"] == manifest["mediaType"]


@pytest.mark.parametrize(
    ("format_name", "media_type"),
    [
        ("oci", "application/vnd.oci.image.manifest.v1+json"),
        ("v2s2", "application/vnd.docker.distribution.manifest.v2+json"),
    ],
)
def test_either_manifest_format_is_kept_as_pushed(
    podman: Program, repository: Repository, reference: str, format_name: str, media_type: str
) -> None:
    podman("push", INSECURE, "--format", format_name, reference)
    assert repository.image("1.0")["imageManifestMediaType"] == media_type


def test_a_push_without_login_is_refused(
    podman: Program, server: RunningServer, repository: Repository, reference: str
) -> None:
    podman("logout", server.registry)
    assert "unauthorized: authentication required" in podman.fails("push", INSECURE, reference)
    assert not repository.digests()
