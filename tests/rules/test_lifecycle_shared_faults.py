"""What only the rules of a policy together show, and how to mend it."""

import json
from typing import Any

import pytest

from tests.rules.lifecycle_rules import (
    ARCHIVE,
    DAYS,
    IN_ARCHIVE,
    TAGGED,
    TRANSITIONED,
    a_rule,
    mended,
)


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
