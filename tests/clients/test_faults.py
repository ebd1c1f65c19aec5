"""Faults as real clients meet them: what each retries, what it says when it gives up, and what is left."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.clients.image_files import random_layer, write_docker_archive, write_oci_layout
from tests.clients.programs import Program
from tests.clients.running_server import Repository, RunningServer

pytestmark = pytest.mark.clients

SIZE = 300_000  # of a layer
EXPIRED = "denied: Your authorization token has expired. Reauthenticate and try again."  # §2.3
TO_SERVER = ("copy", "--dest-tls-verify=false")
FROM_SERVER = ("copy", "--src-tls-verify=false")


def admin(server: RunningServer, method: str, path: str, body: Any = None) -> dict[str, Any]:
    connection = server.connection()
    sent = None if body is None else json.dumps(body)
    connection.request(method, f"/_ecrmock/{path}", sent, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    document = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, document
    return document


@pytest.fixture
def repository(server: RunningServer, repository: Repository) -> Iterator[Repository]:
    """A repository; when it is deleted after the test, nothing of it is left, and no fault."""
    before = admin(server, "GET", "health")["usage"]
    yield repository
    admin(server, "DELETE", "faults")
    repository.api.delete_repository(repositoryName=repository.name, force=True)
    assert admin(server, "GET", "health")["usage"] == before


@pytest.fixture
def fault(server: RunningServer, repository: Repository) -> Callable[..., Callable[[], int]]:
    """Put a fault in force for the repository; the result says how often it struck."""

    def fault(**members: Any) -> Callable[[], int]:
        added = admin(server, "POST", "faults", {"repository": repository.name, **members})
        return lambda: next(
            each["times"]
            for each in admin(server, "GET", "faults")["faults"]
            if each["id"] == added["id"]
        )

    return fault


# boto3


@pytest.fixture
def client(server: RunningServer) -> Callable[..., Any]:
    """Make a client that makes so many attempts."""

    def client(attempts: int, **options: Any) -> Any:
        retries = {"mode": "standard", "total_max_attempts": attempts}
        return boto3.client(
            "ecr",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries=retries, **options),
        )

    return client


@pytest.mark.parametrize(
    "what", [{"throttle": 2}, {"drop": 2}, {"error": "ServerException", "count": 2}], ids=str
)
def test_boto3_gets_through_with_retries(
    client: Callable[..., Any], repository: Repository, fault: Any, what: dict[str, Any]
) -> None:
    struck = fault(operation="ListImages", **what)
    answer = client(3).list_images(repositoryName=repository.name)
    assert answer["ResponseMetadata"]["RetryAttempts"] == struck() == 2


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"throttle": True}, ClientError),
        ({"drop": True}, ConnectionClosedError),
        ({"latency": 0.5}, ReadTimeoutError),
    ],
    ids=str,
)
def test_boto3_gives_up_when_its_attempts_are_used_up(
    client: Callable[..., Any],
    repository: Repository,
    fault: Any,
    what: dict[str, Any],
    error: type[Exception],
) -> None:
    struck = fault(operation="ListImages", **what)
    with pytest.raises(error):
        client(2, read_timeout=0.1).list_images(repositoryName=repository.name)
    assert struck() == 2


# docker


@pytest.fixture
def pushing(
    docker: Program, login: Callable[[Program], None], repository: Repository, tmp_path: Path
) -> tuple[str, ...]:
    """An image that docker's engine has, as the arguments that push it; docker is logged in."""
    login(docker)
    reference = f"{repository.uri}:1"
    archive = write_docker_archive(tmp_path / "image.tar", reference, [random_layer(SIZE)])
    docker("load", "--input", str(archive))
    return ("push", reference)


@pytest.mark.slow
@pytest.mark.parametrize("route", ["PATCH upload", "PUT upload"])
def test_docker_pushes_a_layer_again_whose_connection_was_dropped(
    docker: Program, pushing: tuple[str, ...], repository: Repository, fault: Any, route: str
) -> None:
    struck = fault(route=route, drop=1)
    assert "Retrying in" in docker(*pushing)
    assert (struck(), repository.tags()) == (1, {"1"})


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"route": "PATCH upload", "throttle": 1}, "toomanyrequests: Rate exceeded"),
        ({"route": "PUT manifest", "throttle": 1}, "toomanyrequests: Rate exceeded"),
        ({"route": "PUT manifest", "drop": 1}, '/manifests/1": '),
        (
            {"operation": "PutImage", "error": "LimitExceededException", "message": "no"},
            "denied: no",
        ),
        ({"operation": "PutImage", "error": "ServerException"}, "500 Internal Server Error"),
    ],
    ids=str,
)
def test_docker_gives_up_with_nothing_visible_and_pushes_when_it_is_told_again(
    *,
    docker: Program,
    pushing: tuple[str, ...],
    repository: Repository,
    server: RunningServer,
    fault: Any,
    what: dict[str, Any],
    told: str,
) -> None:
    """docker retries no 429: what it says is what ECR's users see."""
    fault(**what)
    assert told in docker.fails(*pushing)
    assert repository.digests() == set()
    admin(server, "DELETE", "faults")
    docker(*pushing)
    assert repository.tags() == {"1"}


@pytest.mark.parametrize("route", ["PATCH upload", "PUT upload", "PUT manifest"])
def test_docker_has_to_log_in_again_when_its_token_expires_in_the_middle_of_a_push(
    *,
    docker: Program,
    pushing: tuple[str, ...],
    login: Callable[[Program], None],
    repository: Repository,
    fault: Any,
    route: str,
) -> None:
    """Source: reference registry.md §2.3."""
    struck = fault(route=route, expire_token=True)
    assert EXPIRED in docker.fails(*pushing)
    assert EXPIRED in docker.fails(*pushing)
    assert repository.digests() == set()
    login(docker)
    docker(*pushing)
    assert (struck(), repository.tags()) == (1, {"1"})


@pytest.mark.slow
def test_docker_pulls_a_layer_again_that_broke_off(
    docker: Program, pushing: tuple[str, ...], fault: Any
) -> None:
    docker(*pushing)
    _, reference = pushing
    docker("image", "rm", reference)
    struck = fault(route="GET blob", truncate=1000, count=2)  # the other one is its short config
    told = docker("pull", reference)
    assert ("Retrying in" in told, "Pull complete" in told, struck()) == (True, True, 2)


# skopeo


@pytest.fixture
def copying(
    skopeo: Program, login: Callable[[Program], None], repository: Repository, tmp_path: Path
) -> tuple[str, ...]:
    """The arguments by which skopeo copies an image to the server; it is logged in."""
    login(skopeo)
    layout = write_oci_layout(tmp_path / "layout", "1", [random_layer(SIZE)])
    return (*TO_SERVER, f"oci:{layout}:1", f"docker://{repository.uri}:1")


def test_skopeo_waits_as_it_is_told_and_tries_again(
    skopeo: Program, copying: tuple[str, ...], repository: Repository, fault: Any
) -> None:
    """Source: reference registry.md §3.4, ``Retry-After``."""
    struck = fault(route="POST uploads", throttle=1)
    skopeo(*copying)
    assert (struck(), repository.tags()) == (1, {"1"})


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"drop": 1}, "writing blob: Patch"),
        ({"throttle": 1}, "toomanyrequests: Rate exceeded"),
        ({"expire_token": True}, EXPIRED),
    ],
    ids=str,
)
def test_skopeo_gives_up_on_a_layer_with_nothing_visible(
    *,
    skopeo: Program,
    copying: tuple[str, ...],
    login: Callable[[Program], None],
    repository: Repository,
    fault: Any,
    what: dict[str, Any],
    told: str,
) -> None:
    fault(route="PATCH upload", **what)
    assert told in skopeo.fails(*copying)
    assert repository.digests() == set()
    login(skopeo)
    skopeo(*copying)
    assert repository.tags() == {"1"}


def test_skopeo_takes_no_layer_that_broke_off(
    skopeo: Program, copying: tuple[str, ...], repository: Repository, fault: Any, tmp_path: Path
) -> None:
    skopeo(*copying)
    fault(route="GET blob", truncate=100, count=1)
    pulling = (*FROM_SERVER, f"docker://{repository.uri}:1", f"oci:{tmp_path / 'saved'}:1")
    assert "unexpected EOF" in skopeo.fails(*pulling)
    skopeo(*pulling)


# The AWS CLI


def test_the_aws_cli_retries(aws: Program, repository: Repository, fault: Any) -> None:
    struck = fault(operation="ListImages", throttle=1)
    answer = json.loads(
        aws("ecr", "list-images", "--repository-name", repository.name, "--output", "json")
    )
    assert (answer["imageIds"], struck()) == ([], 1)
