"""Where a policy is at fault; that it is refused at all is in test_lifecycle_text.py."""

import pytest

from tests.rules.lifecycle_rules import mended


def test_a_key_that_is_too_much_is_where_the_key_stands() -> None:
    text = '{\n  "rules": [\n    {"rulePriority": 1, "typo": 2,\n "selection": {}, "action": {}}]}'
    found = mended(text)
    assert (found.position.line, found.position.column) == (3, 25)


def test_a_bad_value_is_where_the_value_stands() -> None:
    found = mended('{"rules":\n   7}')
    assert (found.position.line, found.position.column) == (2, 4)


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("", 1, "the file is empty"),
        ('{"rules": [', 1, "the text ends too early"),
        ('{"rules": [],\n}', 2, "take out the comma"),
        ('{"rules": [1,\n]}', 2, "take out the comma"),
        ("{'rules': []}", 1, "write texts in double quotes"),
        ('{\n\n// rules\n"rules": []}', 3, "take out the comment; JSON has none"),
        ('{"rules"\n: }', 2, "it is not JSON from here on"),
        ('{"rules": ["NaN",\n NaN]}', 2, "write a number that JSON has"),
        ('{"rules":\n 1' + "0" * 5000 + "}", 2, "write a number that JSON has"),
        ("[" * 100_000, 1, "it is nested too deeply"),
    ],
    ids=range(10),
)
def test_what_is_not_json_is_mended_where_reading_stops(text: str, line: int, hint: str) -> None:
    """Python 3.13 and later stop at a trailing comma, earlier ones at the bracket after it."""
    found = mended(text)
    assert (line - found.position.line in (0, 1), hint in found.hint) == (True, True), found
