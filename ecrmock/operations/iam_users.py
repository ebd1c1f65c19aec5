"""CreateUser, GetUser, UpdateUser, DeleteUser, ListUsers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.access_keys import USER_ID, unique_id
from ecrmock.rules.deletion import check_deletable
from ecrmock.rules.iam_paging import identity_page
from ecrmock.rules.iam_tags import with_tags
from ecrmock.rules.managed_policies import boundary_of
from ecrmock.rules.principals import renamed, user_meant
from ecrmock.store.principals import rewrite_policies
from ecrmock.values.iam import DEFAULT_PATH, USER, Page, User, iam_arn
from ecrmock.values.repositories import ResourceTag


@dataclass(frozen=True, slots=True)
class RootUser:
    """What GetUser says of the root of an account, which has no name."""

    user_id: str
    arn: str


@dataclass(frozen=True, slots=True)
class UserAnswer:
    """Answer of CreateUser and GetUser."""

    user: User | RootUser


@dataclass(frozen=True, slots=True)
class UserPage(Page):
    """Answer of ListUsers."""

    users: tuple[User, ...]


@operation("iam", "CreateUser")
def create_user(
    context: Context,
    *,
    user_name: str,
    path: str = DEFAULT_PATH,
    permissions_boundary: str | None = None,
    tags: Sequence[ResourceTag] = (),
) -> UserAnswer:
    """Make a user without permissions.

    Raises: IdentityAlreadyExistsError, NoBoundaryPolicyError, InvalidInputError, DuplicateTagKeysError,
    IamLimitExceededError. Source: reference iam.md §13.
    """
    identities = context.identities
    identities.users.check_free(user_name)
    user = User(
        path=path,
        name=user_name,
        unique_id=unique_id(USER_ID, context.world.ids.bits),
        arn=iam_arn(context.partition, context.account, USER, path, user_name),
        create_date=context.now,
        permissions_boundary=boundary_of(permissions_boundary, identities.policies),
    )
    user = with_tags(user, tags)
    identities.users.save(user)
    return UserAnswer(user)


@operation("iam", "GetUser")
def get_user(context: Context, *, user_name: str | None = None) -> UserAnswer:
    """Return a user, or the caller; the root has no name, path and day of creation here.

    Raises: ValidationError, IdentityNotFoundError. Source: reference iam.md §13.2.
    """
    name = user_meant(user_name, context.caller)
    if name is None:
        return UserAnswer(RootUser(context.caller.user_id, context.caller.arn))
    return UserAnswer(context.identities.users.named(name))


@operation("iam", "UpdateUser")
def update_user(
    context: Context,
    *,
    user_name: str,
    new_path: str | None = None,
    new_user_name: str | None = None,
) -> None:
    """Give a user another name or path; keys, groups and policies that name it follow.

    Raises: IdentityNotFoundError, IdentityAlreadyExistsError. Source: reference iam.md §13.
    """
    users, store = context.identities.users, context.store
    user = users.named(user_name)
    path, name = new_path or user.path, new_user_name or user.name
    arn = iam_arn(context.partition, context.account, USER, path, name)
    users.rename(user, replace(user, path=path, name=name, arn=arn))
    for key in store.keys_of(context.account, user.name):
        store.keys.put(key.access_key_id, replace(key, user_name=name))
    rewrite_policies(store, lambda text: renamed(text, user.arn, arn))


@operation("iam", "DeleteUser")
def delete_user(context: Context, *, user_name: str) -> None:
    """Delete a user without policies, keys and groups; policies that name it keep its unique id.

    Raises: IdentityNotFoundError, DeleteConflictError. Source: reference iam.md §3.2, §13.3.
    """
    users, store = context.identities.users, context.store
    user = users.named(user_name)
    has_keys = bool(store.keys_of(context.account, user.name))
    check_deletable(user, has_keys=has_keys, has_memberships=bool(user.group_keys))
    users.drop(user)
    rewrite_policies(store, lambda text: renamed(text, user.arn, user.unique_id))


@operation("iam", "ListUsers")
def list_users(
    context: Context,
    *,
    path_prefix: str = DEFAULT_PATH,
    marker: str | None = None,
    max_items: int | None = None,
) -> UserPage:
    """Return a page of the users below a path by name, without tags and boundaries.

    Raises: ValidationError. Source: reference iam.md §13.2.
    """
    users = context.identities.users.values()
    following, shown = identity_page(users, path_prefix, marker, max_items)
    return UserPage(following, tuple(user.listed() for user in shown))
