"""The examples that take the container image: compose and testcontainers."""

import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients import container
from tests.clients.conftest import available, available_package, password_of
from tests.clients.image_files import random_layer, write_docker_archive
from tests.clients.programs import Program
from tests.clients.running_server import ROOT, RunningServer, new_repository
from tests.clients.words import log_in

pytestmark = pytest.mark.clients

EXAMPLES = ROOT / "examples"
FILE = EXAMPLES / "docker-compose.yml"


@dataclass(frozen=True)
class Composed:
    """The services of the compose file, while they are up."""

    compose: Program
    server: RunningServer


def compose_command() -> tuple[str, ...]:
    """Return the words of the plugin, or of the program that came before it."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ("docker", "compose") if plugin.returncode == 0 else (available("docker-compose"),)


def override(folder: Path) -> Path:
    """Write what differs here from what a reader has: the base of the image, and its name."""
    bases = {"BASE": container.base(), "BUILDER": container.BUILDER}
    image = {"image": container.IMAGE}
    services = {"ecrmock": {**image, "build": {"args": bases}}, "app": image}
    path = folder / "override.yml"
    path.write_text(json.dumps({"services": services}))
    return path


@pytest.fixture(scope="module")
def composed(
    container_image: Program, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Composed]:
    port, public_port = container.free_port(), container.free_port()
    files = ("-f", str(FILE), "-f", str(override(tmp_path_factory.mktemp("compose"))))
    name = ("--project-name", f"ecrmock-tests-{port}")
    ports = {"ECR_PORT": str(port), "ECR_PUBLIC_PORT": str(public_port)}
    environment = {**ports, "DOCKER_BUILDKIT": "0"}
    compose = Program((*compose_command(), *files, *name), environment)
    try:
        compose("up", "--build", "--detach", timeout=300)
        urls = f"http://localhost:{port}", f"http://localhost:{public_port}"
        yield Composed(compose, RunningServer(urls[0], 0, urls[1]))
    finally:
        compose("down", "--volumes")


def test_the_application_finds_a_server_that_is_ready(
    composed: Composed, container_image: Program
) -> None:
    (application,) = composed.compose("ps", "--all", "--quiet", "app").split()
    assert container_image("wait", application) == "0\n"
    assert "was published" in composed.compose("logs", "--no-color", "app")
    (repository,) = composed.server.api().describe_repositories()["repositories"]
    assert repository["repositoryName"].startswith("cdk-")


def test_ecr_public_is_at_the_port_that_it_is_mapped_to(composed: Composed) -> None:
    connection = http.client.HTTPConnection(composed.server.public_host, timeout=60)
    connection.request("GET", "/v2/")
    challenge = connection.getresponse().headers["Www-Authenticate"]
    connection.close()
    assert challenge.startswith(f'Bearer realm="{composed.server.public_url}/token/"')


def test_the_application_runs_once_more_and_finds_its_asset(
    composed: Composed, container_image: Program
) -> None:
    composed.compose("up", "--detach", "app")
    assert "is there" in composed.compose("run", "--rm", "-T", "app")


def test_docker_pushes_to_the_server_beside_the_application(
    composed: Composed, docker: Program, tmp_path: Path
) -> None:
    log_in(docker, "docker", composed.server.registry, password_of(composed.server))
    repository = new_repository(composed.server.api())
    reference = f"{repository.uri}:1.0"
    assert reference.startswith(f"localhost:{composed.server.port}/")
    archive = write_docker_archive(tmp_path / "image.tar", reference, [random_layer()])
    docker("load", "--input", str(archive))
    docker("push", reference)
    docker("image", "rm", reference)
    docker("pull", reference)
    docker("image", "rm", reference)
    assert repository.tags() == {"1.0"}


def test_the_testcontainers_example_passes(
    container_image: Program, announce: Callable[[str], None]
) -> None:
    available_package("testcontainers")
    run = Program(
        (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={EXAMPLES}"),
        # without the container that removes others: its image is not on this machine
        {"ECRMOCK_IMAGE": container.IMAGE, "TESTCONTAINERS_RYUK_DISABLED": "true"},
    )
    assert "1 passed" in run("-c", "/dev/null", str(EXAMPLES / "test_testcontainers.py"))
