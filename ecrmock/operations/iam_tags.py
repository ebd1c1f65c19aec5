"""Tag-, Untag-, List…Tags of users, roles and managed policies. Source: reference iam.md §13.

The three of each verb are written out: parameters differ by name, and tests compare them with AWS's model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.iam_paging import page
from ecrmock.rules.iam_tags import with_tags, without_tags
from ecrmock.rules.managed_policies import policy_named
from ecrmock.values.iam import Page
from ecrmock.values.repositories import ResourceTag


@dataclass(frozen=True, slots=True)
class TagPage(Page):
    """Answer of the operations that list tags."""

    tags: tuple[ResourceTag, ...]


def _page(tags: Sequence[ResourceTag], marker: str | None, max_items: int | None) -> TagPage:
    return TagPage(*page(tags, lambda tag: tag.key.lower(), marker, max_items))


@operation("iam", "TagUser")
def tag_user(context: Context, *, user_name: str, tags: Sequence[ResourceTag]) -> None:
    """Add resource tags to a user.

    Raises: IdentityNotFoundError, DuplicateTagKeysError, IamLimitExceededError.
    Source: reference iam.md §13.2.
    """
    users = context.identities.users
    users.save(with_tags(users.named(user_name), tags))


@operation("iam", "TagRole")
def tag_role(context: Context, *, role_name: str, tags: Sequence[ResourceTag]) -> None:
    """Add resource tags to a role, also to a service-linked one.

    Raises: IdentityNotFoundError, DuplicateTagKeysError, IamLimitExceededError.
    Source: reference iam.md §13.2.
    """
    roles = context.identities.roles
    roles.save(with_tags(roles.named(role_name), tags))


@operation("iam", "TagPolicy")
def tag_policy(context: Context, *, policy_arn: str, tags: Sequence[ResourceTag]) -> None:
    """Add resource tags to a managed policy.

    Raises: AwsPolicyError, PolicyNotFoundError, DuplicateTagKeysError, IamLimitExceededError.
    Source: reference iam.md §13.2.
    """
    policies = context.identities.policies
    policies.save(with_tags(policies.modifiable(policy_arn), tags))


@operation("iam", "UntagUser")
def untag_user(context: Context, *, user_name: str, tag_keys: Sequence[str]) -> None:
    """Take resource tags away from a user.

    Raises: IdentityNotFoundError. Source: reference iam.md §13.2.
    """
    users = context.identities.users
    users.save(without_tags(users.named(user_name), tag_keys))


@operation("iam", "UntagRole")
def untag_role(context: Context, *, role_name: str, tag_keys: Sequence[str]) -> None:
    """Take resource tags away from a role.

    Raises: IdentityNotFoundError. Source: reference iam.md §13.2.
    """
    roles = context.identities.roles
    roles.save(without_tags(roles.named(role_name), tag_keys))


@operation("iam", "UntagPolicy")
def untag_policy(context: Context, *, policy_arn: str, tag_keys: Sequence[str]) -> None:
    """Take resource tags away from a managed policy.

    Raises: AwsPolicyError, PolicyNotFoundError. Source: reference iam.md §13.2.
    """
    policies = context.identities.policies
    policies.save(without_tags(policies.modifiable(policy_arn), tag_keys))


@operation("iam", "ListUserTags")
def list_user_tags(
    context: Context, *, user_name: str, marker: str | None = None, max_items: int | None = None
) -> TagPage:
    """Return a page of the resource tags of a user by key.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    user = context.identities.users.named(user_name)
    return _page(user.resource_tags, marker, max_items)


@operation("iam", "ListRoleTags")
def list_role_tags(
    context: Context, *, role_name: str, marker: str | None = None, max_items: int | None = None
) -> TagPage:
    """Return a page of the resource tags of a role by key.

    Raises: IdentityNotFoundError, ValidationError. Source: reference iam.md §13.
    """
    role = context.identities.roles.named(role_name)
    return _page(role.resource_tags, marker, max_items)


@operation("iam", "ListPolicyTags")
def list_policy_tags(
    context: Context, *, policy_arn: str, marker: str | None = None, max_items: int | None = None
) -> TagPage:
    """Return a page of the resource tags of a managed policy by key; those of AWS have none.

    Raises: PolicyNotFoundError, InvalidInputError, ValidationError. Source: reference iam.md §13.
    """
    policy = policy_named(policy_arn, context.identities.policies)
    return _page(policy.resource_tags, marker, max_items)
