"""Which door takes a request, and what becomes of a bug."""

import json
import logging
from collections.abc import Iterator

import pytest

from ecrmock.backend import Backend
from ecrmock.frontends.http import BodyError, BytesBody, HttpRequest, HttpResponse
from ecrmock.frontends.mount import Doors

TARGET = {"x-amz-target": "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"}


class Body:
    """A body whose arrival raises."""

    length = None

    def __init__(self, error: Exception) -> None:
        self._error = error

    def chunks(self) -> Iterator[bytes]:
        raise self._error


@pytest.fixture
def doors() -> Doors:
    """The doors of a new backend."""
    return Doors(Backend())


def ask(doors: Doors, method: str, path: str, **headers: str) -> HttpResponse:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = HttpRequest(method=method, path=path, headers=given, body=BytesBody(b"{}"))
    return doors.handle(asked)


def test_a_target_means_the_aws_door(doors: Doors) -> None:
    assert json.loads(ask(doors, "POST", "/", **TARGET).body) == {"repositories": []}


def test_a_target_means_the_aws_door_whatever_the_path(doors: Doors) -> None:
    assert json.loads(ask(doors, "POST", "/v2/", **TARGET).body) == {"repositories": []}


def test_v2_means_the_registry_door(doors: Doors) -> None:
    assert ask(doors, "GET", "/v2/").headers["Docker-Distribution-Api-Version"] == "registry/2.0"


def test_ecrmock_means_the_admin_door(doors: Doors) -> None:
    assert json.loads(ask(doors, "GET", "/_ecrmock/health").body)["status"] == "ok"


def test_a_path_that_nobody_knows_is_the_admin_doors(doors: Doors) -> None:
    assert ask(doors, "GET", "/nothing").status == 404


def test_a_body_that_breaks_off_is_not_answered(doors: Doors) -> None:
    body = Body(BodyError("it ended"))
    with pytest.raises(BodyError):
        doors.handle(HttpRequest(method="POST", path="/_ecrmock/clock", body=body))


@pytest.mark.parametrize(
    ("path", "headers", "told"),
    [
        ("/", TARGET, b"ServerException"),
        ("/_ecrmock/clock", {}, b"server-side issue"),
    ],
)
def test_a_bug_is_a_500_in_the_form_of_its_door(
    doors: Doors, path: str, headers: dict[str, str], told: bytes
) -> None:
    body = Body(ZeroDivisionError())
    asked = HttpRequest(method="POST", path=path, headers=headers, body=body)
    response = doors.handle(asked)
    assert (response.status, told in response.body) == (500, True)


def test_a_bug_shows_nothing_of_itself(doors: Doors) -> None:
    body = Body(ZeroDivisionError("secret"))
    response = doors.handle(HttpRequest(method="POST", path="/_ecrmock/clock", body=body))
    assert b"secret" not in response.body


def test_a_bug_is_logged_with_the_id_of_its_request(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    body = Body(ZeroDivisionError())
    with caplog.at_level(logging.ERROR, logger="ecrmock"):
        response = doors.handle(HttpRequest(method="POST", path="/_ecrmock/clock", body=body))
    assert json.loads(response.body)["requestId"] in caplog.text


def test_every_request_has_an_id_of_its_own(doors: Doors) -> None:
    ids = [ask(doors, "POST", "/", **TARGET).headers["x-amzn-RequestId"] for _ in range(2)]
    assert ids[0] != ids[1]
