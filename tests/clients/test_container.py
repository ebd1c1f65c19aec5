"""The container image: built, locked down, healthy, pushed to through another port, ended."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients import container
from tests.clients.conftest import password_of
from tests.clients.container import Container
from tests.clients.image_files import random_layer, write_docker_archive
from tests.clients.programs import Program
from tests.clients.running_server import new_repository
from tests.clients.words import log_in

pytestmark = pytest.mark.clients

MAXIMUM_MEGABYTES = 60  # of ecrmock and its packages, without the base


@pytest.fixture(scope="module")
def running(container_image: Program) -> Iterator[Container]:
    with container.running(container_image, "--security-opt", "no-new-privileges") as running:
        yield running


@pytest.fixture
def pushed(docker: Program, tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Hand out a function that pushes an image; it returns the reference and the image's id."""

    def pushed(running: Container, size_in_bytes: int = 1000) -> tuple[str, str]:
        log_in(docker, "docker", running.server.registry, password_of(running.server))
        reference = f"{new_repository(running.server.api()).uri}:1.0"
        layers = [random_layer(size_in_bytes)]
        archive = write_docker_archive(tmp_path / "image.tar", reference, layers)
        docker("load", "--input", str(archive))
        identifier = docker("image", "inspect", "--format", "{{.Id}}", reference)
        docker("push", reference)
        docker("image", "rm", reference)
        return reference, identifier

    return pushed


def pulled(docker: Program, reference: str) -> str:
    """Pull an image; return its id."""
    docker("pull", reference)
    identifier = docker("image", "inspect", "--format", "{{.Id}}", reference)
    docker("image", "rm", reference)
    return identifier


def test_it_is_no_larger_than_its_parts_ask_for(container_image: Program) -> None:
    sizes = [
        container.size_of(container_image, name) for name in (container.IMAGE, container.base())
    ]
    assert sizes[0] - sizes[1] < MAXIMUM_MEGABYTES * 1e6


def test_it_runs_without_root_on_a_file_system_that_it_cannot_write(running: Container) -> None:
    assert running.state("{{.HostConfig.ReadonlyRootfs}} {{.Config.User}}") == "true 10001:10001"
    assert running.run("id", "-u") == "10001"
    said = running.docker.fails("exec", running.name, "touch", "/opt/ecrmock/new")
    assert "Read-only file system" in said


def test_it_holds_no_tools_of_its_installation(running: Container) -> None:
    said = running.docker.fails("exec", running.name, "python", "-m", "pip", "--version")
    assert "No module named pip" in said


def test_docker_pushes_and_pulls_through_the_mapped_port(
    running: Container, docker: Program, pushed: Callable[..., tuple[str, str]]
) -> None:
    assert running.server.port != container.PORT
    reference, identifier = pushed(running)
    assert reference.startswith(f"localhost:{running.server.port}/")
    assert pulled(docker, reference) == identifier


def test_it_says_first_how_it_is_reached(running: Container) -> None:
    assert f"export AWS_ENDPOINT_URL={running.server.url}\n" in running.logs()
    assert f"docker push {running.server.registry}/team/app:1.0\n" in running.logs()


def test_layers_beyond_the_memory_limit_go_to_tmp(
    container_image: Program, docker: Program, pushed: Callable[..., tuple[str, str]]
) -> None:
    with container.running(container_image, "--env", "ECRMOCK_MEMORY_LIMIT=1K") as running:
        reference, identifier = pushed(running, size_in_bytes=2_000_000)  # small ones stay
        assert running.usage()["disk_bytes"] > 2_000_000
        assert pulled(docker, reference) == identifier


@pytest.fixture
def volume(container_image: Program) -> Iterator[str]:
    name = container_image("volume", "create").strip()
    yield name
    container_image("volume", "rm", name)


def test_a_volume_keeps_what_was_pushed_when_the_container_is_replaced(
    container_image: Program, docker: Program, pushed: Callable[..., tuple[str, str]], volume: str
) -> None:
    """The volume is not root's, as the image's own folder is not."""
    options = ("--volume", f"{volume}:/data", "--env", "ECRMOCK_DATA=/data")
    port = container.free_port()
    with container.running(container_image, *options, port=port) as first:
        reference, identifier = pushed(first)
        container_image("kill", first.name)
    with container.running(container_image, *options, port=port):
        assert pulled(docker, reference) == identifier  # with the login of before


def test_it_is_healthy_where_it_speaks_https(container_image: Program) -> None:
    with container.running(container_image, "--env", "ECRMOCK_TLS=1", scheme="https") as running:
        assert "ecrmock is ready at https://" in running.logs()


def test_it_is_healthy_at_another_port_of_its_own(container_image: Program) -> None:
    with container.running(container_image, "--env", "ECRMOCK_PORT=8080") as running:
        assert running.state("{{.State.Health.Status}}") == "healthy"


def test_sigterm_ends_it_at_once(container_image: Program) -> None:
    """Docker would kill it after ten seconds, with exit code 137."""
    with container.running(container_image) as running:
        begin = time.monotonic()
        container_image("stop", running.name)
        assert time.monotonic() - begin < 5
        assert running.state("{{.State.ExitCode}}") == "0"
