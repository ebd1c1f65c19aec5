import gzip
import hashlib
import io
import json
import tarfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecrmock.rules.image_building import BuiltImage, build_artifact, build_image, build_index
from ecrmock.values.manifests import OCI_CONFIG, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST, parse_manifest
from ecrmock.values.names import sha256_of

LAYERS = (b"first", gzip.compress(b"second"))
DESCRIPTOR = {"mediaType": OCI_MANIFEST, "digest": sha256_of(b"manifest"), "size": 8}


def config_of(image: BuiltImage) -> dict[str, object]:
    document: dict[str, object] = json.loads(image.blobs[0])
    return document


def document_of(image: BuiltImage) -> dict[str, object]:
    document: dict[str, object] = json.loads(image.manifest)
    return document


def diff_ids(*layers: bytes) -> object:
    return config_of(build_image(layers))["rootfs"]["diff_ids"]  # type: ignore[index]


def members(layer: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


# Images


def test_the_blobs_of_an_image_are_its_config_and_its_layers() -> None:
    image = build_image(LAYERS)
    assert image.blobs[1:] == LAYERS
    assert config_of(image)["rootfs"]


def test_an_image_without_layers_gets_one_with_a_single_empty_file() -> None:
    (_, layer) = build_image([]).blobs
    assert list(members(layer).values()) == [b""]


def test_an_image_of_the_same_parts_is_the_same() -> None:
    files = {"etc/app": b"text"}
    assert build_image([files]) == build_image([files])


def test_a_layer_may_be_the_files_that_it_is_made_of() -> None:
    files = {"etc/app.conf": b"text", "bin/app": b"\x7fELF"}
    assert members(build_image([files]).blobs[1]) == files


def test_a_layer_may_be_without_files() -> None:
    assert members(build_image([{}]).blobs[1]) == {}


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux/amd64", {"os": "linux", "architecture": "amd64"}),
        ("windows/arm64", {"os": "windows", "architecture": "arm64"}),
        ("linux/arm/v7", {"os": "linux", "architecture": "arm", "variant": "v7"}),
    ],
)
def test_an_image_is_made_for_its_platform(platform: str, expected: dict[str, str]) -> None:
    """Source: OCI image specification, "image configuration"."""
    config = config_of(build_image(LAYERS, platform=platform))
    assert {name: config.get(name) for name in expected} == expected


def test_without_more_an_image_is_made_for_linux_on_amd64() -> None:
    config = config_of(build_image(LAYERS))
    assert (config["os"], config["architecture"], "variant" in config) == ("linux", "amd64", False)


@pytest.mark.parametrize("platform", ["", "linux", "linux/", "/amd64", "a/b/c/d", "linux//v7"])
def test_a_platform_of_another_form_is_refused(platform: str) -> None:
    with pytest.raises(ValueError, match="a platform is like linux/amd64"):
        build_image(LAYERS, platform=platform)


def test_a_config_names_its_layers_by_their_unpacked_bytes() -> None:
    """Source: OCI image specification, "layer DiffID"."""
    assert diff_ids(*LAYERS) == [sha256_of(b"first"), sha256_of(b"second")]


@example(b"\x1f\x8b")  # too short
@example(b"\x1f\x8b, as it happens")  # no header
@given(st.binary().map(b"\x1f\x8b".__add__) | st.binary().map(gzip.compress(b"")[:10].__add__))
def test_bytes_that_only_begin_like_gzip_are_taken_as_they_are(layer: bytes) -> None:
    assert diff_ids(layer) == ["sha256:" + hashlib.sha256(layer).hexdigest()]


def test_a_manifest_is_one_that_ecr_reads() -> None:
    assert parse_manifest(build_image(LAYERS).manifest).media_type == OCI_MANIFEST


def test_the_digest_of_an_image_is_that_of_its_manifest() -> None:
    image = build_image(LAYERS)
    assert image.digest == sha256_of(image.manifest.encode())


def test_a_manifest_names_config_and_layers_with_digest_and_size() -> None:
    """Source: OCI image specification, "image manifest"."""
    image = build_image(LAYERS)
    expected = [(sha256_of(content), len(content)) for content in image.blobs]
    named = parse_manifest(image.manifest).blobs
    assert [(blob.digest, blob.size) for blob in named] == expected


def test_the_media_type_of_a_layer_says_whether_it_is_packed() -> None:
    """Source: OCI image specification, "layer media types"."""
    assert [blob.media_type for blob in parse_manifest(build_image(LAYERS).manifest).blobs] == [
        OCI_CONFIG,
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip",
    ]


def test_bytes_that_only_begin_like_gzip_are_not_called_packed() -> None:
    """A client would unpack them."""
    blobs = parse_manifest(build_image([b"\x1f\x8b"]).manifest).blobs
    assert blobs[1].media_type == "application/vnd.oci.image.layer.v1.tar"


def test_annotations_are_on_the_manifest() -> None:
    image = build_image(LAYERS, annotations={"a": "b"})
    assert document_of(image)["annotations"] == {"a": "b"}


@pytest.mark.parametrize("annotations", [None, {}])
def test_without_annotations_a_manifest_has_no_such_member(
    annotations: dict[str, str] | None,
) -> None:
    assert "annotations" not in document_of(build_image(LAYERS, annotations=annotations))


# On top of another image


def test_layers_go_on_top_of_those_of_the_base() -> None:
    image = build_image([b"above"], base=build_image(LAYERS))
    assert image.blobs[1:] == (*LAYERS, b"above")


def test_the_config_names_the_layers_of_the_base_too() -> None:
    image = build_image([b"above"], base=build_image(LAYERS))
    expected = [sha256_of(content) for content in (b"first", b"second", b"above")]
    assert config_of(image)["rootfs"]["diff_ids"] == expected  # type: ignore[index]


def test_an_image_on_a_base_may_add_no_layer() -> None:
    base = build_image(LAYERS)
    image = build_image([], base=base, platform="linux/arm64")
    assert image.blobs[1:] == base.blobs[1:]
    assert image.digest != base.digest


def test_an_index_is_no_base() -> None:
    child = build_image(LAYERS)
    index = BuiltImage(manifest="{}", media_type=OCI_INDEX, children=(child,))
    with pytest.raises(ValueError, match="index"):
        build_image([b"above"], base=index)


# Indexes


def test_an_index_lists_descriptors_with_their_platforms() -> None:
    """Source: OCI image specification, "image index"."""
    index = build_index([(DESCRIPTOR, "linux/arm/v7")])
    platform = {"os": "linux", "architecture": "arm", "variant": "v7"}
    assert document_of(index)["manifests"] == [{**DESCRIPTOR, "platform": platform}]


def test_an_index_may_list_what_has_no_platform() -> None:
    assert document_of(build_index([(DESCRIPTOR, "")]))["manifests"] == [DESCRIPTOR]


def test_an_index_refuses_a_platform_of_another_form() -> None:
    with pytest.raises(ValueError, match="a platform is like"):
        build_index([(DESCRIPTOR, "linux")])


def test_an_index_is_one_that_ecr_reads() -> None:
    index = build_index([(DESCRIPTOR, "linux/amd64")], {"a": "b"})
    read = parse_manifest(index.manifest, index.media_type)
    assert (read.is_index, [child.digest for child in read.manifests]) == (
        True,
        [DESCRIPTOR["digest"]],
    )


def test_an_index_has_no_blobs() -> None:
    assert build_index([(DESCRIPTOR, "linux/amd64")]).blobs == ()


# Artifacts


def test_an_artifact_has_its_type_and_an_empty_config() -> None:
    """Source: OCI image specification, "guidelines for artifact usage"."""
    artifact = build_artifact("application/spdx+json", [b"sbom"])
    document = document_of(artifact)
    assert document["artifactType"] == "application/spdx+json"
    assert document["config"] == {"mediaType": OCI_EMPTY, "digest": sha256_of(b"{}"), "size": 2}
    assert artifact.blobs == (b"{}", b"sbom")


def test_the_contents_of_an_artifact_have_its_type() -> None:
    blobs = parse_manifest(build_artifact("application/x", [b"one", b"two"]).manifest).blobs
    assert [blob.media_type for blob in blobs] == [OCI_EMPTY, "application/x", "application/x"]


def test_an_artifact_without_contents_has_the_empty_layer() -> None:
    blobs = parse_manifest(build_artifact("application/x", []).manifest).blobs
    assert [(blob.media_type, blob.size) for blob in blobs] == [(OCI_EMPTY, 2), (OCI_EMPTY, 2)]


def test_an_artifact_may_be_about_another_manifest() -> None:
    artifact = build_artifact("application/x", [b"x"], subject=DESCRIPTOR, annotations={"a": "b"})
    document = document_of(artifact)
    assert (document["subject"], document["annotations"]) == (DESCRIPTOR, {"a": "b"})


def test_an_artifact_about_nothing_has_no_subject() -> None:
    assert "subject" not in document_of(build_artifact("application/x", [b"x"]))
