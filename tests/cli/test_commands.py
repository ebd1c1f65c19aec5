"""The commands that ask a running server for one thing: wait, reset, settle, token, env, ca, completion."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from ecrmock.cli import main
from ecrmock.cli.running import DEFAULT_URL
from ecrmock.dispatch.call import Call
from ecrmock.server import Server, make_server
from ecrmock.values.authorization import AccountRoot, root_of
from ecrmock.values.names import AccountId, Region, partition_of
from ecrmock.values.settings import MANUAL, Settings
from tests.receivers import free_port

NOBODY = "http://localhost:1"
OTHER = AccountId("111122223333")
Run = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[Server]:
    with make_server(Settings(uri_style="path", settle=MANUAL), port=0) as server:
        yield server


@pytest.fixture
def run(server: Server) -> Run:
    """Run a command that asks the server."""

    def run(*arguments: str, url: str = server.url, **variables: str) -> Result:
        return CliRunner().invoke(main, arguments, env={"ECRMOCK_URL": url, **variables})

    return run


def call(server: Server, operation: str, account: AccountId, **parameters: object) -> object:
    call = Call(
        service="ecr",
        operation=operation,
        parameters=parameters,
        credentials=AccountRoot(account),
        region=Region("us-east-1"),
        request_id="request",
    )
    return server.backend.dispatcher.dispatch(call)


ASKING = [("reset",), ("settle",), ("token",), ("env",), ("wait", "--timeout", "1s")]


@pytest.mark.parametrize("arguments", ASKING)
def test_a_command_does_well(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("arguments", ASKING)
def test_the_address_may_be_an_option(run: Run, server: Server, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, "--url", server.url, url=NOBODY).exit_code == 0


@pytest.mark.parametrize("url", ["localhost:5327", "ftp://localhost", "http://", "http:///x"])
def test_what_is_no_url_is_bad_usage(run: Run, url: str) -> None:
    result = run("clock", url=url)
    assert (result.exit_code, "one is http://localhost:5327" in result.stderr) == (2, True)


@pytest.mark.parametrize("arguments", ASKING)
def test_json_is_one_document(run: Run, arguments: tuple[str, ...]) -> None:
    assert isinstance(json.loads(run(*arguments, "--json").stdout), dict)


@pytest.mark.parametrize("arguments", [*ASKING[:-1], ("wait", "--timeout", "0.01s"), ("ca",)])
def test_a_server_that_is_not_there_is_a_failure_with_a_way_out(
    run: Run, arguments: tuple[str, ...]
) -> None:
    result = run(*arguments, url=NOBODY)
    assert (result.exit_code, "ecrmock serve" in result.stderr, result.stdout) == (1, True, "")


@pytest.mark.parametrize("arguments", [*ASKING[:-1], ("wait", "--timeout", "0.01s")])
def test_another_server_is_told_from_ecrmock(run: Run, arguments: tuple[str, ...]) -> None:
    class Anybody(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Anybody) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        result = run(*arguments, url=f"http://127.0.0.1:{other.server_port}")
        other.shutdown()
        thread.join()
    assert (result.exit_code, "is not ecrmock" in result.stderr) == (1, True)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every command with its groups."""
    for name, command in sorted(group.commands.items()):
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def options(path: tuple[str, ...]) -> dict[str, click.Option]:
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return {
        name: option
        for option in command.params
        if isinstance(option, click.Option)
        for name in option.opts
    }


@pytest.mark.parametrize("path", [path for path in commands(main) if "--url" in options(path)])
def test_the_address_is_a_variable_of_every_command_that_asks(path: tuple[str, ...]) -> None:
    option = options(path)["--url"]
    assert (option.envvar, option.show_envvar) == ("ECRMOCK_URL", True)
    assert option.default in (DEFAULT_URL, DEFAULT_URL.replace("http:", "https:"))


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_and_option_has_help(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert [name for name, option in options(path).items() if not option.help] == []


def test_the_list_of_commands_has_a_whole_sentence_for_each() -> None:
    shown = CliRunner().invoke(main, ["--help"]).stdout.partition("Commands:\n")[2].splitlines()
    assert len(shown) == len(main.commands)
    assert [line for line in shown if not line.endswith(".") or line.endswith("...")] == []


# wait


def test_waiting_says_what_answers(run: Run, server: Server) -> None:
    assert run("wait").stdout.endswith(f"is ready at {server.url}\n")


def test_waiting_ends_when_a_server_comes_up(run: Run) -> None:
    late = make_server(Settings(), port=free_port())
    starting = threading.Timer(0.3, late.start)
    starting.start()
    result = run("wait", "--timeout", "20s", url=f"http://localhost:{late.port}")
    starting.join()
    late.stop()
    assert result.exit_code == 0


def test_waiting_for_nobody_says_how_long(run: Run) -> None:
    result = run("wait", "--timeout", "0.2s", url=NOBODY)
    assert result.stderr.startswith("Error: after 0.2 s: no server answers")


def test_a_time_that_is_none_is_bad_usage(run: Run) -> None:
    assert run("wait", "--timeout", "soon").exit_code == 2


# reset


def test_reset_forgets_all(run: Run, server: Server) -> None:
    call(server, "CreateRepository", OTHER, repository_name="app")
    assert run("reset").stdout == "reset\n"
    assert server.backend.accounts() == {}


def test_reset_of_an_account_leaves_the_others(run: Run, server: Server) -> None:
    for account in (OTHER, server.backend.settings.account):
        call(server, "CreateRepository", account, repository_name="app")
    assert run("reset", "--account", OTHER).stdout == f"reset account {OTHER}\n"
    assert list(server.backend.accounts()) == [server.backend.settings.account]


@pytest.mark.parametrize("command", ["reset", "token"])
def test_what_is_no_account_is_a_failure_in_the_servers_words(run: Run, command: str) -> None:
    result = run(command, "--account", "12")
    assert (result.exit_code, "digits" in result.stderr) == (1, True)


# settle


def test_settle_does_what_is_due(run: Run, server: Server) -> None:
    call(server, "CreateRepository", OTHER, repository_name="app")
    call(server, "InitiateLayerUpload", OTHER, repository_name="app")
    server.backend.world.clock.advance(timedelta(days=2))
    assert run("settle").stdout == "settled\n"
    assert server.backend.accounts()[OTHER]["regions"]["us-east-1"]["uploads"] == 0


# token


@pytest.mark.parametrize(
    ("arguments", "account"),
    [((), "123456789012"), (("--account", OTHER, "--region", "eu-west-1"), OTHER)],
)
def test_a_token_is_a_password_of_the_root(
    run: Run, server: Server, arguments: tuple[str, ...], account: str
) -> None:
    password = run("token", *arguments).stdout.rstrip("\n")
    world = server.backend.world
    found = world.tokens.read(password, world.clock.now())
    assert found == root_of(AccountId(account), partition_of(Region("us-east-1")))


def test_a_token_comes_with_the_address_on_request(run: Run, server: Server) -> None:
    assert json.loads(run("token", "--json").stdout)["registry"] == server.url


def test_a_token_for_ecr_public_comes_with_its_address(run: Run, server: Server) -> None:
    told = json.loads(run("token", "--public", "--json").stdout)
    assert told["registry"] == server.public_registry_url


def test_a_token_for_ecr_public_has_no_region(run: Run) -> None:
    assert run("token", "--public", "--region", "eu-west-1").exit_code == 2


# env


def test_the_environment_can_be_had_as_json(run: Run, server: Server) -> None:
    told = json.loads(run("env", "--client", "docker", "--json").stdout)
    assert told["environment"]["AWS_ENDPOINT_URL"] == server.url
    assert told["registry"] == server.url.removeprefix("http://")
    assert told["commands"][1] == f"docker push {told['registry']}/team/app:1.0"


def test_the_lines_for_ecr_public_ask_which_registry_it_is(run: Run, server: Server) -> None:
    told = json.loads(run("env", "--client", "docker", "--public", "--json").stdout)
    host = server.public_registry_url.removeprefix("http://")
    asked, login, push = told["commands"]
    assert (told["registry"], push) == (host, "docker push $registry/team/app:1.0")
    assert (asked.startswith("registry=$(aws ecr-public "), login.endswith(host)) == (True, True)


def test_the_environment_as_lines_says_the_same(run: Run) -> None:
    told = json.loads(run("env", "--json").stdout)["environment"]
    lines = [f"export {name}={value}" for name, value in told.items()]
    assert run("env").stdout.splitlines() == lines


# TLS


def test_commands_trust_what_aws_clients_trust(tmp_path: Path) -> None:
    bundle = tmp_path / "ecrmock.pem"
    with make_server(Settings(), port=0, tls=True) as server:
        variables = {"ECRMOCK_URL": server.url}
        printed = CliRunner().invoke(main, ["ca"], env=variables)
        bundle.write_text(printed.stdout)
        refused = CliRunner().invoke(main, ["settle"], env={**variables, "AWS_CA_BUNDLE": ""})
        done = CliRunner().invoke(main, ["settle"], env={**variables, "AWS_CA_BUNDLE": str(bundle)})
    assert (refused.exit_code, "ecrmock ca" in refused.stderr) == (1, True)
    assert done.exit_code == 0


# completion


@pytest.mark.parametrize(
    ("shell", "mark"),
    [("bash", "complete -o"), ("zsh", "#compdef ecrmock"), ("fish", "--command ecrmock")],
)
def test_a_script_for_a_shell_is_printed(shell: str, mark: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert (result.exit_code, mark in result.stdout) == (0, True)
    assert "_ECRMOCK_COMPLETE" in result.stdout


@pytest.mark.parametrize(
    ("words", "found"), [("ecrmock cl", "clock"), ("ecrmock reset --acc", "--account")]
)
def test_what_the_script_asks_is_answered(words: str, found: str) -> None:
    variables = {
        "_ECRMOCK_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    result = CliRunner().invoke(main, [], prog_name="ecrmock", env=variables)
    assert result.stdout == f"plain,{found}\n"


def test_another_shell_is_bad_usage() -> None:
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2
