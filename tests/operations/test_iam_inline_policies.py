"""Inline policies of users, groups and roles alike. Source: reference iam.md §3.1, §13."""

import pytest

from ecrmock.operations.iam_service_linked_roles import create_service_linked_role
from ecrmock.values.iam_errors import (
    IamLimitExceededError,
    IdentityNotFoundError,
    InlinePolicyNotFoundError,
    UnmodifiableEntityError,
)
from ecrmock.values.policies import MalformedPolicyDocumentError
from tests.documents import identity_policy, trust_policy
from tests.operations.conftest import KINDS, of

PULL, PUSH = identity_policy("ecr:BatchGetImage"), identity_policy("ecr:PutImage")


def inline(entity, **more):
    return list(entity("List{}Policies", **more).policy_names)


def put(entity, document=PULL, name="p"):
    entity("Put{}Policy", policy_name=name, policy_document=document)


@of(*KINDS)
def test_an_inline_policy_is_kept_as_it_was_sent(entity):
    put(entity, PULL.replace(",", " ,\n"))
    found = entity("Get{}Policy", policy_name="p")
    assert found.policy_document == PULL.replace(",", " ,\n")
    assert (getattr(found, f"{entity.kind}_name"), found.policy_name) == ("Ci", "p")


@of(*KINDS)
def test_an_inline_policy_takes_the_place_of_the_one_before(entity):
    put(entity)
    put(entity, PUSH)
    assert inline(entity) == ["p"]
    assert entity("Get{}Policy", policy_name="p").policy_document == PUSH


@of(*KINDS)
def test_inline_policies_are_listed_by_name_in_pages(entity):
    for name in ("b", "a", "c"):
        put(entity, name=name)
    first = entity("List{}Policies", max_items=2)
    assert (first.policy_names, inline(entity, marker=first.marker)) == (("a", "b"), ["c"])


@of(*KINDS)
def test_a_deleted_inline_policy_is_gone(entity):
    put(entity)
    entity("Delete{}Policy", policy_name="p")
    assert inline(entity) == []


@of(*KINDS)
@pytest.mark.parametrize("operation", ["Get{}Policy", "Delete{}Policy"])
def test_a_missing_inline_policy_is_named(entity, operation):
    put(entity, name="other")
    with pytest.raises(InlinePolicyNotFoundError) as caught:
        entity(operation, policy_name="p")
    assert caught.value.message == f"The {entity.kind} policy with name p cannot be found."


@of(*KINDS)
def test_an_inline_policy_is_checked(entity):
    with pytest.raises(MalformedPolicyDocumentError):
        put(entity, trust_policy())
    assert inline(entity) == []


@of(*KINDS)
def test_inline_policies_have_a_size_together(entity):
    """White space does not count. Source: reference iam.md §3.1."""
    limit = {"user": 2048, "group": 5120, "role": 10240}[entity.kind]
    put(entity)
    size = len("".join((PULL + identity_policy(resource="arn:aws:ecr:*:*:")).split()))
    rest = identity_policy(resource="arn:aws:ecr:*:*:" + "a" * (limit - size))
    put(entity, rest.replace(" ", " " * 50), name="rest")
    with pytest.raises(IamLimitExceededError) as caught:
        put(entity, rest.replace("aaaa", "aaaaa", 1), name="rest")
    assert caught.value.message == (
        f"Maximum policy size of {limit} bytes exceeded for {entity.kind} Ci"
    )


@of(*KINDS)
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("Put{}Policy", {"policy_name": "p", "policy_document": PULL}),
        ("Get{}Policy", {"policy_name": "p"}),
        ("Delete{}Policy", {"policy_name": "p"}),
        ("List{}Policies", {}),
    ],
)
def test_whose_policies_are_meant_must_exist(entity, operation, parameters):
    with pytest.raises(IdentityNotFoundError) as caught:
        entity(operation, name="none", **parameters)
    assert caught.value.message == f"The {entity.kind} with name none cannot be found."


@of("role")
@pytest.mark.parametrize(
    ("operation", "more"),
    [("PutRolePolicy", {"policy_document": PULL}), ("DeleteRolePolicy", {})],
)
def test_the_role_of_a_service_takes_no_inline_policy(entity, operation, more):
    """Source: reference iam.md §11.2."""
    entity.registry(create_service_linked_role, aws_service_name="ecr.amazonaws.com")
    with pytest.raises(UnmodifiableEntityError):
        entity(operation, "AWSServiceRoleForECRTemplate", policy_name="p", **more)
