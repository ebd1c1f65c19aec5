"""Attach-, Detach-, ListAttached…Policies of users, groups and roles; ListEntitiesForPolicy.

The three of each verb are written out: parameters differ by name, and tests compare them with AWS's model.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.iam_limits import check_attachments
from ecrmock.rules.iam_paging import page
from ecrmock.rules.managed_policies import check_attachable, policy_named
from ecrmock.store.identities import Directory
from ecrmock.values.iam import DEFAULT_PATH, Actor, Group, Identity, Page, Role, User
from ecrmock.values.iam_errors import PolicyNotFoundError

I = TypeVar("I", bound=Identity)  # noqa: E741 - an identity


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """A managed policy that is attached to something (API shape of the same name)."""

    policy_name: str
    policy_arn: str


@dataclass(frozen=True, slots=True)
class AttachedPolicyPage(Page):
    """Answer of the operations that list attached policies."""

    attached_policies: tuple[AttachedPolicy, ...]


@dataclass(frozen=True, slots=True)
class EntityPage(Page):
    """Answer of ListEntitiesForPolicy."""

    policy_groups: tuple[Group, ...]
    policy_users: tuple[User, ...]
    policy_roles: tuple[Role, ...]


def _attach(context: Context, directory: Directory[I], name: str, arn: str) -> None:
    identity = directory.modifiable(name)
    check_attachable(arn, context.identities.policies)
    arns = tuple(dict.fromkeys((*identity.attached_policy_arns, arn)))
    check_attachments(directory.kind, len(arns))
    directory.save(replace(identity, attached_policy_arns=arns))


def _detach(directory: Directory[I], name: str, arn: str) -> None:
    identity = directory.modifiable(name)
    if arn not in identity.attached_policy_arns:
        raise PolicyNotFoundError(arn)
    arns = tuple(each for each in identity.attached_policy_arns if each != arn)
    directory.save(replace(identity, attached_policy_arns=arns))


def _attached(
    identity: Identity, path_prefix: str, marker: str | None, max_items: int | None
) -> AttachedPolicyPage:
    attached = (
        AttachedPolicy(arn.rpartition("/")[2], arn)
        for arn in identity.attached_policy_arns
        if arn.partition(":policy")[2].startswith(path_prefix)
    )
    return AttachedPolicyPage(*page(attached, lambda each: each.policy_arn, marker, max_items))


@operation("iam", "AttachUserPolicy")
def attach_user_policy(context: Context, *, user_name: str, policy_arn: str) -> None:
    """Attach a managed policy to a user, who may have it already.

    Raises: IdentityNotFoundError, NoAttachablePolicyError, PolicyNotAttachableError, InvalidInputError,
    IamLimitExceededError. Source: reference iam.md §13.3.
    """
    _attach(context, context.identities.users, user_name, policy_arn)


@operation("iam", "AttachGroupPolicy")
def attach_group_policy(context: Context, *, group_name: str, policy_arn: str) -> None:
    """Attach a managed policy to a group, which may have it already.

    Raises: IdentityNotFoundError, NoAttachablePolicyError, PolicyNotAttachableError, InvalidInputError,
    IamLimitExceededError. Source: reference iam.md §13.3.
    """
    _attach(context, context.identities.groups, group_name, policy_arn)


@operation("iam", "AttachRolePolicy")
def attach_role_policy(context: Context, *, role_name: str, policy_arn: str) -> None:
    """Attach a managed policy to a role, which may have it already.

    Raises: IdentityNotFoundError, UnmodifiableEntityError, NoAttachablePolicyError,
    PolicyNotAttachableError, InvalidInputError, IamLimitExceededError. Source: reference iam.md §13.3.
    """
    _attach(context, context.identities.roles, role_name, policy_arn)


@operation("iam", "DetachUserPolicy")
def detach_user_policy(context: Context, *, user_name: str, policy_arn: str) -> None:
    """Detach a managed policy from a user.

    Raises: IdentityNotFoundError, PolicyNotFoundError. Source: reference iam.md §13.3.
    """
    _detach(context.identities.users, user_name, policy_arn)


@operation("iam", "DetachGroupPolicy")
def detach_group_policy(context: Context, *, group_name: str, policy_arn: str) -> None:
    """Detach a managed policy from a group.

    Raises: IdentityNotFoundError, PolicyNotFoundError. Source: reference iam.md §13.3.
    """
    _detach(context.identities.groups, group_name, policy_arn)


@operation("iam", "DetachRolePolicy")
def detach_role_policy(context: Context, *, role_name: str, policy_arn: str) -> None:
    """Detach a managed policy from a role.

    Raises: IdentityNotFoundError, UnmodifiableEntityError, PolicyNotFoundError.
    Source: reference iam.md §13.3.
    """
    _detach(context.identities.roles, role_name, policy_arn)


@operation("iam", "ListAttachedUserPolicies")
def list_attached_user_policies(
    context: Context,
    *,
    user_name: str,
    path_prefix: str = DEFAULT_PATH,
    marker: str | None = None,
    max_items: int | None = None,
) -> AttachedPolicyPage:
    """Return a page of the managed policies of a user by ARN.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    user = context.identities.users.named(user_name)
    return _attached(user, path_prefix, marker, max_items)


@operation("iam", "ListAttachedGroupPolicies")
def list_attached_group_policies(
    context: Context,
    *,
    group_name: str,
    path_prefix: str = DEFAULT_PATH,
    marker: str | None = None,
    max_items: int | None = None,
) -> AttachedPolicyPage:
    """Return a page of the managed policies of a group by ARN.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    group = context.identities.groups.named(group_name)
    return _attached(group, path_prefix, marker, max_items)


@operation("iam", "ListAttachedRolePolicies")
def list_attached_role_policies(
    context: Context,
    *,
    role_name: str,
    path_prefix: str = DEFAULT_PATH,
    marker: str | None = None,
    max_items: int | None = None,
) -> AttachedPolicyPage:
    """Return a page of the managed policies of a role by ARN.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    role = context.identities.roles.named(role_name)
    return _attached(role, path_prefix, marker, max_items)


@operation("iam", "ListEntitiesForPolicy")
def list_entities_for_policy(
    context: Context,
    *,
    policy_arn: str,
    entity_filter: str | None = None,
    path_prefix: str = DEFAULT_PATH,
    policy_usage_filter: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> EntityPage:
    """Return a page of the users, groups and roles that use a managed policy.

    Raises: PolicyNotFoundError, InvalidInputError, ValidationError. Source: reference iam.md §13.
    """
    identities = context.identities
    policy_named(policy_arn, identities.policies)
    found = (
        each
        for each in identities.all()
        if _uses(each, policy_arn, policy_usage_filter)
        and each.path.startswith(path_prefix)
        and entity_filter in (None, type(each).__name__)
    )
    following, shown = page(found, lambda each: each.arn, marker, max_items)
    return EntityPage(
        following,
        policy_groups=tuple(each for each in shown if isinstance(each, Group)),
        policy_users=tuple(each for each in shown if isinstance(each, User)),
        policy_roles=tuple(each for each in shown if isinstance(each, Role)),
    )


def _uses(identity: Identity, arn: str, usage: str | None) -> bool:
    """Tell whether an identity has a policy attached or as its boundary, whichever is asked for."""
    boundary = identity.permissions_boundary if isinstance(identity, Actor) else None
    is_boundary = boundary is not None and boundary.permissions_boundary_arn == arn
    is_attached = arn in identity.attached_policy_arns
    return (is_attached and usage != "PermissionsBoundary") or (
        is_boundary and usage != "PermissionsPolicy"
    )
