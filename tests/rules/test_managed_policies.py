"""The managed policies of AWS. Source: reference iam.md §11.1."""

import pytest

from ecrmock.rules.managed_policies import (
    aws_policies,
    boundary_of,
    find_policy,
    is_of_aws,
    managed_policy,
)
from ecrmock.rules.policies import parse_identity_policy

POLICIES = {policy.policy_name: policy for policy in aws_policies("aws")}


def actions(name):
    statements = parse_identity_policy(POLICIES[name].document).statements
    return {action for statement in statements for action in statement.actions}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.policy_name)
def test_a_policy_is_found_by_its_arn_and_is_one_that_iam_would_take(policy):
    assert managed_policy(policy.arn) == policy
    assert parse_identity_policy(policy.document, is_managed=True)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("AmazonEC2ContainerRegistryFullAccess", "v3"),
        ("AmazonEC2ContainerRegistryReadOnly", "v3"),
        ("AmazonEC2ContainerRegistryPowerUser", "v3"),
        ("AmazonEC2ContainerRegistryPullOnly", "v1"),
        ("AWSECRPullThroughCache_ServiceRolePolicy", "v4"),
        ("ECRReplicationServiceRolePolicy", "v1"),
        ("ECRTemplateServiceRolePolicy", "v1"),
        ("AWSAppRunnerServicePolicyForECRAccess", "v1"),
        ("AmazonECSTaskExecutionRolePolicy", "v1"),
        ("AmazonElasticContainerRegistryPublicFullAccess", "v1"),
        ("AmazonElasticContainerRegistryPublicReadOnly", "v1"),
        ("AmazonElasticContainerRegistryPublicPowerUser", "v1"),
    ],
)
def test_each_policy_of_ecr_is_there_in_its_version(name, version):
    assert POLICIES[name].default_version_id == version


def test_the_power_user_may_push_and_who_reads_may_not():
    extra = actions("AmazonEC2ContainerRegistryPowerUser") - actions(
        "AmazonEC2ContainerRegistryReadOnly"
    )
    assert extra == {
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
    }


def test_a_power_user_of_public_registries_pushes_beside_reading():
    """Source: reference public.md §5.2."""
    name = "AmazonElasticContainerRegistryPublic"
    assert actions(f"{name}PowerUser") - actions(f"{name}ReadOnly") == {
        "ecr-public:InitiateLayerUpload",
        "ecr-public:UploadLayerPart",
        "ecr-public:CompleteLayerUpload",
        "ecr-public:PutImage",
    }
    assert "sts:GetServiceBearerToken" in actions(f"{name}ReadOnly")


def test_who_only_pulls_may_not_look_for_layers():
    assert "ecr:BatchCheckLayerAvailability" not in actions("AmazonEC2ContainerRegistryPullOnly")


def test_a_policy_has_the_arn_of_its_partition():
    (arn,) = {each.arn.partition(":iam::")[0] for each in aws_policies("aws-cn")}
    assert arn == "arn:aws-cn"
    assert managed_policy("arn:aws-cn:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:policy/none",
        "arn:aws:iam::aws:policy/x/AmazonEC2ContainerRegistryReadOnly",
        "arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy",
        "arn:aws:iam::123456789012:policy/AmazonEC2ContainerRegistryReadOnly",
        "AmazonEC2ContainerRegistryReadOnly",
    ],
)
def test_another_arn_is_no_policy_of_aws(arn):
    assert find_policy(arn, {}) is None


def test_only_an_arn_of_aws_is_one_of_aws():
    assert is_of_aws("arn:aws:iam::aws:policy/none")
    assert not is_of_aws("arn:aws:iam::123456789012:policy/none")


def test_no_arn_is_no_boundary():
    assert boundary_of(None, {}) is None
