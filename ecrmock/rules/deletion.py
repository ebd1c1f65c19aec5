"""What must be gone before an identity of IAM can be deleted. Source: reference iam.md §13.3.

The order of the checks is inferred.
"""

from ecrmock.values.iam import Identity
from ecrmock.values.iam_errors import DeleteConflictError


def check_deletable(
    identity: Identity, *, has_keys: bool = False, has_memberships: bool = False
) -> None:
    """Refuse to delete an identity on which something depends. Raises: DeleteConflictError."""
    dependants = (
        (identity.attached_policy_arns, "detach all policies"),
        (identity.inline_policies, "delete policies"),
        (has_keys, "delete access keys"),
        (has_memberships, "remove users from group"),
    )
    for found, remedy in dependants:
        if found:
            raise DeleteConflictError(f"Cannot delete entity, must {remedy} first.")
