"""Callers and principals by name: whom a request of IAM means, and what policies call who is gone.

Source: reference iam.md §3.2, §9.3, §13.2.
"""

from collections.abc import Callable

from ecrmock.rules.iam_limits import TRUST_POLICY_SIZE, check_quota, size_of
from ecrmock.rules.json_text import print_json, read_json
from ecrmock.rules.policies import parse_trust_policy
from ecrmock.values.authorization import Caller
from ecrmock.values.errors import ValidationError
from ecrmock.values.policies import MalformedPolicyDocumentError

_PRINCIPALS = ("Principal", "NotPrincipal")


def user_meant(user_name: str | None, caller: Caller) -> str | None:
    """Return the name of the user that a request means: the caller when it names none; None for the root.

    Raises: ValidationError for a session, which is no user.
    """
    if user_name is not None:
        return user_name
    who = caller.arn.split(":", 5)[-1]
    if who == "root":
        return None
    kind, _, path = who.partition("/")
    if kind != "user":
        raise ValidationError("Must specify userName when calling with non-User credentials")
    return path.rpartition("/")[2]


def check_trust_policy(text: str, partition: str, is_missing: Callable[[str], bool]) -> None:
    """Refuse what cannot be the trust policy of a role: bad, too long, or with principals that are gone.

    Raises: MalformedPolicyDocumentError, IamLimitExceededError.
    """
    document = parse_trust_policy(text, partition)
    check_quota(TRUST_POLICY_SIZE, size_of(text))
    for statement in document.statements:
        for principal in (*statement.principals, *statement.not_principals):
            if principal.kind == "AWS" and is_missing(principal.name):
                raise MalformedPolicyDocumentError(
                    f'Invalid principal in policy: "AWS":"{principal.name}"'
                )


def renamed(policy_text: str, arn: str, name: str) -> str:
    """Return a policy with another name where a principal has this ARN: that text as it was if none has.

    A deleted user or role is called by its unique id, so that a new one of its name is not meant.
    """
    if arn not in policy_text and "\\" not in policy_text:
        return policy_text
    document = read_json(policy_text)
    changed = _renamed(document, arn, name)
    return policy_text if changed == document else print_json(changed)


def _renamed(value: object, arn: str, name: str, *, is_principal: bool = False) -> object:
    if isinstance(value, list):
        return [_renamed(each, arn, name, is_principal=is_principal) for each in value]
    if isinstance(value, dict):
        return {
            key: each
            if key == "Condition"
            else _renamed(each, arn, name, is_principal=is_principal or key in _PRINCIPALS)
            for key, each in value.items()
        }
    return name if is_principal and value == arn else value
