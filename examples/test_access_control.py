"""Who may push, who may pull, and why not: the examples of docs/access-control.md."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from ecrmock import mock_ecr

ACCOUNT, PARTNER = "123456789012", "111122223333"
APP = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/team/app"
IMAGE = {"repositoryName": "team/app", "imageIds": [{"imageTag": "1.0"}]}


def policy(actions, resource, **more):
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


PULL = policy(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], APP)
PUSH = policy(
    [
        "ecr:BatchCheckLayerAvailability",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
    ],
    APP,
)


@pytest.fixture
def ecr():
    with mock_ecr(region="us-east-1", enforce_iam=True) as ecr:
        ecr.push_image("team/app", tag="1.0")
        yield ecr


def root():
    """A client of the account's root, whose access key id is the account."""
    keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any"}
    return boto3.client("ecr", region_name="us-east-1", **keys)


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Message"]


def test_a_pull_only_role_cannot_delete(ecr):
    ecr.create_role("pull-only", policy=PULL)
    client = ecr.assume_role("pull-only").client()
    assert len(client.batch_get_image(**IMAGE)["images"]) == 1
    assert refusal(client.batch_delete_image, **IMAGE).endswith(
        "because no identity-based policy allows the ecr:BatchDeleteImage action"
    )


def test_a_push_only_user_cannot_read(ecr):
    client = ecr.create_user("ci", policy=PUSH).client()
    assert "uploadId" in client.initiate_layer_upload(repositoryName="team/app")
    assert "ecr:DescribeImages" in refusal(client.describe_images, repositoryName="team/app")


def test_another_account_pulls_once_the_repository_lets_it(ecr):
    partner = ecr.create_user("deployer", policy=PULL, account=PARTNER).client()
    image = {"registryId": ACCOUNT, **IMAGE}
    assert "no resource-based policy" in refusal(partner.batch_get_image, **image)
    statement = {"Effect": "Allow", "Principal": {"AWS": PARTNER}, "Action": "ecr:BatchGetImage"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    root().set_repository_policy(repositoryName="team/app", policyText=text)
    assert len(partner.batch_get_image(**image)["images"]) == 1


def test_what_is_tagged_as_locked_is_deleted_by_nobody(ecr):
    locked = {"StringEquals": {"aws:ResourceTag/locked": "true"}}
    deny = policy("ecr:Delete*", "*", Effect="Deny", Condition=locked)
    full = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryFullAccess"
    client = ecr.create_user("admin", policy=[full, deny]).client()
    client.tag_resource(resourceArn=APP, tags=[{"Key": "locked", "Value": "true"}])
    assert refusal(client.delete_repository, repositoryName="team/app", force=True).endswith(
        "with an explicit deny in an identity-based policy"
    )


def test_a_call_says_which_statement_decided(ecr):
    client = ecr.create_user("ci", policy=PULL).client()
    client.batch_get_image(**IMAGE)
    call = ecr.calls[-1]
    assert (call.principal, call.action, call.resource) == (
        f"arn:aws:iam::{ACCOUNT}:user/ci",
        "ecr:BatchGetImage",
        APP,
    )
    assert call.decision.policy == "inline policy inline-policy-1 of user/ci"


def test_a_test_sets_up_freely_and_then_enforces():
    with mock_ecr(region="us-east-1") as ecr:
        ecr.push_image("team/app", tag="1.0")
        reader = ecr.create_user("reader", policy=PULL).client()
        reader.describe_images(repositoryName="team/app")  # nothing is enforced yet
        with ecr.enforced():
            assert refusal(reader.describe_images, repositoryName="team/app")
