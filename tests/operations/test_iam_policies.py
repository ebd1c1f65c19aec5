"""Managed policies. Source: reference iam.md §11.1, §13."""

import pytest

from ecrmock.operations.iam_attachments import attach_user_policy
from ecrmock.operations.iam_boundaries import put_user_permissions_boundary
from ecrmock.operations.iam_policies import (
    create_policy,
    delete_policy,
    get_policy,
    list_policies,
)
from ecrmock.operations.iam_policy_versions import (
    create_policy_version,
    get_policy_version,
    list_policy_versions,
)
from ecrmock.operations.iam_users import create_user
from ecrmock.values.iam_errors import (
    AwsPolicyError,
    DeleteConflictError,
    IamLimitExceededError,
    InvalidInputError,
    PolicyAlreadyExistsError,
    PolicyNotFoundError,
)
from ecrmock.values.policies import MalformedPolicyDocumentError
from ecrmock.values.repositories import ResourceTag
from tests.documents import identity_policy

ARN = "arn:aws:iam::123456789012:policy/pull"
READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
PULL = identity_policy("ecr:BatchGetImage")


def created(registry, name="pull", document=PULL, **more):
    return registry(create_policy, policy_name=name, policy_document=document, **more).policy


def arns(registry, **more):
    return [policy.arn for policy in registry(list_policies, **more).policies]


def shown(registry, arn=ARN):
    return registry(get_policy, policy_arn=arn).policy


@pytest.fixture
def pull(registry):
    """A registry with the managed policy ``pull`` and the user ``ci``."""
    created(registry)
    registry(create_user, user_name="ci")
    return registry


def test_a_new_policy_has_an_id_an_arn_and_a_first_version(registry):
    tags = (ResourceTag(key="team", value="a"),)
    policy = created(registry, path="/team/", description="d", tags=tags)
    assert policy.arn == "arn:aws:iam::123456789012:policy/team/pull"
    assert (policy.policy_id[:4], len(policy.policy_id)) == ("ANPA", 21)
    assert (policy.default_version_id, policy.attachment_count) == ("v1", 0)
    assert (policy.description, policy.tags) == ("d", tags)


@pytest.mark.parametrize("path", ["/", "/x/"])
def test_a_name_is_taken_whatever_its_case_and_path(pull, path):
    with pytest.raises(PolicyAlreadyExistsError) as caught:
        created(pull, "Pull", path=path)
    assert caught.value.message == (
        "A policy called Pull already exists. Duplicate names are not allowed."
    )


def test_a_document_is_checked(pull):
    with pytest.raises(MalformedPolicyDocumentError):
        created(pull, "x", "{}")


def test_a_document_has_6144_characters(pull):
    """White space does not count. Source: reference iam.md §3.1."""
    size = len("".join(identity_policy(resource="arn:aws:ecr:*:*:").split()))
    longest = identity_policy(resource="arn:aws:ecr:*:*:" + "a" * (6144 - size))
    created(pull, "x", longest.replace(" ", " " * 50))
    with pytest.raises(IamLimitExceededError) as caught:
        created(pull, "y", longest.replace("aaaa", "aaaaa", 1))
    assert caught.value.message == "Cannot exceed quota for PolicySize: 6144"


@pytest.mark.parametrize("operation", [get_policy, delete_policy, list_policy_versions])
def test_a_missing_policy_is_named(registry, operation):
    with pytest.raises(PolicyNotFoundError) as caught:
        registry(operation, policy_arn=ARN)
    assert caught.value.message == f"Policy {ARN} was not found."


def test_what_is_no_arn_is_refused(registry):
    with pytest.raises(InvalidInputError):
        shown(registry, "AmazonEC2ContainerRegistryReadOnly")


def test_a_policy_says_how_often_it_is_used(pull):
    """Source: reference iam.md §13.2."""
    pull(attach_user_policy, user_name="ci", policy_arn=ARN)
    pull(put_user_permissions_boundary, user_name="ci", permissions_boundary=ARN)
    policy = shown(pull)
    assert (policy.attachment_count, policy.permissions_boundary_usage_count) == (1, 1)


def test_a_policy_of_aws_is_there_and_says_how_often_it_is_used(pull):
    pull(attach_user_policy, user_name="ci", policy_arn=READ_ONLY)
    policy = shown(pull, READ_ONLY)
    assert (policy.default_version_id, policy.attachment_count) == ("v3", 1)
    version = pull(get_policy_version, policy_arn=READ_ONLY, version_id="v3").policy_version
    assert "ecr:DescribeImageScanFindings" in version.document


def test_policies_of_scope_local_are_the_account_s_own(pull):
    assert arns(pull, scope="Local") == [ARN]
    assert READ_ONLY in arns(pull, scope="AWS")
    assert arns(pull) == [ARN, *arns(pull, scope="AWS")]


def test_policies_are_listed_without_tags_and_descriptions(registry):
    created(registry, description="d", tags=(ResourceTag(key="team", value="a"),))
    (policy,) = registry(list_policies, scope="Local").policies
    assert (policy.description, policy.tags) == (None, None)


def test_policies_are_listed_below_a_path_and_in_pages(registry):
    for name, path in (("a", "/x/"), ("b", "/x/y/"), ("c", "/")):
        created(registry, name, path=path)
    first = registry(list_policies, path_prefix="/x/", max_items=1)
    rest = arns(registry, path_prefix="/x/", marker=first.marker)
    assert [arn.rpartition("/")[2] for arn in (first.policies[0].arn, *rest)] == ["a", "b"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"only_attached": True}, ["attached"]),
        ({"policy_usage_filter": "PermissionsPolicy"}, ["attached"]),
        ({"policy_usage_filter": "PermissionsBoundary"}, ["boundary"]),
    ],
)
def test_policies_are_listed_by_their_use(pull, asked, found):
    attached, boundary = created(pull, "attached"), created(pull, "boundary")
    pull(attach_user_policy, user_name="ci", policy_arn=attached.arn)
    pull(put_user_permissions_boundary, user_name="ci", permissions_boundary=boundary.arn)
    assert [arn.rpartition("/")[2] for arn in arns(pull, **asked)] == found


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        (attach_user_policy, "policy_arn"),
        (put_user_permissions_boundary, "permissions_boundary"),
    ],
)
def test_a_policy_in_use_is_not_deleted(pull, operation, member):
    pull(operation, user_name="ci", **{member: ARN})
    with pytest.raises(DeleteConflictError) as caught:
        pull(delete_policy, policy_arn=ARN)
    assert caught.value.message == "Cannot delete a policy attached to entities."


def test_a_policy_with_other_versions_is_not_deleted(pull):
    pull(create_policy_version, policy_arn=ARN, policy_document=PULL)
    with pytest.raises(DeleteConflictError, match="has more than one version"):
        pull(delete_policy, policy_arn=ARN)


def test_a_deleted_policy_is_gone(pull):
    pull(delete_policy, policy_arn=ARN)
    assert arns(pull, scope="Local") == []


def test_nobody_deletes_a_policy_of_aws(registry):
    with pytest.raises(AwsPolicyError):
        registry(delete_policy, policy_arn=READ_ONLY)
