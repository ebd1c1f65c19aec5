"""What the commands that ask a running server have in common."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from ecrmock.cli import main
from ecrmock.cli.running import DEFAULT_URL
from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings
from tests.cli.calling import NOBODY

Ask = Callable[..., Result]

ASKING = [("reset",), ("settle",), ("token",), ("env",), ("wait", "--timeout", "1s")]


@pytest.mark.parametrize("arguments", ASKING)
def test_a_command_does_well(ask: Ask, arguments: tuple[str, ...]) -> None:
    result = ask(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("arguments", ASKING)
def test_the_address_may_be_an_option(ask: Ask, server: Server, arguments: tuple[str, ...]) -> None:
    assert ask(*arguments, "--url", server.url, url=NOBODY).exit_code == 0


@pytest.mark.parametrize("url", ["localhost:5327", "ftp://localhost", "http://", "http:///x"])
def test_what_is_no_url_is_bad_usage(ask: Ask, url: str) -> None:
    result = ask("clock", url=url)
    assert (result.exit_code, "one is http://localhost:5327" in result.stderr) == (2, True)


@pytest.mark.parametrize("arguments", ASKING)
def test_json_is_one_document(ask: Ask, arguments: tuple[str, ...]) -> None:
    assert isinstance(json.loads(ask(*arguments, "--json").stdout), dict)


@pytest.mark.parametrize("arguments", [*ASKING[:-1], ("wait", "--timeout", "0.01s"), ("ca",)])
def test_a_server_that_is_not_there_is_a_failure_with_a_way_out(
    ask: Ask, arguments: tuple[str, ...]
) -> None:
    result = ask(*arguments, url=NOBODY)
    assert (result.exit_code, "ecrmock serve" in result.stderr, result.stdout) == (1, True, "")


@pytest.mark.parametrize("arguments", [*ASKING[:-1], ("wait", "--timeout", "0.01s")])
def test_another_server_is_told_from_ecrmock(ask: Ask, arguments: tuple[str, ...]) -> None:
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
        result = ask(*arguments, url=f"http://127.0.0.1:{other.server_port}")
        other.shutdown()
        thread.join()
    assert (result.exit_code, "is not ecrmock" in result.stderr) == (1, True)


@pytest.mark.parametrize("command", ["reset", "token"])
def test_what_is_no_account_is_a_failure_in_the_servers_words(ask: Ask, command: str) -> None:
    result = ask(command, "--account", "12")
    assert (result.exit_code, "digits" in result.stderr) == (1, True)


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
