"""ECR fails on purpose, and the code under test copes with it."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from ecrmock import mock_ecr


def persistent(attempts):
    """Make a client as the code under test does."""
    retries = {"mode": "standard", "total_max_attempts": attempts}
    return boto3.client("ecr", config=Config(retries=retries))


def test_the_client_gets_through_when_ecr_throttles(ecr):
    with ecr.fault("CreateRepository", throttle=2) as fault:
        persistent(3).create_repository(repositoryName="team/app")
    assert fault.times == 2
    assert [call.error for call in ecr.calls] == ["ThrottlingException"] * 2 + [None]


def test_the_client_gives_up_when_ecr_throttles_for_too_long(ecr):
    with (
        ecr.fault("CreateRepository", throttle=True),
        pytest.raises(ClientError, match="Rate exceeded"),
    ):
        persistent(2).create_repository(repositoryName="team/app")


def test_a_quota_is_used_up_in_one_repository(ecr, ecr_client):
    text = "The limit on images is reached"
    ecr.fault("PutImage", error="LimitExceededException", message=text, repository="team/*")
    for repository in ("team/app", "other/app"):
        ecr_client.create_repository(repositoryName=repository)
    put = {"imageManifest": "{}", "imageTag": "1.0"}
    with pytest.raises(ecr_client.exceptions.LimitExceededException):
        ecr_client.put_image(repositoryName="team/app", **put)
    with pytest.raises(ecr_client.exceptions.InvalidParameterException):
        ecr_client.put_image(repositoryName="other/app", **put)


def test_a_connection_breaks_after_the_second_call(ecr):
    client = persistent(1)
    ecr.fault("ListImages", drop=1, after=2)
    ecr.push_image("team/app", tag="1.0")
    for _ in range(2):
        client.list_images(repositoryName="team/app")
    with pytest.raises(ConnectionClosedError):
        client.list_images(repositoryName="team/app")


def test_a_burst_of_pushes_meets_ecrs_own_rate():
    with mock_ecr(throttle=True) as ecr:
        ecr.clock.freeze()
        for number in range(10):
            ecr.push_image("team/app", tag=f"1.{number}")
        with pytest.raises(Exception, match="Rate exceeded"):
            ecr.push_image("team/app", tag="1.10")
        ecr.clock.advance(seconds=1)
        ecr.push_image("team/app", tag="1.10")
