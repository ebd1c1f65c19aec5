"""Where a policy departs from the schema, and how to mend it."""

import json
from typing import Any

import pytest

from tests.rules.lifecycle_rules import ABSENT, ARCHIVE, DAYS, EXPIRE, TAGGED, a_rule, mended


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
