"""``ecrmock fault`` against a server, and faults of ``ecrmock serve``."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from ecrmock import Ecr
from ecrmock.cli import main
from ecrmock.server import Server, make_server
from ecrmock.values.faults import Fault, ThrottledError
from ecrmock.values.settings import Settings

NOBODY = "http://localhost:1"
Command = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with make_server(Settings(), port=0) as server:
        yield server


@pytest.fixture
def command(server: Server) -> Command:
    """Run the command against the server, which has no faults."""
    server.backend.reset()

    def command(*arguments: str, url: str = server.url) -> Result:
        return CliRunner().invoke(main, ["fault", *arguments], env={"ECRMOCK_URL": url})

    return command


def faults(server: Server) -> list[Fault]:
    return [each.fault for each in server.backend.dispatcher.faults.active]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("PutImage", "--throttle", "3"), Fault(operation="PutImage", throttle=True, count=3)),
        (("PutImage", "--throttle"), Fault(operation="PutImage", throttle=True)),
        (("--throttle", "2", "PutImage"), Fault(operation="PutImage", throttle=True, count=2)),
        (("--rates",), Fault(rates=True)),
        (
            ("--route", "PATCH upload", "--drop", "1"),
            Fault(route="PATCH upload", drop=True, count=1),
        ),
        (("--latency", "0.5s"), Fault(latency=timedelta(seconds=0.5))),
        (("--truncate", "0", "--count", "2"), Fault(truncate=0, count=2)),
        (("--expire-token", "--after", "3"), Fault(expire_token=True, count=1, after=3)),
        (
            ("PutImage", "--error", "KmsException", "--message", "no key", "--repository", "a/*"),
            Fault(operation="PutImage", error="KmsException", message="no key", repository="a/*"),
        ),
        (
            ("--drop", "--account", "111122223333", "--region", "eu-west-1", "--service", "ecr"),
            Fault(drop=True, account="111122223333", region="eu-west-1", service="ecr"),
        ),
        (("--drop", "--probability", "0.5"), Fault(drop=True, probability=0.5)),
    ],
)
def test_a_fault_is_added(command: Command, server: Server, arguments, fault):
    result = command("add", *arguments)
    assert result.exit_code == 0, result.output
    assert faults(server) == [fault]
    assert fault.describe() in result.output


def test_faults_are_listed_with_how_often_they_struck(command: Command, server: Server):
    command("add", "CreateRepository", "--throttle", "3")
    command("add", "--drop")
    with pytest.raises(ThrottledError):
        Ecr(server.backend).push_image("app")
    first, second = command("list").output.splitlines()
    assert first.endswith("  CreateRepository: throttled, 3 times; struck 1")
    assert second.endswith("  every operation: connection dropped; struck 0")


def test_faults_are_ended_alone_or_together(command: Command, server: Server):
    numbers = [json.loads(command("add", "--drop", "--json").output)["id"] for _ in range(3)]
    assert command("clear", str(numbers[0])).output.startswith(f"{numbers[0]}  every operation")
    assert len(faults(server)) == 2
    assert len(command("clear").output.splitlines()) == 2
    assert command("list").output == command("clear").output == "no faults\n"


@pytest.mark.parametrize("arguments", [("add", "--drop"), ("list",), ("clear",)])
def test_json_is_what_the_server_answers(command: Command, arguments):
    assert isinstance(json.loads(command(*arguments, "--json").output), dict)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("add", "PutImge", "--drop"), 1, "is it PutImage"),
        (("add", "PutImage", "--error", "No"), 1, "does not fail with 'No'"),
        (("add",), 1, "does nothing"),
        (("add", "--throttle", "0"), 1, "whole number from 1"),
        (("add", "--throttle", "x"), 2, "how many times"),
        (("add", "--latency", "soon"), 2, "is no span"),
        (("add", "--count", "0", "--drop"), 2, "--count"),
        (("add", "--service", "s3", "--drop"), 2, "--service"),
        (("clear", "99"), 1, "there is no fault 99"),
        (("clear", "x"), 2, "NUMBER"),
    ],
)
def test_what_makes_no_sense_is_refused(command: Command, server: Server, arguments, code, told):
    result = command(*arguments)
    assert (result.exit_code, told in result.stderr) == (code, True), result.stderr
    assert faults(server) == []


@pytest.mark.parametrize("arguments", [("add", "--drop"), ("list",), ("clear",)])
def test_a_server_that_is_not_there_is_a_failure_with_a_way_out(command: Command, arguments):
    result = command(*arguments, url=NOBODY)
    assert (result.exit_code, "ecrmock serve" in result.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [(), ("add",), ("list",), ("clear",)])
def test_help_is_there(command: Command, arguments):
    assert "Usage:" in command(*arguments, "--help").output


# ecrmock serve


def listed(process) -> list[str]:
    document = json.loads(process.ask("GET", "/_ecrmock/faults")[1])
    return [each["description"] for each in document["faults"]]


def test_a_server_has_faults_from_the_start(serve):
    process = serve("--throttle", "--fault", "PutImage,drop=1", "--fault", '{"latency": 0.5}')
    assert listed(process) == [
        "PutImage: connection dropped, once",
        "every operation: 0.5 s late",
        "every operation: throttled above ECR's rates",
    ]


def test_the_variable_has_a_fault_on_each_line(serve):
    process = serve(ECRMOCK_FAULTS="route=PATCH upload,drop=1\nPutImage,throttle=2\n")
    assert listed(process) == [
        "every operation, route PATCH upload: connection dropped, once",
        "PutImage: throttled, 2 times",
    ]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("PutImage", "does nothing"),
        ("PutImge,drop", "is it PutImage"),
        ("{", "is no JSON"),
        ("PutImage,error=No", "does not fail with"),
    ],
)
def test_a_server_does_not_start_with_a_fault_that_makes_no_sense(run, fault, told):
    result = run("serve", "--port", "0", "--fault", fault)
    assert (result.returncode, told in result.stderr) == (2, True), result.stderr
