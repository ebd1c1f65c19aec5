"""Repositories and images that appear by themselves: the examples of docs/replication.md."""

import json

import boto3
import pytest

from ecrmock import mock_ecr

ACCOUNT, PARTNER = "123456789012", "111122223333"
APP = {"repositoryName": "prod/app"}


def client(region="us-east-1", account=ACCOUNT):
    keys = {"aws_access_key_id": account, "aws_secret_access_key": "any"}
    return boto3.client("ecr", region_name=region, **keys)


def replicate_to(region, account=ACCOUNT):
    rule = {"destinations": [{"region": region, "registryId": account}]}
    client().put_replication_configuration(replicationConfiguration={"rules": [rule]})


def status():
    image = {**APP, "imageId": {"imageTag": "1.0"}}
    (copy,) = client().describe_image_replication_status(**image)["replicationStatuses"]
    return copy["status"], copy.get("failureCode")


@pytest.fixture
def ecr():
    with mock_ecr(region="us-east-1") as ecr:
        yield ecr


def test_an_image_is_copied_to_another_region(ecr):
    replicate_to("eu-west-1")
    pushed = ecr.push_image("prod/app", tag="1.0")
    (copy,) = client("eu-west-1").describe_images(**APP)["imageDetails"]
    assert (copy["imageDigest"], copy["imageTags"]) == (pushed.image_digest, ["1.0"])


def test_another_account_has_to_let_copies_in(ecr):
    replicate_to("us-east-1", PARTNER)
    ecr.push_image("prod/app", tag="1.0", layers=[b"first"])
    assert status() == ("FAILED", "DESTINATION_REGISTRY_ACCESS_DENIED")
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": ["ecr:ReplicateImage", "ecr:CreateRepository"],
        "Resource": f"arn:aws:ecr:us-east-1:{PARTNER}:repository/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client(account=PARTNER).put_registry_policy(policyText=policy)
    ecr.push_image("prod/app", tag="1.0", layers=[b"second"])
    assert status() == ("COMPLETE", None)


def test_a_copy_can_be_seen_in_progress():
    with mock_ecr(region="us-east-1", settle="manual") as ecr:
        replicate_to("eu-west-1")
        ecr.push_image("prod/app", tag="1.0")
        assert status() == ("IN_PROGRESS", None)
        ecr.settle()
        assert status() == ("COMPLETE", None)


def test_the_repository_of_a_copy_is_made_by_a_template(ecr):
    west = client("eu-west-1")
    west.create_repository_creation_template(
        prefix="prod", appliedFor=["REPLICATION"], imageTagMutability="IMMUTABLE"
    )
    replicate_to("eu-west-1")
    ecr.push_image("prod/app", tag="1.0")
    (made,) = west.describe_repositories()["repositories"]
    assert made["imageTagMutability"] == "IMMUTABLE"
