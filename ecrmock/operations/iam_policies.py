"""CreatePolicy, GetPolicy, DeletePolicy, ListPolicies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.access_keys import POLICY_ID, unique_id
from ecrmock.rules.iam_limits import MANAGED_POLICY_SIZE, check_quota, size_of
from ecrmock.rules.iam_paging import page
from ecrmock.rules.iam_tags import with_tags
from ecrmock.rules.managed_policies import aws_policies, is_of_aws, policy_named
from ecrmock.rules.policies import parse_identity_policy
from ecrmock.store.identities import Identities
from ecrmock.values.iam import (
    DEFAULT_PATH,
    POLICY,
    ManagedPolicy,
    Page,
    PolicyVersion,
    iam_arn,
)
from ecrmock.values.iam_errors import DeleteConflictError, PolicyAlreadyExistsError
from ecrmock.values.repositories import ResourceTag


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """Answer of CreatePolicy and GetPolicy."""

    policy: ManagedPolicy


@dataclass(frozen=True, slots=True)
class PolicyPage(Page):
    """Answer of ListPolicies."""

    policies: tuple[ManagedPolicy, ...]


def _shown(identities: Identities, policy: ManagedPolicy) -> ManagedPolicy:
    """Return a policy with how often the account uses it."""
    attached = sum(policy.arn in each.attached_policy_arns for each in identities.all())
    boundaries = sum(
        boundary.permissions_boundary_arn == policy.arn
        for actor in identities.actors()
        if (boundary := actor.permissions_boundary) is not None
    )
    return replace(policy, attachment_count=attached, permissions_boundary_usage_count=boundaries)


@operation("iam", "CreatePolicy")
def create_policy(
    context: Context,
    *,
    policy_name: str,
    policy_document: str,
    path: str = DEFAULT_PATH,
    description: str | None = None,
    tags: Sequence[ResourceTag] = (),
) -> PolicyAnswer:
    """Make a managed policy with its first version.

    Raises: PolicyAlreadyExistsError, MalformedPolicyDocumentError, IamLimitExceededError,
    DuplicateTagKeysError. Source: reference iam.md §13.
    """
    policies = context.identities.policies
    if any(each.policy_name.lower() == policy_name.lower() for each in policies.values()):
        raise PolicyAlreadyExistsError(policy_name)
    parse_identity_policy(policy_document, is_managed=True)
    check_quota(MANAGED_POLICY_SIZE, size_of(policy_document))
    now = context.now
    policy = ManagedPolicy(
        policy_name=policy_name,
        policy_id=unique_id(POLICY_ID, context.world.ids.bits),
        arn=iam_arn(context.partition, context.account, POLICY, path, policy_name),
        path=path,
        description=description,
        create_date=now,
        update_date=now,
        versions=(PolicyVersion(version_id="v1", document=policy_document, create_date=now),),
    )
    policy = with_tags(policy, tags)
    policies.save(policy)
    return PolicyAnswer(policy)


@operation("iam", "GetPolicy")
def get_policy(context: Context, *, policy_arn: str) -> PolicyAnswer:
    """Return a managed policy, the account's own or AWS's, without its documents.

    Raises: PolicyNotFoundError, InvalidInputError. Source: reference iam.md §13.2.
    """
    identities = context.identities
    return PolicyAnswer(_shown(identities, policy_named(policy_arn, identities.policies)))


@operation("iam", "DeletePolicy")
def delete_policy(context: Context, *, policy_arn: str) -> None:
    """Delete a managed policy that nobody uses and that has no other version.

    Raises: AwsPolicyError, PolicyNotFoundError, DeleteConflictError. Source: reference iam.md §13.3; the
    text about versions is inferred.
    """
    identities = context.identities
    policy = _shown(identities, identities.policies.modifiable(policy_arn))
    if policy.attachment_count or policy.permissions_boundary_usage_count:
        raise DeleteConflictError("Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise DeleteConflictError(
            "This policy has more than one version. Before you delete a policy, you must delete the "
            "policy's versions. The default version is deleted with the policy."
        )
    identities.policies.remove(policy_arn)


@operation("iam", "ListPolicies")
def list_policies(
    context: Context,
    *,
    scope: str = "All",
    only_attached: bool = False,
    path_prefix: str = DEFAULT_PATH,
    policy_usage_filter: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> PolicyPage:
    """Return a page of the managed policies by ARN, without tags and descriptions.

    Of those of AWS only the ones about ECR are here. Raises: ValidationError.
    Source: reference iam.md §11.1, §13.2; inferred: what the filter of usage leaves out.
    """
    identities = context.identities
    policies = chain(identities.policies.values(), aws_policies(context.partition))
    found = (
        shown
        for policy in policies
        if policy.path.startswith(path_prefix)
        and scope in ("All", "AWS" if is_of_aws(policy.arn) else "Local")
        and _is_wanted(shown := _shown(identities, policy), only_attached, policy_usage_filter)
    )
    following, listed = page(found, lambda policy: policy.arn, marker, max_items)
    return PolicyPage(
        following, tuple(replace(each, description=None, resource_tags=()) for each in listed)
    )


def _is_wanted(policy: ManagedPolicy, only_attached: bool, usage: str | None) -> bool:
    if usage == "PermissionsBoundary":
        return policy.permissions_boundary_usage_count > 0
    return policy.attachment_count > 0 or not (only_attached or usage == "PermissionsPolicy")
