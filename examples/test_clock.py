"""A test moves the clock; nothing sleeps."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from ecrmock import mock_ecr


def older_than(client, repository, age, now):
    """Return the tags of the images that are older than an age: the code under test."""
    pages = client.get_paginator("describe_images").paginate(repositoryName=repository)
    images = [image for page in pages for image in page["imageDetails"]]
    return [image["imageTags"][0] for image in images if now - image["imagePushedAt"] > age]


def test_an_image_grows_old():
    with mock_ecr() as ecr:
        ecr.clock.set(datetime(2026, 1, 1, tzinfo=UTC))
        ecr.clock.freeze()
        ecr.push_image("team/app", tag="1.0")
        ecr.clock.advance(days=90)
        ecr.push_image("team/app", tag="2.0")
        client = boto3.client("ecr")
        old = older_than(client, "team/app", timedelta(days=30), now=ecr.clock.now())
        assert old == ["1.0"]


def test_an_upload_that_nobody_completes_is_gone_after_a_day():
    with mock_ecr() as ecr:
        client = boto3.client("ecr")
        client.create_repository(repositoryName="team/app")
        upload = client.initiate_layer_upload(repositoryName="team/app")["uploadId"]
        ecr.clock.advance(days=1)
        with pytest.raises(client.exceptions.UploadNotFoundException):
            client.upload_layer_part(
                repositoryName="team/app",
                uploadId=upload,
                partFirstByte=0,
                partLastByte=3,
                layerPartBlob=b"data",
            )
