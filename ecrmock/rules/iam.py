"""Allow, explicit deny or implicit deny, with the statement that decided.

Source: reference iam.md §6 (evaluation), §7 (texts), §12.2 (assuming a role).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from ecrmock.rules.clauses import Clause, clauses_about
from ecrmock.rules.statements import Naming, kind_of, names_of, naming
from ecrmock.values.authorization import Decision
from ecrmock.values.permissions import (
    BOUNDARY,
    IDENTITY,
    RESOURCE,
    SESSION,
    TRUST,
    AccessRequest,
    AppliedPolicy,
    Permissions,
)

GET_CALLER_IDENTITY = "sts:GetCallerIdentity"

_IN_A: Mapping[str, str] = MappingProxyType(
    {
        IDENTITY: f"an {IDENTITY}",
        RESOURCE: f"a {RESOURCE}",
        BOUNDARY: f"a {BOUNDARY}",
        SESSION: f"a {SESSION}",
        TRUST: f"the {TRUST}",
    }
)

_ROOT_MAY = Decision(allowed=True, reason="Allowed: the root of the account may do everything")


class _Found(NamedTuple):
    """A statement that decides, the policy that it is in, and how it names the caller."""

    policy: AppliedPolicy
    clause: Clause
    naming: Naming = Naming.NOT


def decide(
    request: AccessRequest, permissions: Permissions, resource_policies: Sequence[AppliedPolicy]
) -> Decision:
    """Decide whether a caller may do something.

    ``resource_policies`` are pooled: of a repository its own policy and that of its registry. Where several
    reasons deny, the first one in the order of §7 is told: explicit denies in a resource-based policy, an
    identity-based policy, the boundary, a session policy; then what lacks an allow in the same order.

    Raises: nothing. Source: reference iam.md §6.1, §6.2, §7.
    """
    if request.action.lower() == GET_CALLER_IDENTITY.lower():
        return Decision(allowed=True, reason="Allowed: everybody may ask who they are")
    denial = _first_denying(request, permissions, resource_policies)
    if denial is not None:
        return _explicitly_denied(request, denial)
    grant = _best_grant(request, resource_policies)
    is_own = _is_own(request)
    if is_own and kind_of(request.caller) == "root":
        return _ROOT_MAY
    if grant is None and not is_own:
        return _implicitly_denied(request, RESOURCE)
    return _weighed(request, permissions, grant)


def may_assume(
    request: AccessRequest,
    permissions: Permissions,
    trust: AppliedPolicy,
    with_actions: Iterable[str] = (),
) -> Decision:
    """Decide whether a caller may assume a role; the request's resource is the role.

    ``with_actions`` must be allowed too, by the same rules: ``sts:TagSession`` where the session gets tags,
    ``sts:SetSourceIdentity``. The trust policy has to allow explicitly, within the account as well; whom it
    names other than by the account needs no identity-based policy there. When it does not allow, the text
    says no reason: a role that does not exist is refused in the same words.

    Raises: nothing. Source: reference iam.md §6.1 (exceptions), §6.2, §12.2.
    """
    decision = _may_take_role(request, permissions, trust)
    for action in with_actions:
        needed = _may_take_role(replace(request, action=action), permissions, trust)
        decision = decision if needed.allowed or not decision.allowed else needed
    return decision


def not_authorized(caller_arn: str, action: str, resource: str) -> str:
    """Return the text of a denial without its reason. Source: reference iam.md §7, §12.2."""
    return f"User: {caller_arn} is not authorized to perform: {action} on resource: {resource}"


def _may_take_role(
    request: AccessRequest, permissions: Permissions, trust: AppliedPolicy
) -> Decision:
    denial = _first_denying(request, permissions, (trust,))
    if denial is not None:
        return _explicitly_denied(request, denial)
    grant = _best_grant(request, (trust,))
    if grant is None:
        text = not_authorized(request.caller.arn, request.action, request.resource)
        return Decision(allowed=False, reason=text, policy=trust.name)
    return _weighed(request, permissions, grant)


def _is_own(request: AccessRequest) -> bool:
    """Tell whether the resource is of the caller's account; AWS's services belong to no account."""
    is_member = bool(kind_of(request.caller))
    return is_member and request.caller.account == request.resource_account


def _weighed(request: AccessRequest, permissions: Permissions, grant: _Found | None) -> Decision:
    """Decide by what the caller's own account allows, where what the resource grants is not enough.

    Source: the table in reference iam.md §6.1; across accounts (§6.2) both sides have to allow.
    """
    worth = grant.naming if grant is not None and _is_own(request) else Naming.NOT
    if grant is not None and (worth == Naming.ITSELF or not kind_of(request.caller)):
        return _allowed(grant)
    identity = _first_allowing(request, permissions.identity)
    is_of_root = request.principal_arn.endswith(":root")
    if identity is None and worth < Naming.BEHIND and not is_of_root:
        return _implicitly_denied(request, IDENTITY)
    if limit := _missing_limit(request, permissions):
        return limit
    deciding = (grant, identity) if worth != Naming.ACCOUNT else (identity, grant)
    return _allowed(*(found for found in deciding if found is not None))


def _missing_limit(request: AccessRequest, permissions: Permissions) -> Decision | None:
    """Return the denial for a boundary or session policies that do not allow; None where they do.

    A federated user without a session policy has no permission. Source: reference iam.md §6.1, 7 and 8.
    """
    boundary, session = permissions.boundary, permissions.session
    if boundary is not None and _first_allowing(request, (boundary,)) is None:
        return _implicitly_denied(request, BOUNDARY, boundary)
    if session is None and kind_of(request.caller) != "federated-user":
        return None
    if _first_allowing(request, session or ()) is None:
        return _implicitly_denied(request, SESSION, *(session or ())[:1])
    return None


def _first_denying(
    request: AccessRequest, permissions: Permissions, resource_policies: Sequence[AppliedPolicy]
) -> _Found | None:
    names = names_of(request.caller, request.principal_arn)
    for policy in resource_policies:
        for clause in clauses_about(policy.document, request.action, request.resource).denying:
            named = naming(clause.statement, names)
            if named and clause.holds(request.resource, request.keys):
                return _Found(policy, clause, named)
    boundary = () if permissions.boundary is None else (permissions.boundary,)
    for policy in (*permissions.identity, *boundary, *(permissions.session or ())):
        for clause in clauses_about(policy.document, request.action, request.resource).denying:
            if clause.holds(request.resource, request.keys):
                return _Found(policy, clause)
    return None


def _first_allowing(request: AccessRequest, policies: Sequence[AppliedPolicy]) -> _Found | None:
    for policy in policies:
        for clause in clauses_about(policy.document, request.action, request.resource).allowing:
            if clause.holds(request.resource, request.keys):
                return _Found(policy, clause)
    return None


def _best_grant(request: AccessRequest, policies: Sequence[AppliedPolicy]) -> _Found | None:
    """Return the statement of resource-based policies that allows the caller the most directly."""
    names = names_of(request.caller, request.principal_arn)
    best: _Found | None = None
    for policy in policies:
        for clause in clauses_about(policy.document, request.action, request.resource).allowing:
            named = naming(clause.statement, names)
            is_better = named > (Naming.NOT if best is None else best.naming)
            if is_better and clause.holds(request.resource, request.keys):
                best = _Found(policy, clause, named)
    return best


def _allowed(*deciding: _Found) -> Decision:
    """Return a decision by some statements, the more telling one first; none is needed by what root made."""
    if not deciding:
        return _ROOT_MAY
    first = deciding[0]
    return Decision(
        allowed=True,
        reason="Allowed by " + " and ".join(_named(found) for found in deciding),
        policy=first.policy.name,
        statement=first.clause.statement,
    )


def _named(found: _Found) -> str:
    sid = found.clause.statement.sid
    title = f" ({sid})" if sid else ""
    return f"statement {found.clause.number}{title} of {found.policy.kind} {found.policy.name!r}"


def _explicitly_denied(request: AccessRequest, found: _Found) -> Decision:
    text = not_authorized(request.caller.arn, request.action, request.resource)
    kind = found.policy.kind
    return Decision(
        allowed=False,
        reason=f"{text} with an explicit deny in {_IN_A.get(kind, kind)}",
        policy=found.policy.name,
        statement=found.clause.statement,
    )


def _implicitly_denied(
    request: AccessRequest, kind: str, policy: AppliedPolicy | None = None
) -> Decision:
    text = not_authorized(request.caller.arn, request.action, request.resource)
    return Decision(
        allowed=False,
        reason=f"{text} because no {kind} allows the {request.action} action",
        policy=None if policy is None else policy.name,
    )
