"""The roles of services. Source: reference iam.md §11.2."""

import pytest

from ecrmock.operations.iam_attachments import list_attached_role_policies
from ecrmock.operations.iam_roles import create_role, get_role, list_roles
from ecrmock.operations.iam_service_linked_roles import (
    create_service_linked_role,
    delete_service_linked_role,
    get_service_linked_role_deletion_status,
)
from ecrmock.values.iam_errors import IdentityNotFoundError, InvalidInputError, NoSuchEntityError
from tests.documents import trust_policy

ACCOUNT = "arn:aws:iam::123456789012"
CACHE, REPLICATION = "pullthroughcache.ecr.amazonaws.com", "replication.ecr.amazonaws.com"
CACHE_ROLE = "AWSServiceRoleForECRPullThroughCache"


@pytest.fixture
def cache(registry):
    """A registry with the role of the pull through cache."""
    registry(create_service_linked_role, aws_service_name=CACHE)
    return registry


def test_a_service_has_its_role_with_its_policy(cache):
    role = cache(get_role, role_name=CACHE_ROLE).role
    assert role.arn == f"{ACCOUNT}:role/aws-service-role/{CACHE}/{CACHE_ROLE}"
    (attached,) = cache(list_attached_role_policies, role_name=CACHE_ROLE).attached_policies
    assert attached.policy_name == "AWSECRPullThroughCache_ServiceRolePolicy"
    assert CACHE in role.assume_role_policy_document


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"aws_service_name": "none.amazonaws.com"},
            "Cannot find Service Linked Role template for none.amazonaws.com",
        ),
        (
            {"aws_service_name": REPLICATION, "custom_suffix": "x"},
            f"Custom suffix is not allowed for {REPLICATION}",
        ),
        (
            {"aws_service_name": CACHE},
            f"Service role name {CACHE_ROLE} has been taken in this account, "
            "please try a different suffix.",
        ),
    ],
)
def test_a_role_that_a_service_cannot_have_is_refused(cache, parameters, message):
    with pytest.raises(InvalidInputError) as caught:
        cache(create_service_linked_role, **parameters)
    assert caught.value.message == message


def test_the_role_of_a_service_is_deleted_by_a_task(cache):
    task = cache(delete_service_linked_role, role_name=CACHE_ROLE).deletion_task_id
    assert task.startswith(f"task/aws-service-role/{CACHE}/{CACHE_ROLE}/")
    status = cache(get_service_linked_role_deletion_status, deletion_task_id=task).status
    assert status == "SUCCEEDED"
    assert cache(list_roles).roles == ()


def test_a_role_of_no_service_is_not_deleted_by_a_task(registry):
    document = {"assume_role_policy_document": trust_policy()}
    registry(create_role, role_name="deploy", **document)
    with pytest.raises(IdentityNotFoundError):
        registry(delete_service_linked_role, role_name="deploy")
    assert registry(get_role, role_name="deploy")


@pytest.mark.parametrize(
    "task",
    [
        "",
        "task/none",
        f"task/aws-service-role/{CACHE}/{CACHE_ROLE}/",
        f"task/other/{CACHE}/{CACHE_ROLE}/0a",
        f"task/aws-service-role/{CACHE}/{CACHE_ROLE}/x y",
    ],
)
def test_a_task_that_nobody_was_given_is_missing(registry, task):
    """Inferred: the text."""
    with pytest.raises(NoSuchEntityError) as caught:
        registry(get_service_linked_role_deletion_status, deletion_task_id=task)
    assert caught.value.message == f"Deletion task {task} cannot be found."


def test_a_role_that_was_deleted_can_be_made_again_and_is_another_one(cache):
    first = cache(get_role, role_name=CACHE_ROLE).role
    cache(delete_service_linked_role, role_name=CACHE_ROLE)
    again = cache(create_service_linked_role, aws_service_name=CACHE, description="d").role
    assert (again.arn, again.description) == (first.arn, "d")
    assert again.role_id != first.role_id


def test_other_policies_call_a_deleted_role_by_its_id(cache):
    """Source: reference iam.md §3.2."""
    gone = cache(get_role, role_name=CACHE_ROLE).role
    document = {"assume_role_policy_document": trust_policy(gone.arn)}
    cache(create_role, role_name="deploy", **document)
    cache(delete_service_linked_role, role_name=CACHE_ROLE)
    text = cache(get_role, role_name="deploy").role.assume_role_policy_document
    assert gone.role_id in text
    assert gone.arn not in text


def test_the_role_of_a_service_is_of_the_partition(registry):
    registry.in_account("123456789012", "cn-north-1")
    role = registry(create_service_linked_role, aws_service_name=CACHE).role
    assert role.arn.startswith("arn:aws-cn:iam::123456789012:role/aws-service-role/")
