"""Where a policy is at fault, and how to mend it; that it is refused at all is in test_lifecycle_text.py."""

import json
from typing import Any

import pytest

from ecrmock.rules.lifecycle_mending import Mending, mending
from ecrmock.rules.lifecycle_text import read_lifecycle_policy
from ecrmock.values.lifecycle import RefusedLifecyclePolicyError

ABSENT = ...
SELECTION = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}
DAYS = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
TAGGED = {"tagStatus": "tagged", "tagPatternList": ["v*"]}
IN_ARCHIVE = {"storageClass": "archive"}
TRANSITIONED = {"countType": "sinceImageTransitioned", "countUnit": "days", "countNumber": 90}


def a_rule(number: Any = 1, *, action: Any = EXPIRE, **selection: Any) -> dict[str, Any]:
    selected = {**SELECTION, **selection}
    present = {name: value for name, value in selected.items() if value is not ABSENT}
    return {"rulePriority": number, "selection": present, "action": action}


def mended(text: str) -> Mending:
    with pytest.raises(RefusedLifecyclePolicyError) as caught:
        read_lifecycle_policy(text)
    return mending(text, caught.value)


# The schema


@pytest.mark.parametrize(
    ("rule", "path", "hint"),
    [
        ({**a_rule(), "rulepriority": 1}, ".rulepriority", 'did you mean "rulePriority"?'),
        ({**a_rule(), "countUnit": "days"}, ".countUnit", "it belongs in selection"),
        ({**a_rule(), "x": 1}, ".x", 'a rule has only "rulePriority", "description", "sel'),
        (a_rule(x=1), ".selection.x", 'selection has only "tagStatus",'),
        ({"selection": {}}, "", 'add "action" and "rulePriority"'),
        ({"Action": {}, "selection": {}, "rulePriority": 1}, ".Action", 'write "action"'),
        (a_rule("7"), ".rulePriority", "write 7 without quotes"),
        (a_rule(1.5), ".rulePriority", "it has to be an integer"),
        (a_rule(0), ".rulePriority", "the least is 1"),
        (a_rule(2**31), ".rulePriority", "the largest number is 2147483647"),
        (a_rule(countNumber=None), ".selection.countNumber", "leave the key out"),
        (a_rule(tagStatus="Any"), ".selection.tagStatus", 'did you mean "any"?'),
        (a_rule(tagStatus="x"), ".selection.tagStatus", 'write "tagged", "untagged" or "any"'),
        (a_rule(tagPrefixList="v"), ".selection.tagPrefixList", 'write a list: ["v"]'),
        (a_rule(tagPrefixList=[]), ".selection.tagPrefixList", "leave the list out"),
        (a_rule(tagPrefixList=["v", 1]), ".selection.tagPrefixList[1]", "it has to be a string"),
        (a_rule(countType="days"), ".selection.countType", 'write "imageCountMoreThan",'),
        (a_rule(countType="SinceImagePush"), ".selection.countType", 'mean "sinceImagePushed"?'),
        (
            a_rule(**DAYS | {"countUnit": ABSENT}),
            ".selection.countType",
            'add "countUnit": "days" to sinceImagePushed',
        ),
        (a_rule(countUnit="days"), ".selection.countUnit", "counts images, not days"),
        (a_rule(**DAYS | {"countUnit": "weeks"}), ".selection.countUnit", 'write "days"'),
        (a_rule(storageClass="cold"), ".selection.storageClass", 'write "standard" or "archive"'),
        (a_rule(action={"type": "delete"}), ".action.type", 'write "expire" or "transition"'),
        (a_rule(action={"type": "transition"}), ".action", 'add "targetStorageClass": "archive"'),
        (a_rule(action=ARCHIVE | EXPIRE), ".action.targetStorageClass", "take it out, or set"),
        (
            a_rule(action=ARCHIVE | {"targetStorageClass": "x"}),
            ".action.targetStorageClass",
            'write "archive"',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_second_rule_is_mended_where_it_is_at_fault(rule: Any, path: str, hint: str) -> None:
    found = mended(json.dumps({"rules": [a_rule(9, **DAYS, **TAGGED), rule]}))
    assert (found.path, hint in found.hint) == (f"rules[1]{path}", True), found.hint


@pytest.mark.parametrize(
    ("document", "path", "hint"),
    [
        ({}, "", 'add "rules"'),
        ([], "", 'a policy is an object: {"rules": [...]}'),
        ({"Rules": []}, "Rules", 'write "rules"'),
        ({"rules": []}, "rules", "delete the policy"),
        ({"rules": {}}, "rules", "it has to be an array"),
        ({"rules": [a_rule(n) for n in range(1, 52)]}, "rules", "join rules until there are 50"),
        ({"lifecyclePolicyText": "{}"}, "lifecyclePolicyText", "save that alone"),
        ({"rules": [a_rule()], "version": 1}, "version", 'the policy has only "rules"'),
    ],
    ids=range(8),
)
def test_the_policy_itself_is_mended(document: Any, path: str, hint: str) -> None:
    found = mended(json.dumps(document))
    assert (found.path, hint in found.hint) == (path, True), found.hint


# Only the rules together show it


@pytest.mark.parametrize(
    ("rules", "path", "hint"),
    [
        ([a_rule(1), a_rule(1, **TAGGED)], "[1].rulePriority", "give each its own"),
        ([a_rule(tagPatternList=["v"])], "[0].selection.tagPatternList", "take the list out"),
        ([a_rule(tagPrefixList=["v"])], "[0].selection.tagPrefixList", "take the list out"),
        ([a_rule(tagStatus="tagged")], "[0].selection.tagStatus", 'add "tagPatternList"'),
        ([a_rule(**TAGGED, tagPrefixList=["v"])], "[0].selection.tagPrefixList", "keep one"),
        (
            [a_rule(2), a_rule(1, **TAGGED | {"tagPatternList": ["*a*b*c*d*"]})],
            "[1].selection.tagPatternList",
            "at most four *",
        ),
        ([a_rule(**IN_ARCHIVE)], "[0].selection.countType", "sinceImageTransitioned"),
        (
            [a_rule(**DAYS | {"countType": "sinceImagePulled"})],
            "[0].action.type",
            'write "transition" with "targetStorageClass": "archive"',
        ),
        ([a_rule(**TRANSITIONED)], "[0].selection.countType", 'add "storageClass": "archive"'),
        (
            [a_rule(**TRANSITIONED, **IN_ARCHIVE, action=ARCHIVE)],
            "[0].action.type",
            'write "expire"',
        ),
        (
            [a_rule(**TRANSITIONED | {"countNumber": 30}, **IN_ARCHIVE)],
            "[0].selection.countNumber",
            "write 90 or more",
        ),
        (
            [a_rule(2, tagStatus="any"), a_rule(1, tagStatus="any")],
            "[0].selection.tagStatus",
            "join it with the other rule",
        ),
        ([a_rule(1, tagStatus="any"), a_rule(2)], "[0].rulePriority", "the highest number"),
        ([a_rule(2), a_rule(1)], "[0].selection.tagStatus", "join it with the other rule"),
        ([a_rule(1, **TAGGED), a_rule(2, **TAGGED)], "[1].selection", "has the same list"),
    ],
    ids=range(15),
)
def test_the_rule_at_fault_is_found_again(rules: Any, path: str, hint: str) -> None:
    found = mended(json.dumps({"rules": rules}))
    assert (found.path, hint in found.hint) == (f"rules{path}", True), found.hint


# Where


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
