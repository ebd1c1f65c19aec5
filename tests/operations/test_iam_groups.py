"""Groups. Source: reference iam.md §13."""

import pytest

from ecrmock.operations.iam_attachments import attach_group_policy
from ecrmock.operations.iam_groups import (
    add_user_to_group,
    create_group,
    delete_group,
    get_group,
    list_groups,
    list_groups_for_user,
    remove_user_from_group,
    update_group,
)
from ecrmock.operations.iam_users import create_user
from ecrmock.values.iam_errors import (
    DeleteConflictError,
    IamLimitExceededError,
    IdentityAlreadyExistsError,
    IdentityNotFoundError,
)

READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"


def created(registry, name="devs", **more):
    return registry(create_group, group_name=name, **more).group


def add(registry, user_name="ci", group_name="devs"):
    registry(add_user_to_group, group_name=group_name, user_name=user_name)


def users_in(registry, group_name="devs", **more):
    return [user.user_name for user in registry(get_group, group_name=group_name, **more).users]


def groups_of(registry, user_name="ci", **more):
    page = registry(list_groups_for_user, user_name=user_name, **more)
    return [group.group_name for group in page.groups]


@pytest.fixture
def devs(registry):
    """A registry with the group ``devs`` and the user ``ci``, who is not in it."""
    created(registry)
    registry(create_user, user_name="ci")
    return registry


def test_a_new_group_has_an_id_an_arn_and_no_users(registry):
    """Source: reference iam.md §1.1."""
    group = created(registry, path="/team/")
    assert group.arn == "arn:aws:iam::123456789012:group/team/devs"
    assert (group.group_id[:4], len(group.group_id)) == ("AGPA", 21)
    assert users_in(registry) == []


def test_a_name_is_taken_whatever_its_case(devs):
    with pytest.raises(IdentityAlreadyExistsError) as caught:
        created(devs, "Devs")
    assert caught.value.message == "Group with name Devs already exists."


@pytest.mark.parametrize("operation", [get_group, update_group, delete_group])
def test_a_missing_group_is_named(registry, operation):
    with pytest.raises(IdentityNotFoundError) as caught:
        registry(operation, group_name="devs")
    assert caught.value.message == "The group with name devs cannot be found."


def test_a_user_comes_and_goes(devs):
    add(devs, "CI", "DEVS")
    assert (users_in(devs), groups_of(devs)) == (["ci"], ["devs"])
    devs(remove_user_from_group, group_name="devs", user_name="ci")
    assert (users_in(devs), groups_of(devs)) == ([], [])


def test_a_user_is_in_a_group_once(devs):
    add(devs)
    add(devs)
    devs(remove_user_from_group, group_name="devs", user_name="ci")
    assert users_in(devs) == []


@pytest.mark.parametrize("operation", [add_user_to_group, remove_user_from_group])
@pytest.mark.parametrize(("user", "group"), [("ci", "none"), ("none", "devs")])
def test_user_and_group_must_exist(devs, operation, user, group):
    with pytest.raises(IdentityNotFoundError):
        devs(operation, user_name=user, group_name=group)


def test_an_eleventh_group_is_one_too_many(devs):
    for number in range(11):
        created(devs, f"group-{number}")
    for number in range(10):
        add(devs, group_name=f"group-{number}")
    with pytest.raises(IamLimitExceededError) as caught:
        add(devs, group_name="group-10")
    assert caught.value.message == "Cannot exceed quota for GroupsPerUser: 10"


def test_groups_are_listed_by_name_below_a_path(registry):
    for name, path in (("b", "/x/"), ("A", "/x/y/"), ("c", "/")):
        created(registry, name, path=path)
    page = registry(list_groups, path_prefix="/x/")
    assert [group.group_name for group in page.groups] == ["A", "b"]


def test_the_users_of_a_group_come_in_pages(devs):
    for name in ("a", "b", "c"):
        devs(create_user, user_name=name)
        add(devs, name)
    first = devs(get_group, group_name="devs", max_items=2)
    assert (first.is_truncated, first.group.group_name) == (True, "devs")
    assert users_in(devs, marker=first.marker) == ["c"]


def test_the_groups_of_a_user_come_in_pages(devs):
    created(devs, "ops")
    add(devs)
    add(devs, group_name="ops")
    first = devs(list_groups_for_user, user_name="ci", max_items=1)
    assert groups_of(devs, marker=first.marker) == ["ops"]


def test_a_renamed_group_keeps_its_users_and_its_id(devs):
    add(devs)
    group = devs(get_group, group_name="devs").group
    devs(update_group, group_name="devs", new_group_name="ops", new_path="/x/")
    assert (users_in(devs, "ops"), groups_of(devs)) == (["ci"], ["ops"])
    renamed = devs(get_group, group_name="ops").group
    assert renamed.arn == "arn:aws:iam::123456789012:group/x/ops"
    assert renamed.group_id == group.group_id


def test_a_group_is_not_renamed_to_another_one(devs):
    created(devs, "ops")
    with pytest.raises(IdentityAlreadyExistsError):
        devs(update_group, group_name="devs", new_group_name="OPS")


def test_a_group_with_users_is_not_deleted(devs):
    add(devs)
    with pytest.raises(DeleteConflictError) as caught:
        devs(delete_group, group_name="devs")
    assert caught.value.message == "Cannot delete entity, must remove users from group first."


def test_a_group_with_policies_is_not_deleted(devs):
    devs(attach_group_policy, group_name="devs", policy_arn=READ_ONLY)
    with pytest.raises(DeleteConflictError) as caught:
        devs(delete_group, group_name="devs")
    assert caught.value.message == "Cannot delete entity, must detach all policies first."


def test_a_deleted_group_is_gone(devs):
    devs(delete_group, group_name="devs")
    assert devs(list_groups).groups == ()
