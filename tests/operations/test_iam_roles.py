"""Roles. Source: reference iam.md §11.2, §13. What services have is in ``test_iam_service_linked_roles``."""

import json

import pytest

from ecrmock.operations.iam_attachments import (
    attach_role_policy,
    detach_role_policy,
)
from ecrmock.operations.iam_inline_policies import delete_role_policy, put_role_policy
from ecrmock.operations.iam_roles import (
    create_role,
    delete_role,
    get_role,
    list_instance_profiles_for_role,
    list_roles,
    update_assume_role_policy,
    update_role,
    update_role_description,
)
from ecrmock.operations.iam_service_linked_roles import (
    create_service_linked_role,
)
from ecrmock.operations.iam_users import create_user
from ecrmock.values.iam_errors import (
    DeleteConflictError,
    IamLimitExceededError,
    IdentityAlreadyExistsError,
    IdentityNotFoundError,
    InvalidInputError,
    NoBoundaryPolicyError,
    UnmodifiableEntityError,
)
from ecrmock.values.policies import MalformedPolicyDocumentError
from ecrmock.values.repositories import ResourceTag
from tests.documents import identity_policy, trust_policy

ACCOUNT = "arn:aws:iam::123456789012"
READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
TRUST = trust_policy(f"{ACCOUNT}:root")
CACHE = "pullthroughcache.ecr.amazonaws.com"
CACHE_ROLE = "AWSServiceRoleForECRPullThroughCache"


def created(registry, name="deploy", trust=TRUST, **more):
    return registry(create_role, role_name=name, assume_role_policy_document=trust, **more).role


def role_of(registry, name="deploy"):
    return registry(get_role, role_name=name).role


def test_a_new_role_is_as_it_was_asked_for(registry):
    tags = (ResourceTag(key="team", value="a"),)
    more = {"description": "d", "max_session_duration": 7200, "tags": tags}
    role = created(registry, path="/team/", **more)
    assert role.arn == f"{ACCOUNT}:role/team/deploy"
    assert (role.role_id[:4], len(role.role_id)) == ("AROA", 21)
    assert (role.description, role.max_session_duration, role.tags) == ("d", 7200, tags)
    assert role_of(registry) == role


def test_a_session_lasts_an_hour_unless_a_role_says_more(registry):
    assert created(registry).max_session_duration == 3600


def test_a_trust_policy_is_kept_as_it_was_sent(registry):
    text = TRUST.replace(",", " ,\n")
    assert created(registry, trust=text).assume_role_policy_document == text


def test_a_name_is_taken_whatever_its_case(registry):
    created(registry)
    with pytest.raises(IdentityAlreadyExistsError) as caught:
        created(registry, "Deploy")
    assert caught.value.message == "Role with name Deploy already exists."


@pytest.mark.parametrize(
    "operation", [get_role, delete_role, update_role, list_instance_profiles_for_role]
)
def test_a_missing_role_is_named(registry, operation):
    with pytest.raises(IdentityNotFoundError) as caught:
        registry(operation, role_name="deploy")
    assert caught.value.message == "The role with name deploy cannot be found."


def test_a_boundary_must_exist(registry):
    with pytest.raises(NoBoundaryPolicyError):
        created(registry, permissions_boundary=f"{ACCOUNT}:policy/none")


@pytest.mark.parametrize("kind", ["user", "role"])
def test_a_trust_policy_names_nobody_who_is_missing(registry, kind):
    """Source: reference iam.md §13.3."""
    with pytest.raises(MalformedPolicyDocumentError) as caught:
        created(registry, trust=trust_policy(f"{ACCOUNT}:{kind}/none"))
    assert caught.value.message == (f'Invalid principal in policy: "AWS":"{ACCOUNT}:{kind}/none"')


def test_the_case_of_an_arn_counts(registry):
    """Source: reference iam.md §1.1."""
    registry(create_user, user_name="ci")
    with pytest.raises(MalformedPolicyDocumentError):
        created(registry, trust=trust_policy(f"{ACCOUNT}:user/CI"))


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        "111122223333",
        f"{ACCOUNT}:root",
        f"{ACCOUNT}:user/ci",
        "arn:aws:iam::111122223333:role/foreign",
        {"Service": "ecr.amazonaws.com"},
    ],
)
def test_a_trust_policy_names_whoever_is_there_or_may_be(registry, principal):
    """Of an account in which nobody uses IAM nothing is known. Source: reference iam.md §9.2."""
    registry(create_user, user_name="ci")
    assert created(registry, trust=trust_policy(principal))


def test_a_trust_policy_names_nobody_missing_in_an_account_that_uses_iam(registry):
    registry.in_account("111122223333")(create_user, user_name="foreign")
    registry.in_account("123456789012")
    assert created(registry, trust=trust_policy("arn:aws:iam::111122223333:user/foreign"))
    with pytest.raises(MalformedPolicyDocumentError):
        created(registry, "x", trust=trust_policy("arn:aws:iam::111122223333:user/none"))


def test_the_id_of_somebody_deleted_is_no_principal_to_name(registry):
    user = registry(create_user, user_name="ci").user
    assert created(registry, trust=trust_policy(user.user_id))
    with pytest.raises(MalformedPolicyDocumentError):
        created(registry, "x", trust=trust_policy("AIDAAAAAAAAAAAAAAAAAA"))


def test_a_trust_policy_is_checked(registry):
    with pytest.raises(MalformedPolicyDocumentError):
        created(registry, trust=identity_policy())


def test_a_trust_policy_has_2048_characters(registry):
    """White space does not count. Source: reference iam.md §3.1."""
    condition = {"StringEquals": {"aws:PrincipalTag/x": "a" * 1800}}
    text = trust_policy(Condition=condition)
    padding = "a" * (2048 - len("".join(text.split())))
    text = text.replace("aaaa", "aaaa" + padding, 1)
    assert created(registry, trust=text + " " * 3000)
    with pytest.raises(IamLimitExceededError) as caught:
        created(registry, "x", trust=text.replace("aaaa", "aaaaa", 1))
    assert caught.value.message == "Cannot exceed quota for ACLSizePerRole: 2048"


def test_a_role_takes_another_trust_policy(registry):
    created(registry)
    other = trust_policy("*")
    registry(update_assume_role_policy, role_name="deploy", policy_document=other)
    assert role_of(registry).assume_role_policy_document == other
    with pytest.raises(MalformedPolicyDocumentError):
        registry(update_assume_role_policy, role_name="deploy", policy_document="{}")


def test_what_is_not_given_stays(registry):
    created(registry, description="old")
    registry(update_role, role_name="deploy", max_session_duration=7200)
    registry(update_role, role_name="deploy", description="new")
    role = role_of(registry)
    assert (role.description, role.max_session_duration) == ("new", 7200)


def test_an_older_client_changes_the_description(registry):
    created(registry)
    answer = registry(update_role_description, role_name="deploy", description="new")
    assert answer.role == role_of(registry)
    assert answer.role.description == "new"


def test_roles_are_listed_by_name_below_a_path_in_pages(registry):
    for name, path in (("b", "/x/"), ("A", "/x/y/"), ("c", "/")):
        created(registry, name, path=path, permissions_boundary=READ_ONLY)
    first = registry(list_roles, path_prefix="/x/", max_items=1)
    second = registry(list_roles, path_prefix="/x/", marker=first.marker)
    assert [role.role_name for role in (*first.roles, *second.roles)] == ["A", "b"]
    assert first.roles[0].permissions_boundary is None


def test_a_role_is_in_no_instance_profile(registry):
    created(registry)
    page = registry(list_instance_profiles_for_role, role_name="deploy")
    assert (page.instance_profiles, page.is_truncated) == ((), False)


def test_a_role_is_deleted_once_its_policies_are_gone(registry):
    created(registry)
    registry(attach_role_policy, role_name="deploy", policy_arn=READ_ONLY)
    inline = {"role_name": "deploy", "policy_name": "p"}
    registry(put_role_policy, **inline, policy_document=identity_policy())
    with pytest.raises(DeleteConflictError, match="must detach all policies first"):
        registry(delete_role, role_name="deploy")
    registry(detach_role_policy, role_name="deploy", policy_arn=READ_ONLY)
    with pytest.raises(DeleteConflictError, match="must delete policies first"):
        registry(delete_role, role_name="deploy")
    registry(delete_role_policy, **inline)
    registry(delete_role, role_name="deploy")
    assert registry(list_roles).roles == ()


def test_other_roles_call_a_deleted_one_by_its_id(registry):
    """Source: reference iam.md §3.2."""
    role = created(registry)
    created(registry, "other", trust=trust_policy({"AWS": [role.arn, f"{ACCOUNT}:root"]}))
    registry(delete_role, role_name="deploy")
    created(registry)
    document = json.loads(role_of(registry, "other").assume_role_policy_document)
    assert document["Statement"][0]["Principal"]["AWS"] == [role.role_id, f"{ACCOUNT}:root"]


@pytest.fixture
def cache(registry):
    """A registry with the role of the pull through cache."""
    registry(create_service_linked_role, aws_service_name=CACHE)
    return registry


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        (delete_role, {}),
        (update_role, {"description": "x"}),
        (update_assume_role_policy, {"policy_document": TRUST}),
        (attach_role_policy, {"policy_arn": READ_ONLY}),
        (put_role_policy, {"policy_name": "p", "policy_document": identity_policy()}),
    ],
)
def test_only_aws_changes_the_role_of_a_service(cache, operation, more):
    """Source: reference iam.md §11.2."""
    with pytest.raises(UnmodifiableEntityError) as caught:
        cache(operation, role_name=CACHE_ROLE, **more)
    assert caught.value.message == (
        f"Cannot perform the operation on the protected role '{CACHE_ROLE}' "
        "- this role is only modifiable by AWS"
    )


def test_nobody_makes_a_role_that_looks_like_one_of_a_service(registry):
    with pytest.raises(InvalidInputError):
        created(registry, path="/aws-service-role/x/")
