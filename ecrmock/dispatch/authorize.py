"""Step 2, authorize: may the caller do this. Nothing is enforced yet, and the decision says so."""

from ecrmock.values.authorization import Caller, Decision

_ALLOWED = Decision(allowed=True, reason="IAM policies are not enforced")


def authorize(caller: Caller, action: str) -> Decision:  # noqa: ARG001 - nothing is enforced yet
    """Return whether a caller may take an IAM action, with the reason."""
    return _ALLOWED
