"""YAML with places. Source: YAML 1.2.2, section 10.3 (core schema)."""

from typing import Any

import pytest

from ecrmock.rules.json_positions import position
from ecrmock.seeding.yaml_text import YamlError, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        ("12", 12),
        ("-1.5e3", -1500.0),
        ("true", True),
        ("null", None),
        ("~", None),
        ("on", "on"),
        ("yes", "yes"),
        ("2012-10-17", "2012-10-17"),
        ("1_000", "1_000"),
        ("'12'", "12"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
        ("012345678901: x", {"012345678901": "x"}),
        ("1.10: x", {"1.10": "x"}),
        ("", None),
    ],
)
def test_a_value_is_read_as_yaml_1_2_has_it(text: str, value: Any) -> None:
    """PyYAML's own reader takes ``on`` for true and a date for a date."""
    assert read_yaml(text).document == value


def test_a_member_knows_where_key_and_value_stand() -> None:
    text = "a:\n  - b: 1\n    c: 2\n"
    place = read_yaml(text).members["a", 0, "c"].place
    key, value = position(text, place.key), position(text, place.value)
    assert (key.line, key.column, value.line, value.column) == (3, 5, 3, 8)


def test_a_number_keeps_its_text() -> None:
    members = read_yaml("a: 1.10\nb: x\nc: '1'").members
    assert [members[name,].text for name in "abc"] == ["1.10", None, None]


def test_anchors_and_merges_are_followed() -> None:
    text = "base: &base {a: 1, b: 2}\nmore:\n  <<: *base\n  b: 3\n"
    assert read_yaml(text).document["more"] == {"a": 1, "b": 3}


def test_what_a_merge_covers_is_not_given_twice() -> None:
    assert read_yaml("x: &x {b: 2}\ny: {<<: *x, b: 3}").twice == []


def test_a_key_that_is_given_twice_is_named() -> None:
    assert read_yaml("a: {b: 1, c: 2, b: 3}").twice == [("a", "b")]


@pytest.mark.parametrize(
    ("text", "said", "line", "column"),
    [
        ("a: [\n", "expected the node content", 2, 1),
        ("a: b: c", "mapping values are not allowed", 1, 5),
        ("? [a]\n: b", "a key is a text", 1, 3),
        ("&a [*a]", "contains itself", 1, 1),
        ("<<: 5", "expected a mapping", 1, 5),
        ("a: 1\n---\nb: 2", "but found another document", 2, 1),
    ],
)
def test_what_is_wrong_has_a_place(text: str, said: str, line: int, column: int) -> None:
    with pytest.raises(YamlError, match=said) as caught:
        read_yaml(text)
    assert (caught.value.position.line, caught.value.position.column) == (line, column)


def test_a_character_that_yaml_has_not_is_said() -> None:
    with pytest.raises(YamlError, match="this is no YAML"):
        read_yaml("a: \x00")
