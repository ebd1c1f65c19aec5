"""Clients that trust the emulator's own authority, over HTTPS."""

import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.image_files import random_layer, write_docker_archive
from tests.clients.programs import Program
from tests.clients.running_server import RunningServer, running_server

pytestmark = pytest.mark.clients

# Where the Docker engine looks for what to trust; it reads the folder at each connection.
CERTIFICATES = Path("/etc/docker/certs.d")


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("tls"), "--tls") as server:
        yield server


@pytest.fixture(scope="module")
def authority(secure: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `ecrmock ca` prints, in a folder of its own."""
    folder = tmp_path_factory.mktemp("authority")
    command = [sys.executable, "-m", "ecrmock", "ca", "--url", secure.url]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    (folder / "ca.crt").write_bytes(printed)
    return folder


@pytest.fixture
def password(aws: Program, secure: RunningServer, authority: Path) -> str:
    trusting = aws.with_environment(
        AWS_ENDPOINT_URL=secure.url, AWS_CA_BUNDLE=str(authority / "ca.crt")
    )
    trusting("ecr", "create-repository", "--repository-name", "team/app")
    return trusting("ecr", "get-login-password")


@pytest.fixture
def trusted_by_docker(secure: RunningServer, authority: Path) -> Iterator[None]:
    folder = CERTIFICATES / secure.registry
    shutil.copytree(authority, folder)
    yield
    shutil.rmtree(folder)


@pytest.fixture
def reference(secure: RunningServer, authority: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A reference, and an archive with an image of that name; the repository goes afterwards."""
    reference = f"{secure.registry}/team/app:1.0"
    archive = write_docker_archive(tmp_path / "image.tar", reference, [random_layer()])
    yield reference, str(archive)
    context = ssl.create_default_context(cafile=authority / "ca.crt")
    reset = urllib.request.Request(f"{secure.url}/_ecrmock/reset", method="POST")
    urllib.request.urlopen(reset, context=context).close()


def test_podman_pushes_and_pulls_with_the_authority_it_is_given(
    podman: Program,
    secure: RunningServer,
    authority: Path,
    password: str,
    reference: tuple[str, str],
) -> None:
    name, archive = reference
    trust = f"--cert-dir={authority}"
    login = ("login", trust, "--username", "AWS", "--password-stdin", secure.registry)
    podman(*login, stdin=password)
    podman("load", "--input", archive)
    podman("push", trust, name)
    podman("image", "rm", name)
    podman("pull", trust, name)


@pytest.mark.usefixtures("trusted_by_docker")
def test_docker_pushes_and_pulls_with_the_authority_it_trusts(
    docker: Program, secure: RunningServer, password: str, reference: tuple[str, str]
) -> None:
    name, archive = reference
    docker("login", "--username", "AWS", "--password-stdin", secure.registry, stdin=password)
    docker("load", "--input", archive)
    docker("push", name)
    docker("image", "rm", name)
    docker("pull", name)


def test_podman_refuses_an_authority_that_it_does_not_know(
    podman: Program, secure: RunningServer, password: str
) -> None:
    login = ("login", "--username", "AWS", "--password-stdin", secure.registry)
    assert "certificate signed by unknown authority" in podman.fails(*login, stdin=password)
