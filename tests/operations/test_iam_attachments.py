"""Managed policies of users, groups and roles alike, and who uses one. Source: reference iam.md §13."""

import pytest

from ecrmock.operations import iam_attachments, iam_groups, iam_policies, iam_roles, iam_users
from ecrmock.values.iam_errors import (
    IamLimitExceededError,
    IdentityNotFoundError,
    InvalidInputError,
    NoAttachablePolicyError,
    PolicyNotAttachableError,
    PolicyNotFoundError,
)
from tests.documents import identity_policy, trust_policy
from tests.operations.conftest import KINDS, POWER_USER, READ_ONLY, of

AWS = "arn:aws:iam::aws:policy"
OWN = "arn:aws:iam::123456789012:policy/own"
PULL = identity_policy("ecr:BatchGetImage")


def attached(entity, **more):
    page = entity("ListAttached{}Policies", **more)
    return [policy.policy_arn for policy in page.attached_policies]


@of(*KINDS)
def test_a_policy_is_attached_once_and_detached(entity):
    entity("Attach{}Policy", policy_arn=READ_ONLY)
    entity("Attach{}Policy", policy_arn=READ_ONLY)
    assert attached(entity) == [READ_ONLY]
    entity("Detach{}Policy", policy_arn=READ_ONLY)
    assert attached(entity) == []


@of(*KINDS)
def test_attached_policies_are_listed_with_their_names_in_pages(entity):
    for arn in (READ_ONLY, POWER_USER):
        entity("Attach{}Policy", policy_arn=arn)
    first = entity("ListAttached{}Policies", max_items=1)
    (policy,) = first.attached_policies
    assert policy.policy_name == "AmazonEC2ContainerRegistryPowerUser"
    assert attached(entity, marker=first.marker) == [READ_ONLY]


@of(*KINDS)
def test_attached_policies_are_listed_below_a_path(entity):
    service = f"{AWS}/service-role/AmazonECSTaskExecutionRolePolicy"
    for arn in (READ_ONLY, service):
        entity("Attach{}Policy", policy_arn=arn)
    assert attached(entity, path_prefix="/service-role/") == [service]


@of(*KINDS)
@pytest.mark.parametrize(
    ("operation", "arn", "error", "message"),
    [
        (
            "Attach{}Policy",
            OWN,
            NoAttachablePolicyError,
            f"Policy {OWN} does not exist or is not attachable.",
        ),
        ("Attach{}Policy", "ReadOnly", InvalidInputError, "ARN ReadOnly is not valid."),
        (
            "Attach{}Policy",
            f"{AWS}/aws-service-role/ECRReplicationServiceRolePolicy",
            PolicyNotAttachableError,
            "Cannot attach a Service Role Policy to a Customer Role.",
        ),
        ("Detach{}Policy", READ_ONLY, PolicyNotFoundError, f"Policy {READ_ONLY} was not found."),
    ],
)
def test_what_cannot_be_attached_or_is_not_is_refused(entity, operation, arn, error, message):
    with pytest.raises(error) as caught:
        entity(operation, policy_arn=arn)
    assert caught.value.message == message
    assert attached(entity) == []


@of(*KINDS)
def test_an_eleventh_policy_is_one_too_many(entity):
    for number in range(11):
        name = {"policy_name": f"p{number}", "policy_document": PULL}
        entity.registry(iam_policies.create_policy, **name)
    for number in range(10):
        entity("Attach{}Policy", policy_arn=f"{OWN[:-3]}p{number}")
    with pytest.raises(IamLimitExceededError) as caught:
        entity("Attach{}Policy", policy_arn=f"{OWN[:-3]}p10")
    assert caught.value.message == (
        f"Cannot exceed quota for PoliciesPer{entity.kind.capitalize()}: 10"
    )


@of(*KINDS)
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("Attach{}Policy", {"policy_arn": READ_ONLY}),
        ("Detach{}Policy", {"policy_arn": READ_ONLY}),
        ("ListAttached{}Policies", {}),
    ],
)
def test_whose_policies_are_meant_must_exist(entity, operation, parameters):
    with pytest.raises(IdentityNotFoundError) as caught:
        entity(operation, name="none", **parameters)
    assert caught.value.message == f"The {entity.kind} with name none cannot be found."


@pytest.fixture
def used(registry):
    """A registry in which a user, a group and a role use a policy, a user and a role as a boundary."""
    for path in ("/", "/x/"):
        registry(iam_users.create_user, user_name=f"user{len(path)}", path=path)
    registry(iam_groups.create_group, group_name="group")
    role = {"role_name": "role", "assume_role_policy_document": trust_policy()}
    registry(iam_roles.create_role, **role, permissions_boundary=READ_ONLY)
    for name in ("user1", "user3"):
        registry(iam_attachments.attach_user_policy, user_name=name, policy_arn=READ_ONLY)
    registry(iam_attachments.attach_group_policy, group_name="group", policy_arn=READ_ONLY)
    return registry


def users_of_policy(registry, **more):
    found = registry(iam_attachments.list_entities_for_policy, policy_arn=READ_ONLY, **more)
    every = (*found.policy_groups, *found.policy_users, *found.policy_roles)
    return [each.name for each in every], found


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["group", "user1", "user3", "role"]),
        ({"entity_filter": "User"}, ["user1", "user3"]),
        ({"entity_filter": "Group"}, ["group"]),
        ({"entity_filter": "Role"}, ["role"]),
        ({"path_prefix": "/x/"}, ["user3"]),
        ({"policy_usage_filter": "PermissionsPolicy"}, ["group", "user1", "user3"]),
        ({"policy_usage_filter": "PermissionsBoundary"}, ["role"]),
    ],
)
def test_a_policy_says_who_uses_it(used, asked, names):
    assert users_of_policy(used, **asked)[0] == names


def test_who_uses_a_policy_comes_in_pages(used):
    names, first = users_of_policy(used, max_items=3)
    rest, last = users_of_policy(used, marker=first.marker)
    assert sorted([*names, *rest]) == ["group", "role", "user1", "user3"]
    assert (first.is_truncated, last.is_truncated) == (True, False)


def test_who_uses_a_missing_policy_is_not_told(registry):
    with pytest.raises(PolicyNotFoundError):
        registry(iam_attachments.list_entities_for_policy, policy_arn=OWN)
