"""A test that was written for moto, before and after: it put a manifest without its layers."""

import json

import boto3
import pytest

from ecrmock import mock_ecr

BLOB = {"mediaType": "application/octet-stream", "digest": "sha256:" + "0" * 64, "size": 1000}
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": BLOB,
        "layers": [BLOB],
    }
)


@mock_ecr(require_layers=False)
def test_the_quick_way_keeps_the_manifest():
    client = boto3.client("ecr", region_name="us-east-1")
    client.create_repository(repositoryName="team/app")
    client.put_image(repositoryName="team/app", imageManifest=MANIFEST, imageTag="1.0")
    (image,) = client.describe_images(repositoryName="team/app")["imageDetails"]
    assert image["imageSizeInBytes"] == 2000


def test_the_whole_way_pushes_an_image():
    with mock_ecr() as ecr:
        pushed = ecr.push_image("team/app", tag="1.0", layers=[b"the bytes of a tar file"])
        client = boto3.client("ecr", region_name="us-east-1")
        (image,) = client.describe_images(repositoryName="team/app")["imageDetails"]
        assert image["imageDigest"] == pushed.image_digest


@mock_ecr
def test_as_in_ecr_a_manifest_without_its_layers_is_refused():
    client = boto3.client("ecr", region_name="us-east-1")
    client.create_repository(repositoryName="team/app")
    with pytest.raises(client.exceptions.LayersNotFoundException, match="require_layers=False"):
        client.put_image(repositoryName="team/app", imageManifest=MANIFEST)


def test_pages_have_to_be_followed(ecr, ecr_client):
    for number in range(3):
        ecr.push_image("team/app", tag=str(number), layers=[str(number).encode()])
    first = ecr_client.list_images(repositoryName="team/app", maxResults=2)
    assert (len(first["imageIds"]), "nextToken" in first) == (2, True)
    pages = ecr_client.get_paginator("list_images").paginate(repositoryName="team/app")
    assert len(pages.build_full_result()["imageIds"]) == 3
