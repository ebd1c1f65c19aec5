import gzip
import hashlib
import io
import json
import tarfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecrmock.rules.image_building import config, manifest, small_layer
from ecrmock.values.manifests import OCI_CONFIG, OCI_MANIFEST, parse_manifest
from ecrmock.values.names import sha256_of

LAYERS = (b"first", gzip.compress(b"second"))


def diff_ids(*layers: bytes) -> list[str]:
    return json.loads(config(layers))["rootfs"]["diff_ids"]


def test_a_small_layer_is_an_archive_with_one_empty_file() -> None:
    with tarfile.open(fileobj=io.BytesIO(small_layer())) as archive:
        assert [member.size for member in archive.getmembers()] == [0]


def test_a_small_layer_is_the_same_each_time() -> None:
    assert small_layer() == small_layer()


@pytest.mark.parametrize(
    ("member", "value"), [("architecture", "amd64"), ("os", "linux"), ("config", {})]
)
def test_an_image_is_made_for_linux_on_amd64(member: str, value: object) -> None:
    """Source: OCI image specification, "image configuration"."""
    assert json.loads(config(LAYERS))[member] == value


def test_a_config_names_its_layers_by_their_unpacked_bytes() -> None:
    """Source: OCI image specification, "layer DiffID"."""
    assert diff_ids(*LAYERS) == [sha256_of(b"first"), sha256_of(b"second")]


@example(b"\x1f\x8b")  # too short
@example(b"\x1f\x8b, as it happens")  # no header
@given(st.binary().map(b"\x1f\x8b".__add__) | st.binary().map(gzip.compress(b"")[:10].__add__))
def test_bytes_that_only_begin_like_gzip_are_taken_as_they_are(layer: bytes) -> None:
    assert diff_ids(layer) == ["sha256:" + hashlib.sha256(layer).hexdigest()]


def test_a_manifest_is_one_that_ecr_reads() -> None:
    text = manifest(config(LAYERS), LAYERS)
    assert parse_manifest(text).media_type == OCI_MANIFEST


def test_a_manifest_names_config_and_layers_with_digest_and_size() -> None:
    """Source: OCI image specification, "image manifest"."""
    contents = (config(LAYERS), *LAYERS)
    blobs = parse_manifest(manifest(contents[0], LAYERS)).blobs
    expected = [(sha256_of(content), len(content)) for content in contents]
    assert [(blob.digest, blob.size) for blob in blobs] == expected


def test_the_media_type_of_a_layer_says_whether_it_is_packed() -> None:
    """Source: OCI image specification, "layer media types"."""
    blobs = parse_manifest(manifest(config(LAYERS), LAYERS)).blobs
    assert [blob.media_type for blob in blobs] == [
        OCI_CONFIG,
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip",
    ]


def test_an_image_may_be_without_layers() -> None:
    assert parse_manifest(manifest(config(()), ())).layer_count == 0


def test_bytes_that_only_begin_like_gzip_are_not_called_packed() -> None:
    """A client would unpack them."""
    blobs = parse_manifest(manifest(config(()), [b"\x1f\x8b"])).blobs
    assert blobs[1].media_type == "application/vnd.oci.image.layer.v1.tar"
