"""helm against the server: a chart is an artifact like any other."""

import hashlib
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import NO_IMAGE, Repository, RunningServer

pytestmark = pytest.mark.clients_extra

VERSION = "1.0.0+build.7"
CHART = "apiVersion: v2\nname: {name}\nversion: {version}\n"
CONFIG_TYPE = "application/vnd.cncf.helm.config.v1+json"


def write_chart(folder: Path, name: str, version: str = VERSION) -> Path:
    """Write a chart as an archive, as `helm package` does."""
    source = folder / "Chart.yaml"
    source.write_text(CHART.format(name=name, version=version))
    archive = folder / f"{name}-{version}.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(source, f"{name}/Chart.yaml")
    return archive


@pytest.fixture
def chart(
    helm: Program, ready: Callable[[str], Program], repository: Repository, tmp_path: Path
) -> Path:
    """A chart that helm has pushed; it is named as the repository's last part."""
    ready("helm")
    parent, _, name = repository.uri.rpartition("/")
    archive = write_chart(tmp_path, name)
    helm("push", "--plain-http", str(archive), f"oci://{parent}")
    return archive


def test_a_chart_becomes_an_image_whose_tag_has_no_plus(
    chart: Path, repository: Repository
) -> None:
    image = repository.image("1.0.0_build.7")
    assert image["artifactMediaType"] == CONFIG_TYPE
    assert image["imageTags"] == ["1.0.0_build.7"]


def test_a_pulled_chart_has_the_bytes_that_were_pushed(
    helm: Program, chart: Path, repository: Repository, tmp_path: Path
) -> None:
    back = tmp_path / "back"
    back.mkdir()
    options = ("--plain-http", "--version", VERSION, "--destination", str(back))
    helm("pull", *options, f"oci://{repository.uri}")
    (pulled,) = back.iterdir()
    assert (
        hashlib.sha256(pulled.read_bytes()).digest() == hashlib.sha256(chart.read_bytes()).digest()
    )


def test_helm_shows_a_chart_and_finds_its_version_by_a_range(
    helm: Program, chart: Path, repository: Repository
) -> None:
    shown = helm("show", "chart", "--plain-http", "--version", "~1.0", f"oci://{repository.uri}")
    assert "version: 1.0.0+build.7" in shown


def test_a_deleted_chart_cannot_be_pulled(
    helm: Program, chart: Path, repository: Repository, server: RunningServer
) -> None:
    """helm reads no body of a 404, and says its own words; a plain GET shows that ECR's were sent."""
    repository.delete("1.0.0_build.7")
    said = helm.fails("pull", "--plain-http", "--version", VERSION, f"oci://{repository.uri}")
    missing = f"{repository.uri}:1.0.0_build.7"
    assert f'failed to perform "FetchReference" on source: {missing}: not found' in said
    assert server.refusal(repository.name, "1.0.0_build.7") == NO_IMAGE
