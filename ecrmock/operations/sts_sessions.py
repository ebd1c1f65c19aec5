"""Temporary credentials: of roles, of the caller, of federated users.

Whether a caller may assume a role is decided before, where policies are enforced. Without that a role need
not exist: credentials are given for its account all the same.
"""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.access_keys import (
    TEMPORARY,
    key_id,
    secret_key,
)
from ecrmock.rules.statements import kind_of
from ecrmock.rules.sts import (
    ROOT_SECONDS,
    check_role_duration,
    check_session_policies,
    has_mfa,
    kept_source_identity,
    made_up_role_id,
    packed_policy_size,
    parse_role_arn,
    session_tags,
    with_policies,
)
from ecrmock.rules.web_identity import (
    check_unexpired,
    is_web_token,
    parse_web_identity,
    provider_caller,
)
from ecrmock.values.authorization import Caller
from ecrmock.values.errors import AccessDeniedError
from ecrmock.values.iam import Role, Session
from ecrmock.values.names import partition_of
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.sts import (
    AssumedRoleUser,
    FederatedUser,
    IssuedCredentials,
    PolicyDescriptor,
    ProvidedContext,
)

_DEFAULT_ROLE_SECONDS = 3600
_DEFAULT_SECONDS = 43_200
_LONGEST_ROLE_SECONDS = 43_200  # of a role that is not there, whose own limit nobody knows
_TOKEN_PREFIX = "IQoJb3JpZ2luX2Vj"  # noqa: S105 - what every session token begins with
_TOKEN_SIZE = 600
_KEPT = timedelta(days=1)  # so long does the emulator say that credentials have expired


@operation("sts", "GetSessionToken", action="")
def get_session_token(
    context: Context,
    *,
    duration_seconds: int = _DEFAULT_SECONDS,
    serial_number: str | None = None,
    token_code: str | None = None,
    minimum_session_token_size: int = 0,
) -> IssuedCredentials:
    """Give temporary credentials of the caller's own; those of a root are good for an hour at most.

    Raises: AccessDeniedError. Source: reference iam.md §12.1, §12.2.
    """
    _refuse_session(context, "GetSessionToken")
    session = _session(
        context,
        context.caller,
        context.caller.arn,
        _own_seconds(context.caller, duration_seconds),
        minimum_session_token_size,
    )
    return _issue(context, replace(session, has_mfa=has_mfa(serial_number, token_code)))


@operation("sts", "GetFederationToken")
def get_federation_token(
    context: Context,
    *,
    name: str,
    policy: str | None = None,
    policy_arns: Sequence[PolicyDescriptor] = (),
    duration_seconds: int = _DEFAULT_SECONDS,
    tags: Sequence[ResourceTag] = (),
    minimum_session_token_size: int = 0,
) -> IssuedCredentials:
    """Give temporary credentials of a federated user, who may what the caller and session policies allow.

    Raises: AccessDeniedError, MalformedPolicyDocumentError, PackedPolicyTooLargeError.
    Source: reference iam.md §12.1, §12.2.
    """
    _refuse_session(context, "GetFederationToken")
    check_session_policies(policy, policy_arns)
    size = packed_policy_size(policy, policy_arns, tags)
    account, partition = context.caller.account, partition_of(context.region).name
    arn = f"arn:{partition}:sts::{account}:federated-user/{name}"
    user = FederatedUser(federated_user_id=f"{account}:{name}", arn=arn)
    session = _session(
        context,
        Caller(account=account, arn=arn, user_id=user.federated_user_id),
        context.caller.arn,
        _own_seconds(context.caller, duration_seconds),
        minimum_session_token_size,
    )
    kept, transitive = session_tags(tags, (), None)
    session = replace(session, resource_tags=kept, transitive_tag_keys=transitive)
    session = with_policies(session, policy, policy_arns)
    return _issue(context, session, federated_user=user, packed_policy_size=size)


@operation("sts", "AssumeRole")
def assume_role(
    context: Context,
    *,
    role_arn: str,
    role_session_name: str,
    policy_arns: Sequence[PolicyDescriptor] = (),
    policy: str | None = None,
    duration_seconds: int = _DEFAULT_ROLE_SECONDS,
    tags: Sequence[ResourceTag] = (),
    transitive_tag_keys: Sequence[str] = (),
    external_id: str | None = None,  # noqa: ARG001 - asked for by trust policies
    serial_number: str | None = None,
    token_code: str | None = None,
    source_identity: str | None = None,
    provided_contexts: Sequence[ProvidedContext] = (),  # noqa: ARG001 - nothing asks for them
    minimum_session_token_size: int = 0,
) -> IssuedCredentials:
    """Give temporary credentials of a role.

    Raises: ValidationError, MalformedPolicyDocumentError, PackedPolicyTooLargeError,
    InvalidParameterValueError, AccessDeniedError. Source: reference iam.md §12.1, §12.2.
    """
    calling = context.store.sessions.get(context.caller.access_key_id)
    kept, transitive = session_tags(tags, transitive_tag_keys, calling)
    size = packed_policy_size(policy, policy_arns, kept)
    check_session_policies(policy, policy_arns)
    user, session = _role_session(
        context, role_arn, role_session_name, duration_seconds, minimum_session_token_size
    )
    session = replace(
        session,
        resource_tags=kept,
        transitive_tag_keys=transitive,
        source_identity=kept_source_identity(context.caller, role_arn, source_identity, calling),
        has_mfa=has_mfa(serial_number, token_code),
    )
    session = with_policies(session, policy, policy_arns)
    found = {"packed_policy_size": size, "source_identity": session.source_identity}
    return _issue(context, session, assumed_role_user=user, **found)


@operation("sts", "AssumeRoleWithWebIdentity", is_open=True)
def assume_role_with_web_identity(
    context: Context,
    *,
    role_arn: str,
    role_session_name: str,
    web_identity_token: str,
    provider_id: str | None = None,  # noqa: ARG001 - of tokens that are not of OpenID Connect
    policy_arns: Sequence[PolicyDescriptor] = (),
    policy: str | None = None,
    duration_seconds: int = _DEFAULT_ROLE_SECONDS,
    minimum_session_token_size: int = 0,
) -> IssuedCredentials:
    """Give temporary credentials of a role to whom a provider of identities vouches for; unsigned.

    Inferred: a token that has not the form of a JSON web token is one that says nothing.

    Raises: ValidationError, MalformedPolicyDocumentError, PackedPolicyTooLargeError,
    InvalidIdentityTokenError, ExpiredIdentityTokenError. Source: reference iam.md §12.1, §12.2.
    """
    told = _told(web_identity_token, role_arn, context)
    check_session_policies(policy, policy_arns)
    size = packed_policy_size(policy, policy_arns, ())
    user, session = _role_session(
        context, role_arn, role_session_name, duration_seconds, minimum_session_token_size
    )
    return _issue(
        context,
        with_policies(session, policy, policy_arns),
        assumed_role_user=user,
        packed_policy_size=size,
        **told,
    )


def _told(token: str, role_arn: str, context: Context) -> dict[str, str]:
    """Return what a web identity token says, as the answer has it."""
    if not is_web_token(token):
        return {}
    identity = parse_web_identity(token)
    check_unexpired(identity, context.now)
    return {
        "subject_from_web_identity_token": identity.subject,
        "provider": provider_caller(identity, parse_role_arn(role_arn)).arn,
        "audience": identity.audience,
    }


def _role_session(
    context: Context, role_arn: str, session_name: str, seconds: int, token_size: int
) -> tuple[AssumedRoleUser, Session]:
    """Return a session of a role that has no policies or tags yet. Raises: ValidationError."""
    named = parse_role_arn(role_arn)
    role = context.store.identities(named.account).actor(role_arn)
    role_id, longest = made_up_role_id(role_arn), _LONGEST_ROLE_SECONDS
    if isinstance(role, Role):
        role_id, longest = role.unique_id, role.max_session_duration
    is_chained = context.caller.access_key_id in context.store.sessions
    check_role_duration(seconds, longest, is_chained=is_chained)
    arn = f"arn:{named.partition}:sts::{named.account}:assumed-role/{named.name}/{session_name}"
    user = AssumedRoleUser(assumed_role_id=f"{role_id}:{session_name}", arn=arn)
    caller = Caller(account=named.account, arn=arn, user_id=user.assumed_role_id)
    return user, _session(context, caller, role_arn, seconds, token_size)


def _session(
    context: Context, caller: Caller, principal_arn: str, seconds: int, token_size: int
) -> Session:
    ids = context.world.ids
    access_key_id = key_id(TEMPORARY, caller.account, ids.bits)
    size = max(token_size, _TOKEN_SIZE) - len(_TOKEN_PREFIX)
    token = base64.b64encode(ids.secret(-(-size * 3 // 12) * 3)).decode()
    return Session(
        access_key_id=access_key_id,
        secret_access_key=secret_key(ids.secret),
        session_token=_TOKEN_PREFIX + token,
        expiration=context.now.replace(microsecond=0) + timedelta(seconds=seconds),
        issued_at=context.now,
        caller=replace(caller, access_key_id=access_key_id),
        principal_arn=principal_arn,
    )


def _issue(context: Context, session: Session, **answer: Any) -> IssuedCredentials:
    """Save a session, and forget those that ended long ago."""
    table = context.store.sessions
    table.put(session.access_key_id, session)
    ended = []
    for key, old in table.items():
        if old.expiration + _KEPT > context.now:
            break  # the later ones end later, most of them
        ended.append(key)
    for key in ended:
        table.remove(key)
    return IssuedCredentials(credentials=session, **answer)


def _refuse_session(context: Context, name: str) -> None:
    if context.caller.access_key_id in context.store.sessions:
        raise AccessDeniedError(f"Cannot call {name} with session credentials")


def _own_seconds(caller: Caller, seconds: int) -> int:
    return min(seconds, ROOT_SECONDS) if kind_of(caller) == "root" else seconds
