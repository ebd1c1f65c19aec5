"""Conditions of policy statements: which hold for the condition keys of a request.

A condition is compiled once and then only called. Source: reference iam.md §4; §3.3 for variables.
"""

import base64
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from types import MappingProxyType
from typing import Any

from ecrmock.rules.globs import Pattern, Test, arn_glob, glob, nothing
from ecrmock.rules.policy_variables import Keys, Template, plain, template
from ecrmock.values.policies import Condition

Holds = Callable[[Keys], bool]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_SECONDS = re.compile(r"[0-9]{5,11}")  # four digits are a year
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{1,9}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class _Operator:
    """How an operator compares: the test that a value of the policy makes of values of a request."""

    test: Callable[[Pattern], Test]
    is_negated: bool = False
    takes_variables: bool = False


def compile_condition(condition: Condition, *, knows_variables: bool) -> Holds:
    """Return the question whether a condition holds for the keys of a request.

    Keys are looked up in lower case. A quantifier decides for how many values of the request the test must
    be true: ``ForAllValues`` holds when there is none, ``ForAnyValue`` does not; without one it is any of
    them (inferred for keys of several values). ``knows_variables`` is whether the policy's version does.

    Raises: nothing; an operator that does not exist never holds. Source: reference iam.md §4.
    """
    key = condition.key.lower()
    if condition.operator == "Null":
        return partial(_is_null, key, frozenset(value.lower() for value in condition.values))
    chosen = _OPERATORS.get(condition.operator)
    if chosen is None:
        return _never
    without_values = condition.if_exists or {
        "ForAllValues": True,
        "ForAnyValue": False,
    }.get(condition.quantifier or "", chosen.is_negated)
    needs_all = condition.quantifier == "ForAllValues"
    return partial(
        _holds, key, without_values, needs_all, _any_of(condition, chosen, knows_variables)
    )


def _never(_: Keys) -> bool:
    return False


def _is_null(key: str, answers: frozenset[str], keys: Keys) -> bool:
    return ("false" if keys.get(key) else "true") in answers


def _holds(
    key: str, without_values: bool, needs_all: bool, tests: Callable[[Keys], Test], keys: Keys
) -> bool:
    values = keys.get(key)
    if not values:
        return without_values
    test = tests(keys)
    if len(values) == 1:
        return test(values[0])
    return all(map(test, values)) if needs_all else any(map(test, values))


def _any_of(
    condition: Condition, chosen: _Operator, knows_variables: bool
) -> Callable[[Keys], Test]:
    """Return what makes, of the keys of a request, the test whether a value meets the operator."""
    read = template if chosen.takes_variables and knows_variables else plain
    templates = tuple(map(read, condition.values))
    if any(each.fixed is None for each in templates):
        return partial(_combined, chosen, templates)
    made = _combined(chosen, templates, {})
    return lambda _: made


def _combined(chosen: _Operator, templates: tuple[Template, ...], keys: Keys) -> Test:
    """Return the one test of several values: for a negated operator, that none of them fits.

    A value whose variable has no value fits nothing. Source: reference iam.md §3.3.
    """
    patterns = (each.filled(keys) for each in templates)
    tests = tuple(chosen.test(pattern) for pattern in patterns if pattern is not None)
    if len(tests) == 1 and not chosen.is_negated:
        return tests[0]
    expected = not chosen.is_negated
    return lambda value: any(test(value) for test in tests) is expected


# What a value of the policy makes of a value of the request


def _text(pattern: Pattern) -> str:
    return "".join(piece.text for piece in pattern)


def _equals(pattern: Pattern) -> Test:
    return _text(pattern).__eq__


def _equals_in_any_case(pattern: Pattern) -> Test:
    wanted = _text(pattern).casefold()
    return lambda value: value.casefold() == wanted


def _is_bool(pattern: Pattern) -> Test:
    wanted = _text(pattern).lower()
    return (lambda value: value.lower() == wanted) if wanted in ("true", "false") else nothing


def _is_in_network(pattern: Pattern) -> Test:
    try:
        network = ip_network(_text(pattern), strict=False)
    except ValueError:
        return nothing
    if isinstance(network, IPv6Network):
        return lambda value: isinstance(at := _address(value), IPv6Address) and at in network
    return lambda value: isinstance(at := _address(value), IPv4Address) and at in network


@lru_cache(maxsize=1024)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address; of one of IPv4 that a socket for both gives as IPv6, the one of IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _compares(
    read: Callable[[str], Any], compare: Callable[[Any, Any], bool], pattern: Pattern
) -> Test:
    """Return a test of values that are read first; what cannot be read meets no test."""
    wanted = read(_text(pattern))
    if wanted is None:
        return nothing
    return lambda value: (found := read(value)) is not None and compare(found, wanted)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _moment(text: str) -> timedelta | None:
    """Return the time since the epoch of a date, or of the seconds since then."""
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text))
    match = _DATE.fullmatch(text)
    try:
        return _date(match) if match else None
    except ValueError:
        return None


def _date(match: re.Match[str]) -> timedelta:
    """Return the time since the epoch of a date; without a zone it is of UTC. Raises: ValueError."""
    numbers = {
        name: int(match[name] or default)
        for name, default in {
            "year": 1,
            "month": 1,
            "day": 1,
            "hour": 0,
            "minute": 0,
            "second": 0,
        }.items()
    }
    part = timedelta(microseconds=int((match["part"] or "0").ljust(6, "0")[:6]))
    return datetime(**numbers, tzinfo=UTC) - _EPOCH + part - _offset(match["zone"])


def _offset(zone: str | None) -> timedelta:
    if zone in (None, "Z"):
        return timedelta()
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return timedelta(minutes=-minutes if zone[0] == "-" else minutes)


_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "Equals": operator.eq,
        "LessThan": operator.lt,
        "LessThanEquals": operator.le,
        "GreaterThan": operator.gt,
        "GreaterThanEquals": operator.ge,
    }
)


def _ordered(kind: str, read: Callable[[str], Any]) -> dict[str, _Operator]:
    made = {
        f"{kind}{name}": _Operator(partial(_compares, read, order))
        for name, order in _ORDERS.items()
    }
    not_equals = _Operator(partial(_compares, read, operator.eq), is_negated=True)
    return {**made, f"{kind}NotEquals": not_equals}


def _both(name: str, negation: str, test: Callable[[Pattern], Test]) -> dict[str, _Operator]:
    """Return an operator whose values have variables, and its negation."""
    return {
        name: _Operator(test, takes_variables=True),
        negation: _Operator(test, is_negated=True, takes_variables=True),
    }


_OPERATORS: Mapping[str, _Operator] = MappingProxyType(
    {
        **_both("StringEquals", "StringNotEquals", _equals),
        **_both("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", _equals_in_any_case),
        **_both("StringLike", "StringNotLike", glob),
        **_both("ArnEquals", "ArnNotEquals", arn_glob),
        **_both("ArnLike", "ArnNotLike", arn_glob),
        **_ordered("Numeric", _number),
        **_ordered("Date", _moment),
        "Bool": _Operator(_is_bool, takes_variables=True),
        "BinaryEquals": _Operator(partial(_compares, _bytes, operator.eq)),
        "IpAddress": _Operator(_is_in_network),
        "NotIpAddress": _Operator(_is_in_network, is_negated=True),
    }
)
