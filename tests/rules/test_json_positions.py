"""Where the members of a JSON text stand."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.json_positions import find, position

TEXT = ' {"a" : [1, {"b": "}]\\"", "c":null}, [ ]],\n\t"\\u0064": true, "a": {"e": {} } }'


@pytest.mark.parametrize(
    ("text", "path", "key", "value"),
    [
        (TEXT, (), "{", "{"),
        (TEXT, ("d",), '"\\u0064"', "true"),
        (TEXT, ("a", "e"), '"e"', "{} }"),
        ('[[1, 2], "x"]', (1,), '"x"', '"x"'),
        ('[[1, 2], "x"]', (0, 1), "2", "2"),
        ('{"a": {"b": 1}}', ("a", "z", "b"), '"a"', '{"b'),
        ('{"a": "text"}', ("a", 0), '"a"', '"text"'),
    ],
)
def test_a_path_leads_to_key_and_value(text: str, path: Any, key: str, value: str) -> None:
    """The last of a key that is given twice; and no further than there is something."""
    place = find(text, path)
    assert (text[place.key :].startswith(key), text[place.value :].startswith(value)) == (True,) * 2


def test_lines_and_columns_count_from_one() -> None:
    places = [position("ab\n\ncd", offset) for offset in (0, 1, 3, 5)]
    assert [(each.line, each.column) for each in places] == [(1, 1), (1, 2), (2, 1), (3, 2)]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(VALUES, st.data(), st.sampled_from([None, 1]))
def test_what_stands_there_is_what_the_path_means(
    document: Any, data: st.DataObject, indent: int | None
) -> None:
    text, path, value = json.dumps(document, indent=indent), [], document
    while value and isinstance(value, list | dict):
        steps = list(value) if isinstance(value, dict) else range(len(value))
        path.append(data.draw(st.sampled_from(steps)))
        value = value[path[-1]]
    found, _ = json.JSONDecoder().raw_decode(text, find(text, path).value)
    assert found == value
