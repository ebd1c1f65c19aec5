"""``ecrmock clock`` against a server. Source: DESIGN.md section 4."""

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ecrmock.cli import main
from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings
from tests.cli.conftest import Process
from tests.doors.conftest import manifest_of

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
NOBODY = "http://localhost:1"
Clock = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with make_server(Settings(), port=0) as server:
        yield server


@pytest.fixture
def clock(server: Server) -> Clock:
    """Run the command; the server's clock stands at ``START``."""
    world = server.backend.world
    world.clock.set(START)
    world.clock.freeze()
    world.clock.set(START)

    def clock(*arguments: str, url: str = server.url) -> Result:
        return CliRunner().invoke(main, ["clock", *arguments], env={"ECRMOCK_URL": url})

    return clock


def now(server: Server) -> datetime:
    return server.backend.world.clock.now()


def test_it_prints_the_time_and_whether_it_stands(clock: Clock) -> None:
    result = clock()
    assert (result.exit_code, result.output) == (0, "2026-01-02 03:04:05 UTC, frozen\n")


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T12:30:00Z", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01T12:30:00+02:00", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("2020-01-01", datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_it_moves_to_a_date(clock: Clock, server: Server, date: str, time: datetime) -> None:
    result = clock("set", date)
    assert (result.exit_code, result.output) == (0, f"{time:%Y-%m-%d %H:%M:%S} UTC, frozen\n")
    assert now(server) == time


@pytest.mark.parametrize(
    ("span", "moved"),
    [
        ("15d", timedelta(days=15)),
        ("3h", timedelta(hours=3)),
        ("45m", timedelta(minutes=45)),
        ("90s", timedelta(seconds=90)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("0.5d", timedelta(hours=12)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_it_moves_by_a_span(clock: Clock, server: Server, span: str, moved: timedelta) -> None:
    assert clock("advance", span).exit_code == 0
    assert now(server) == START + moved


def test_time_goes_on_and_stands_still(clock: Clock, server: Server) -> None:
    assert clock("resume").output.endswith("UTC, running\n")
    assert not server.backend.world.clock.frozen
    assert clock("freeze").output.endswith("UTC, frozen\n")
    assert server.backend.world.clock.frozen


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json",),
        ("--json", "freeze"),
        ("freeze", "--json"),
        ("set", "2026-01-02T03:04:05.678Z", "--json"),
    ],
)
def test_it_prints_json_on_request(clock: Clock, arguments: tuple[str, ...]) -> None:
    assert json.loads(clock(*arguments).output) == {"now": START.isoformat(), "frozen": True}


@pytest.mark.parametrize("place", [0, 1])
def test_the_address_stands_before_the_command_or_after_it(
    clock: Clock, server: Server, place: int
) -> None:
    arguments = ["freeze"]
    arguments[place:place] = ["--url", server.url]
    assert clock(*arguments, url=NOBODY).exit_code == 0


@pytest.mark.parametrize(
    "arguments", [(), ("set", "2026-01-01"), ("advance", "1d"), ("freeze",), ("resume",)]
)
def test_a_server_that_is_not_there_is_a_failure_with_a_way_out(
    clock: Clock, arguments: tuple[str, ...]
) -> None:
    result = clock(*arguments, url=NOBODY)
    assert (result.exit_code, NOBODY in result.stderr) == (1, True)
    assert "ecrmock serve" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("set", "yesterday"), "2026-01-31T12:00:00Z"),
        (("set", ""), "2026-01-31"),
        (("set",), "DATE"),
        (("advance", "15"), "1d12h"),
        (("advance", "15 days"), "1d12h"),
        (("advance", "1d 12h"), "1d12h"),
        (("advance", "1y"), "1d12h"),
        (("advance", "0s"), "1d12h"),
        (("advance", ""), "1d12h"),
        (("advance", "9999999999d"), "1d12h"),
        (("advance",), "SPAN"),
        (("freeze", "now"), "now"),
        (("stop",), "stop"),
        (("--seconds", "1"), "--seconds"),
    ],
)
def test_bad_usage_is_answered_with_what_is_wanted(
    clock: Clock, arguments: tuple[str, ...], hint: str
) -> None:
    result = clock(*arguments)
    assert (result.exit_code, hint in result.stderr) == (2, True)


def test_a_time_that_the_clock_cannot_show_is_a_failure_in_the_servers_words(
    clock: Clock, server: Server
) -> None:
    result = clock("set", "9500-01-01")
    assert (result.exit_code, "from 1970 to 9000" in result.stderr) == (1, True)
    assert now(server) == START


def test_another_server_is_told_from_ecrmock(clock: Clock, server: Server) -> None:
    result = clock("--url", f"{server.url}/_ecrmock/health?")
    assert (result.exit_code, "is not ecrmock" in result.stderr) == (1, True)


@pytest.mark.parametrize("command", ["", "set", "advance", "freeze", "resume"])
def test_help_names_the_options(clock: Clock, command: str) -> None:
    shown = clock(*filter(None, [command]), "--help").output
    assert all(option in shown for option in ("--url", "--json", "http://localhost:5327"))


def test_a_move_is_over_when_what_fell_due_is_done(
    serve: Callable[..., Process], run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    process = serve("--no-require-layers")
    counted = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
    rule = {"rulePriority": 1, "selection": counted, "action": {"type": "expire"}}
    call(process, "CreateRepository")
    for layer in (b"one", b"two"):
        call(process, "PutImage", imageManifest=manifest_of(layer))
    call(process, "PutLifecyclePolicy", lifecyclePolicyText=json.dumps({"rules": [rule]}, indent=1))
    done = run("clock", "--url", f"http://localhost:{process.port}", "advance", "24h")
    assert (done.returncode, done.stdout.endswith("UTC, running\n")) == (0, True)
    assert len(call(process, "ListImages")["imageIds"]) == 1


def call(process: Process, operation: str, **members: Any) -> Any:
    connection = process.connect()
    target = f"AmazonEC2ContainerRegistry_V20150921.{operation}"
    body = json.dumps({"repositoryName": "app", **members})
    connection.request("POST", "/", body, {"X-Amz-Target": target})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    assert response.status == 200, content
    return json.loads(content)
