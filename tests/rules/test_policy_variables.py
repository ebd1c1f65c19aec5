"""Policy variables. Source: reference iam.md §3.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.globs import Piece
from ecrmock.rules.policy_variables import (
    MULTIVALUED,
    plain,
    resource_template,
    template,
)

KEYS = {
    "aws:username": ("ci*",),
    "aws:principaltag/team": ("a?",),
    "aws:tagkeys": ("one",),
    "aws:several": ("one", "two"),
    "aws:none": (),
}
REPOSITORY = "arn:aws:ecr:*:*:repository/"


def literal(text):
    return Piece(text, is_literal=True)


def characters(pattern):
    """Return the characters of a pattern, and of each whether it may be a wildcard."""
    return [(char, piece.is_literal) for piece in pattern for char in piece.text]


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("app", (Piece("app"),)),
        ("", ()),
        ("a*?", (Piece("a*?"),)),
        ("${aws:username}", (literal("ci*"),)),
        ("x/${AWS:UserName}/*", (Piece("x/"), literal("ci*"), Piece("/*"))),
        ("${aws:PrincipalTag/Team}", (literal("a?"),)),
        ("${aws:username}${aws:username}", (literal("ci*"), literal("ci*"))),
        ("${*}${?}${$}", (literal("*?$"),)),
        ("a${*}b", (Piece("a"), literal("*"), Piece("b"))),
        ("${aws:absent, 'else'}", (literal("else"),)),
        ("${aws:absent,'else'}", (literal("else"),)),
        ("${aws:absent, ''}", (literal(""),)),
        ("${aws:username, 'else'}", (literal("ci*"),)),
    ],
)
def test_a_variable_is_filled_with_a_value_in_which_nothing_is_a_wildcard(text, filled):
    """The case of a key does not count; a missing key may have a default."""
    assert template(text).filled(KEYS) == filled


@pytest.mark.parametrize("key", ["aws:absent", "aws:TagKeys", "aws:several", "aws:none"])
def test_a_key_without_a_single_value_fills_nothing(key):
    """A multivalued key does not, even when it has one."""
    assert template(f"a${{{key}}}b").filled(KEYS) is None
    assert template(f"${{{key}, 'd'}}").filled(KEYS) == (literal("d"),)


@pytest.mark.parametrize("key", sorted(MULTIVALUED))
def test_the_keys_of_lists_are_no_variables(key):
    assert template(f"${{{key}}}").filled({key: ("a",)}) is None


@pytest.mark.parametrize("text", ["${", "${}", "${a", "$a", "${a*}", "${a, b}", "${a 'b'}", "{a}"])
def test_what_has_another_form_is_plain_text(text):
    assert template(text).filled(KEYS) == (Piece(text),)


@pytest.mark.parametrize(
    ("resource", "filled"),
    [
        (f"{REPOSITORY}${{aws:username}}", (Piece(REPOSITORY), literal("ci*"))),
        (f"{REPOSITORY}app", (Piece(f"{REPOSITORY}app"),)),
        ("*", (Piece("*"),)),
        (
            "arn:aws:ecr:${aws:username}:*:a",
            (Piece("arn:aws:ecr:"), literal("${aws:username}"), Piece(":*:a")),
        ),
        (
            "arn:aws:ecr:${aws:username}:*:${aws:username}",
            (Piece("arn:aws:ecr:"), literal("${aws:username}"), Piece(":*:"), literal("ci*")),
        ),
        ("${aws:username}", (literal("${aws:username}"),)),
        ("${*}", (literal("${*}"),)),
        ("arn:aws:ecr:$a{b:*:${*}", (Piece("arn:aws:ecr:$a{b:*:"), literal("*"))),
        ("arn:aws:ecr:${", (Piece("arn:aws:ecr:${"),)),
    ],
)
def test_before_the_fifth_colon_of_a_resource_a_variable_is_plain_text(resource, filled):
    """A colon within a variable does not count."""
    assert characters(resource_template(resource).filled(KEYS)) == characters(filled)


def test_a_missing_key_makes_a_resource_that_is_none():
    assert resource_template(f"{REPOSITORY}${{aws:absent}}").filled(KEYS) is None


def test_what_has_no_variables_is_the_same_for_every_request():
    assert template("a${*}").fixed == (Piece("a"), literal("*"))
    assert resource_template("arn:${aws:username}:*").fixed is not None
    assert template("${aws:username}").fixed is None


def test_in_a_plain_text_a_variable_is_not_looked_for():
    """As in a document of version 2008-10-17."""
    assert plain("${aws:username}").fixed == (Piece("${aws:username}"),)


@given(st.text("ab:*?${},' ", max_size=20))
def test_any_text_makes_a_template(text):
    for made in (template(text), resource_template(text)):
        assert made.fixed is None or made.filled({}) == made.fixed
    if "${" not in text:
        assert "".join(piece.text for piece in template(text).fixed) == text
