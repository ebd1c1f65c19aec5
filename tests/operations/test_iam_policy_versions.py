"""Versions of managed policies. Source: reference iam.md §13."""

from datetime import timedelta

import pytest

from ecrmock.operations.iam_policies import create_policy, get_policy
from ecrmock.operations.iam_policy_versions import (
    create_policy_version,
    delete_policy_version,
    get_policy_version,
    list_policy_versions,
    set_default_policy_version,
)
from ecrmock.values.iam_errors import (
    AwsPolicyError,
    DeleteConflictError,
    IamLimitExceededError,
    InvalidInputError,
    PolicyNotFoundError,
    PolicyVersionNotFoundError,
)
from ecrmock.values.policies import MalformedPolicyDocumentError
from tests.documents import identity_policy
from tests.operations.conftest import READ_ONLY

ARN = "arn:aws:iam::123456789012:policy/pull"
PULL, PUSH = identity_policy("ecr:BatchGetImage"), identity_policy("ecr:PutImage")
EVERY = [
    (create_policy_version, {"policy_document": PULL}),
    (get_policy_version, {"version_id": "v1"}),
    (list_policy_versions, {}),
    (set_default_policy_version, {"version_id": "v1"}),
    (delete_policy_version, {"version_id": "v1"}),
]


@pytest.fixture
def pull(registry):
    """A registry with the managed policy ``pull``."""
    registry(create_policy, policy_name="pull", policy_document=PULL)
    return registry


def add_version(registry, document=PUSH, **more):
    answer = registry(create_policy_version, policy_arn=ARN, policy_document=document, **more)
    return answer.policy_version


def versions(registry, **more):
    page = registry(list_policy_versions, policy_arn=ARN, **more)
    return [(each.version_id, each.is_default_version) for each in page.versions]


def test_a_new_version_waits_to_be_put_in_force(pull):
    assert add_version(pull).version_id == "v2"
    assert versions(pull) == [("v2", False), ("v1", True)]
    pull(set_default_policy_version, policy_arn=ARN, version_id="v2")
    assert versions(pull) == [("v2", True), ("v1", False)]
    assert pull(get_policy, policy_arn=ARN).policy.default_version_id == "v2"


def test_a_new_version_may_come_into_force_at_once(pull):
    assert add_version(pull, set_as_default=True).is_default_version
    policy = pull.store.identities(pull.account).policies.named(ARN)
    assert policy.document == PUSH


def test_a_version_is_shown_with_its_document(pull):
    add_version(pull)
    version = pull(get_policy_version, policy_arn=ARN, version_id="v2").policy_version
    assert (version.document, version.is_default_version) == (PUSH, False)


def test_versions_come_in_pages(pull):
    add_version(pull)
    first = pull(list_policy_versions, policy_arn=ARN, max_items=1)
    assert [each.version_id for each in first.versions] == ["v2"]
    assert versions(pull, marker=first.marker) == [("v1", True)]


def test_a_sixth_version_is_one_too_many(pull):
    for _ in range(4):
        add_version(pull)
    with pytest.raises(IamLimitExceededError) as caught:
        add_version(pull)
    assert caught.value.message == (
        "A managed policy can have up to 5 versions. Before you create a new version, "
        "you must delete an existing version."
    )


def test_the_number_of_a_deleted_version_is_not_used_again(pull):
    add_version(pull)
    pull(delete_policy_version, policy_arn=ARN, version_id="v2")
    assert add_version(pull).version_id == "v3"


def test_the_version_in_force_is_not_deleted(pull):
    with pytest.raises(DeleteConflictError) as caught:
        pull(delete_policy_version, policy_arn=ARN, version_id="v1")
    assert caught.value.message == "Cannot delete the default version of a policy."


@pytest.mark.parametrize(
    "operation", [get_policy_version, set_default_policy_version, delete_policy_version]
)
def test_a_missing_version_is_named(pull, operation):
    with pytest.raises(PolicyVersionNotFoundError) as caught:
        pull(operation, policy_arn=ARN, version_id="v2")
    assert caught.value.message == (f"Policy {ARN} version v2 does not exist or is not attachable.")


@pytest.mark.parametrize(("operation", "more"), EVERY)
def test_the_policy_of_a_version_must_exist(registry, operation, more):
    with pytest.raises(PolicyNotFoundError) as caught:
        registry(operation, policy_arn=ARN, **more)
    assert caught.value.message == f"Policy {ARN} was not found."


@pytest.mark.parametrize("operation", [get_policy_version, list_policy_versions])
def test_what_is_no_arn_is_refused(registry, operation):
    more = {"version_id": "v1"} if operation is get_policy_version else {}
    with pytest.raises(InvalidInputError):
        registry(operation, policy_arn="pull", **more)


@pytest.mark.parametrize(
    "document", ["{}", PUSH.replace("2012", "2008"), "x" * 7_000], ids=["form", "version", "size"]
)
def test_the_document_of_a_version_is_checked(pull, document):
    with pytest.raises(MalformedPolicyDocumentError):
        add_version(pull, document)
    assert versions(pull) == [("v1", True)]


def test_a_version_has_6144_characters(pull):
    """White space does not count. Source: reference iam.md §3.1."""
    size = len("".join(identity_policy(resource="arn:aws:ecr:*:*:").split()))
    longest = identity_policy(resource="arn:aws:ecr:*:*:" + "a" * (6144 - size))
    add_version(pull, longest.replace(" ", " " * 50))
    with pytest.raises(IamLimitExceededError) as caught:
        add_version(pull, longest.replace("aaaa", "aaaaa", 1))
    assert caught.value.message == "Cannot exceed quota for PolicySize: 6144"


def test_a_change_of_its_versions_is_an_update_of_the_policy(pull):
    pull.clock.advance(timedelta(hours=1))
    version = add_version(pull)
    policy = pull(get_policy, policy_arn=ARN).policy
    assert version.create_date == policy.update_date == pull.clock.now()
    assert policy.create_date < policy.update_date


def test_versions_are_listed_without_their_documents(pull):
    """Source: reference iam.md §13.2."""
    (version,) = pull(list_policy_versions, policy_arn=ARN).versions
    assert version.document is None


def test_versions_are_listed_from_the_newest_also_beyond_nine(pull):
    """Inferred."""
    for number in range(2, 12):
        add_version(pull)
        pull(set_default_policy_version, policy_arn=ARN, version_id=f"v{number}")
        pull(delete_policy_version, policy_arn=ARN, version_id=f"v{number - 1}")
    add_version(pull)
    assert versions(pull) == [("v12", False), ("v11", True)]


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        (each, more)
        for each, more in EVERY
        if each not in (get_policy_version, list_policy_versions)
    ],
)
def test_nobody_changes_a_policy_of_aws(registry, operation, more):
    with pytest.raises(AwsPolicyError):
        registry(operation, policy_arn=READ_ONLY, **more)
