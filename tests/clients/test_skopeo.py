"""skopeo against the server: every kind of source, indexes, many at once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.image_files import (
    INDEX,
    MANIFEST,
    digest_of,
    random_layer,
    write_docker_archive,
    write_multi_arch_layout,
    write_oci_layout,
)
from tests.clients.programs import Program
from tests.clients.running_server import Repository

pytestmark = pytest.mark.clients

TO_SERVER = ("copy", "--dest-tls-verify=false")
FROM_SERVER = ("copy", "--src-tls-verify=false")


@pytest.fixture(autouse=True)
def logged_in(skopeo: Program, login: Callable[[Program], None]) -> None:
    login(skopeo)


@pytest.fixture
def layout(tmp_path: Path) -> str:
    folder = tmp_path / "layout"
    return f"oci:{write_oci_layout(folder, 'one', [random_layer(), random_layer()])}:one"


@pytest.mark.parametrize("transport", ["oci", "dir", "docker-archive"])
def test_a_copy_to_the_server_and_back_is_the_same_image(
    skopeo: Program, repository: Repository, tmp_path: Path, transport: str
) -> None:
    archive = write_docker_archive(tmp_path / "image.tar", "image:1", [random_layer()])
    source = f"docker-archive:{archive}"
    if transport != "docker-archive":
        source, original = f"{transport}:{tmp_path / 'source'}", source
        skopeo("copy", original, source)
    skopeo(*TO_SERVER, source, f"docker://{repository.uri}:1")
    skopeo(*FROM_SERVER, f"docker://{repository.uri}:1", f"dir:{tmp_path / 'back'}")
    manifest = (tmp_path / "back" / "manifest.json").read_bytes()
    assert repository.image("1")["imageDigest"] == digest_of(manifest)
    assert {blob.name for blob in (tmp_path / "back").iterdir()} >= {
        layer["digest"].removeprefix("sha256:") for layer in json.loads(manifest)["layers"]
    }


def test_the_api_describes_what_skopeo_pushed(
    skopeo: Program, repository: Repository, layout: str, tmp_path: Path
) -> None:
    written = tmp_path / "digest"
    skopeo(*TO_SERVER, "--digestfile", str(written), layout, f"docker://{repository.uri}:1")
    image = repository.image("1")
    manifest = json.loads(repository.manifest("1"))
    blobs = [manifest["config"], *manifest["layers"]]
    assert image["imageDigest"] == written.read_text()
    assert image["imageTags"] == ["1"]
    assert image["imageSizeInBytes"] == sum(blob["size"] for blob in blobs)
    assert image["imageManifestMediaType"] == MANIFEST


def test_skopeo_inspect_sees_digest_and_tags(
    skopeo: Program, repository: Repository, layout: str
) -> None:
    for tag in ("1", "2"):
        skopeo(*TO_SERVER, layout, f"docker://{repository.uri}:{tag}")
    seen = json.loads(skopeo("inspect", "--tls-verify=false", f"docker://{repository.uri}:1"))
    assert seen["Digest"] == repository.image("1")["imageDigest"]
    assert seen["RepoTags"] == ["1", "2"]


def test_an_index_arrives_with_all_its_images(
    skopeo: Program, repository: Repository, tmp_path: Path
) -> None:
    images = {"amd64": [random_layer()], "arm64": [random_layer()]}
    layout = write_multi_arch_layout(tmp_path / "layout", "both", images)
    target = f"docker://{repository.uri}:both"
    skopeo(*TO_SERVER, "--all", f"oci:{layout}:both", target)
    index = json.loads(repository.manifest("both"))
    assert repository.image("both")["imageManifestMediaType"] == INDEX
    assert len(index["manifests"]) == 2
    assert repository.digests() > {child["digest"] for child in index["manifests"]}


def test_one_platform_of_an_index_is_pulled_alone(
    skopeo: Program, repository: Repository, tmp_path: Path
) -> None:
    images = {"amd64": [random_layer()], "arm64": [random_layer()]}
    layout = write_multi_arch_layout(tmp_path / "layout", "both", images)
    target = f"docker://{repository.uri}:both"
    skopeo(*TO_SERVER, "--all", f"oci:{layout}:both", target)
    arm = ("--override-arch", "arm64", *FROM_SERVER, target, f"dir:{tmp_path / 'arm'}")
    skopeo(*arm)
    manifest = (tmp_path / "arm" / "manifest.json").read_bytes()
    children = json.loads(repository.manifest("both"))["manifests"]
    assert digest_of(manifest) == children[1]["digest"]


def test_an_image_of_thirty_layers_keeps_their_order(
    skopeo: Program, repository: Repository, tmp_path: Path
) -> None:
    layers = [random_layer() for _ in range(30)]
    layout = write_oci_layout(tmp_path / "layout", "deep", layers)
    skopeo(*TO_SERVER, f"oci:{layout}:deep", f"docker://{repository.uri}:deep")
    skopeo(*FROM_SERVER, f"docker://{repository.uri}:deep", f"dir:{tmp_path / 'back'}")
    config = json.loads(repository.manifest("deep"))["config"]["digest"].removeprefix("sha256:")
    rootfs = json.loads((tmp_path / "back" / config).read_bytes())["rootfs"]
    assert rootfs["diff_ids"] == [digest_of(layer) for layer in layers]


def test_eight_pushes_at_once_all_arrive(
    skopeo: Program, repository: Repository, tmp_path: Path
) -> None:
    shared = random_layer(100_000)
    tags = {f"v{number}" for number in range(8)}
    for tag in tags:
        write_oci_layout(tmp_path / tag, tag, [shared, random_layer(100_000)])
    skopeo.all_at_once(
        (*TO_SERVER, f"oci:{tmp_path / tag}:{tag}", f"docker://{repository.uri}:{tag}")
        for tag in tags
    )
    assert repository.tags() == tags
    assert len(repository.digests()) == 8


def test_skopeo_lists_the_tags(skopeo: Program, repository: Repository, layout: str) -> None:
    for tag in ("1", "2"):
        skopeo(*TO_SERVER, layout, f"docker://{repository.uri}:{tag}")
    listed = json.loads(skopeo("list-tags", "--tls-verify=false", f"docker://{repository.uri}"))
    assert listed["Tags"] == ["1", "2"]


def test_skopeo_deletes_an_image(skopeo: Program, repository: Repository, layout: str) -> None:
    skopeo(*TO_SERVER, layout, f"docker://{repository.uri}:1")
    skopeo("delete", "--tls-verify=false", f"docker://{repository.uri}:1")
    assert not repository.digests()


def test_skopeo_syncs_every_tag_of_a_repository_into_a_folder_and_back(
    skopeo: Program, repository: Repository, layout: str, tmp_path: Path
) -> None:
    for tag in ("1", "2"):
        skopeo(*TO_SERVER, layout, f"docker://{repository.uri}:{tag}")
    before, folder = repository.digests(), str(tmp_path / "synced")
    skopeo("sync", "--src-tls-verify=false", "--src=docker", "--dest=dir", repository.uri, folder)
    deleted = [{"imageDigest": digest} for digest in before]
    repository.api.batch_delete_image(repositoryName=repository.name, imageIds=deleted)
    parent = repository.uri.rpartition("/")[0]
    skopeo("sync", "--dest-tls-verify=false", "--src=dir", "--dest=docker", folder, parent)
    assert (repository.digests(), repository.tags()) == (before, {"1", "2"})
