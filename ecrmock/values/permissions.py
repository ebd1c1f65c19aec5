"""What an access decision is made from: the request, the caller's permissions, the policies that apply.

Source: reference iam.md §1.1 (callers), §5 (condition keys), §6 (evaluation).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ecrmock.values.authorization import Caller
from ecrmock.values.names import AccountId
from ecrmock.values.policies import PolicyDocument

# The kinds of policy, in the words of denial messages (reference iam.md §7).
IDENTITY = "identity-based policy"
RESOURCE = "resource-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
TRUST = "role trust policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedPolicy:
    """A policy that applies to a request.

    ``name`` is its ARN, or says whose it is: ``inline policy deploy of user ci``,
    ``repository policy of team/app``.
    """

    kind: str
    name: str
    document: PolicyDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """Who wants to do what to which resource, and what is known of the request.

    ``principal_arn`` is the user or role behind the caller: of a role session its role, with the path; of a
    federated user the user (or root) whose session it is; else the caller's own ARN. ``resource`` is an ARN,
    or ``*`` for an action that has none. ``keys`` are the condition keys in lower case with their values as
    texts; a key with a single value has a tuple of one.
    """

    caller: Caller
    principal_arn: str
    action: str
    resource: str
    resource_account: AccountId
    keys: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What is attached to a caller; ``session`` is None where the session has no policy of its own."""

    identity: tuple[AppliedPolicy, ...] = ()
    boundary: AppliedPolicy | None = None
    session: tuple[AppliedPolicy, ...] | None = None
