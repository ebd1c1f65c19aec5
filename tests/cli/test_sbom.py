"""``ecrmock sbom`` asks a running server what is installed in an image."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from ecrmock import Ecr
from ecrmock.cli import main
from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings
from tests.world.inventory.layer_files import STATUS, layer


@pytest.fixture
def server() -> Iterator[Server]:
    with make_server(Settings(uri_style="path"), port=0) as server:
        yield server


@pytest.fixture
def digest(server: Server) -> str:
    """The digest of ``team/app:1.0``, which is ``latest`` too."""
    handle = Ecr(server.backend)
    for tag in ("1.0", "latest"):
        pushed = handle.push_image(
            "team/app", tag=tag, layers=[layer({"var/lib/dpkg/status": STATUS})]
        )
    assert pushed.image_digest is not None
    return pushed.image_digest


def run(server: Server, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["sbom", *arguments, "--url", server.url])


@pytest.mark.parametrize("named", ["team/app:1.0", "team/app", "team/app@{digest}"])
def test_an_image_is_named_as_docker_names_it(server: Server, digest: str, named: str) -> None:
    result = run(server, named.format(digest=digest))
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert [each["name"] for each in document["components"]] == ["libc6", "login"]
    assert document["metadata"]["component"]["version"] == digest


def test_it_may_be_written_to_a_file(server: Server, digest: str, tmp_path) -> None:
    file = tmp_path / "app.cdx.json"
    result = run(server, f"team/app@{digest}", "--output", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(file.read_bytes())["bomFormat"] == "CycloneDX"
    absent = run(server, f"team/app@{digest}", "-o", str(tmp_path / "no/such"))
    assert (absent.exit_code, "cannot be written" in absent.stderr) == (1, True)


def test_another_registry_is_asked_for(server: Server, digest: str) -> None:
    result = run(server, "team/app", "--account", "111122223333", "--region", "eu-west-1")
    assert result.exit_code == 1
    assert "111122223333" in result.stderr
    assert "does not exist" in result.stderr


def test_what_answers_otherwise_is_not_ecrmock() -> None:
    result = CliRunner().invoke(main, ["sbom", "app", "--url", "http://localhost:1"])
    assert (result.exit_code, "ecrmock serve" in result.stderr) == (1, True)
