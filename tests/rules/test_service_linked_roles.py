"""The roles that ECR's services have. Source: reference iam.md §11.2."""

import json
from datetime import UTC, datetime

import pytest

from ecrmock.rules.managed_policies import managed_policy
from ecrmock.rules.policies import parse_trust_policy
from ecrmock.rules.service_linked_roles import (
    linked_role_arn,
    service_linked_role,
    service_put_to_use,
)
from ecrmock.values.iam_errors import InvalidInputError
from ecrmock.values.policies import Principal
from ecrmock.values.replication import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)

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


@pytest.mark.parametrize(
    ("action", "service"),
    [
        ("ecr:CreatePullThroughCacheRule", "pullthroughcache.ecr.amazonaws.com"),
        ("ecr:CreateRepositoryCreationTemplate", "ecr.amazonaws.com"),
        ("ecr:UpdateRepositoryCreationTemplate", None),
    ],
)
def test_what_is_configured_first_makes_the_role_of_its_service(action, service):
    assert service_put_to_use(action, {}) == service


def test_replication_makes_its_role_with_its_first_rule():
    west = ReplicationDestination(region="us-west-2", registry_id="123456789012")
    rules = (ReplicationRule(destinations=(west,)),)
    expected = {rules: "replication.ecr.amazonaws.com", (): None}
    for given, service in expected.items():
        parameters = {"replication_configuration": ReplicationConfiguration(rules=given)}
        assert service_put_to_use("ecr:PutReplicationConfiguration", parameters) == service


def test_the_arn_for_a_service_that_has_no_role_means_any():
    found = linked_role_arn("ecs.amazonaws.com", "aws", "123456789012")
    assert found == "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/*"
