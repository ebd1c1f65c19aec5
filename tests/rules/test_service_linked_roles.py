"""The roles that ECR's services have. Source: reference iam.md §11.2."""

import json
from datetime import UTC, datetime

import pytest

from ecrmock.rules.managed_policies import managed_policy
from ecrmock.rules.policies import parse_trust_policy
from ecrmock.rules.service_linked_roles import service_linked_role
from ecrmock.values.iam_errors import InvalidInputError
from ecrmock.values.policies import Principal

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def role_of(service, partition="aws", **more):
    made = {"account": "123456789012", "unique_id": "AROA", "now": NOW}
    return service_linked_role(service, partition=partition, **made, **more)


@pytest.mark.parametrize(
    ("service", "name", "policy"),
    [
        (
            "replication.ecr.amazonaws.com",
            "AWSServiceRoleForECRReplication",
            "ECRReplicationServiceRolePolicy",
        ),
        (
            "pullthroughcache.ecr.amazonaws.com",
            "AWSServiceRoleForECRPullThroughCache",
            "AWSECRPullThroughCache_ServiceRolePolicy",
        ),
        ("ecr.amazonaws.com", "AWSServiceRoleForECRTemplate", "ECRTemplateServiceRolePolicy"),
    ],
)
def test_a_service_has_one_role_with_one_policy_of_aws(service, name, policy):
    role = role_of(service)
    assert role.arn == f"arn:aws:iam::123456789012:role/aws-service-role/{service}/{name}"
    assert role.attached_policy_arns == (f"arn:aws:iam::aws:policy/aws-service-role/{policy}",)
    assert (role.is_protected, role.create_date, role.unique_id) == (True, NOW, "AROA")
    assert managed_policy(role.attached_policy_arns[0]) is not None


def test_only_its_service_assumes_it():
    text = role_of("ecr.amazonaws.com").assume_role_policy_document
    (statement,) = parse_trust_policy(text, "aws").statements
    assert statement.principals == (Principal(kind="Service", name="ecr.amazonaws.com"),)
    assert statement.actions == ("sts:AssumeRole",)
    assert json.loads(text)["Version"] == "2012-10-17"


def test_both_arns_are_of_the_partition():
    role = role_of("ecr.amazonaws.com", "aws-cn", description="d")
    assert role.description == "d"
    assert all(arn.startswith("arn:aws-cn:iam::") for arn in (role.arn, *role.attached_policy_arns))


@pytest.mark.parametrize("service", ["ecs.amazonaws.com", "", "ECR.amazonaws.com"])
def test_another_service_has_none(service):
    with pytest.raises(InvalidInputError) as caught:
        role_of(service)
    assert caught.value.message == f"Cannot find Service Linked Role template for {service}"
