"""What is attached to a caller, and what conditions can ask about it.

Source: reference iam.md §1.1 (callers), §5 (condition keys), §6 (which policies apply).
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ecrmock.rules.access_targets import Keys
from ecrmock.rules.callers import read_caller
from ecrmock.rules.managed_policies import find_policy
from ecrmock.rules.policies import parse_identity_policy
from ecrmock.rules.statements import kind_of
from ecrmock.store.identities import Identities
from ecrmock.store.store import Store
from ecrmock.values.authorization import Caller
from ecrmock.values.iam import Identity, Role, Session, User
from ecrmock.values.permissions import BOUNDARY, IDENTITY, SESSION, AppliedPolicy, Permissions
from ecrmock.values.repositories import ResourceTag

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "root": "Account",
        "user": "User",
        "assumed-role": "AssumedRole",
        "federated-user": "FederatedUser",
    }
)


class Standing(NamedTuple):
    """Who is behind a caller, the condition keys about it, and its policies."""

    principal_arn: str
    keys: Keys
    permissions: Permissions


def standing_of(store: Store, caller: Caller, principal_arn: str | None = None) -> Standing:
    """Return what a caller may, and what is known of it; one that is gone may nothing.

    ``principal_arn`` is the user or role behind a session that nobody has begun.
    """
    session = store.sessions.get(caller.access_key_id)
    if principal_arn is None:
        principal_arn = session.principal_arn if session is not None else caller.arn
    identities = store.identities(caller.account)
    actor = _actor(identities, caller, principal_arn)
    keys = _keys(caller, principal_arn, actor)
    if session is not None:
        keys |= _session_keys(session)
    return Standing(principal_arn, keys, _permissions(identities, actor, session))


def caller_named(store: Store, arn: str, partition: str) -> tuple[Caller, str]:
    """Return the caller that an ARN or an account id means, and the user or role behind it.

    Raises: ValueError, with a sentence, when there is nobody of that name.
    """
    named = read_caller(arn, partition)
    if named.kind == "root":
        return named.caller(), named.principal_arn
    identities = store.identities(named.account)
    if named.session is not None:
        actor: User | Role | None = identities.roles.find(named.name)
    else:
        actor = identities.actor(named.principal_arn)
    if actor is None:
        raise ValueError(f"there is no {named.principal_arn}")
    return named.caller(actor.unique_id), actor.arn


def _actor(identities: Identities, caller: Caller, principal_arn: str) -> User | Role | None:
    """Return the user or role behind a caller, unless another one has its name now."""
    actor = identities.actor(principal_arn)
    is_federated = kind_of(caller) == "federated-user"
    if actor is None or is_federated:
        return actor
    return actor if actor.unique_id == caller.user_id.partition(":")[0] else None


def _permissions(
    identities: Identities, actor: User | Role | None, session: Session | None
) -> Permissions:
    boundary = actor.permissions_boundary if actor is not None else None
    return Permissions(
        identity=tuple(_identity_policies(identities, actor)) if actor is not None else (),
        boundary=_managed(identities, boundary.permissions_boundary_arn, BOUNDARY)
        if boundary is not None
        else None,
        session=_session_policies(identities, session) if session is not None else None,
    )


def _identity_policies(identities: Identities, actor: User | Role) -> Iterator[AppliedPolicy]:
    """Yield the policies of a user or role, and those of a user's groups."""
    yield from _attached(identities, actor)
    if isinstance(actor, User):
        for group in identities.groups_of(actor):
            yield from _attached(identities, group)


def _attached(identities: Identities, identity: Identity) -> Iterator[AppliedPolicy]:
    owner = identity.arn.partition("::")[2].partition(":")[2]
    for inline in identity.inline_policies:
        name = f"inline policy {inline.policy_name} of {owner}"
        yield AppliedPolicy(
            kind=IDENTITY, name=name, document=parse_identity_policy(inline.policy_document)
        )
    for arn in identity.attached_policy_arns:
        policy = _managed(identities, arn, IDENTITY)
        if policy is not None:
            yield policy


def _session_policies(identities: Identities, session: Session) -> tuple[AppliedPolicy, ...] | None:
    if not session.policies and not session.policy_arns:
        return None
    managed = (_managed(identities, arn, SESSION) for arn in session.policy_arns)
    inline = (
        AppliedPolicy(
            kind=SESSION, name="the session's own policy", document=parse_identity_policy(text)
        )
        for text in session.policies
    )
    return (*inline, *(policy for policy in managed if policy is not None))


def _managed(identities: Identities, arn: str, kind: str) -> AppliedPolicy | None:
    policy = find_policy(arn, identities.policies)
    if policy is None:
        return None
    return AppliedPolicy(kind=kind, name=arn, document=parse_identity_policy(policy.document))


def _keys(caller: Caller, principal_arn: str, actor: User | Role | None) -> Keys:
    kind = kind_of(caller)
    if not kind:
        return {"aws:principalisawsservice": ("true",), "aws:principalservicename": (caller.arn,)}
    keys: Keys = {
        "aws:principalisawsservice": ("false",),
        "aws:principalaccount": (caller.account,),
        "aws:principalarn": (caller.arn if kind == "federated-user" else principal_arn,),
        "aws:principaltype": (_TYPES[kind],),
        "aws:userid": (caller.user_id,),
    }
    if kind == "user":
        keys["aws:username"] = (caller.arn.rpartition("/")[2],)
    return keys | _tag_keys(actor.resource_tags if actor is not None else ())


def _session_keys(session: Session) -> Keys:
    """Return what only temporary credentials have; session tags are over those of the role."""
    keys: Keys = {
        "aws:tokenissuetime": (session.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:multifactorauthpresent": ("true" if session.has_mfa else "false",),
    }
    if session.source_identity is not None:
        keys["aws:sourceidentity"] = (session.source_identity,)
    return keys | _tag_keys(session.resource_tags)


def _tag_keys(tags: Iterable[ResourceTag]) -> Keys:
    return {f"aws:principaltag/{tag.key.lower()}": (tag.value,) for tag in tags}
