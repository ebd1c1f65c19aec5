"""Put-, Get-, Delete-, List- of the inline policies of users, groups and roles.

The three of each verb are written out: parameters differ by name, and tests compare them with AWS's model.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.iam_limits import check_inline_size
from ecrmock.rules.iam_paging import page
from ecrmock.rules.policies import parse_identity_policy
from ecrmock.store.identities import Directory
from ecrmock.values.iam import Identity, InlinePolicy, Page
from ecrmock.values.iam_errors import InlinePolicyNotFoundError

I = TypeVar("I", bound=Identity)  # noqa: E741 - an identity


@dataclass(frozen=True, slots=True)
class UserPolicy:
    """Answer of GetUserPolicy."""

    user_name: str
    policy_name: str
    policy_document: str


@dataclass(frozen=True, slots=True)
class GroupPolicy:
    """Answer of GetGroupPolicy."""

    group_name: str
    policy_name: str
    policy_document: str


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """Answer of GetRolePolicy."""

    role_name: str
    policy_name: str
    policy_document: str


@dataclass(frozen=True, slots=True)
class PolicyNamePage(Page):
    """Answer of the operations that list inline policies."""

    policy_names: tuple[str, ...]


def _put(directory: Directory[I], name: str, policy_name: str, policy_document: str) -> None:
    identity = directory.modifiable(name)
    parse_identity_policy(policy_document)
    policy = InlinePolicy(policy_name=policy_name, policy_document=policy_document)
    policies = (*_without(identity, policy_name), policy)
    check_inline_size(directory.kind, identity.name, policies)
    directory.save(replace(identity, inline_policies=policies))


def _get(directory: Directory[I], name: str, policy_name: str) -> tuple[str, str, str]:
    """Return the names of the owner and the policy as they are spelled, and the document."""
    identity = directory.named(name)
    for policy in identity.inline_policies:
        if policy.policy_name == policy_name:
            return identity.name, policy.policy_name, policy.policy_document
    raise InlinePolicyNotFoundError(directory.kind, policy_name)


def _delete(directory: Directory[I], name: str, policy_name: str) -> None:
    identity = directory.modifiable(name)
    kept = _without(identity, policy_name)
    if len(kept) == len(identity.inline_policies):
        raise InlinePolicyNotFoundError(directory.kind, policy_name)
    directory.save(replace(identity, inline_policies=kept))


def _without(identity: Identity, policy_name: str) -> tuple[InlinePolicy, ...]:
    return tuple(each for each in identity.inline_policies if each.policy_name != policy_name)


def _names(identity: Identity, marker: str | None, max_items: int | None) -> PolicyNamePage:
    names = (policy.policy_name for policy in identity.inline_policies)
    return PolicyNamePage(*page(names, str, marker, max_items))


@operation("iam", "PutUserPolicy")
def put_user_policy(
    context: Context, *, user_name: str, policy_name: str, policy_document: str
) -> None:
    """Save an inline policy of a user, in place of the one of that name.

    Raises: IdentityNotFoundError, MalformedPolicyDocumentError, IamLimitExceededError.
    Source: reference iam.md §3.1, §13.
    """
    _put(context.identities.users, user_name, policy_name, policy_document)


@operation("iam", "PutGroupPolicy")
def put_group_policy(
    context: Context, *, group_name: str, policy_name: str, policy_document: str
) -> None:
    """Save an inline policy of a group, in place of the one of that name.

    Raises: IdentityNotFoundError, MalformedPolicyDocumentError, IamLimitExceededError.
    Source: reference iam.md §3.1, §13.
    """
    _put(context.identities.groups, group_name, policy_name, policy_document)


@operation("iam", "PutRolePolicy")
def put_role_policy(
    context: Context, *, role_name: str, policy_name: str, policy_document: str
) -> None:
    """Save an inline policy of a role, in place of the one of that name.

    Raises: IdentityNotFoundError, UnmodifiableEntityError, MalformedPolicyDocumentError,
    IamLimitExceededError. Source: reference iam.md §3.1, §13.
    """
    _put(context.identities.roles, role_name, policy_name, policy_document)


@operation("iam", "GetUserPolicy")
def get_user_policy(context: Context, *, user_name: str, policy_name: str) -> UserPolicy:
    """Return an inline policy of a user.

    Raises: IdentityNotFoundError, InlinePolicyNotFoundError. Source: reference iam.md §13.
    """
    return UserPolicy(*_get(context.identities.users, user_name, policy_name))


@operation("iam", "GetGroupPolicy")
def get_group_policy(context: Context, *, group_name: str, policy_name: str) -> GroupPolicy:
    """Return an inline policy of a group.

    Raises: IdentityNotFoundError, InlinePolicyNotFoundError. Source: reference iam.md §13.
    """
    return GroupPolicy(*_get(context.identities.groups, group_name, policy_name))


@operation("iam", "GetRolePolicy")
def get_role_policy(context: Context, *, role_name: str, policy_name: str) -> RolePolicy:
    """Return an inline policy of a role.

    Raises: IdentityNotFoundError, InlinePolicyNotFoundError. Source: reference iam.md §13.
    """
    return RolePolicy(*_get(context.identities.roles, role_name, policy_name))


@operation("iam", "DeleteUserPolicy")
def delete_user_policy(context: Context, *, user_name: str, policy_name: str) -> None:
    """Delete an inline policy of a user.

    Raises: IdentityNotFoundError, InlinePolicyNotFoundError. Source: reference iam.md §13.
    """
    _delete(context.identities.users, user_name, policy_name)


@operation("iam", "DeleteGroupPolicy")
def delete_group_policy(context: Context, *, group_name: str, policy_name: str) -> None:
    """Delete an inline policy of a group.

    Raises: IdentityNotFoundError, InlinePolicyNotFoundError. Source: reference iam.md §13.
    """
    _delete(context.identities.groups, group_name, policy_name)


@operation("iam", "DeleteRolePolicy")
def delete_role_policy(context: Context, *, role_name: str, policy_name: str) -> None:
    """Delete an inline policy of a role.

    Raises: IdentityNotFoundError, UnmodifiableEntityError, InlinePolicyNotFoundError.
    Source: reference iam.md §13.
    """
    _delete(context.identities.roles, role_name, policy_name)


@operation("iam", "ListUserPolicies")
def list_user_policies(
    context: Context, *, user_name: str, marker: str | None = None, max_items: int | None = None
) -> PolicyNamePage:
    """Return a page of the names of a user's inline policies.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    return _names(context.identities.users.named(user_name), marker, max_items)


@operation("iam", "ListGroupPolicies")
def list_group_policies(
    context: Context, *, group_name: str, marker: str | None = None, max_items: int | None = None
) -> PolicyNamePage:
    """Return a page of the names of a group's inline policies.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    return _names(context.identities.groups.named(group_name), marker, max_items)


@operation("iam", "ListRolePolicies")
def list_role_policies(
    context: Context, *, role_name: str, marker: str | None = None, max_items: int | None = None
) -> PolicyNamePage:
    """Return a page of the names of a role's inline policies.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    return _names(context.identities.roles.named(role_name), marker, max_items)
