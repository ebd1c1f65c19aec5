"""mock_ecr together with moto: each keeps its services, in either order. Source: DESIGN.md section 4."""

from contextlib import ExitStack

import boto3
import pytest
from moto import mock_aws

from ecrmock import mock_ecr


@pytest.fixture(params=["moto outside", "moto inside"])
def both(request):
    """mock_ecr and moto, both entered."""
    with ExitStack() as stack:
        if request.param == "moto outside":
            stack.enter_context(mock_aws())
        handle = stack.enter_context(mock_ecr(region="us-east-1"))
        if request.param == "moto inside":
            stack.enter_context(mock_aws())
        yield handle


def client(service: str):
    return boto3.client(service, region_name="us-east-1")


def test_ecr_is_ours(both):
    client("ecr").create_repository(repositoryName="app")
    assert [call.operation for call in both.calls] == ["CreateRepository"]


def test_signer_is_ours(both):
    profile = {"profileName": "release", "platformId": "Notation-OCI-SHA384-ECDSA"}
    client("signer").put_signing_profile(**profile)
    assert [call.operation for call in both.calls] == ["PutSigningProfile"]


def test_s3_is_motos(both):
    client("s3").create_bucket(Bucket="some-bucket")
    assert [each["Name"] for each in client("s3").list_buckets()["Buckets"]] == ["some-bucket"]


def test_sts_is_motos(both):
    assert client("sts").get_caller_identity()["Arn"].endswith("/moto")
    assert both.calls == ()


def test_iam_is_motos(both):
    client("iam").create_user(UserName="somebody")
    assert both.calls == ()


def test_sts_is_ours_again_when_moto_has_ended():
    with mock_ecr() as handle:
        with mock_aws():
            client("sts").get_caller_identity()
        client("sts").get_caller_identity()
    assert [call.operation for call in handle.calls] == ["GetCallerIdentity"]


def test_ecr_is_motos_when_ours_has_ended():
    with mock_aws():
        with mock_ecr() as handle:
            client("ecr").create_repository(repositoryName="ours")
        client("ecr").create_repository(repositoryName="motos")
        found = client("ecr").describe_repositories()["repositories"]
    assert [each["repositoryName"] for each in found] == ["motos"]
    assert len(handle.calls) == 1


def test_both_decorators_go_together():
    @mock_aws
    @mock_ecr
    def test():
        client("s3").create_bucket(Bucket="some-bucket")
        return client("ecr").create_repository(repositoryName="app")

    assert test()["repository"]["repositoryName"] == "app"
