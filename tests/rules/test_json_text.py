"""Source: reference iam.md §9.3; Jackson's ``DefaultPrettyPrinter``."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.json_text import Number, print_json, read_json

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{ }"),
        ([], "[ ]"),
        ({"a": "b"}, '{\n  "a" : "b"\n}'),
        ({"a": "b", "c": {}}, '{\n  "a" : "b",\n  "c" : { }\n}'),
        (["a", "b"], '[ "a", "b" ]'),
        ([["a"], []], '[ [ "a" ], [ ] ]'),
        ([{"a": "b"}, {"c": "d"}], '[ {\n  "a" : "b"\n}, {\n  "c" : "d"\n} ]'),
        ({"a": {"b": ["c", "d"]}}, '{\n  "a" : {\n    "b" : [ "c", "d" ]\n  }\n}'),
        ({"a": [{"b": "c"}]}, '{\n  "a" : [ {\n    "b" : "c"\n  } ]\n}'),
        ([True, False, None], "[ true, false, null ]"),
        (Number("1.50"), "1.50"),
    ],
)
def test_the_form_is_that_of_jackson(value: Any, text: str) -> None:
    assert print_json(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"\\', r'"\"\\"'),
        ("\b\t\n\f\r", r'"\b\t\n\f\r"'),
        ("\x00\x1f", r'"\u0000\u001F"'),
        ("a/b", '"a/b"'),
        ("ü\x7f", '"ü\x7f"'),
    ],
)
def test_no_more_is_escaped_than_must_be(value: str, text: str) -> None:
    assert print_json(value) == text


@pytest.mark.parametrize("text", ["1", "-0", "1.50", "1e5", "9" * 10_000])
def test_a_number_keeps_its_digits(text: str) -> None:
    assert print_json(read_json(text)) == text


@pytest.mark.parametrize(
    "text", ["", "{", "{}{}", "NaN", "-Infinity", "[1,]", "'a'", '"\n"', "\ufeff{}", "// a\n{}"]
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # callers have their own texts
        read_json(text)


def test_a_key_given_twice_is_refused() -> None:
    """Source: reference iam.md §3.1."""
    with pytest.raises(ValueError, match="twice"):
        read_json('{"a": {"b": 1, "b": 1}}')


@given(json_values)
def test_what_is_printed_says_the_same(value: Any) -> None:
    text = json.dumps(value)
    assert json.loads(print_json(read_json(text))) == value


@given(st.text())
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    with suppress(ValueError):
        read_json(text)
