"""``ecrmock serve --data``: what survives an end, and what is refused. Source: docs/server.md."""

import base64
import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecrmock.cli import main
from tests.cli.conftest import Process

Serve = Callable[..., Process]


def ask(process: Process, operation: str, **members: object) -> dict[str, object]:
    connection = process.connect()
    scope = "Credential=test/20260102/us-east-1/ecr/aws4_request"
    headers = {
        "X-Amz-Target": f"AmazonEC2ContainerRegistry_V20150921.{operation}",
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
    }
    connection.request("POST", "/", json.dumps(members), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def logs_in(process: Process, token: str) -> bool:
    connection = process.connect()
    connection.request("GET", "/v2/", headers={"Authorization": f"Basic {token}"})
    status = connection.getresponse().status
    connection.close()
    return status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_repositories_and_logins_survive(serve: Serve, tmp_path: Path, number: int) -> None:
    first = serve("--data", str(tmp_path / "data"))
    ask(first, "CreateRepository", repositoryName="team/app")
    (data,) = ask(first, "GetAuthorizationToken")["authorizationData"]
    first.stop(number)
    second = serve("--data", str(tmp_path / "data"))
    (repository,) = ask(second, "DescribeRepositories")["repositories"]
    assert repository["repositoryName"] == "team/app"
    assert logs_in(second, data["authorizationToken"])
    assert not logs_in(second, base64.b64encode(b"AWS:other").decode())


def test_the_clock_stays_as_it_was_set(serve: Serve, tmp_path: Path) -> None:
    first = serve("--data", str(tmp_path / "data"))
    first.ask("POST", "/_ecrmock/clock", b'{"frozen": true}')
    _, moved = first.ask("POST", "/_ecrmock/clock", b'{"advance": 3600}')
    first.stop(signal.SIGKILL)
    second = serve("--data", str(tmp_path / "data"))
    assert second.ask("GET", "/_ecrmock/clock")[1] == moved


def refused(folder: Path) -> str:
    result = CliRunner().invoke(main, ("serve", "--port", "0", "--data", str(folder)))
    assert result.exit_code == 1
    return result.output


def test_a_second_server_on_the_folder_is_refused(serve: Serve, tmp_path: Path) -> None:
    serve("--data", str(tmp_path / "data"))
    assert "is in use by another server" in refused(tmp_path / "data")


def test_a_newer_folder_is_refused_and_left_alone(serve: Serve, tmp_path: Path) -> None:
    serve("--data", str(tmp_path / "data")).stop()
    (tmp_path / "data" / "format").write_text("ecrmock data 99\n")
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    assert "this ecrmock reads format 2 only" in refused(tmp_path / "data")
    assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    assert "no data folder of ecrmock, and not empty: there is thesis.tex" in refused(tmp_path)
