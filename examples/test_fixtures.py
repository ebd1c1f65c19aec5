"""The fixtures of the pytest plugin, the events that ECR sends, and the calls that it got."""

import pytest


def test_a_push_sends_an_event(ecr):
    image = ecr.push_image("team/app", tag="1.0")
    (event,) = ecr.events
    assert event["detail-type"] == "ECR Image Action"
    assert event["detail"]["action-type"] == "PUSH"
    assert event["detail"]["image-digest"] == image.image_digest


def test_a_call_leaves_a_record(ecr, ecr_client):
    with pytest.raises(ecr_client.exceptions.RepositoryNotFoundException):
        ecr_client.list_images(repositoryName="team/app")
    (call,) = ecr.calls
    assert (call.operation, call.error) == ("ListImages", "RepositoryNotFoundException")
    assert call.parameters == {"repository_name": "team/app"}


def test_an_immutable_tag_stays_where_it_is(ecr, ecr_client):
    ecr_client.create_repository(repositoryName="team/app", imageTagMutability="IMMUTABLE")
    first = ecr.push_image("team/app", tag="1.0", layers=[b"one"])
    other = ecr.push_image("team/app", layers=[b"two"])
    asked = {"repositoryName": "team/app", "imageIds": [{"imageDigest": other.image_digest}]}
    manifest = ecr_client.batch_get_image(**asked)["images"][0]["imageManifest"]
    with pytest.raises(ecr_client.exceptions.ImageTagAlreadyExistsException):
        ecr_client.put_image(repositoryName="team/app", imageManifest=manifest, imageTag="1.0")
    asked = {"repositoryName": "team/app", "imageIds": [{"imageTag": "1.0"}]}
    kept = ecr_client.describe_images(**asked)["imageDetails"][0]
    assert kept["imageDigest"] == first.image_digest
