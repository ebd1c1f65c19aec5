"""Images from files. Source: OCI image specification, "image layout"; Docker image specification v1.2."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecrmock.rules.image_building import BuiltImage, build_image, build_index
from ecrmock.seeding.image_files import read_image
from ecrmock.values.errors import EcrError
from ecrmock.values.manifests import DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST
from ecrmock.values.names import sha256_of

ONE, TWO = build_image([b"one"]), build_image([gzip.compress(b"two")], platform="linux/arm64")
REFERENCE = "org.opencontainers.image.ref.name"
Write = Callable[[Path, dict[str, bytes]], Path]


def as_folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def as_archive(path: Path, files: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path / "image.tar", mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path / "image.tar"


def as_packed_archive(path: Path, files: dict[str, bytes]) -> Path:
    return as_archive(path, files, "w:gz")


in_each_form = pytest.mark.parametrize("write", [as_folder, as_archive, as_packed_archive])


def descriptor(image: BuiltImage, name: str | None = None) -> dict[str, Any]:
    text = image.manifest.encode()
    described = {"mediaType": image.media_type, "digest": image.digest, "size": len(text)}
    return described | ({"annotations": {REFERENCE: name}} if name else {})


def layout(listed: list[dict[str, Any]], *images: BuiltImage) -> dict[str, bytes]:
    """Return the files of an OCI layout."""
    blobs = [content for image in images for content in (image.manifest.encode(), *image.blobs)]
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
    return {
        "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
        "index.json": json.dumps(index).encode(),
        **{f"blobs/{sha256_of(content).replace(':', '/')}": content for content in blobs},
    }


def saved(**names: list[str] | None) -> dict[str, bytes]:
    """Return the files of ``docker save``: images of one layer each, with their names."""
    files: dict[str, bytes] = {}
    entries = []
    for key, tags in names.items():
        files |= {f"{key}.json": json.dumps({"os": key}).encode(), f"{key}/layer.tar": key.encode()}
        entry = {"Config": f"{key}.json", "RepoTags": tags, "Layers": [f"{key}/layer.tar"]}
        entries.append(entry)
    return {"manifest.json": json.dumps(entries).encode(), **files}


# OCI layouts


@in_each_form
def test_the_only_image_of_a_layout_is_read(tmp_path: Path, write: Write) -> None:
    assert read_image(write(tmp_path, layout([descriptor(ONE)], ONE))) == ONE


@in_each_form
@pytest.mark.parametrize(("name", "image"), [("1", ONE), ("2", TWO)])
def test_one_of_several_is_chosen_by_name(
    tmp_path: Path, write: Write, name: str, image: BuiltImage
) -> None:
    files = layout([descriptor(ONE, "1"), descriptor(TWO, "2")], ONE, TWO)
    assert read_image(write(tmp_path, files), name) == image


def test_an_index_is_read_with_its_images(tmp_path: Path) -> None:
    index = build_index([(descriptor(ONE), "linux/amd64"), (descriptor(TWO), "linux/arm64")])
    read = read_image(as_folder(tmp_path, layout([descriptor(index)], index, ONE, TWO)))
    assert (read.digest, read.media_type) == (index.digest, OCI_INDEX)
    assert read.children == (ONE, TWO)


def test_a_layout_keeps_the_text_of_its_manifest(tmp_path: Path) -> None:
    """Its digest is that of these bytes."""
    text = json.dumps(json.loads(ONE.manifest), indent=3)
    spaced = BuiltImage(manifest=text, media_type=OCI_MANIFEST, blobs=ONE.blobs)
    assert read_image(as_folder(tmp_path, layout([descriptor(spaced)], spaced))).manifest == text


# Archives of docker save


@pytest.mark.parametrize("write", [as_archive, as_packed_archive])
def test_an_archive_of_docker_becomes_a_docker_manifest(tmp_path: Path, write: Write) -> None:
    image = read_image(write(tmp_path, saved(app=["app:1"])))
    document = json.loads(image.manifest)
    assert (image.media_type, document["mediaType"]) == (DOCKER_MANIFEST, DOCKER_MANIFEST)
    assert image.blobs == (b'{"os": "app"}', b"app")


def test_an_archive_of_docker_names_its_blobs(tmp_path: Path) -> None:
    document = json.loads(read_image(as_archive(tmp_path, saved(app=None))).manifest)
    named = [document["config"], *document["layers"]]
    expected = [sha256_of(content) for content in (b'{"os": "app"}', b"app")]
    assert [blob["digest"] for blob in named] == expected


@pytest.mark.parametrize(
    ("layer", "suffix"), [(b"plain", ".tar"), (gzip.compress(b"packed", mtime=0), ".tar.gzip")]
)
def test_a_layer_of_docker_has_the_media_type_of_its_bytes(
    tmp_path: Path, layer: bytes, suffix: str
) -> None:
    files = {**saved(app=None), "app/layer.tar": layer}
    (described,) = json.loads(read_image(as_archive(tmp_path, files)).manifest)["layers"]
    assert described["mediaType"].endswith(f"rootfs.diff{suffix}")


@pytest.mark.parametrize(("name", "layer"), [("app:1", b"app"), ("app:2", b"app"), ("b:1", b"b")])
def test_one_of_several_images_of_docker_is_chosen_by_name(
    tmp_path: Path, name: str, layer: bytes
) -> None:
    path = as_archive(tmp_path, saved(app=["app:1", "app:2"], b=["b:1"]))
    assert read_image(path, name).blobs[1] == layer


# What is wrong


def test_of_several_images_one_has_to_be_named(tmp_path: Path) -> None:
    path = as_archive(tmp_path, saved(app=["app:1", "app:2"], b=["b:1"]))
    with pytest.raises(ValueError, match="has 2 images, not one; it names: app:1, app:2, b:1"):
        read_image(path)


def test_a_name_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 images of the name no, not one; it names: app:1"):
        read_image(as_archive(tmp_path, saved(app=["app:1"])), "no")


@in_each_form
@pytest.mark.parametrize(
    "files",
    [
        {"README": b"nothing of an image"},
        {"index.json": b"no JSON"},
        {"index.json": b"[]"},
        {"index.json": b"{}"},
        {"index.json": b'{"manifests": []}'},
        {"index.json": b'{"manifests": [{}]}'},
        {"index.json": b'{"manifests": ["text"]}'},
    ],
    ids=lambda files: str(*files.values()),
)
def test_what_is_no_layout_is_refused(
    tmp_path: Path, write: Write, files: dict[str, bytes]
) -> None:
    with pytest.raises(ValueError, match=str(tmp_path)):
        read_image(write(tmp_path, files))


@pytest.mark.parametrize(
    "text",
    [b"{}", b"[]", b"7", b"[7]", b"[{}]", b'[{"Config": "no", "Layers": []}]', b"[" * 100_000],
    ids=range(7),
)
def test_an_archive_that_lists_no_images_is_refused(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(ValueError, match=str(tmp_path)):
        read_image(as_archive(tmp_path, {"manifest.json": text}))


def test_an_archive_without_one_of_its_layers_is_refused(tmp_path: Path) -> None:
    files = saved(app=None)
    del files["app/layer.tar"]
    with pytest.raises(ValueError, match=r"has no file app/layer\.tar"):
        read_image(as_archive(tmp_path, files))


def test_a_folder_without_one_of_its_blobs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_image(as_folder(tmp_path, layout([descriptor(ONE)])))


def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    broken = BuiltImage(manifest="{}", media_type=OCI_MANIFEST)
    with pytest.raises(EcrError):
        read_image(as_folder(tmp_path, layout([descriptor(broken)], broken)))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    with pytest.raises(ValueError, match="neither an OCI layout folder nor a tar archive"):
        read_image(tmp_path / "file")


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_image(tmp_path / "no")
