"""Create-, Get-, List-, Delete-, SetDefaultPolicyVersion(s)."""

from dataclasses import dataclass, replace
from datetime import datetime

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.iam_limits import (
    MANAGED_POLICY_SIZE,
    check_quota,
    check_versions,
    size_of,
)
from ecrmock.rules.iam_paging import page
from ecrmock.rules.managed_policies import policy_named
from ecrmock.rules.policies import parse_identity_policy
from ecrmock.values.iam import ManagedPolicy, Page, PolicyVersion
from ecrmock.values.iam_errors import DeleteConflictError


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version as it is shown; only GetPolicyVersion shows the document."""

    version_id: str
    is_default_version: bool
    create_date: datetime
    document: str | None = None


@dataclass(frozen=True, slots=True)
class VersionAnswer:
    """Answer of CreatePolicyVersion and GetPolicyVersion."""

    policy_version: ShownVersion


@dataclass(frozen=True, slots=True)
class VersionPage(Page):
    """Answer of ListPolicyVersions."""

    versions: tuple[ShownVersion, ...]


def _shown(policy: ManagedPolicy, version: PolicyVersion) -> ShownVersion:
    is_default = version.version_id == policy.default_version_id
    return ShownVersion(version.version_id, is_default, version.create_date)


@operation("iam", "CreatePolicyVersion")
def create_policy_version(
    context: Context, *, policy_arn: str, policy_document: str, set_as_default: bool = False
) -> VersionAnswer:
    """Add a version to a managed policy; its number was never used before.

    Raises: AwsPolicyError, PolicyNotFoundError, MalformedPolicyDocumentError, IamLimitExceededError.
    Source: reference iam.md §13.3.
    """
    policies = context.identities.policies
    policy = policies.modifiable(policy_arn)
    parse_identity_policy(policy_document, is_managed=True)
    check_quota(MANAGED_POLICY_SIZE, size_of(policy_document))
    check_versions(len(policy.versions) + 1)
    number = policy.last_version + 1
    version = PolicyVersion(
        version_id=f"v{number}", document=policy_document, create_date=context.now
    )
    changed = replace(
        policy,
        versions=(*policy.versions, version),
        last_version=number,
        default_version_id=version.version_id if set_as_default else policy.default_version_id,
        update_date=context.now,
    )
    policies.save(changed)
    return VersionAnswer(_shown(changed, version))


@operation("iam", "GetPolicyVersion")
def get_policy_version(context: Context, *, policy_arn: str, version_id: str) -> VersionAnswer:
    """Return a version of a managed policy with its document.

    Raises: PolicyNotFoundError, PolicyVersionNotFoundError, InvalidInputError.
    Source: reference iam.md §13.
    """
    policy = policy_named(policy_arn, context.identities.policies)
    version = policy.version(version_id)
    return VersionAnswer(replace(_shown(policy, version), document=version.document))


@operation("iam", "ListPolicyVersions")
def list_policy_versions(
    context: Context, *, policy_arn: str, marker: str | None = None, max_items: int | None = None
) -> VersionPage:
    """Return a page of the versions of a managed policy, the newest first, without their documents.

    Raises: PolicyNotFoundError, InvalidInputError, ValidationError.
    Source: reference iam.md §13; the order is inferred.
    """
    policy = policy_named(policy_arn, context.identities.policies)
    last = policy.last_version
    following, shown = page(
        policy.versions, lambda each: f"{last - int(each.version_id[1:]):09}", marker, max_items
    )
    return VersionPage(following, tuple(_shown(policy, version) for version in shown))


@operation("iam", "SetDefaultPolicyVersion")
def set_default_policy_version(context: Context, *, policy_arn: str, version_id: str) -> None:
    """Put another version of a managed policy in force.

    Raises: AwsPolicyError, PolicyNotFoundError, PolicyVersionNotFoundError. Source: reference iam.md §13.
    """
    policies = context.identities.policies
    policy = policies.modifiable(policy_arn)
    version = policy.version(version_id)
    policies.save(replace(policy, default_version_id=version.version_id, update_date=context.now))


@operation("iam", "DeletePolicyVersion")
def delete_policy_version(context: Context, *, policy_arn: str, version_id: str) -> None:
    """Delete a version of a managed policy that is not in force.

    Raises: AwsPolicyError, PolicyNotFoundError, PolicyVersionNotFoundError, DeleteConflictError.
    Source: reference iam.md §13.3.
    """
    policies = context.identities.policies
    policy = policies.modifiable(policy_arn)
    gone = policy.version(version_id)
    if gone.version_id == policy.default_version_id:
        raise DeleteConflictError("Cannot delete the default version of a policy.")
    versions = tuple(version for version in policy.versions if version is not gone)
    policies.save(replace(policy, versions=versions, update_date=context.now))
