"""Which images are looked into, and in which blobs. Source: reference api.md §10.1."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ecrmock.rules.image_contents import contents_of, is_container_image
from ecrmock.values.images import Image
from ecrmock.values.manifests import DOCKER_CONFIG, DOCKER_SCHEMA_1, OCI_CONFIG, OCI_MANIFEST

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG, LOW, HIGH = (f"sha256:{letter * 64}" for letter in "abc")
IMAGE = Image(
    image_digest="sha256:image",
    image_manifest="{}",
    image_manifest_media_type=OCI_MANIFEST,
    artifact_media_type=OCI_CONFIG,
    image_size_in_bytes=1,
    image_pushed_at=NOW,
)


def descriptor(digest, media_type=LAYER):
    return {"digest": digest, "size": 1, "mediaType": media_type}


def contents(*layers, held=(CONFIG, LOW, HIGH)):
    document = {"schemaVersion": 2, "config": descriptor(CONFIG, OCI_CONFIG), "layers": layers}
    image = replace(IMAGE, image_manifest=json.dumps(document))
    where = {"registry_id": "123456789012", "region": "us-east-1", "repository_name": "app"}
    return contents_of(image, ("1",), held, **where, now=NOW)


@pytest.mark.parametrize(
    ("media_type", "is_image"),
    [(OCI_CONFIG, True), (DOCKER_CONFIG, True), (None, True), ("application/vnd.x", False)],
)
def test_an_image_is_told_by_its_config(media_type, is_image):
    assert is_container_image(replace(IMAGE, artifact_media_type=media_type)) == is_image


def test_an_index_is_no_image():
    assert not is_container_image(replace(IMAGE, is_index=True, artifact_media_type=None))


def test_the_layers_are_told_from_the_config():
    found = contents(descriptor(LOW), descriptor(HIGH))
    assert (found.config, found.layers, found.foreign_media_type) == (CONFIG, (LOW, HIGH), None)


def test_what_nobody_pushed_is_left_out():
    found = contents(descriptor(LOW), descriptor(HIGH), held=(HIGH,))
    assert (found.config, found.layers) == (None, (HIGH,))


def test_a_layer_that_is_no_archive_is_named():
    found = contents(descriptor(LOW), descriptor(HIGH, "application/vnd.in-toto+json"))
    assert found.foreign_media_type == "application/vnd.in-toto+json"


def test_schema_1_names_the_highest_layer_first():
    document = {"schemaVersion": 1, "fsLayers": [{"blobSum": HIGH}, {"blobSum": LOW}]}
    image = replace(
        IMAGE, image_manifest=json.dumps(document), image_manifest_media_type=DOCKER_SCHEMA_1
    )
    where = {"registry_id": "123456789012", "region": "us-east-1", "repository_name": "app"}
    found = contents_of(image, (), (LOW, HIGH), **where, now=NOW)
    assert (found.config, found.layers, found.foreign_media_type) == (None, (LOW, HIGH), None)
