"""CreateGroup, GetGroup, UpdateGroup, DeleteGroup, ListGroups; who is in which group."""

from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.access_keys import GROUP_ID, unique_id
from ecrmock.rules.deletion import check_deletable
from ecrmock.rules.iam_limits import GROUPS_PER_USER, check_quota
from ecrmock.rules.iam_paging import identity_page
from ecrmock.values.iam import DEFAULT_PATH, GROUP, Group, Page, User, iam_arn


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """Answer of CreateGroup."""

    group: Group


@dataclass(frozen=True, slots=True)
class GroupPage(Page):
    """Answer of ListGroups and ListGroupsForUser."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class MemberPage(Page):
    """Answer of GetGroup."""

    users: tuple[User, ...]
    group: Group


@operation("iam", "CreateGroup")
def create_group(context: Context, *, group_name: str, path: str = DEFAULT_PATH) -> GroupAnswer:
    """Make a group without users.

    Raises: IdentityAlreadyExistsError. Source: reference iam.md §13.
    """
    groups = context.identities.groups
    groups.check_free(group_name)
    group = Group(
        path=path,
        name=group_name,
        unique_id=unique_id(GROUP_ID, context.world.ids.bits),
        arn=iam_arn(context.partition, context.account, GROUP, path, group_name),
        create_date=context.now,
    )
    groups.save(group)
    return GroupAnswer(group)


@operation("iam", "GetGroup")
def get_group(
    context: Context, *, group_name: str, marker: str | None = None, max_items: int | None = None
) -> MemberPage:
    """Return a group with a page of its users by name.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.1.
    """
    identities = context.identities
    group = identities.groups.named(group_name)
    users = identities.users_in(group)
    following, shown = identity_page(users, DEFAULT_PATH, marker, max_items)
    return MemberPage(following, tuple(user.listed() for user in shown), group)


@operation("iam", "UpdateGroup")
def update_group(
    context: Context,
    *,
    group_name: str,
    new_path: str | None = None,
    new_group_name: str | None = None,
) -> None:
    """Give a group another name or path; its users stay in it.

    Raises: IdentityNotFoundError, IdentityAlreadyExistsError. Source: reference iam.md §13.
    """
    identities = context.identities
    group = identities.groups.named(group_name)
    path, name = new_path or group.path, new_group_name or group.name
    arn = iam_arn(context.partition, context.account, GROUP, path, name)
    users = identities.users_in(group)
    identities.groups.rename(group, replace(group, path=path, name=name, arn=arn))
    for user in users:
        keys = (name.lower() if key == group.key else key for key in user.group_keys)
        identities.users.save(replace(user, group_keys=tuple(keys)))


@operation("iam", "DeleteGroup")
def delete_group(context: Context, *, group_name: str) -> None:
    """Delete a group without policies and users.

    Raises: IdentityNotFoundError, DeleteConflictError. Source: reference iam.md §13.3.
    """
    identities = context.identities
    group = identities.groups.named(group_name)
    check_deletable(group, has_memberships=bool(identities.users_in(group)))
    identities.groups.drop(group)


@operation("iam", "ListGroups")
def list_groups(
    context: Context,
    *,
    path_prefix: str = DEFAULT_PATH,
    marker: str | None = None,
    max_items: int | None = None,
) -> GroupPage:
    """Return a page of the groups below a path by name.

    Raises: ValidationError. Source: reference iam.md §13.
    """
    groups = context.identities.groups.values()
    return GroupPage(*identity_page(groups, path_prefix, marker, max_items))


@operation("iam", "ListGroupsForUser")
def list_groups_for_user(
    context: Context, *, user_name: str, marker: str | None = None, max_items: int | None = None
) -> GroupPage:
    """Return a page of the groups that a user is in, by name.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    identities = context.identities
    groups = identities.groups_of(identities.users.named(user_name))
    return GroupPage(*identity_page(groups, DEFAULT_PATH, marker, max_items))


@operation("iam", "AddUserToGroup")
def add_user_to_group(context: Context, *, group_name: str, user_name: str) -> None:
    """Put a user into a group, where it may be already.

    Raises: IdentityNotFoundError, IamLimitExceededError. Source: reference iam.md §13.
    """
    identities = context.identities
    key = identities.groups.named(group_name).key
    user = identities.users.named(user_name)
    group_keys = (*(each for each in user.group_keys if each != key), key)
    check_quota(GROUPS_PER_USER, len(group_keys))
    identities.users.save(replace(user, group_keys=group_keys))


@operation("iam", "RemoveUserFromGroup")
def remove_user_from_group(context: Context, *, group_name: str, user_name: str) -> None:
    """Take a user out of a group, in which it need not be.

    Raises: IdentityNotFoundError. Source: reference iam.md §13.
    """
    identities = context.identities
    key = identities.groups.named(group_name).key
    user = identities.users.named(user_name)
    group_keys = tuple(each for each in user.group_keys if each != key)
    identities.users.save(replace(user, group_keys=group_keys))
