"""Users. Source: reference iam.md §13."""

import pytest

from ecrmock.operations.iam_access_keys import create_access_key, list_access_keys
from ecrmock.operations.iam_attachments import attach_user_policy, detach_user_policy
from ecrmock.operations.iam_groups import (
    add_user_to_group,
    create_group,
    list_groups_for_user,
    remove_user_from_group,
)
from ecrmock.operations.iam_inline_policies import delete_user_policy, put_user_policy
from ecrmock.operations.iam_roles import create_role, get_role
from ecrmock.operations.iam_users import (
    create_user,
    delete_user,
    get_user,
    list_users,
    update_user,
)
from ecrmock.operations.policies import (
    get_registry_policy,
    get_repository_policy,
    put_registry_policy,
    set_repository_policy,
)
from ecrmock.values.authorization import Caller
from ecrmock.values.errors import ValidationError
from ecrmock.values.iam_errors import (
    DeleteConflictError,
    DuplicateTagKeysError,
    IdentityAlreadyExistsError,
    IdentityNotFoundError,
    NoBoundaryPolicyError,
)
from ecrmock.values.repositories import ResourceTag
from tests.documents import identity_policy, trust_policy

ARN = "arn:aws:iam::123456789012:user/ci"
READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
TEAM = ResourceTag(key="team", value="a")


def created(registry, name="ci", **more):
    return registry(create_user, user_name=name, **more).user


def names(registry, **more):
    return [user.user_name for user in registry(list_users, **more).users]


def repository_policy(principal):
    return trust_policy(principal, Action="ecr:BatchGetImage")


def registry_policy(principal):
    return trust_policy(principal, Action="ecr:ReplicateImage", Resource="*")


def test_a_new_user_has_an_id_and_an_arn_with_its_path(registry):
    """Source: reference iam.md §1.1."""
    user = created(registry, path="/team/a/")
    assert user.arn == "arn:aws:iam::123456789012:user/team/a/ci"
    assert (user.user_id[:4], len(user.user_id)) == ("AIDA", 21)
    assert registry(get_user, user_name="ci").user == user


def test_a_user_of_another_partition_has_its_arn(registry):
    registry.in_account("123456789012", "cn-north-1")
    assert created(registry).arn == ARN.replace("aws", "aws-cn")


def test_a_user_is_found_whatever_the_case_of_its_name(registry):
    created(registry, "Ci")
    assert registry(get_user, user_name="cI").user.user_name == "Ci"


@pytest.mark.parametrize("name", ["ci", "CI"])
def test_a_name_is_taken_whatever_its_case(registry, name):
    created(registry)
    with pytest.raises(IdentityAlreadyExistsError) as caught:
        created(registry, name)
    assert caught.value.message == f"User with name {name} already exists."


def test_another_account_has_users_of_its_own(registry):
    created(registry)
    created(registry.in_account("111122223333"))
    assert names(registry) == ["ci"]


@pytest.mark.parametrize("operation", [get_user, update_user, delete_user])
def test_a_missing_user_is_named(registry, operation):
    with pytest.raises(IdentityNotFoundError) as caught:
        registry(operation, user_name="ci")
    assert caught.value.message == "The user with name ci cannot be found."


def test_a_user_is_made_with_tags_and_a_boundary(registry):
    user = created(registry, tags=(TEAM,), permissions_boundary=READ_ONLY)
    assert user.tags == (TEAM,)
    assert user.permissions_boundary.permissions_boundary_arn == READ_ONLY


def test_a_boundary_must_exist(registry):
    with pytest.raises(NoBoundaryPolicyError):
        created(registry, permissions_boundary=READ_ONLY + "s")
    assert names(registry) == []


def test_a_tag_is_given_once_whatever_its_case(registry):
    with pytest.raises(DuplicateTagKeysError) as caught:
        created(registry, tags=(TEAM, ResourceTag(key="Team", value="b")))
    assert caught.value.message == (
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    )


def test_who_asks_without_a_name_asks_about_itself(registry):
    user = created(registry, path="/team/")
    registry.by(Caller(account=registry.account, arn=user.arn, user_id=user.user_id))
    assert registry(get_user).user == user


def test_the_root_has_no_name(registry):
    root = registry(get_user).user
    assert (root.user_id, root.arn) == ("123456789012", "arn:aws:iam::123456789012:root")
    assert not hasattr(root, "user_name")


def test_a_session_must_say_which_user_it_means(registry):
    arn = "arn:aws:sts::123456789012:assumed-role/deploy/session"
    registry.by(Caller(account=registry.account, arn=arn, user_id="AROAX:session"))
    with pytest.raises(ValidationError) as caught:
        registry(get_user)
    assert caught.value.message == "Must specify userName when calling with non-User credentials"


def test_users_are_listed_by_name_without_tags_and_boundaries(registry):
    """Source: reference iam.md §13.2."""
    for name in ("b", "A", "c"):
        created(registry, name, tags=(TEAM,), permissions_boundary=READ_ONLY)
    users = registry(list_users).users
    assert [user.user_name for user in users] == ["A", "b", "c"]
    assert {(user.tags, user.permissions_boundary) for user in users} == {(None, None)}


def test_users_are_listed_below_a_path(registry):
    created(registry, "a", path="/team/")
    created(registry, "b", path="/team/x/")
    created(registry, "c")
    assert names(registry, path_prefix="/team/") == ["a", "b"]


def test_a_page_says_where_the_next_one_starts(registry):
    for number in range(5):
        created(registry, f"user-{number}")
    first = registry(list_users, max_items=3)
    assert first.is_truncated
    second = registry(list_users, max_items=3, marker=first.marker)
    assert [user.user_name for user in second.users] == ["user-3", "user-4"]
    assert (second.is_truncated, second.marker) == (False, None)


def test_a_hundred_users_are_a_page(registry):
    """Source: reference iam.md §13."""
    for number in range(101):
        created(registry, f"user-{number}")
    assert len(names(registry)) == 100


def test_a_user_that_is_deleted_between_pages_does_not_disturb(registry):
    for name in ("a", "b", "c"):
        created(registry, name)
    marker = registry(list_users, max_items=2).marker
    registry(delete_user, user_name="b")
    assert names(registry, marker=marker) == ["c"]


@pytest.mark.parametrize("marker", ["nonsense", "é", "AAAAA"])
def test_a_marker_that_nobody_gave_is_refused(registry, marker):
    with pytest.raises(ValidationError):
        registry(list_users, marker=marker)


def test_a_deleted_user_is_gone(registry):
    created(registry)
    registry(delete_user, user_name="CI")
    assert names(registry) == []


def test_a_user_is_deleted_once_everything_it_has_is_gone(registry):
    """Source: reference iam.md §13.3; the order is inferred."""
    created(registry)
    registry(create_group, group_name="g")
    steps = [
        ("detach all policies", attach_user_policy, detach_user_policy, {"policy_arn": READ_ONLY}),
        ("delete policies", put_user_policy, delete_user_policy, {"policy_name": "p"}),
        ("remove users from group", add_user_to_group, remove_user_from_group, {"group_name": "g"}),
    ]
    for remedy, add, remove, what in steps:
        document = {"policy_document": identity_policy()} if add is put_user_policy else {}
        registry(add, user_name="ci", **what, **document)
        with pytest.raises(DeleteConflictError) as caught:
            registry(delete_user, user_name="ci")
        assert caught.value.message == f"Cannot delete entity, must {remedy} first."
        registry(remove, user_name="ci", **what)
    registry(delete_user, user_name="ci")


def test_a_user_with_keys_is_not_deleted(registry):
    created(registry)
    registry(create_access_key, user_name="ci")
    with pytest.raises(DeleteConflictError) as caught:
        registry(delete_user, user_name="ci")
    assert caught.value.message == "Cannot delete entity, must delete access keys first."


def test_a_renamed_user_keeps_id_keys_and_groups(registry):
    user = created(registry)
    registry(create_access_key, user_name="ci")
    registry(create_group, group_name="g")
    registry(add_user_to_group, group_name="g", user_name="ci")
    registry(update_user, user_name="ci", new_user_name="cd", new_path="/x/")
    found = registry(get_user, user_name="cd").user
    assert (found.user_id, found.arn) == (user.user_id, "arn:aws:iam::123456789012:user/x/cd")
    (key,) = registry(list_access_keys, user_name="cd").access_key_metadata
    assert key.user_name == "cd"
    (group,) = registry(list_groups_for_user, user_name="cd").groups
    assert group.group_name == "g"
    assert names(registry) == ["cd"]


def test_a_user_may_change_the_case_of_its_name(registry):
    created(registry)
    registry(update_user, user_name="ci", new_user_name="CI")
    assert names(registry) == ["CI"]


def test_a_user_is_not_renamed_to_another_one(registry):
    created(registry)
    created(registry, "cd")
    with pytest.raises(IdentityAlreadyExistsError):
        registry(update_user, user_name="ci", new_user_name="CD")
    assert names(registry) == ["cd", "ci"]


def principals_named(registry):
    """Return the texts of every policy that can name a principal."""
    return (
        registry(get_repository_policy, repository_name="app").policy_text,
        registry(get_registry_policy).policy_text,
        registry(get_role, role_name="deploy").role.assume_role_policy_document,
    )


@pytest.fixture
def named(app):
    """A user that a repository policy, a registry policy and a trust policy name."""
    user = created(app)
    app(set_repository_policy, repository_name="app", policy_text=repository_policy(user.arn))
    app(put_registry_policy, policy_text=registry_policy(user.arn))
    document = trust_policy(user.arn)
    app(create_role, role_name="deploy", assume_role_policy_document=document)
    return user


def test_policies_call_a_deleted_user_by_its_id(app, named):
    """A new user of that name is not meant. Source: reference iam.md §3.2, §9.3."""
    app(delete_user, user_name="ci")
    created(app)
    for text in principals_named(app):
        assert named.arn not in text
        assert f'"{named.user_id}"' in text


def test_policies_call_a_renamed_user_by_its_new_name(app, named):
    """They are kept by id. Source: reference iam.md §3.2."""
    app(update_user, user_name="ci", new_user_name="cd")
    for text in principals_named(app):
        assert '"arn:aws:iam::123456789012:user/cd"' in text


def test_policies_that_name_somebody_else_stay_as_they_are(app, named):
    created(app, "ci2")
    before = principals_named(app)
    app(delete_user, user_name="ci2")
    assert principals_named(app) == before
