"""``ecrmock seed`` and ``ecrmock serve --seed``."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ecrmock.cli import main
from ecrmock.server import Server, make_server
from ecrmock.values.settings import BACKGROUND, Settings
from tests.cli.conftest import Process

TEXT = """\
version: 1
repositories:
  team/app:
    images:
      - {tag: 1.10, pushed_at: 90d ago, layers: [layer]}
"""
Seed = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with make_server(Settings(settle=BACKGROUND), port=0) as server:
        yield server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer/motd").write_text("hello")
    (tmp_path / "seed.yaml").write_text(TEXT)
    return tmp_path / "seed.yaml"


@pytest.fixture
def seed(server: Server) -> Seed:
    """Run the command on an empty server."""
    server.backend.reset()

    def seed(*arguments: str | Path) -> Result:
        environment = {"ECRMOCK_URL": server.url}
        return CliRunner().invoke(main, ["seed", *map(str, arguments)], env=environment)

    return seed


def repositories(server: Server) -> list[str]:
    registry = server.backend.state()["123456789012"]["us-east-1"]
    return [each["repository"]["repository_name"] for each in registry["repositories"]]


def test_a_file_is_played_with_what_it_names(seed: Seed, server: Server, path: Path) -> None:
    result = seed(path)
    assert (result.exit_code, result.output) == (0, f"played {path}\n")
    assert repositories(server) == ["team/app"]


def test_several_files_are_played_in_their_order(seed: Seed, server: Server, path: Path) -> None:
    other = path.with_name("other.json")
    other.write_text('{"version": 1, "repositories": {"app": {"images": [{"tag": "1"}]}}}')
    assert seed(other, path).exit_code == 0
    assert repositories(server) == ["app", "team/app"]


def test_json_is_what_the_server_answers(seed: Seed, path: Path) -> None:
    assert json.loads(seed(path, "--json").output) == {"status": "ok"}


def test_a_file_with_mistakes_ends_with_2_and_nothing_is_sent(
    seed: Seed, server: Server, path: Path
) -> None:
    bad = path.with_name("bad.yaml")
    bad.write_text("version: 1\nrepositories:\n  App: {}\n  team/app: {tagz: 1}\n")
    result = seed(path, bad)
    assert result.exit_code == 2
    assert "bad.yaml:3:3: repositories.App: " in result.output
    assert "bad.yaml:4:14: repositories.team/app.tagz: " in result.output
    assert server.backend.state() == {}


def test_a_check_needs_no_server(path: Path) -> None:
    runner = CliRunner()
    assert (
        runner.invoke(main, ["seed", "--check", str(path)], env={"ECRMOCK_URL": ""}).exit_code == 0
    )


def test_the_schema_is_printed(seed: Seed) -> None:
    assert json.loads(seed("--schema").output)["title"] == "ecrmock seed"


def test_without_a_file_it_asks_for_one(seed: Seed) -> None:
    assert (seed().exit_code, "name a file" in seed().output) == (2, True)


def test_what_the_server_refuses_is_said_with_its_line(seed: Seed, path: Path) -> None:
    path.write_text("version: 1\nusers:\n  ci: {groups: [none]}\n")
    result = seed(path)
    assert result.exit_code == 1
    assert "seed.yaml:3:17: users.ci.groups[0]: AddUserToGroup was refused: " in result.output


def test_no_server_is_said(path: Path) -> None:
    result = CliRunner().invoke(main, ["seed", str(path), "--url", "http://localhost:1"])
    assert (result.exit_code, "no server answers" in result.output) == (1, True)


# serve --seed


def test_a_server_begins_with_seeds(serve: Callable[..., Process], path: Path) -> None:
    process = serve("--seed", str(path))
    _, answer = process.ask("GET", "/_ecrmock/export")
    there = json.loads(answer)["accounts"]["123456789012"]["regions"]["us-east-1"]
    assert there["repositories"]["team/app"]["images"][0]["tags"] == ["1.10"]


def test_a_server_does_not_begin_with_a_bad_seed(
    run: Callable[..., subprocess.CompletedProcess[str]], path: Path
) -> None:
    path.write_text("version: 2\n")
    result = run("serve", "--port", "0", "--seed", str(path))
    assert (result.returncode, result.stdout) == (2, "")
    assert f"{path}:1:10: version: 2 is not 1" in result.stderr
