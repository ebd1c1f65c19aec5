"""What a session of STS may be: its role, length, tags and policies, and what conditions ask about it.

Source: reference iam.md §12.2.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecrmock.rules.access_keys import ROLE_ID, unique_id
from ecrmock.rules.access_targets import Keys
from ecrmock.rules.iam import not_authorized
from ecrmock.rules.iam_limits import size_of
from ecrmock.rules.policies import parse_identity_policy
from ecrmock.values.authorization import Caller
from ecrmock.values.errors import AccessDeniedError, ValidationError
from ecrmock.values.iam import Session
from ecrmock.values.names import AccountId
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.sts import (
    InvalidParameterValueError,
    PackedPolicyTooLargeError,
    PolicyDescriptor,
    RoleName,
)

CHAINED_SECONDS = ROOT_SECONDS = 3600
_ROLE_ARN = re.compile(
    r"arn:(aws[a-z-]*):iam::([0-9]{12}):role(/(?:[\x21-\x7e]+/)?)([A-Za-z0-9_+=,.@-]+)"
)
_POLICY_SIZE = 2048  # characters of policies, and bytes of policies and tags when packed
_MAX_POLICY_ARNS = 10


def parse_role_arn(arn: str) -> RoleName:
    """Read the ARN of a role. Raises: ValidationError."""
    match = _ROLE_ARN.fullmatch(arn)
    if match is None:
        raise ValidationError(f"{arn} is invalid")
    return RoleName(partition=match[1], account=AccountId(match[2]), path=match[3], name=match[4])


def made_up_role_id(role_arn: str) -> str:
    """Return an id for a role that does not exist, always the same one."""
    digest = int.from_bytes(hashlib.sha256(role_arn.encode()).digest(), "big")
    return unique_id(ROLE_ID, lambda bits: digest % (1 << bits))


def check_role_duration(seconds: int, longest: int, *, is_chained: bool) -> None:
    """Refuse a role session that lasts too long; a session that sets up another may for an hour only.

    Raises: ValidationError.
    """
    if is_chained and seconds > CHAINED_SECONDS:
        raise ValidationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining."
        )
    if seconds > longest:
        raise ValidationError(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )


def session_tags(
    tags: Sequence[ResourceTag], transitive_tag_keys: Sequence[str], calling: Session | None
) -> tuple[tuple[ResourceTag, ...], tuple[str, ...]]:
    """Return the tags of a session and the keys of those that go on to sessions that it sets up.

    Transitive tags of the calling session come first. Keys are unique whatever their case.

    Raises: InvalidParameterValueError.
    """
    inherited_keys = calling.transitive_tag_keys if calling is not None else ()
    inherited = _inherited(calling) if calling is not None else ()
    keys = {tag.key.lower() for tag in tags}
    if len(keys) < len(tags):
        raise InvalidParameterValueError(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    if any(key.lower() not in keys for key in transitive_tag_keys):
        raise InvalidParameterValueError(
            "The specified transitive tag key must be included in the requested tags."
        )
    if any(key.lower() in keys for key in inherited_keys):
        raise InvalidParameterValueError(
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session."
        )
    return (*inherited, *tags), (*inherited_keys, *transitive_tag_keys)


def _inherited(calling: Session) -> tuple[ResourceTag, ...]:
    keys = {key.lower() for key in calling.transitive_tag_keys}
    return tuple(tag for tag in calling.resource_tags if tag.key.lower() in keys)


def check_session_policies(policy: str | None, policy_arns: Sequence[PolicyDescriptor]) -> None:
    """Check that session policies are policies, and not too many.

    Inferred: the text of the last. Raises: MalformedPolicyDocumentError, ValidationError.
    """
    if policy is not None:
        parse_identity_policy(policy)
    if len(policy_arns) > _MAX_POLICY_ARNS:
        raise ValidationError(
            "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_MAX_POLICY_ARNS}"
        )


def with_policies(
    session: Session, policy: str | None, policy_arns: Sequence[PolicyDescriptor]
) -> Session:
    """Return a session with session policies."""
    return replace(
        session,
        policies=() if policy is None else (policy,),
        policy_arns=tuple(each.arn for each in policy_arns if each.arn),
    )


def packed_policy_size(
    policy: str | None, policy_arns: Sequence[PolicyDescriptor], tags: Iterable[ResourceTag]
) -> int | None:
    """Return how full policies and tags make a session, in per cent; None without any.

    How AWS packs them is not documented; here they are deflated. Raises: PackedPolicyTooLargeError.
    """
    policies = [policy or "", *(each.arn or "" for each in policy_arns)]
    plain = "".join((*policies, *(tag.key + tag.value for tag in tags)))
    if not plain:
        return None
    size = max(sum(map(size_of, policies)), len(zlib.compress(plain.encode())))
    percent = -(-size * 100 // _POLICY_SIZE)
    if percent > 100:
        raise PackedPolicyTooLargeError(percent)
    return percent


def has_mfa(serial_number: str | None, token_code: str | None) -> bool:
    """Tell whether a device is named with a code; any code is the right one here.

    Inferred text. Raises: AccessDeniedError.
    """
    if (serial_number is None) != (token_code is None):
        raise AccessDeniedError(
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time "
            "pass code."
        )
    return serial_number is not None


def kept_source_identity(
    caller: Caller, role_arn: str, source_identity: str | None, calling: Session | None
) -> str | None:
    """Return the source identity of a session, which a chain of roles keeps.

    Inferred text. Raises: AccessDeniedError.
    """
    present = calling.source_identity if calling is not None else None
    if present is not None and source_identity not in (None, present):
        raise AccessDeniedError(not_authorized(caller.arn, "sts:SetSourceIdentity", role_arn))
    return present or source_identity


def assumption_keys(parameters: Mapping[str, Any]) -> Keys:
    """Return the condition keys of a request for a session. Source: reference iam.md §5."""
    members = {
        "sts:externalid": "external_id",
        "sts:rolesessionname": "role_session_name",
        "sts:sourceidentity": "source_identity",
        "sts:durationseconds": "duration_seconds",
    }
    keys: Keys = {
        key: (str(parameters[member]),)
        for key, member in members.items()
        if parameters.get(member) is not None
    }
    if parameters.get("transitive_tag_keys"):
        keys["sts:transitivetagkeys"] = tuple(parameters["transitive_tag_keys"])
    return keys
