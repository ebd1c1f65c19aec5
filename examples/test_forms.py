"""The forms of mock_ecr: each test has an ECR of its own."""

import unittest

import boto3
import pytest

from ecrmock import mock_ecr


def names(client):
    """Return the names of all repositories."""
    return [found["repositoryName"] for found in client.describe_repositories()["repositories"]]


@mock_ecr(region="eu-central-1")
class TestTeam:
    def setup_method(self):
        self.client = boto3.client("ecr")
        self.client.create_repository(repositoryName="team/app")

    def test_the_set_up_has_made_a_repository(self):
        assert names(self.client) == ["team/app"]

    def test_every_test_starts_anew(self):
        self.client.delete_repository(repositoryName="team/app")
        assert names(self.client) == []


@mock_ecr
class ReleaseTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.client = boto3.client("ecr")

    async def test_the_account_is_ours(self):
        identity = boto3.client("sts").get_caller_identity()
        self.assertEqual(identity["Account"], "123456789012")


@pytest.fixture
def pushed():
    with mock_ecr(account="111122223333", region="eu-west-1") as ecr:
        yield ecr.push_image("team/app", tag="1.0", layers=[b"the bytes of a tar file"])


def test_what_was_pushed_is_found_by_its_tag(pushed):
    client = boto3.client("ecr", region_name="eu-west-1")
    found = client.describe_images(repositoryName="team/app", imageIds=[{"imageTag": "1.0"}])
    assert found["imageDetails"][0]["imageDigest"] == pushed.image_digest


def test_the_innermost_context_answers():
    client = boto3.client("ecr", region_name="us-east-1")
    with mock_ecr():
        client.create_repository(repositoryName="outer")
        with mock_ecr():
            assert names(client) == []
        assert names(client) == ["outer"]
