"""buildah and umoci: images that are made here, without any daemon.

umoci knows no registry: skopeo pushes and pulls what it makes.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import Repository
from tests.clients.words import TOLD

pytestmark = pytest.mark.clients

TEXT = "made here\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "file.txt"
    file.write_text(TEXT)
    return file


def test_an_image_that_buildah_made_from_scratch_survives_push_and_pull(
    buildah: Program,
    ready: Callable[[str], Program],
    repository: Repository,
    file: Path,
    tmp_path: Path,
) -> None:
    ready("buildah")
    container = buildah("from", "scratch").strip()
    buildah("copy", container, str(file), "/file.txt")
    made = buildah("commit", container, f"{repository.uri}:1").strip()
    buildah("push", "--tls-verify=false", f"{repository.uri}:1")
    buildah("rm", container)
    buildah("rmi", made)
    assert buildah("pull", "--tls-verify=false", f"{repository.uri}:1").strip() == made
    container = buildah("from", f"{repository.uri}:1").strip()
    assert (Path(buildah("mount", container).strip()) / "file.txt").read_text() == TEXT


@pytest.fixture
def made(
    umoci: Program, ready: Callable[[str], Program], repository: Repository, file: Path
) -> Path:
    """The layout of an image that umoci has made and skopeo has pushed."""
    layout = file.parent / "made"
    umoci("init", "--layout", str(layout))
    umoci("new", "--image", f"{layout}:1")
    umoci("insert", "--image", f"{layout}:1", str(file), "/file.txt")
    target = f"docker://{repository.uri}:1"
    ready("skopeo")("copy", "--dest-tls-verify=false", f"oci:{layout}:1", target)
    return layout


def pull_beside(layout: Path, repository: Repository) -> tuple[str, ...]:
    """Return what skopeo is told to pull the image into the folder `back`."""
    target = f"oci:{layout.parent / 'back'}:1"
    return "copy", "--src-tls-verify=false", f"docker://{repository.uri}:1", target


def test_the_api_describes_the_image_that_umoci_made(made: Path, repository: Repository) -> None:
    (manifest,) = json.loads((made / "index.json").read_text())["manifests"]
    assert repository.image("1")["imageDigest"] == manifest["digest"]


def test_an_image_that_umoci_made_is_unpacked_after_push_and_pull(
    umoci: Program, skopeo: Program, repository: Repository, made: Path
) -> None:
    folder = made.parent
    skopeo(*pull_beside(made, repository))
    umoci("unpack", "--rootless", "--image", f"{folder / 'back'}:1", str(folder / "bundle"))
    assert (folder / "bundle" / "rootfs" / "file.txt").read_text() == TEXT


def test_an_image_that_umoci_made_cannot_be_pulled_once_the_api_has_deleted_it(
    skopeo: Program, repository: Repository, made: Path
) -> None:
    repository.delete("1")
    said = skopeo.fails(*pull_beside(made, repository))
    assert f"reading manifest 1 in {repository.uri}: {TOLD}" in said
    assert not (made.parent / "back" / "index.json").exists()
