"""The Python packages oras and docker against the server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import available_package
from tests.clients.image_files import contents_of, digest_of, random_layer, write_docker_archive
from tests.clients.running_server import Repository, RunningServer
from tests.clients.words import TOLD

pytestmark = pytest.mark.clients

TEXT = "all is well\n"


@pytest.fixture
def oras_python(
    server: RunningServer, password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The package's client, logged in."""
    available_package("oras")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker-config"))
    import oras.client

    client = oras.client.OrasClient(hostname=server.registry, insecure=True, auth_backend="basic")
    config = str(tmp_path / "config.json")
    client.login(username="AWS", password=password, hostname=server.registry, config_path=config)
    return client


@pytest.fixture
def pushed(oras_python: Any, repository: Repository, tmp_path: Path) -> str:
    """A file that the package has pushed as an artifact."""
    file = tmp_path / "report.txt"
    file.write_text(TEXT)
    target = f"{repository.uri}:report"
    oras_python.push(target=target, files=[f"{file}:text/plain"], disable_path_validation=True)
    return target


def test_oras_pushes_a_file_that_the_api_describes(pushed: str, repository: Repository) -> None:
    image, text = repository.image("report"), repository.manifest("report")
    assert image["imageDigest"] == digest_of(text.encode())
    assert image["imageTags"] == ["report"]


def test_oras_pulls_the_bytes_that_it_pushed(oras_python: Any, pushed: str, tmp_path: Path) -> None:
    (pulled,) = oras_python.pull(target=pushed, outdir=str(tmp_path / "back"))
    assert Path(pulled).read_text() == TEXT


def test_oras_cannot_pull_what_the_api_has_deleted(
    oras_python: Any, pushed: str, repository: Repository, caplog: pytest.LogCaptureFixture
) -> None:
    """The package logs ECR's text, and raises the name of the status."""
    repository.delete("report")
    with pytest.raises(ValueError, match=f"/v2/{repository.name}/manifests/report: Not Found$"):
        oras_python.pull(target=pushed)
    assert "Requested image not found" in caplog.messages


@pytest.fixture
def engine(docker_engine: str, password: str, server: RunningServer) -> Iterator[Any]:
    """The package's client of a Docker engine; it sends the login along with each command."""
    available_package("docker")
    import docker

    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture
def login(password: str) -> dict[str, str]:
    return {"username": "AWS", "password": password}


def docker_push(
    engine: Any, login: dict[str, str], repository: Repository, layer: bytes, folder: Path
) -> str:
    """Push an image, and remove it from the engine; return the digest that the engine tells."""
    archive = write_docker_archive(folder / "image.tar", f"{repository.uri}:1", [layer])
    (image,) = engine.images.load(archive.read_bytes())
    told = list(
        engine.images.push(repository.uri, "1", auth_config=login, stream=True, decode=True)
    )
    engine.images.remove(image.id, force=True)
    return told[-1]["aux"]["Digest"]


def test_docker_pushes_what_the_api_describes_and_pulls_its_bytes(
    engine: Any, login: dict[str, str], repository: Repository, tmp_path: Path
) -> None:
    layer = random_layer()
    digest = docker_push(engine, login, repository, layer, tmp_path)
    assert digest == repository.image("1")["imageDigest"]
    saved = tmp_path / "saved.tar"
    pulled = engine.images.pull(repository.uri, "1", auth_config=login)
    saved.write_bytes(b"".join(pulled.save(named=f"{repository.uri}:1")))
    assert digest_of(layer) in contents_of(saved)


def test_docker_cannot_pull_what_the_api_has_deleted(
    engine: Any, login: dict[str, str], repository: Repository, tmp_path: Path
) -> None:
    import docker.errors

    docker_push(engine, login, repository, random_layer(), tmp_path)
    repository.delete("1")
    with pytest.raises(docker.errors.NotFound) as refusal:
        engine.images.pull(repository.uri, "1", auth_config=login)
    assert refusal.value.explanation == f"manifest for {repository.uri}:1 not found: {TOLD}"
