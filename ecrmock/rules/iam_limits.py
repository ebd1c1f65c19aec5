"""How much of each IAM takes, and how long its policies may be.

Source: reference iam.md §3.1 (sizes), §13.3 (keys, versions); IAM User Guide, "IAM and AWS STS quotas", for the
others. The texts of sizes are inferred.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ecrmock.values.iam import GROUP, MAX_POLICY_VERSIONS, ROLE, USER, InlinePolicy
from ecrmock.values.iam_errors import IamLimitExceededError

KEYS_PER_USER, GROUPS_PER_USER = "AccessKeysPerUser", "GroupsPerUser"
TRUST_POLICY_SIZE, MANAGED_POLICY_SIZE = "ACLSizePerRole", "PolicySize"
_QUOTAS: Mapping[str, int] = MappingProxyType(
    {
        KEYS_PER_USER: 2,
        GROUPS_PER_USER: 10,
        "PoliciesPerUser": 10,
        "PoliciesPerGroup": 10,
        "PoliciesPerRole": 10,
        TRUST_POLICY_SIZE: 2_048,
        MANAGED_POLICY_SIZE: 6_144,
    }
)
_INLINE_SIZES: Mapping[str, int] = MappingProxyType({USER: 2_048, GROUP: 5_120, ROLE: 10_240})


def check_quota(quota: str, count: int) -> None:
    """Refuse what would be more than a quota. Raises: IamLimitExceededError."""
    limit = _QUOTAS[quota]
    if count > limit:
        raise IamLimitExceededError(f"Cannot exceed quota for {quota}: {limit}")


def check_attachments(kind: str, count: int) -> None:
    """Refuse more attached policies than a user, group or role may have. Raises: IamLimitExceededError."""
    check_quota(f"PoliciesPer{kind.capitalize()}", count)


def check_inline_size(kind: str, name: str, policies: Iterable[InlinePolicy]) -> None:
    """Refuse inline policies that are together too long for their owner. Raises: IamLimitExceededError."""
    limit = _INLINE_SIZES[kind]
    if sum(size_of(policy.policy_document) for policy in policies) > limit:
        raise IamLimitExceededError(
            f"Maximum policy size of {limit} bytes exceeded for {kind} {name}"
        )


def size_of(policy_text: str) -> int:
    """Return how long a policy is: white space does not count."""
    return len("".join(policy_text.split()))


def check_versions(count: int) -> None:
    """Refuse one more version than a managed policy may have. Raises: IamLimitExceededError."""
    if count > MAX_POLICY_VERSIONS:
        raise IamLimitExceededError(
            f"A managed policy can have up to {MAX_POLICY_VERSIONS} versions. Before you create a new "
            "version, you must delete an existing version."
        )
