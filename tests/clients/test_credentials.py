"""Who gets in: login as a README prints it, wrong users, wrong and missing passwords."""

import base64
import json
from pathlib import Path

import pytest

from tests.clients.image_files import random_layer, write_docker_archive
from tests.clients.programs import Program
from tests.clients.running_server import Repository, RunningServer

pytestmark = pytest.mark.clients

INVALID = "Your Authorization Token is invalid."


def store_login(docker: Program, registry: str, user: str, password: str) -> None:
    """Write a login that docker will believe, because `docker login` itself tries it out."""
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    config = Path(docker.environment["DOCKER_CONFIG"]) / "config.json"
    config.write_text(json.dumps({"auths": {registry: {"auth": auth}}}))


@pytest.fixture
def reference(docker: Program, repository: Repository, tmp_path: Path) -> str:
    """An image in docker's engine, ready to be pushed."""
    reference = f"{repository.uri}:1.0"
    archive = write_docker_archive(tmp_path / "image.tar", reference, [random_layer()])
    docker("load", "--input", str(archive))
    return reference


def test_the_login_line_of_the_readme_works_as_printed(
    shell: Program, server: RunningServer
) -> None:
    line = "aws ecr get-login-password | docker login --username AWS --password-stdin "
    assert "Login Succeeded" in shell(line + server.registry)


def test_after_the_login_line_docker_may_push(
    shell: Program, docker: Program, server: RunningServer, repository: Repository, reference: str
) -> None:
    line = "aws ecr get-login-password | docker login --username AWS --password-stdin "
    shell(line + server.registry)
    docker("push", reference)
    assert repository.tags() == {"1.0"}


def test_a_push_without_login_is_refused(
    docker: Program, repository: Repository, reference: str
) -> None:
    assert "no basic auth credentials" in docker.fails("push", reference)
    assert not repository.digests()


def test_docker_login_with_a_garbage_password_fails(docker: Program, server: RunningServer) -> None:
    arguments = ("login", "--username", "AWS", "--password-stdin", server.registry)
    assert "400 Bad Request" in docker.fails(*arguments, stdin="garbage")


def test_docker_login_with_another_user_name_fails(
    docker: Program, aws: Program, server: RunningServer
) -> None:
    arguments = ("login", "--username", "me", "--password-stdin", server.registry)
    password = aws("ecr", "get-login-password")
    assert "401 Unauthorized" in docker.fails(*arguments, stdin=password)


def test_a_push_with_a_garbage_password_says_that_the_token_is_invalid(
    docker: Program, server: RunningServer, repository: Repository, reference: str
) -> None:
    store_login(docker, server.registry, "AWS", "garbage")
    assert INVALID in docker.fails("push", reference)
    assert not repository.digests()


def test_a_push_with_another_user_name_is_not_authorized(
    docker: Program, server: RunningServer, repository: Repository, reference: str
) -> None:
    store_login(docker, server.registry, "me", "garbage")
    assert "unauthorized: authentication required" in docker.fails("push", reference)
    assert not repository.digests()


@pytest.mark.parametrize(
    ("user", "status", "body"), [("AWS", 400, INVALID), ("me", 401, "Not Authorized\n")]
)
def test_wrong_credentials_are_answered_as_ecr_answers_them(
    server: RunningServer, user: str, status: int, body: str
) -> None:
    connection = server.connection()
    basic = base64.b64encode(f"{user}:garbage".encode()).decode()
    connection.request("GET", "/v2/", headers={"Authorization": f"Basic {basic}"})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    assert (response.status, body in text) == (status, True), text
    challenge = 'Basic realm="' if status == 401 else "None"
    assert str(response.getheader("WWW-Authenticate")).startswith(challenge)


def test_skopeo_login_with_a_garbage_password_fails(skopeo: Program, server: RunningServer) -> None:
    arguments = ("login", "--tls-verify=false", "--username", "AWS", "--password-stdin")
    assert "400" in skopeo.fails(*arguments, server.registry, stdin="garbage")
