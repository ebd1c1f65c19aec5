"""The grammar of policies of every kind: JSON to document, statements, principals, conditions.

Each kind takes a form of its own. Source: reference iam.md §3.1, §3.2, §4.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from ecrmock.rules.json_text import Number, print_json, read_json
from ecrmock.values.names import is_account_id
from ecrmock.values.policies import (
    ALLOW,
    DENY,
    EVERYONE,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
)

T = TypeVar("T")

VERSIONS = ("2008-10-17", "2012-10-17")
_DOCUMENT = frozenset({"Version", "Id", "Statement"})
STATEMENT = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition"}
)
RESOURCES = frozenset({"Resource", "NotResource"})
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


class Form(NamedTuple):
    """What a kind of policy takes.

    ``elements`` of its statements; the ``required`` of Principal, Action and Resource, or their negations;
    the form of ``actions`` and ``resources``; whether AWS shows it as it ``is_printed`` or as it was sent.
    """

    elements: frozenset[str]
    required: frozenset[str]
    actions: re.Pattern[str]
    resources: re.Pattern[str]
    is_printed: bool


class InvalidPrincipalError(ValueError):
    """A principal has no form that its kind has."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"{name!r} is no principal of kind {kind} here")


def read_document(text: str, partition: str, form: Form) -> PolicyDocument:
    """Read a policy of a form in a partition. Raises: ValueError, RecursionError."""
    members = _members(read_json(text), _DOCUMENT, "a policy")
    statements = members.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    if not listed:
        raise ValueError("Statement is empty")
    return PolicyDocument(
        version=_one_of(VERSIONS, members, "Version") if "Version" in members else None,
        id=_optional_text(members, "Id"),
        statements=tuple(_statement(each, partition, form) for each in listed),
        text=_printed(members, partition) if form.is_printed else text,
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


def _statement(value: object, partition: str, form: Form) -> Statement:
    members = _members(value, form.elements, "a statement")
    principals, not_principals = _either(
        members, form, "Principal", lambda raw: _principals(raw, partition)
    )
    actions, not_actions = _either(
        members, form, "Action", lambda raw: _texts_like(raw, form.actions, "action")
    )
    resources, not_resources = _either(
        members, form, "Resource", lambda raw: _texts_like(raw, form.resources, "resource")
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
    members: Mapping[str, object], form: Form, name: str, read: Callable[[object], tuple[T, ...]]
) -> tuple[tuple[T, ...], tuple[T, ...]]:
    """Return what an element holds, and what its negation does; a statement has one of the two.

    Where the form does not require it there may be neither, or nothing in it.
    """
    named = [key for key in (name, f"Not{name}") if key in members]
    if len(named) > 1 or (not named and name in form.required):
        raise ValueError(f"a statement must have one of {name} and Not{name}")
    if not named or (members[named[0]] == [] and name not in form.required):
        return (), ()
    found = read(members[named[0]])
    return (found, ()) if named[0] == name else ((), found)


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
        raise InvalidPrincipalError(kind, name)
    return Principal(kind=kind, name=name)


def _texts_like(value: object, form: re.Pattern[str], what: str) -> tuple[str, ...]:
    texts = _texts(value, what)
    for text in texts:
        if not form.fullmatch(text):
            raise ValueError(f"{text!r} is no {what} of this policy")
    return texts


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
