"""Which conditions hold: every operator, missing keys, quantifiers, variables. Source: reference iam.md §4."""

import re
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecrmock.rules.conditions import compile_condition
from ecrmock.rules.globs import Piece, action_glob, arn_glob, glob
from ecrmock.values.policies import Condition

KEY = "aws:Key"
NETWORK, NETWORK_6 = "192.0.2.0/24", "2001:db8::/32"
ARN = "arn:aws:iam::123456789012:role/path/deploy"
LONG_AGO, NEW_YEAR = "2020-02-03T04:05:06Z", "2026-01-01T00:00:00Z"


def holds(
    operator: str,
    wanted: str | Sequence[str],
    given: str | Sequence[str] | None,
    *,
    knows_variables: bool = True,
    **keys: str,
) -> bool:
    """Ask one condition, written as in a policy, for what the request gives of its key."""
    match = re.fullmatch(r"(?:(For\w+):)?(\w+?)(IfExists)?", operator)
    assert match is not None
    condition = Condition(
        quantifier=match[1],
        operator=match[2],
        if_exists=match[3] is not None,
        key=KEY,
        values=(wanted,) if isinstance(wanted, str) else tuple(wanted),
    )
    known = {name.replace("__", ":"): (value,) for name, value in keys.items()}
    if given is not None:
        known[KEY.lower()] = (given,) if isinstance(given, str) else tuple(given)
    return compile_condition(condition, knows_variables=knows_variables)(known)


# What each operator makes of one value; the negated ones say the opposite.
OPERATORS = [
    ("StringEquals", "StringNotEquals", "team", "team", True),
    ("StringEquals", "StringNotEquals", "team", "Team", False),
    ("StringEquals", "StringNotEquals", "te*", "team", False),
    ("StringEquals", "StringNotEquals", "te*", "te*", True),
    ("StringEquals", "StringNotEquals", "", "", True),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "team", "TEAM", True),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "te*", "team", False),
    ("StringLike", "StringNotLike", "te*", "team", True),
    ("StringLike", "StringNotLike", "*", "", True),
    ("StringLike", "StringNotLike", "t?am", "team", True),
    ("StringLike", "StringNotLike", "t?am", "tam", False),
    ("StringLike", "StringNotLike", "TE*", "team", False),
    ("StringLike", "StringNotLike", "te", "team", False),
    ("StringLike", "StringNotLike", "[t]eam", "team", False),
    ("StringLike", "StringNotLike", "a*c", "a\nb\nc", True),
    ("NumericEquals", "NumericNotEquals", "5", "5.0", True),
    ("NumericEquals", "NumericNotEquals", "-5", "-5", True),
    ("NumericEquals", "NumericNotEquals", "1e2", "100", True),
    ("NumericEquals", "NumericNotEquals", "5", "6", False),
    ("NumericEquals", "NumericNotEquals", "five", "five", False),
    ("NumericEquals", "NumericNotEquals", "5*", "5", False),
    ("NumericEquals", "NumericNotEquals", "5", "NaN", False),
    ("NumericEquals", "NumericNotEquals", "NaN", "NaN", False),
    ("NumericLessThan", None, "10", "9", True),
    ("NumericLessThan", None, "10", "10", False),
    ("NumericLessThan", None, "10", "9.99", True),
    ("NumericLessThan", None, "10", "Infinity", False),
    ("NumericLessThanEquals", None, "10", "10", True),
    ("NumericLessThanEquals", None, "10", "10.01", False),
    ("NumericGreaterThan", None, "10", "10", False),
    ("NumericGreaterThan", None, "10", "11", True),
    ("NumericGreaterThanEquals", None, "10", "10", True),
    ("NumericGreaterThanEquals", None, "10", "9", False),
    ("DateEquals", "DateNotEquals", LONG_AGO, LONG_AGO, True),
    ("DateEquals", "DateNotEquals", NEW_YEAR, "2026-01-01", True),
    ("DateEquals", "DateNotEquals", NEW_YEAR, "2026", True),
    ("DateEquals", "DateNotEquals", NEW_YEAR, "2026-01", True),
    ("DateEquals", "DateNotEquals", NEW_YEAR, "1767225600", True),
    ("DateEquals", "DateNotEquals", NEW_YEAR, "2026-01-01T02:30:00+02:30", True),
    ("DateEquals", "DateNotEquals", NEW_YEAR, "2025-12-31T23:00-01:00", True),
    ("DateEquals", "DateNotEquals", NEW_YEAR, "2026-01-01T00:00:00.001Z", False),
    ("DateEquals", "DateNotEquals", NEW_YEAR, "2026-02-30", False),
    ("DateEquals", "DateNotEquals", "today", "today", False),
    ("DateEquals", "DateNotEquals", "2026-*", NEW_YEAR, False),
    ("DateLessThan", None, NEW_YEAR, LONG_AGO, True),
    ("DateLessThan", None, NEW_YEAR, NEW_YEAR, False),
    ("DateLessThanEquals", None, NEW_YEAR, NEW_YEAR, True),
    ("DateGreaterThan", None, LONG_AGO, NEW_YEAR, True),
    ("DateGreaterThan", None, LONG_AGO, LONG_AGO, False),
    ("DateGreaterThanEquals", None, LONG_AGO, LONG_AGO, True),
    ("DateGreaterThanEquals", None, NEW_YEAR, LONG_AGO, False),
    ("Bool", None, "true", "true", True),
    ("Bool", None, "TRUE", "true", True),
    ("Bool", None, "false", "False", True),
    ("Bool", None, "true", "false", False),
    ("Bool", None, "yes", "yes", False),
    ("BinaryEquals", None, "aGVsbG8=", "aGVsbG8=", True),
    ("BinaryEquals", None, "aGVsbG8=", "aGVsbG9v", False),
    ("BinaryEquals", None, "no base64", "no base64", False),
    ("IpAddress", "NotIpAddress", NETWORK, "192.0.2.77", True),
    ("IpAddress", "NotIpAddress", NETWORK, "192.0.3.1", False),
    ("IpAddress", "NotIpAddress", "192.0.2.9/24", "192.0.2.77", True),
    ("IpAddress", "NotIpAddress", "192.0.2.7", "192.0.2.7", True),
    ("IpAddress", "NotIpAddress", "192.0.2.7", "192.0.2.8", False),
    ("IpAddress", "NotIpAddress", NETWORK, "::ffff:192.0.2.77", True),
    ("IpAddress", "NotIpAddress", NETWORK, "2001:db8::1", False),
    ("IpAddress", "NotIpAddress", "0.0.0.0/0", "::1", False),
    ("IpAddress", "NotIpAddress", NETWORK_6, "2001:db8:1::1", True),
    ("IpAddress", "NotIpAddress", NETWORK_6, "192.0.2.1", False),
    ("IpAddress", "NotIpAddress", "2001:db8::1", "2001:db8:0::1", True),
    ("IpAddress", "NotIpAddress", "192.0.2.*", "192.0.2.1", False),
    ("IpAddress", "NotIpAddress", NETWORK, "unknown", False),
    ("ArnLike", "ArnNotLike", ARN, ARN, True),
    ("ArnLike", "ArnNotLike", "arn:aws:iam::*:role/*", ARN, True),
    ("ArnLike", "ArnNotLike", "arn:*:iam::123456789012:role/*/deploy", ARN, True),
    ("ArnLike", "ArnNotLike", "arn:aws:iam::12345678901?:role/path/deplo?", ARN, True),
    ("ArnLike", "ArnNotLike", "arn:aws:iam:*:role/path/deploy", ARN, False),
    ("ArnLike", "ArnNotLike", "arn:aws:*:deploy", ARN, False),
    ("ArnLike", "ArnNotLike", "arn:*", ARN, False),
    ("ArnLike", "ArnNotLike", "arn:aws:*:1:b:c", "arn:aws:ecr:us-east-1:1:b:c", False),
    ("ArnLike", "ArnNotLike", "arn:aws:???:1:b:c", "arn:aws:e:r:1:b:c", False),
    ("ArnLike", "ArnNotLike", "arn:aws:iam:?:123456789012:role/*", ARN, False),
    ("ArnLike", "ArnNotLike", "*", ARN, True),
    ("ArnLike", "ArnNotLike", "arn:aws:ecr:*:*:*", "arn:aws:ecr:us-east-1:1:a:b:c", True),
    ("ArnLike", "ArnNotLike", "arn:aws:iam::*:role/*", "no arn", False),
    ("ArnLike", "ArnNotLike", "ARN:aws:iam::*:role/*", ARN, False),
    ("ArnEquals", "ArnNotEquals", "arn:aws:iam::*:role/*", ARN, True),
    ("ArnEquals", "ArnNotEquals", "arn:aws:iam::*:user/*", ARN, False),
]


@pytest.mark.parametrize(("operator", "negation", "wanted", "found", "expected"), OPERATORS)
def test_an_operator_compares_the_value_of_the_key(
    operator: str, negation: str | None, wanted: str, found: str, expected: bool
) -> None:
    assert holds(operator, wanted, found) is expected
    assert holds(f"{operator}IfExists", wanted, found) is expected
    assert holds(operator, ["nothing like it", wanted], found) is expected
    if negation is not None:
        assert holds(negation, wanted, found) is not expected
        assert holds(negation, ["nothing like it", wanted], found) is not expected


POSITIVE = sorted({row[0] for row in OPERATORS})
NEGATED = sorted({row[1] for row in OPERATORS if row[1]})


def test_every_operator_is_in_the_table() -> None:
    """26, and ``Null``. Source: reference iam.md §4."""
    assert len(POSITIVE) + len(NEGATED) == 26


@pytest.mark.parametrize("missing", [None, ()])
@pytest.mark.parametrize("operator", POSITIVE + NEGATED)
def test_a_missing_key_is_false_unless_the_operator_is_negated(operator: str, missing: Any) -> None:
    assert holds(operator, "1", missing) is (operator in NEGATED)
    assert holds(f"{operator}IfExists", "1", missing)


@pytest.mark.parametrize("missing", [None, ()])
@pytest.mark.parametrize("operator", POSITIVE + NEGATED)
def test_a_missing_key_decides_a_quantifier(operator: str, missing: Any) -> None:
    """Whether the operator is negated does not count then. Source: reference iam.md §4."""
    assert holds(f"ForAllValues:{operator}", "1", missing)
    assert not holds(f"ForAnyValue:{operator}", "1", missing)
    assert holds(f"ForAnyValue:{operator}IfExists", "1", missing)


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], False),
        ("ForAllValues:StringLike", ["a*"], ["a1", "a2"], True),
        ("ForAllValues:StringLikeIfExists", ["a*"], ["a1", "b"], False),
        ("ForAllValues:StringEquals", [], ["a"], False),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
        ("ForAnyValue:StringLike", ["o/*"], ["x", "o/1"], True),
        ("ForAnyValue:NumericLessThan", ["5"], ["9", "4"], True),
        ("StringEquals", ["a"], ["b", "a"], True),
        ("StringEquals", ["a"], ["b", "c"], False),
        ("StringEquals", [], ["a"], False),
        ("StringNotEquals", [], ["a"], True),
    ],
)
def test_a_quantifier_says_how_many_values_have_to_match(
    operator: str, wanted: list[str], found: list[str], expected: bool
) -> None:
    """Without one a key of several values is compared as by ForAnyValue. Inferred: reference iam.md §4."""
    assert holds(operator, wanted, found) is expected


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        ("true", None, True),
        ("true", (), True),
        ("true", "x", False),
        ("false", None, False),
        ("false", "x", True),
        ("False", "", True),
        ("no", None, False),
        (["true", "false"], None, True),
        (["true", "false"], "x", True),
    ],
)
def test_null_asks_whether_the_key_is_there(wanted: Any, found: Any, expected: bool) -> None:
    assert holds("Null", wanted, found) is expected


def test_the_case_of_a_key_does_not_count() -> None:
    """The tag key neither. Source: reference iam.md §4."""
    condition = Condition(operator="StringEquals", key="AWS:resourcetag/TEAM", values=("a",))
    assert compile_condition(condition, knows_variables=True)({"aws:resourcetag/team": ("a",)})


def test_an_operator_that_does_not_exist_never_holds() -> None:
    assert not holds("StringSounds", "a", "a")
    assert not holds("StringSoundsIfExists", "a", None)


# Variables


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("StringEquals", "${aws:username}", "ci", True),
        ("StringEquals", "${AWS:UserName}", "ci", True),
        ("StringEquals", "${aws:username}", "${aws:username}", False),
        ("StringEquals", "a-${aws:username}-${aws:username}", "a-ci-ci", True),
        ("StringEquals", "${aws:absent}", "", False),
        ("StringEquals", "${aws:absent, 'ci'}", "ci", True),
        ("StringEquals", "${aws:absent,'ci'}", "ci", True),
        ("StringEquals", "${aws:absent, ''}", "", True),
        ("StringEquals", "${aws:username, 'x'}", "ci", True),
        ("StringEquals", "${aws:tagkeys}", "a", False),
        ("StringEquals", "${aws:principaltag/cost center}", "42", True),
        ("StringEquals", "${*}${?}${$}", "*?$", True),
        ("StringEquals", "${$}{aws:username}", "${aws:username}", True),
        ("StringEquals", "${aws:username", "${aws:username", True),
        ("StringEquals", "${}", "${}", True),
        ("StringEquals", "$", "$", True),
        ("StringEqualsIgnoreCase", "${aws:username}", "CI", True),
        ("StringLike", "${aws:username}*", "ci-1", True),
        ("StringLike", "${aws:wild}", "*[x", True),
        ("StringLike", "${aws:wild}", "abc[x", False),
        ("StringLike", "${*}*", "*abc", True),
        ("StringLike", "${*}*", "abc", False),
        ("StringLike", "${?}", "?", True),
        ("StringLike", "${?}", "a", False),
        ("StringLike", "${aws:absent, '*'}", "abc", False),
        ("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/ci", True),
        ("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/x", False),
        ("ArnLike", "arn:aws:iam::*:${aws:colon}", "arn:aws:iam::1:a:b", True),
        ("ArnLike", "arn:aws:iam:${aws:colon}:*", "arn:aws:iam:a:b:c", False),
        ("ArnLike", "arn:${aws:colon}:*:*:*:x", "arn:a:b:c:d:e:x", False),
        ("Bool", "${aws:flag}", "true", True),
        ("NumericEquals", "${aws:number}", "5", False),
        ("DateEquals", "${aws:number}", "5", False),
        ("BinaryEquals", "${aws:base}", "aGVsbG8=", False),
        ("IpAddress", "${aws:address}", "192.0.2.1", False),
    ],
)
def test_a_variable_stands_for_the_value_of_its_key(
    operator: str, wanted: str, found: str, expected: bool
) -> None:
    """As literal text, and with some operators only. Source: reference iam.md §3.3."""
    keys = {
        "aws__username": "ci",
        "aws__principaltag/cost center": "42",
        "aws__wild": "*[x",
        "aws__colon": "a:b",
        "aws__flag": "true",
        "aws__number": "5",
        "aws__base": "aGVsbG8=",
        "aws__address": "192.0.2.1",
        "aws__tagkeys": "a",
    }
    assert holds(operator, wanted, found, **keys) is expected


def test_a_variable_without_a_value_fits_nothing() -> None:
    """So the negated operators hold. Source: reference iam.md §3.3."""
    assert not holds("StringLike", "${aws:absent}", "ci")
    assert holds("StringNotLike", "${aws:absent}", "ci")
    assert holds("StringEquals", ["${aws:absent}", "ci"], "ci")
    assert not holds("StringNotEquals", ["${aws:absent}", "ci"], "ci")


def test_an_old_version_knows_no_variables() -> None:
    keys = {"aws__username": "ci", "knows_variables": False}
    assert holds("StringEquals", "${aws:username}", "${aws:username}", **keys)
    assert holds("StringLike", "${*}", "${abc}", **keys)


# Globs


def naive(pattern: str, text: str) -> bool:
    """Match by trying everything, the way the words say it."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


texts = st.text("ab:.[", max_size=8)
patterns = st.text("ab:.[*?", max_size=7)


@given(patterns, texts)
@example("*a*b", "aab")
@example("**", "")
def test_a_glob_matches_as_by_trying_everything(pattern: str, text: str) -> None:
    assert glob((Piece(pattern),))(text) is naive(pattern, text)
    assert action_glob(pattern)(text.upper()) is naive(pattern, text)


@given(st.lists(patterns, min_size=6, max_size=6), st.lists(texts, min_size=6, max_size=6))
def test_an_arn_matches_part_by_part(wanted: list[str], found: list[str]) -> None:
    wanted = [part.replace(":", "") for part in wanted[:5]] + wanted[5:]
    found = [part.replace(":", "") for part in found[:5]] + found[5:]
    expected = all(map(naive, wanted, found))
    assert arn_glob((Piece(":".join(wanted)),))(":".join(found)) is expected


@given(st.lists(st.tuples(patterns, st.booleans()), max_size=4), texts)
def test_a_literal_piece_has_no_wildcards(pieces: list[tuple[str, bool]], text: str) -> None:
    pattern = tuple(Piece(*piece) for piece in pieces)
    hidden = str.maketrans("*?", "\x01\x02")
    shown = "".join(each.translate(hidden) if is_literal else each for each, is_literal in pieces)
    assert glob(pattern)(text) is naive(shown, text.translate(hidden))


@pytest.mark.parametrize(
    "pattern", ["*a" * 1000, "a*" * 1000 + "b", "*?" * 1000 + "b", "*" * 5000 + "b"]
)
@pytest.mark.parametrize("matches", [glob, arn_glob])
def test_no_pattern_takes_long(pattern: str, matches: Any) -> None:
    """Ten thousand characters; by backtracking it would take for ever."""
    wanted = pattern if matches is glob else f"arn:*:*a*a*a*a*b:::{pattern}"
    test = matches((Piece(wanted),))
    text = "a" * 10_000 if matches is glob else f"arn:aws:{'a' * 5_000}:::{'a' * 5_000}"
    started = time.perf_counter()
    test(text)
    assert time.perf_counter() - started < 5


# What holds for anything


@given(
    st.sampled_from([*POSITIVE, *NEGATED, "Null"]),
    st.lists(st.text() | st.from_regex(r"[0-9:./+eE*${}a-z-]{0,20}", fullmatch=True), max_size=3),
    st.lists(st.text() | st.from_regex(r"[0-9:./+eE-]{0,20}", fullmatch=True), max_size=3),
)
@example("NumericLessThan", ["1e999"], ["9" * 5000])
@example("DateLessThan", ["9999-12-31T23:59:59-23:59"], ["0001-01-01T00:00:00+23:59"])
@example("IpAddress", ["fe80::1%eth0/64"], ["fe80::1%eth0"])
@example("BinaryEquals", ["é"], ["="])
def test_a_condition_never_fails(operator: str, wanted: list[str], found: list[str]) -> None:
    for prefix in ("", "ForAllValues:", "ForAnyValue:"):
        assert holds(prefix + operator, wanted, found) in (True, False)


@given(
    st.sampled_from(sorted({row[0] for row in OPERATORS if row[1]})),
    st.lists(st.sampled_from([row[2] for row in OPERATORS]), max_size=2),
    st.sampled_from([row[3] for row in OPERATORS]),
)
def test_a_negated_operator_says_the_opposite_of_one_value(
    operator: str, wanted: list[str], found: str
) -> None:
    negation = next(row[1] for row in OPERATORS if row[0] == operator)
    assert holds(str(negation), wanted, found) is not holds(operator, wanted, found)
