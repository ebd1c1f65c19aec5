"""Reading repository and registry policies, and whether one locks its author out.

Source: reference iam.md §3 (language), §9 (repository policy), §10 (registry policy). What a policy allows
is another rule's question.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from ecrmock.rules.json_text import Number, print_json, read_json
from ecrmock.rules.statements import names_action, names_caller
from ecrmock.values.authorization import Caller
from ecrmock.values.names import is_account_id
from ecrmock.values.policies import (
    ALLOW,
    DENY,
    EVERYONE,
    Condition,
    InvalidRegistryPolicyError,
    InvalidRepositoryPolicyError,
    PolicyDocument,
    Principal,
    Statement,
)

T = TypeVar("T")

VERSIONS = ("2008-10-17", "2012-10-17")
SET_REPOSITORY_POLICY = "ecr:SetRepositoryPolicy"
_DOCUMENT = frozenset({"Version", "Id", "Statement"})
_STATEMENT = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition"}
)
_RESOURCES = frozenset({"Resource", "NotResource"})
_FOREIGN = re.compile(r"[^\n\x20-\xff]")  # reference iam.md §3.1

_NAME = r"[\w+=,.@-]{1,64}"
_PATH = r"(?:[!-)+->@-~]*/)?"  # no wildcard is a part of an ARN
_PRINCIPALS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "AWS": re.compile(
            rf"\*|(?:AIDA|AROA)[A-Z2-7]{{17}}"
            rf"|arn:[a-z-]+:iam::[0-9]{{12}}:(?:root|(?:user|role)/{_PATH}{_NAME})"
            rf"|arn:[a-z-]+:sts::[0-9]{{12}}:(?:assumed-role/{_NAME}|federated-user)/{_NAME}",
            re.ASCII,
        ),
        "Service": re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
        "Federated": re.compile(r"[!-~]+"),
    }
)
_OPERATOR = re.compile(
    r"(?:(?P<quantifier>ForAllValues|ForAnyValue):)?"
    r"(?P<operator>Null(?!IfExists)"
    r"|String(?:Not)?Equals(?:IgnoreCase)?|String(?:Not)?Like"
    r"|(?:Numeric|Date)(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)"
    r"|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like))"
    r"(?P<if_exists>IfExists)?"
)


class _Form(NamedTuple):
    """What a kind of policy takes: the elements of its statements, and actions."""

    elements: frozenset[str]
    actions: re.Pattern[str]


_ANY_ACTION = re.compile(r"\*|ecr:.+", re.IGNORECASE)
_V1_ACTION = re.compile(
    r"ecr:(?:\*|ReplicateImage|BatchImportUpstreamImage|CreateRepository)", re.IGNORECASE
)
_REPOSITORY_POLICY = _Form(_STATEMENT, _ANY_ACTION)
_REGISTRY_POLICY: Mapping[str, _Form] = MappingProxyType(
    {
        "V1": _Form(_STATEMENT - {"NotAction"} | _RESOURCES, _V1_ACTION),
        "V2": _Form(_STATEMENT | _RESOURCES, _ANY_ACTION),
    }
)


def parse_repository_policy(text: str, partition: str) -> PolicyDocument:
    """Read the policy of a repository in a partition; its statements have no resource.

    Raises: InvalidRepositoryPolicyError. Source: reference iam.md §9.1, §9.2.
    """
    try:
        return _document(text, partition, _REPOSITORY_POLICY)
    except (ValueError, RecursionError) as error:
        raise InvalidRepositoryPolicyError(str(error)) from None


def parse_registry_policy(text: str, partition: str, scope: str = "V2") -> PolicyDocument:
    """Read the policy of a registry in a partition; its statements have resources.

    ``scope`` is the account setting ``REGISTRY_POLICY_SCOPE``: ``V1`` takes three actions and ``ecr:*``,
    ``V2`` every action of ECR. Raises: InvalidRegistryPolicyError. Source: reference iam.md §10.
    """
    try:
        return _document(text, partition, _REGISTRY_POLICY[scope])
    except (ValueError, RecursionError) as error:
        raise InvalidRegistryPolicyError(str(error)) from None


def _document(text: str, partition: str, form: _Form) -> PolicyDocument:
    members = _members(read_json(text), _DOCUMENT, "a policy")
    statements = members.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    if not listed:
        raise ValueError("Statement is empty")
    return PolicyDocument(
        version=_one_of(VERSIONS, members, "Version") if "Version" in members else None,
        id=_optional_text(members, "Id"),
        statements=tuple(_statement(each, partition, form) for each in listed),
        text=_printed(members, partition),
    )


def _printed(document: object, partition: str) -> str:
    text = print_json(_shown(document, partition))
    if foreign := _FOREIGN.search(text):
        raise ValueError(f"the character U+{ord(foreign[0]):04X} is not allowed")
    return text


def _shown(value: object, partition: str, path: tuple[str, ...] = ()) -> object:
    """Return a document that was checked with the ARNs of its account ids. Inferred: iam.md §9.3."""
    if isinstance(value, dict):
        return {key: _shown(each, partition, (*path, key)) for key, each in value.items()}
    if isinstance(value, list):
        return [_shown(each, partition, path) for each in value]
    is_principal = path[-1:] == ("AWS",) and "Condition" not in path
    return _with_arn(str(value), partition) if is_principal else value


def _with_arn(name: str, partition: str) -> str:
    return f"arn:{partition}:iam::{name}:root" if is_account_id(name) else name


def _object(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be an object")
    return value


def _members(value: object, known: frozenset[str], what: str) -> dict[str, object]:
    members = _object(value, what)
    unknown = next((name for name in members if name not in known), None)
    if unknown is not None:
        raise ValueError(f"{what} must not have {unknown!r}")
    return members


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} must be a string")
    return value


def _optional_text(members: Mapping[str, object], name: str) -> str | None:
    return _text(members[name], name) if name in members else None


def _one_of(options: tuple[str, ...], members: Mapping[str, object], name: str) -> str:
    text = _text(members.get(name), name)
    if text not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}")
    return text


def _texts(value: object, what: str) -> tuple[str, ...]:
    """Return a string, or the strings of a list that has some."""
    texts = tuple(_text(each, what) for each in (value if isinstance(value, list) else [value]))
    if not texts:
        raise ValueError(f"{what} is empty")
    return texts


def _statement(value: object, partition: str, form: _Form) -> Statement:
    members = _members(value, form.elements, "a statement")
    principals, not_principals = _either(
        members, "Principal", lambda raw: _principals(raw, partition)
    )
    actions, not_actions = _either(members, "Action", lambda raw: _actions(raw, form.actions))
    resources, not_resources = (
        _either(members, "Resource", _resources) if form.elements >= _RESOURCES else ((), ())
    )
    return Statement(
        sid=_optional_text(members, "Sid"),
        effect=_one_of((ALLOW, DENY), members, "Effect"),
        principals=principals,
        not_principals=not_principals,
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        conditions=_conditions(members.get("Condition", {})),
    )


def _either(
    members: Mapping[str, object], name: str, read: Callable[[object], tuple[T, ...]]
) -> tuple[tuple[T, ...], tuple[T, ...]]:
    """Return what an element holds, and what its negation does; a statement has one of the two."""
    if (name in members) == (f"Not{name}" in members):
        raise ValueError(f"a statement must have one of {name} and Not{name}")
    if name in members:
        return read(members[name]), ()
    return (), read(members[f"Not{name}"])


def _principals(value: object, partition: str) -> tuple[Principal, ...]:
    if value == EVERYONE:
        return (Principal(kind="AWS", name=EVERYONE),)
    kinds = _members(value, frozenset(_PRINCIPALS), "a principal")
    if not kinds:
        raise ValueError("a principal is empty")
    return tuple(
        _principal(kind, _with_arn(name, partition), partition)
        for kind, names in kinds.items()
        for name in _texts(names, kind)
    )


def _principal(kind: str, name: str, partition: str) -> Principal:
    is_foreign = name.startswith("arn:") and not name.startswith(f"arn:{partition}:")
    if is_foreign or not _PRINCIPALS[kind].fullmatch(name):
        raise ValueError(f"{name!r} is no principal of kind {kind} here")
    return Principal(kind=kind, name=name)


def _actions(value: object, known: re.Pattern[str]) -> tuple[str, ...]:
    actions = _texts(value, "an action")
    for action in actions:
        if not known.fullmatch(action):
            raise ValueError(f"{action!r} is no action of this policy")
    return actions


def _resources(value: object) -> tuple[str, ...]:
    """Return resources whose form is hardly checked. Source: reference iam.md §10."""
    resources = _texts(value, "a resource")
    for resource in resources:
        if resource != "*" and not resource.startswith("arn:"):
            raise ValueError(f"{resource!r} is no ARN")
    return resources


def _conditions(value: object) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for operator, keys in _object(value, "Condition").items():
        match = _OPERATOR.fullmatch(operator)
        if match is None:
            raise ValueError(f"{operator!r} is no condition operator")
        found += (_condition(match, key, raw) for key, raw in _object(keys, operator).items())
    return tuple(found)


def _condition(operator: re.Match[str], key: str, values: object) -> Condition:
    return Condition(
        quantifier=operator["quantifier"],
        operator=operator["operator"],
        if_exists=operator["if_exists"] is not None,
        key=key,
        values=tuple(map(_condition_text, values if isinstance(values, list) else [values])),
    )


def _condition_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.literal if isinstance(value, Number) else _text(value, "a condition's value")


def locked_out_by(document: PolicyDocument, caller: Caller) -> Statement | None:
    """Return the statement by which a caller who sets this policy surely cannot set another one.

    A statement with conditions is none: whether they hold depends on the request to come. Nor is one that
    spares the caller in any form. Inferred: reference iam.md §9.2.
    """
    return next(
        (
            statement
            for statement in document.statements
            if statement.effect == DENY
            and not statement.conditions
            and names_action(statement, SET_REPOSITORY_POLICY)
            and names_caller(statement, caller)
        ),
        None,
    )
