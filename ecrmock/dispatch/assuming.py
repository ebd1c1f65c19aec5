"""May somebody assume a role: what its trust policy decides. Source: reference iam.md §6.1, §12.2."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ecrmock.rules.access_targets import resource_keys
from ecrmock.rules.iam import may_assume, not_authorized
from ecrmock.rules.policies import parse_trust_policy
from ecrmock.rules.statements import kind_of
from ecrmock.rules.sts import assumption_keys, parse_role_arn
from ecrmock.rules.web_identity import parse_web_identity, provider_caller, web_identity_keys
from ecrmock.store.store import Store
from ecrmock.values.authorization import Decision
from ecrmock.values.iam import Role
from ecrmock.values.permissions import TRUST, AccessRequest, AppliedPolicy, Permissions
from ecrmock.values.sts import RoleName

BY_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
ASSUMES = frozenset({"sts:AssumeRole", BY_WEB_IDENTITY})
_WITH_SESSION = (("tags", "sts:TagSession"), ("source_identity", "sts:SetSourceIdentity"))
_ABOUT_CALLER = ("aws:principal", "aws:userid", "aws:username")
_IS_ROOT = Decision(allowed=True, reason="Allowed: the root of its account may assume any role")


def decide_assuming(
    store: Store, request: AccessRequest, permissions: Permissions, parameters: Mapping[str, Any]
) -> Decision:
    """Decide about a request whose resource is the ARN of a role; ``parameters`` are those of the call.

    A role that is not there is refused in the same words as any other. Unlike at AWS the root of the role's
    account may: tests begin as that.

    Raises: ValidationError for what is no ARN of a role, InvalidIdentityTokenError.
    """
    named = parse_role_arn(request.resource)
    role = store.identities(named.account).actor(request.resource)
    if not isinstance(role, Role):
        return _refused(request)
    is_own = request.caller.account == named.account
    if request.action == BY_WEB_IDENTITY:
        request, permissions = _by_provider(request, named, parameters), Permissions()
    elif is_own and kind_of(request.caller) == "root":
        return _IS_ROOT
    keys = resource_keys(named.account, role.resource_tags, "iam") | assumption_keys(parameters)
    request = replace(request, resource_account=named.account, keys={**request.keys, **keys})
    document = parse_trust_policy(role.assume_role_policy_document, named.partition)
    trust = AppliedPolicy(kind=TRUST, name=f"trust policy of {role.arn}", document=document)
    wanted = [action for member, action in _WITH_SESSION if parameters.get(member)]
    decision = may_assume(request, permissions, trust, wanted)
    return decision if decision.allowed else replace(decision, reason=_text(request, decision))


def _by_provider(
    request: AccessRequest, named: RoleName, parameters: Mapping[str, Any]
) -> AccessRequest:
    """Return the request as the one of the provider that a token is from; nobody signed it."""
    identity = parse_web_identity(parameters.get("web_identity_token", ""))
    caller = provider_caller(identity, named)
    known = {key: value for key, value in request.keys.items() if not key.startswith(_ABOUT_CALLER)}
    keys = {**known, **web_identity_keys(identity, named)}
    return replace(request, caller=caller, principal_arn=caller.arn, keys=keys)


def _refused(request: AccessRequest) -> Decision:
    text = not_authorized(request.caller.arn, request.action, request.resource)
    decision = Decision(allowed=False, reason=text)
    return replace(decision, reason=_text(request, decision))


def _text(request: AccessRequest, decision: Decision) -> str:
    """Return what a denial says; to a web identity, which has no ARN, only what it may not.

    Inferred text, as practitioners know it.
    """
    is_web = request.action == BY_WEB_IDENTITY
    return f"Not authorized to perform {BY_WEB_IDENTITY}" if is_web else decision.reason
