"""``ecrmock export`` against a server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ecrmock import Ecr
from ecrmock.cli import main
from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings

Export = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with make_server(Settings(), port=0) as server:
        Ecr(server.backend).push_image("team/app", tag="1.0", layers=[b"layer" * 100_000])
        yield server


@pytest.fixture
def export(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Run the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    environment = {"ECRMOCK_URL": server.url}

    def export(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["export", *arguments], env=environment)

    return export


def played(path: Path) -> str:
    """Play a file, and return the digest of the image of the tag 1.0."""
    from ecrmock import mock_ecr

    with mock_ecr(seed=path) as ecr:
        (image,) = ecr.images("team/app")
        assert ecr.pull("team/app", "1.0").digest == image.image_digest
        return str(image.image_digest)


@pytest.mark.parametrize("name", ["seed.yaml", "state.json"])
def test_an_export_can_be_played(export: Export, server: Server, tmp_path: Path, name: str) -> None:
    result = export("-o", name)
    folder = f"{Path(name).stem}.images"
    assert (result.exit_code, result.output) == (0, f"wrote {name} and {folder}\n")
    assert played(tmp_path / name) == Ecr(server.backend).images("team/app")[0].image_digest


def test_without_a_name_it_is_seed_yaml(export: Export, tmp_path: Path) -> None:
    export()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seed.images", "seed.yaml"]


def test_what_is_there_stays(export: Export, tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text("mine")
    result = export()
    assert (result.exit_code, (tmp_path / "seed.yaml").read_text()) == (2, "mine")
    assert "seed.yaml: there already; --force replaces it" in result.output


def test_force_replaces_it(export: Export, tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text("mine")
    assert export("--force").exit_code == 0
    assert (tmp_path / "seed.yaml").read_text().startswith("# Written by ecrmock export")


def test_a_folder_that_is_not_there_is_made(export: Export, tmp_path: Path) -> None:
    assert export("-o", "new/seed.yaml").exit_code == 0
    assert (tmp_path / "new/seed.yaml").exists()


def test_a_place_where_nothing_can_be_written_is_said(export: Export, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = export("-o", "file/seed.yaml")
    assert (result.exit_code, "no export: " in result.output) == (1, True)


def test_no_server_is_said(export: Export) -> None:
    result = export("--url", "http://localhost:1")
    assert (result.exit_code, "no server answers" in result.output) == (1, True)
