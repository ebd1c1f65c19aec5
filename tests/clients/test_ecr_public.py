"""ECR Public's registry: clients push with a login, pull without one, and say what it refuses.

Source: reference public.md §4.2, §6.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from tests.clients.image_files import (
    contents_of,
    digest_of,
    random_layer,
    write_docker_archive,
    write_oci_layout,
)
from tests.clients.programs import Program
from tests.clients.running_server import RunningServer, running_server
from tests.clients.words import CLIENTS, EXTRA, LOGOUTS, Words, log_in


@cache
def api_of(server: RunningServer) -> Any:
    """Make a boto3 client of ECR Public."""
    return boto3.client(
        "ecr-public",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def new_uri(server: RunningServer) -> str:
    """Make a repository, and return its address as it is printed."""
    name = f"test-{uuid4().hex[:12]}"
    return api_of(server).create_repository(repositoryName=name)["repository"]["repositoryUri"]


def password_of(server: RunningServer) -> str:
    token = api_of(server).get_authorization_token()["authorizationData"]["authorizationToken"]
    return b64decode(token).decode().removeprefix("AWS:")


@dataclass
class Case:
    """An image, and a client."""

    name: str
    program: Program
    words: Words
    layers: list[bytes]
    host: str
    values: dict[str, str]

    def log_in(self) -> None:
        log_in(self.program, self.name, self.host, self.values["password"])

    def log_out(self) -> None:
        for line in LOGOUTS[self.name]:
            self.program(*line.format(registry=self.host).split())
        self.be_nobody()

    def be_nobody(self) -> None:
        """Do without the login that there has not been yet."""
        if self.name == "regctl":
            self.program(*LOGOUTS["regctl"][0].format(registry=self.host).split())
        self.values["password"] = ""

    def lines(self, lines: tuple[str, ...]) -> list[list[str]]:
        """Return command lines; without a login ctr, which keeps none, is told none."""
        told = self.values["password"]
        kept = (line if told else line.replace("--user AWS:{password} ", "") for line in lines)
        return [line.format_map(self.values).split() for line in kept]

    def run(self, lines: tuple[str, ...]) -> None:
        for line in self.lines(lines):
            self.program(*line)


@pytest.fixture(
    params=[
        pytest.param(
            name, marks=pytest.mark.clients_extra if name in EXTRA else pytest.mark.clients
        )
        for name in CLIENTS
    ]
)
def case(request: pytest.FixtureRequest, server: RunningServer, tmp_path: Path) -> Case:
    program = request.getfixturevalue(request.param)
    layers = [random_layer(), random_layer(200_000)]
    uri = new_uri(server)
    image = f"{uri}:1.0"
    write_oci_layout(tmp_path / "layout", "1", layers)
    write_docker_archive(tmp_path / "archive.tar", image, layers)
    values = {
        "password": password_of(server),
        "image": image,
        "repository": uri,
        "name": uri.partition("/")[2],
        "layout": str(tmp_path / "layout"),
        "archive": str(tmp_path / "archive.tar"),
        "saved": str(tmp_path / "saved"),
    }
    words = CLIENTS[request.param]
    return Case(request.param, program, words, layers, server.public_host, values)


def test_a_client_pushes_with_a_login_and_pulls_without_one(case: Case) -> None:
    case.log_in()
    case.run(case.words.push)
    case.log_out()
    case.run(case.words.pull)
    saved = contents_of(Path(case.values["saved"]))
    assert saved >= {digest_of(layer) for layer in case.layers}


def test_what_a_client_pushes_is_what_the_api_describes(case: Case, server: RunningServer) -> None:
    case.log_in()
    case.run(case.words.push)
    name = case.values["repository"].rpartition("/")[2]
    (tag,) = api_of(server).describe_image_tags(repositoryName=name)["imageTagDetails"]
    assert tag["imageTag"] == "1.0"
    assert tag["imageDetail"]["imageSizeInBytes"] > 200_000  # the larger layer


def test_a_client_without_a_login_does_not_push(case: Case, server: RunningServer) -> None:
    """Source: reference public.md §6.3."""
    case.be_nobody()
    lines = case.lines(case.words.push)
    (push,) = [line for line in lines if {"push", "copy", "cp"} & set(line)]
    for line in lines[: lines.index(push)]:
        case.program(*line)
    said = case.program.fails(*push)
    assert re.search("Not Authorized|authentication required|unauthorized|401", said), said
    name = case.values["repository"].rpartition("/")[2]
    assert api_of(server).describe_images(repositoryName=name)["imageDetails"] == []
    for line in lines[lines.index(push) + 1 :]:
        case.program(*line)


def test_an_image_that_is_not_there_is_refused_in_the_clients_words(case: Case) -> None:
    case.be_nobody()
    case.values["reference"] = "1.0"
    said = case.program.fails(*case.lines(case.words.pull)[0])
    assert case.words.refusal.format_map(case.values) in said


@pytest.mark.clients
def test_the_readmes_lines_work_with_docker(shell: Program, server: RunningServer) -> None:
    """What AWS's own guide says, at the address of this machine."""
    host, uri = server.public_host, new_uri(server)
    lines = (
        f"aws ecr-public get-login-password | docker login --username AWS --password-stdin {host}",
        f"docker logout {host}",
    )
    said = shell("\n".join(lines))
    assert ("Login Succeeded" in said, uri.startswith(f"{host}/")) == (True, True)


@pytest.fixture
def said_by_docker(docker: Program) -> Callable[..., str]:
    """Return all that docker says of something that it cannot do."""
    return lambda *arguments, stdin="": docker.fails(*arguments, stdin=stdin)


@pytest.mark.clients
def test_docker_is_told_that_there_is_no_such_repository(
    said_by_docker: Callable[..., str], server: RunningServer
) -> None:
    """Source: reference public.md §4.2: the id quoted is the alias of the path."""
    alias = new_uri(server).split("/")[1]
    said = said_by_docker("pull", f"{server.public_host}/{alias}/none:1")
    text = f"The repository with name 'none' does not exist in the registry with id '{alias}'"
    assert text in said


@pytest.mark.clients
def test_docker_is_told_that_a_password_is_wrong(
    said_by_docker: Callable[..., str], server: RunningServer
) -> None:
    """Even one for private registries. Source: reference public.md §6.3."""
    private = b64decode(server.login()).decode().removeprefix("AWS:")
    for password in ("wrong", private):
        login = ("login", "--username", "AWS", "--password-stdin", server.public_host)
        assert "denied: Not Authorized" in said_by_docker(*login, stdin=password)


@pytest.fixture
def pushed(docker: Program, tmp_path: Path) -> Callable[[RunningServer], str]:
    """Push an image with docker, and return its reference."""

    def push(server: RunningServer) -> str:
        reference = f"{new_uri(server)}:1.0"
        archive = write_docker_archive(tmp_path / "image.tar", reference, [random_layer()])
        log_in(docker, "docker", server.public_host, password_of(server))
        docker("load", "--input", str(archive))
        docker("push", reference)
        docker("image", "rm", reference)
        return reference

    return push


@pytest.mark.clients
def test_docker_is_told_that_its_login_has_expired(
    docker: Program, pushed: Callable[[RunningServer], str], tmp_path: Path
) -> None:
    """A stale login breaks even public pulls; logging out is the cure. Source: reference public.md §6.2."""
    with running_server(tmp_path) as server:
        reference = pushed(server)
        connection = server.connection()
        connection.request("POST", "/_ecrmock/clock", json.dumps({"advance": 12 * 3600}))
        assert connection.getresponse().status == 200
        connection.close()
        said = docker.fails("pull", reference)
        assert "denied: Your authorization token has expired. Reauthenticate and try again." in said
        docker("logout", server.public_host)
        docker("pull", reference)
        docker("image", "rm", reference)


@pytest.mark.clients
def test_docker_is_told_that_it_pulls_too_fast(
    docker: Program, pushed: Callable[[RunningServer], str], tmp_path: Path
) -> None:
    """One pull goes well, the second one in the same second does not. Source: reference public.md §2."""
    with running_server(tmp_path, "--public-rate-limits") as server:
        reference = pushed(server)
        docker("logout", server.public_host)
        connection = server.connection()
        connection.request("POST", "/_ecrmock/clock", json.dumps({"frozen": True}))
        assert connection.getresponse().status == 200
        connection.close()
        docker("pull", reference)
        docker("image", "rm", reference)
        assert "toomanyrequests: Rate exceeded" in docker.fails("pull", reference)
