"""buildah and umoci: images that are made here, without any daemon."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import Repository

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


def test_an_image_that_umoci_made_is_unpacked_after_push_and_pull(
    umoci: Program, ready: Callable[[str], Program], repository: Repository, file: Path
) -> None:
    skopeo, folder = ready("skopeo"), file.parent
    umoci("init", "--layout", str(folder / "made"))
    umoci("new", "--image", f"{folder / 'made'}:1")
    umoci("insert", "--image", f"{folder / 'made'}:1", str(file), "/file.txt")
    target = f"docker://{repository.uri}:1"
    skopeo("copy", "--dest-tls-verify=false", f"oci:{folder / 'made'}:1", target)
    skopeo("copy", "--src-tls-verify=false", target, f"oci:{folder / 'back'}:1")
    umoci("unpack", "--rootless", "--image", f"{folder / 'back'}:1", str(folder / "bundle"))
    assert (folder / "bundle" / "rootfs" / "file.txt").read_text() == TEXT
