"""Wildcards of IAM. Source: reference iam.md §3.2; §4 for ARNs."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecrmock.rules.globs import Piece, action_glob, anything, arn_glob, glob, nothing

ARN = "arn:aws:ecr:eu-west-1:123456789012:repository/team/app"


def wild(text):
    return (Piece(text),)


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("*", ["", "a", "a\nb"], []),
        ("app", ["app"], ["App", "apps", ""]),
        ("a*", ["a", "ab", "a/b:c"], ["", "ba"]),
        ("*p", ["p", "app", "p\np"], ["apps"]),
        ("a?c", ["abc", "a\nc", "a?c"], ["ac", "abbc"]),
        ("a*b*c", ["abc", "a-b-b-c", "abcbc"], ["acb", "ab", "bc"]),
        ("**", ["", "x"], []),
        ("a.c", ["a.c"], ["abc"]),
        ("[ab]", ["[ab]"], ["a"]),
        ("", [""], ["a"]),
    ],
)
def test_a_star_is_any_run_and_a_question_mark_any_one_character(pattern, matching, other):
    test = glob(wild(pattern))
    assert [text for text in [*matching, *other] if test(text)] == matching


def test_in_a_literal_piece_no_character_is_a_wildcard():
    """What a variable brings in. Source: reference iam.md §3.3."""
    test = glob((Piece("team-"), Piece("*?", is_literal=True), Piece("/*")))
    assert test("team-*?/app")
    assert not test("team-ab/app")


def test_a_literal_star_alone_is_a_star():
    test = glob((Piece("*", is_literal=True),))
    assert (test("*"), test("a")) == (True, False)


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("ecr:PutImage", ["ecr:PutImage", "ECR:putimage"], ["ecr:PutImages", "ecr"]),
        ("ecr:Put*", ["ecr:PutImage", "ecr:PUT"], ["ecr:Get", "xecr:Put"]),
        ("ECR:?utImage", ["ecr:PutImage"], ["ecr:utImage"]),
        ("*", ["ecr:PutImage", "s3:GetObject", ""], []),
    ],
)
def test_the_case_of_an_action_does_not_count(pattern, matching, other):
    test = action_glob(pattern)
    assert [action for action in [*matching, *other] if test(action)] == matching


@pytest.mark.parametrize(
    ("pattern", "is_matching"),
    [
        ("*", True),
        (ARN, True),
        ("arn:aws:ecr:*:*:repository/*", True),
        ("arn:*:*:*:*:*", True),
        ("arn:aws:ecr:eu-west-?:123456789012:repository/team/???", True),
        ("arn:aws:ecr:*:repository/*", False),
        ("arn:aws:ecr:*", False),
        ("arn:*:123456789012:repository/team/app", False),
        ("arn:aws:ecr:*1:1*:*/app", True),
        ("arn:aws:ecr:eu-west-1?123456789012:repository/team/app", False),
        ("arn:aws:s3:*:*:*", False),
        ("", False),
    ],
)
def test_an_arn_is_compared_part_by_part(pattern, is_matching):
    """A wildcard does not reach over a colon, save in the last part. Source: reference iam.md §4."""
    assert arn_glob(wild(pattern))(ARN) is is_matching


def test_only_the_last_part_of_an_arn_has_colons_that_wildcards_meet():
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:a:b"
    assert arn_glob(wild("arn:aws:logs:*:*:log-group:*"))(arn)
    assert arn_glob(wild("arn:aws:logs:*:*:*b"))(arn)
    assert arn_glob(wild("arn:aws:logs:*:*:log?group?a?b"))(arn)


def test_a_colon_that_a_variable_brings_in_is_no_part_of_an_arn():
    pattern = (Piece("arn:aws:ecr:"), Piece("a:b", is_literal=True), Piece(":c:d:e"))
    assert not arn_glob(pattern)("arn:aws:ecr:a:b:c:d:e")


def test_a_pattern_of_less_than_six_parts_is_no_arn():
    """Inferred. Colons in literal pieces do not count."""
    assert arn_glob(wild("arn:aws:ecr:*:app")) is nothing
    assert arn_glob((Piece(":::::", is_literal=True), Piece("*"))) is nothing
    assert arn_glob(wild("*")) is anything


@pytest.mark.parametrize("test", [glob(wild("*a" * 3_000 + "b")), action_glob("*a" * 3_000 + "b")])
def test_many_stars_do_not_take_for_ever(test):
    """By backtracking this would not end."""
    assert not test("a" * 5_000)


letters = st.text("ab*?", max_size=8)


@given(letters, st.text("ab\n", max_size=10))
@example("*a*", "ba")
def test_a_glob_matches_what_a_backtracking_expression_matches(pattern, text):
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    expected = re.fullmatch(expression, text, re.DOTALL) is not None
    assert glob(wild(pattern))(text) is expected
