"""What a user reads when something is not there, or may not be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.image_files import random_layer, write_docker_archive, write_oci_layout
from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT, Repository, RunningServer

pytestmark = pytest.mark.clients


@pytest.fixture
def load(docker: Program, login: Callable[[Program], None], tmp_path: Path) -> Callable[[str], str]:
    login(docker)

    def load(reference: str) -> str:
        archive = write_docker_archive(tmp_path / "image.tar", reference, [random_layer()])
        docker("load", "--input", str(archive))
        return reference

    return load


def no_repository(name: str) -> str:
    return (
        f"name unknown: The repository with name '{name}' does not exist in the registry "
        f"with id '{DEFAULT_ACCOUNT}'"
    )


def test_docker_push_to_an_absent_repository_names_it(
    docker: Program, load: Callable[[str], str], server: RunningServer
) -> None:
    reference = load(f"{server.registry}/team/absent:1.0")
    assert no_repository("team/absent") in docker.fails("push", reference)


def test_skopeo_push_to_an_absent_repository_names_it(
    skopeo: Program, login: Callable[[Program], None], server: RunningServer, tmp_path: Path
) -> None:
    login(skopeo)
    layout = write_oci_layout(tmp_path / "layout", "1", [random_layer()])
    target = f"docker://{server.registry}/team/absent:1"
    said = skopeo.fails("copy", "--dest-tls-verify=false", f"oci:{layout}:1", target)
    assert no_repository("team/absent") in said


def test_docker_pull_from_an_absent_repository_names_it(
    docker: Program, login: Callable[[Program], None], server: RunningServer
) -> None:
    login(docker)
    said = docker.fails("pull", f"{server.registry}/team/absent:1.0")
    assert no_repository("team/absent") in said


def test_docker_pull_of_an_absent_tag_says_that_the_image_is_not_found(
    docker: Program, login: Callable[[Program], None], repository: Repository
) -> None:
    login(docker)
    assert "Requested image not found" in docker.fails("pull", f"{repository.uri}:absent")


def test_podman_pull_of_an_absent_tag_says_that_the_image_is_not_found(
    podman: Program, login: Callable[[Program], None], repository: Repository
) -> None:
    login(podman)
    said = podman.fails("pull", "--tls-verify=false", f"{repository.uri}:absent")
    assert "Requested image not found" in said


def test_skopeo_inspect_of_an_absent_tag_says_that_the_image_is_not_found(
    skopeo: Program, login: Callable[[Program], None], repository: Repository
) -> None:
    login(skopeo)
    said = skopeo.fails("inspect", "--tls-verify=false", f"docker://{repository.uri}:absent")
    assert "Requested image not found" in said


def test_an_immutable_tag_refuses_another_image(
    docker: Program, load: Callable[[str], str], repository: Repository
) -> None:
    docker("push", load(f"{repository.uri}:1.0"))
    repository.api.put_image_tag_mutability(
        repositoryName=repository.name, imageTagMutability="IMMUTABLE"
    )
    said = docker.fails("push", load(f"{repository.uri}:1.0"))
    assert f"The image tag '1.0' already exists in the '{repository.name}' repository" in said
    assert len(repository.digests()) == 1


def test_an_immutable_tag_accepts_the_same_image_again(
    docker: Program, load: Callable[[str], str], repository: Repository
) -> None:
    repository.api.put_image_tag_mutability(
        repositoryName=repository.name, imageTagMutability="IMMUTABLE"
    )
    reference = load(f"{repository.uri}:1.0")
    docker("push", reference)
    docker("push", reference)
    assert len(repository.digests()) == 1
