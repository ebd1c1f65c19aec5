"""What is a lifecycle policy, how ECR refuses what is none, and how it shows one.

Source: reference api.md §9.1 to §9.3; the texts of §9.3 (c) without a quotation are held by their code.
"""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecrmock.rules.lifecycle_text import read_lifecycle_policy, write_lifecycle_policy
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.lifecycle import (
    InvalidLifecyclePolicyError,
    LifecyclePolicy,
    UnreadableLifecyclePolicyError,
)

START = "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: '"
ABSENT = ...
UNTAGGED = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}
DAYS = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
IN_ARCHIVE = {"storageClass": "archive", "countType": "sinceImageTransitioned", "countUnit": "days"}


def present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not ABSENT}


def a_rule(priority: Any = 1, *, action: Any = EXPIRE, **selection: Any) -> dict[str, Any]:
    selected = present({**UNTAGGED, **selection})
    return present({"rulePriority": priority, "selection": selected, "action": action})


def tagged(priority: int = 1, *prefixes: str, **more: Any) -> dict[str, Any]:
    lists = {"tagPrefixList": list(prefixes)} if prefixes else {}
    return a_rule(priority, tagStatus="tagged", **lists, **more)


def read(*rules: Any) -> LifecyclePolicy:
    return read_lifecycle_policy(json.dumps({"rules": list(rules)}))


def refusal(document: Any) -> str:
    with pytest.raises(InvalidParameterError) as caught:
        read_lifecycle_policy(json.dumps(document))
    return caught.value.message.removeprefix(START)


def detail(*rules: Any) -> str:
    """Return what is said of a policy after the words that all refusals of this kind have."""
    said = refusal({"rules": list(rules)})
    assert said.startswith("Lifecycle policy validation failure: ")
    return said.removeprefix("Lifecycle policy validation failure: ")


# Golden vectors: the examples of the AWS CLI (reference api.md §23)

SENT = """\
{
   "rules": [
       {
           "rulePriority": 1,
           "description": "Expire images older than 14 days",
           "selection": {
               "tagStatus": "untagged",
               "countType": "sinceImagePushed",
               "countUnit": "days",
               "countNumber": 14
           },
           "action": {
               "type": "expire"
           }
       }
   ]
}
"""
SHOWN = (
    '{"rules":[{"rulePriority":1,"description":"Expire images older than 14 days","selection":'
    '{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":14},'
    '"action":{"type":"expire"}}]}'
)
DELETED = (
    '{"rules":[{"rulePriority":1,"description":"Remove untagged images.","selection":'
    '{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":10},'
    '"action":{"type":"expire"}}]}'
)


def shown(text: str) -> str:
    return write_lifecycle_policy(read_lifecycle_policy(text))


def test_a_policy_is_shown_as_in_the_example_of_the_aws_cli() -> None:
    """Source: AWS CLI, example of put-lifecycle-policy."""
    assert shown(SENT) == SHOWN


@pytest.mark.parametrize("text", [SHOWN, DELETED])
def test_a_policy_that_was_shown_is_shown_as_it_is(text: str) -> None:
    """Source: AWS CLI, examples of get- and delete-lifecycle-policy."""
    assert shown(text) == text


def test_rules_are_shown_by_priority() -> None:
    """Source: reference api.md §9.1."""
    policy = read(a_rule(20, tagStatus="any"), tagged(3, "a"), tagged(1, "b"))
    assert [rule.rule_priority for rule in policy.rules] == [1, 3, 20]


def test_the_keys_of_a_rule_have_ecrs_order() -> None:
    """Source: reference api.md §9.1; the position of the newer keys is inferred."""
    sent = tagged(1, "a", **DAYS, storageClass="standard", action=ARCHIVE) | {"description": "d"}
    sent["selection"] = dict(sorted(sent["selection"].items()))
    text = shown(json.dumps({"rules": [dict(sorted(sent.items()))]}))
    assert re.findall('"([a-zA-Z]+)":', text) == [
        *("rules", "rulePriority", "description"),
        *("selection", "tagStatus", "tagPrefixList", "storageClass"),
        *("countType", "countUnit", "countNumber", "action", "type", "targetStorageClass"),
    ]


def test_letters_of_any_script_stay_as_they_are() -> None:
    text = json.dumps({"rules": [{**a_rule(), "description": "ü 你"}]}, ensure_ascii=False)
    assert '"description":"ü 你"' in shown(text)


# What a policy says


@pytest.mark.parametrize(
    "rule",
    [
        a_rule(),
        a_rule(tagStatus="any", storageClass="standard"),
        a_rule(**DAYS),
        a_rule(**DAYS, action=ARCHIVE),
        a_rule(action=ARCHIVE),
        a_rule(**{**DAYS, "countType": "sinceImagePulled"}, action=ARCHIVE),
        a_rule(**IN_ARCHIVE, countNumber=90),
        tagged(1, "a", "b"),
        tagged(tagPatternList=["*a*b*c*", "latest"]),
        tagged(2**31 - 1, "a", countNumber=2**31 - 1),
        {**a_rule(), "description": ""},
    ],
)
def test_a_good_rule_is_shown_with_all_that_it_says(rule: dict[str, Any]) -> None:
    document = {"rules": [rule]}
    assert json.loads(shown(json.dumps(document))) == document


def test_fifty_rules_are_accepted() -> None:
    assert len(read(*(tagged(number, f"p{number}") for number in range(1, 51))).rules) == 50


def test_each_storage_class_may_have_a_rule_for_any_and_one_for_untagged() -> None:
    in_archive = {**IN_ARCHIVE, "countNumber": 90}
    policy = read(
        *(a_rule(1), a_rule(2, tagStatus="any")),
        *(a_rule(3, **in_archive), a_rule(4, tagStatus="any", **in_archive)),
    )
    assert len(policy.rules) == 4


def test_the_rule_for_any_of_one_class_may_come_before_rules_of_the_other() -> None:
    assert read(a_rule(1, tagStatus="any"), a_rule(2, **IN_ARCHIVE, countNumber=90))


# (a) What cannot be mapped at all

UNREADABLE = (
    f"{START}Lifecycle policy parsing failure: Could not map policyString into LifecyclePolicy.'"
)


@pytest.mark.parametrize(
    "text",
    [
        *("", "no JSON", "[]", "null", "1", '"rules"', "{", '{"rules": [}'),
        "[" * 100_000,
        '{"rules": NaN}',
        '{"rules": -Infinity}',
        '{"rules": ' + "1" * 5000 + "}",
        json.dumps({"rules": [a_rule(action={"type": "transition"})]}),
        json.dumps({"rules": [a_rule(countNumber=2**31)]}),
    ],
    ids=range(14),
)
def test_what_is_no_policy_at_all_cannot_be_mapped(text: str) -> None:
    """Source: reference api.md §9.3 (a); of numbers beyond Java's int: inferred."""
    with pytest.raises(UnreadableLifecyclePolicyError) as caught:
        read_lifecycle_policy(text)
    assert caught.value.message == UNREADABLE


# (b) The schema


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, 'object has missing required properties (["rules"])'),
        (
            {"rules": [], "x": 1},
            'object instance has properties which are not allowed by the schema: (["x"])',
        ),
        (
            {"rules": {}},
            'instance type (object) does not match any allowed primitive type (allowed: ["array"])',
        ),
        (
            {"rules": []},
            "array is too short: must have at least 1 elements but instance has 0 elements",
        ),
        (
            {"rules": [a_rule()] * 51},
            "array is too long: must have at most 50 elements but instance has 51 elements",
        ),
    ],
    ids=range(5),
)
def test_a_document_of_another_schema_is_refused(document: Any, said: str) -> None:
    assert refusal(document) == f"Lifecycle policy validation failure: {said}'"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"rulePriority": 1},
            'object has missing required properties (["action","selection"])',
        ),
        (
            a_rule(tagStatus=ABSENT, countNumber=ABSENT),
            'object has missing required properties (["countNumber","tagStatus"])',
        ),
        (a_rule(action={}), 'object has missing required properties (["type"])'),
        (
            {**a_rule(), "b": 1, "a": 1},
            'object instance has properties which are not allowed by the schema: (["a","b"])',
        ),
        (
            a_rule(x=1),
            'object instance has properties which are not allowed by the schema: (["x"])',
        ),
        *(
            (
                a_rule(value),
                f"instance type ({name}) does not match any allowed primitive type "
                '(allowed: ["integer"])',
            )
            for value, name in (
                ("1", "string"),
                (1.5, "number"),
                (True, "boolean"),
                (None, "null"),
                ([], "array"),
                ({}, "object"),
            )
        ),
        (
            "rule",
            'instance type (string) does not match any allowed primitive type (allowed: ["object"])',
        ),
        (
            {**a_rule(), "description": 7},
            'instance type (integer) does not match any allowed primitive type (allowed: ["string"])',
        ),
        (
            tagged(tagPrefixList=[]),
            "array is too short: must have at least 1 elements but instance has 0 elements",
        ),
        (
            tagged(tagPatternList=[1]),
            'instance type (integer) does not match any allowed primitive type (allowed: ["string"])',
        ),
        (
            a_rule(tagStatus="TAGGED"),
            "instance value (TAGGED) not found in enum :"
            '(possible values: ["tagged","untagged","any"])',
        ),
        (
            a_rule(action={"type": "unknown"}),
            "instance value (unknown) not found in enum :"
            '(possible values: ["expire","transition"])',
        ),
    ],
    ids=range(17),
)
def test_a_rule_of_another_schema_is_refused(rule: Any, said: str) -> None:
    """Names are sorted, without a blank after the comma: inferred (reference api.md §9.3)."""
    assert detail(rule) == f"{said}'"


@pytest.mark.parametrize("number", [0, -1, -(10**30)])
@pytest.mark.parametrize("where", ["priority", "countNumber"])
def test_a_number_below_one_is_refused_without_a_closing_quote(where: str, number: int) -> None:
    rule = a_rule(number) if where == "priority" else a_rule(countNumber=number)
    said = f"numeric instance is lower than the required minimum (minimum: 1, found: {number})"
    assert detail(rule) == said


@pytest.mark.parametrize(
    "selection",
    [
        {"countType": "unknown"},
        {"countType": None},
        {"countType": ["imageCountMoreThan"]},
        {"countUnit": "days"},
        {"countUnit": None},
        {**DAYS, "countUnit": ABSENT},
        {**DAYS, "countUnit": "hours"},
        {**DAYS, "countUnit": None},
        {"storageClass": "STANDARD"},
        {"storageClass": None},
    ],
)
def test_a_bad_combination_in_a_selection_fits_no_schema(selection: dict[str, Any]) -> None:
    said = "instance failed to match exactly one schema (matched 0 out of 4)"
    assert detail(a_rule(**selection)) == said


@pytest.mark.parametrize(
    "action",
    [
        {"type": "transition", "targetStorageClass": None},
        {"type": "transition", "targetStorageClass": "ARCHIVE"},
        {"type": "expire", "targetStorageClass": "archive"},
        {"type": "expire", "targetStorageClass": None},
    ],
)
def test_a_bad_combination_in_an_action_fits_no_schema(action: dict[str, Any]) -> None:
    said = "instance failed to match exactly one schema (matched 0 out of 2)"
    assert detail(a_rule(action=action)) == said


# (c) What only the rules together show

STANDARD_ONLY = (
    "SINCE_IMAGE_PUSHED, SINCE_IMAGE_PULLED and IMAGE_COUNT_MORE_THAN "
    "support the STANDARD storage class only"
)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([tagged(1, "a"), tagged(1, "b")], "Duplicate priority in multiple rules"),
        (
            [a_rule(1, tagStatus="any"), tagged(2, "a")],
            "Rule for tagStatus=ANY must have the lowest priority per storage class",
        ),
        (
            [a_rule(1, tagStatus="any"), a_rule(2, tagStatus="any")],
            "Only one rule can specify tagStatus=ANY",
        ),
        (
            [a_rule(1), a_rule(2)],
            "Only one rule can select Untagged images per storage class.",
        ),
        ([tagged()], "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED."),
        (
            [tagged(1, "a", tagPatternList=["a"])],
            "If policy has a tagged rule, it must specify only one of tagPrefixList or tagPatternList",
        ),
        (
            [a_rule(tagPrefixList=["a"])],
            "Cannot specify tagPrefixList with tagStatus untagged",
        ),
        (
            [a_rule(tagStatus="any", tagPatternList=["a"])],
            "Cannot specify tagPatternList with tagStatus any",
        ),
        (
            [tagged(tagPatternList=["*****"])],
            "Invalid tag pattern provided. Total number of * must not exceed 4",
        ),
        ([a_rule(storageClass="archive")], STANDARD_ONLY),
        ([a_rule(**DAYS, storageClass="archive")], STANDARD_ONLY),
        (
            [a_rule(**{**DAYS, "countType": "sinceImagePulled"}, storageClass="archive")],
            STANDARD_ONLY,
        ),
    ],
    ids=range(12),
)
def test_rules_that_do_not_go_together_are_refused(rules: list[Any], said: str) -> None:
    assert detail(*rules) == f"{said}'"


@pytest.mark.parametrize(
    "rules",
    [
        [a_rule(**{**DAYS, "countType": "sinceImagePulled"})],
        [a_rule(**IN_ARCHIVE, countNumber=89)],
        [a_rule(**{**IN_ARCHIVE, "storageClass": "standard"}, countNumber=90)],
        [a_rule(**{**IN_ARCHIVE, "storageClass": ABSENT}, countNumber=90)],
        [a_rule(**IN_ARCHIVE, countNumber=90, action=ARCHIVE)],
        [tagged(1, "a"), tagged(2, "a")],
        [tagged(1, tagPatternList=["a"]), tagged(2, tagPatternList=["a"])],
    ],
    ids=range(7),
)
def test_what_the_documentation_excludes_is_refused(rules: list[Any]) -> None:
    """The texts are ours (reference api.md §9.3 (c), §24)."""
    assert detail(*rules)


# Any text

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
words = st.sampled_from(
    [
        *("tagged", "untagged", "any", "standard", "archive", "expire", "transition", "days"),
        *("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"),
    ]
)
near_values = words | st.integers(-1, 100) | st.lists(st.text("a*", max_size=6), max_size=2)
selections = st.fixed_dictionaries(
    {
        "tagStatus": st.sampled_from(["tagged", "untagged", "any"]),
        "countType": words,
        "countNumber": st.integers(1, 100),
    },
    optional={
        "countUnit": st.just("days") | near_values,
        "storageClass": st.sampled_from(["standard", "archive"]) | near_values,
        "tagPrefixList": st.lists(st.text("ab", max_size=2), max_size=2) | json_values,
        "tagPatternList": st.lists(st.text("a*", max_size=6), max_size=2) | json_values,
    },
)
near_rules = st.fixed_dictionaries(
    {
        "rulePriority": st.integers(1, 5) | near_values,
        "selection": selections | json_values,
        "action": st.sampled_from([EXPIRE, ARCHIVE]) | json_values,
    },
    optional={"description": st.text() | json_values},
)
near_policies = st.fixed_dictionaries({"rules": st.lists(near_rules, max_size=4)})


@given(st.one_of(near_policies, json_values).map(json.dumps) | st.text())
@example('{"rules": [{"rulePriority": 1, "selection": {"countType": {}}, "action": {}}]}')
def test_any_text_is_a_policy_or_refused(text: str) -> None:
    with suppress(InvalidLifecyclePolicyError, UnreadableLifecyclePolicyError):
        read_lifecycle_policy(text)


good_rules = st.builds(
    lambda number, texts, description, action: (
        tagged(number, *texts, action=action) | {"description": description}
    ),
    st.integers(1, 50),
    st.lists(st.text(min_size=1), min_size=1, max_size=3),
    st.text(),
    st.sampled_from([EXPIRE, ARCHIVE]),
)


@given(
    st.lists(good_rules, min_size=1, max_size=5, unique_by=lambda rule: rule["rulePriority"]).map(
        lambda rules: json.dumps({"rules": rules})
    )
)
def test_what_is_shown_reads_as_the_same_policy(text: str) -> None:
    with suppress(InvalidLifecyclePolicyError):  # two rules may have the same tags
        policy = read_lifecycle_policy(text)
        written = write_lifecycle_policy(policy)
        assert read_lifecycle_policy(written) == policy
        assert shown(written) == written
