"""Registries of other accounts and regions: the printed address is the one to push to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.image_files import random_layer, write_docker_archive, write_oci_layout
from tests.clients.programs import Program
from tests.clients.running_server import Repository, RunningServer, new_repository

pytestmark = pytest.mark.clients

ACCOUNT, REGION = "111122223333", "eu-west-1"


@pytest.fixture
def elsewhere(server: RunningServer) -> Repository:
    """A repository in another account and region."""
    return new_repository(server.api(ACCOUNT, REGION))


@pytest.fixture
def other_login(aws: Program, server: RunningServer) -> Callable[[Program], None]:
    """Log a program in as the other account."""
    other = aws.with_environment(AWS_ACCESS_KEY_ID=ACCOUNT, AWS_DEFAULT_REGION=REGION)

    def login(program: Program, *options: str) -> None:
        arguments = ("login", *options, "--username", "AWS", "--password-stdin", server.registry)
        program(*arguments, stdin=other("ecr", "get-login-password"))

    return login


def test_the_default_registry_has_no_prefix(server: RunningServer, repository: Repository) -> None:
    assert repository.uri == f"{server.registry}/{repository.name}"


def test_another_registry_is_named_in_the_path(
    server: RunningServer, elsewhere: Repository
) -> None:
    assert elsewhere.uri == f"{server.registry}/{ACCOUNT}.{REGION}/{elsewhere.name}"


def test_docker_pushes_to_the_address_as_printed_and_pulls_from_it(
    docker: Program, other_login: Callable[..., None], elsewhere: Repository, tmp_path: Path
) -> None:
    other_login(docker)
    reference = f"{elsewhere.uri}:1.0"
    archive = write_docker_archive(tmp_path / "image.tar", reference, [random_layer()])
    docker("load", "--input", str(archive))
    docker("push", reference)
    docker("image", "rm", reference)
    docker("pull", reference)
    image = elsewhere.image("1.0")
    assert image["registryId"] == ACCOUNT
    assert image["imageDigest"] in docker("image", "inspect", reference)


def test_podman_pushes_to_the_address_as_printed_and_pulls_from_it(
    podman: Program, other_login: Callable[..., None], elsewhere: Repository, tmp_path: Path
) -> None:
    other_login(podman, "--tls-verify=false")
    reference = f"{elsewhere.uri}:1.0"
    archive = write_docker_archive(tmp_path / "image.tar", reference, [random_layer()])
    podman("load", "--input", str(archive))
    podman("push", "--tls-verify=false", reference)
    podman("image", "rm", reference)
    podman("pull", "--tls-verify=false", reference)
    assert elsewhere.tags() == {"1.0"}


def test_skopeo_pushes_to_the_address_as_printed(
    skopeo: Program, other_login: Callable[..., None], elsewhere: Repository, tmp_path: Path
) -> None:
    other_login(skopeo, "--tls-verify=false")
    layout = write_oci_layout(tmp_path / "layout", "1", [random_layer()])
    target = f"docker://{elsewhere.uri}:1.0"
    skopeo("copy", "--dest-tls-verify=false", f"oci:{layout}:1", target)
    assert elsewhere.tags() == {"1.0"}


def test_the_same_name_in_two_registries_is_two_repositories(
    skopeo: Program, other_login: Callable[..., None], server: RunningServer, tmp_path: Path
) -> None:
    here = new_repository(server.api(), "team/both")
    there = new_repository(server.api(ACCOUNT, REGION), "team/both")
    other_login(skopeo, "--tls-verify=false")
    layout = write_oci_layout(tmp_path / "layout", "1", [random_layer()])
    skopeo("copy", "--dest-tls-verify=false", f"oci:{layout}:1", f"docker://{there.uri}:1")
    assert (len(here.digests()), len(there.digests())) == (0, 1)
