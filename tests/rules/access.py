"""Callers, statements and requests that tests of access rules share."""

import json
from typing import Any

from ecrmock.rules.iam import decide
from ecrmock.rules.policies import (
    parse_identity_policy,
    parse_registry_policy,
    parse_repository_policy,
    parse_trust_policy,
)
from ecrmock.values.authorization import Caller, Decision
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

ACCOUNT, OTHER = "123456789012", "111122223333"
IAM, STS = f"arn:aws:iam::{ACCOUNT}:", f"arn:aws:sts::{ACCOUNT}:"
USER_ID, ROLE_ID = "AIDA" + "Q" * 17, "AROA" + "Q" * 17
USER_ARN, ROLE_ARN, ROOT_ARN = f"{IAM}user/team/ci", f"{IAM}role/path/deploy", f"{IAM}root"
OTHER_ROOT = f"arn:aws:iam::{OTHER}:root"
SESSION_ARN = f"{STS}assumed-role/deploy/build-1"
FEDERATED_ARN = f"{STS}federated-user/guest"
REPOSITORY = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/team/app"
FOREIGN_REPOSITORY = REPOSITORY.replace(ACCOUNT, OTHER)

ROOT = Caller(account=ACCOUNT, arn=ROOT_ARN, user_id=ACCOUNT)
USER = Caller(account=ACCOUNT, arn=USER_ARN, user_id=USER_ID)
ROLE_SESSION = Caller(account=ACCOUNT, arn=SESSION_ARN, user_id=f"{ROLE_ID}:build-1")
FEDERATED = Caller(account=ACCOUNT, arn=FEDERATED_ARN, user_id=f"{ACCOUNT}:guest")
SERVICE = Caller(account=ACCOUNT, arn="ecr.amazonaws.com", user_id="ecr.amazonaws.com")
CALLERS = (USER, ROLE_SESSION, FEDERATED, ROOT, SERVICE)
NAMES = ("*", USER_ARN, ROLE_ARN, ROOT_ARN, SESSION_ARN, OTHER_ROOT, ACCOUNT, USER_ID)  # of callers
BEHIND = {SESSION_ARN: ROLE_ARN, FEDERATED_ARN: USER_ARN}
PULL = "ecr:BatchGetImage"


def allow(action: Any = "ecr:*", on: Any = "*", **elements: Any) -> dict[str, Any]:
    """A statement of an identity-based policy."""
    return {"Effect": "Allow", "Action": action, "Resource": on, **elements}


def deny(action: Any = "ecr:*", on: Any = "*", **elements: Any) -> dict[str, Any]:
    return {**allow(action, on, **elements), "Effect": "Deny"}


def allow_to(principal: Any, action: Any = "ecr:*", **elements: Any) -> dict[str, Any]:
    """A statement of a repository or trust policy."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, **elements}


def deny_to(principal: Any, action: Any = "ecr:*", **elements: Any) -> dict[str, Any]:
    return {**allow_to(principal, action, **elements), "Effect": "Deny"}


def text(*statements: dict[str, Any], version: str | None = "2012-10-17") -> str:
    dated = {} if version is None else {"Version": version}
    return json.dumps({**dated, "Statement": list(statements)})


def attached(*statements: dict[str, Any], kind: str = IDENTITY, **rest: Any) -> AppliedPolicy:
    document = parse_identity_policy(text(*statements, **rest))
    return AppliedPolicy(kind=kind, name=f"the {kind}", document=document)


def repository_policy(*statements: dict[str, Any], **rest: Any) -> AppliedPolicy:
    document = parse_repository_policy(text(*statements, **rest), "aws")
    return AppliedPolicy(kind=RESOURCE, name="repository policy of team/app", document=document)


def registry_policy(*statements: dict[str, Any]) -> AppliedPolicy:
    document = parse_registry_policy(text(*statements), "aws")
    return AppliedPolicy(kind=RESOURCE, name="registry policy", document=document)


def trust_policy(*statements: dict[str, Any]) -> AppliedPolicy:
    document = parse_trust_policy(text(*statements), "aws")
    return AppliedPolicy(kind=TRUST, name="trust policy of deploy", document=document)


def permissions(identity: Any = None, boundary: Any = None, session: Any = None) -> Permissions:
    """What one statement in each kind of policy makes; None is no such policy."""
    return Permissions(
        identity=() if identity is None else (attached(identity),),
        boundary=None if boundary is None else attached(boundary, kind=BOUNDARY),
        session=None if session is None else (attached(session, kind=SESSION),),
    )


def request(
    caller: Caller = USER, action: str = PULL, on: str = REPOSITORY, **keys: Any
) -> AccessRequest:
    """A request; of a key ``aws__username`` the name is ``aws:username``."""
    owner = on.split(":")[4] if on.startswith("arn:") else caller.account
    return AccessRequest(
        caller=caller,
        principal_arn=BEHIND.get(caller.arn, caller.arn),
        action=action,
        resource=on,
        resource_account=owner,
        keys={
            name.replace("__", ":"): (value,) if isinstance(value, str) else tuple(value)
            for name, value in keys.items()
        },
    )


def asked(made: AccessRequest, held: Permissions, *policies: AppliedPolicy) -> Decision:
    return decide(made, held, policies)
