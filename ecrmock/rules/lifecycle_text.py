"""The text of a lifecycle policy: read, checked with ECR's words, and written as ECR shows it.

ECR checks the schema first, with the texts of a Java library, then what only the rules together show.
Source: ECR User Guide, "Lifecycle policy properties"; reference api.md §9.2, §9.3.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ecrmock.values.lifecycle import (
    ANY,
    ARCHIVE,
    COUNT_MORE_THAN,
    EXPIRE,
    SINCE_PULLED,
    SINCE_PUSHED,
    SINCE_TRANSITIONED,
    STANDARD,
    TAGGED,
    TRANSITION,
    UNTAGGED,
    InvalidLifecyclePolicyError,
    LifecycleAction,
    LifecyclePolicy,
    LifecycleRule,
    LifecycleSelection,
    RefusedLifecyclePolicyError,
    UnreadableLifecyclePolicyError,
)
from ecrmock.values.strict_json import no_constant

_MOST_RULES = 50
_MOST_WILDCARDS = 4
_LEAST_DAYS_IN_ARCHIVE = 90
_LARGEST_INTEGER = 2**31 - 1  # Inferred: the service maps numbers to Java's int
_LISTS = ("tagPatternList", "tagPrefixList")
_COUNT_TYPES = (COUNT_MORE_THAN, SINCE_PUSHED, SINCE_PULLED, SINCE_TRANSITIONED)
_TYPE_NAMES: Mapping[type, str] = MappingProxyType(
    {
        dict: "object",
        list: "array",
        str: "string",
        int: "integer",
        float: "number",
        bool: "boolean",
        type(None): "null",
    }
)
_STANDARD_ONLY = (
    "SINCE_IMAGE_PUSHED, SINCE_IMAGE_PULLED and IMAGE_COUNT_MORE_THAN "
    "support the STANDARD storage class only"
)

Check = Callable[[Any], None]


def read_lifecycle_policy(text: str) -> LifecyclePolicy:
    """Return the policy of a text, its rules by priority.

    Raises: UnreadableLifecyclePolicyError, InvalidLifecyclePolicyError.
    """
    try:
        document = json.loads(text, parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise UnreadableLifecyclePolicyError from None
    if not isinstance(document, dict):
        raise UnreadableLifecyclePolicyError
    _check_policy(document)
    rules = sorted(map(_rule, document["rules"]), key=lambda rule: rule.rule_priority)
    _check_together(rules)
    return LifecyclePolicy(rules=tuple(rules))


def write_lifecycle_policy(policy: LifecyclePolicy) -> str:
    """Return the text that ECR shows: minified, by priority, the keys of a rule in its own order."""
    document = {"rules": [_rule_document(rule) for rule in policy.rules]}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _object(properties: Mapping[str, Check], required: Iterable[str]) -> Check:
    needed = sorted(required)

    def check(value: Any) -> None:
        _check_type(value, "object")
        if missing := [name for name in needed if name not in value]:
            raise _invalid(f"object has missing required properties ({_names(missing)})")
        if unknown := sorted(set(value) - set(properties)):
            raise _invalid(
                "object instance has properties which are not allowed by the schema: "
                f"({_names(unknown)})"
            )
        for name, member in value.items():
            _check_member(name, properties[name], member)

    return check


def _array(item: Check, most: int | None = None) -> Check:
    def check(value: Any) -> None:
        _check_type(value, "array")
        if not value:
            raise _invalid(
                "array is too short: must have at least 1 elements but instance has 0 elements"
            )
        if most is not None and len(value) > most:
            raise _invalid(
                f"array is too long: must have at most {most} elements "
                f"but instance has {len(value)} elements"
            )
        for place, member in enumerate(value):
            _check_member(place, item, member)

    return check


def _check_member(step: str | int, check: Check, member: Any) -> None:
    """Check a member; an error says in which one it is."""
    try:
        check(member)
    except RefusedLifecyclePolicyError as error:
        error.path = (step, *error.path)
        raise


def _integer(value: Any) -> None:
    _check_type(value, "integer")
    if value < 1:
        raise InvalidLifecyclePolicyError(
            f"numeric instance is lower than the required minimum (minimum: 1, found: {value})",
            is_closed=False,
        )
    if value > _LARGEST_INTEGER:
        raise UnreadableLifecyclePolicyError


def _anything(_: Any) -> None:
    """Leave a member to the check of its combination with others."""


def _string(value: Any) -> None:
    _check_type(value, "string")


def _one_of(*values: str) -> Check:
    def check(value: Any) -> None:
        _check_type(value, "string")
        if value not in values:
            raise _invalid(
                f"instance value ({value}) not found in enum :(possible values: {_names(values)})"
            )

    return check


def _check_type(value: Any, allowed: str) -> None:
    found = _TYPE_NAMES[type(value)]
    if found != allowed:
        raise _invalid(
            f"instance type ({found}) does not match any allowed primitive type "
            f"(allowed: {_names([allowed])})"
        )


def _names(names: Sequence[str]) -> str:
    return json.dumps(list(names), separators=(",", ":"), ensure_ascii=False)


def _invalid(detail: str) -> InvalidLifecyclePolicyError:
    return InvalidLifecyclePolicyError(detail)


_CHECK_SELECTION_MEMBERS = _object(
    {
        "tagStatus": _one_of(TAGGED, UNTAGGED, ANY),
        "tagPatternList": _array(_string),
        "tagPrefixList": _array(_string),
        "storageClass": _anything,
        "countType": _anything,
        "countUnit": _anything,
        "countNumber": _integer,
    },
    ("tagStatus", "countType", "countNumber"),
)
_CHECK_ACTION_MEMBERS = _object(
    {"type": _one_of(EXPIRE, TRANSITION), "targetStorageClass": _anything}, ("type",)
)


def _check_selection(value: Any) -> None:
    _CHECK_SELECTION_MEMBERS(value)
    units = () if value["countType"] == COUNT_MORE_THAN else ("days",)
    given = tuple(value[name] for name in ("countUnit",) if name in value)
    has_class = value.get("storageClass", STANDARD) in (STANDARD, ARCHIVE)
    if value["countType"] not in _COUNT_TYPES or given != units or not has_class:
        raise _no_schema(4)


def _check_action(value: Any) -> None:
    _CHECK_ACTION_MEMBERS(value)
    has_target = "targetStorageClass" in value
    if value["type"] == TRANSITION and not has_target:
        raise UnreadableLifecyclePolicyError
    if has_target and (value["type"], value["targetStorageClass"]) != (TRANSITION, ARCHIVE):
        raise _no_schema(2)


def _no_schema(count: int) -> InvalidLifecyclePolicyError:
    text = f"instance failed to match exactly one schema (matched 0 out of {count})"
    return InvalidLifecyclePolicyError(text, is_closed=False)


_CHECK_RULE = _object(
    {
        "rulePriority": _integer,
        "description": _string,
        "selection": _check_selection,
        "action": _check_action,
    },
    ("rulePriority", "selection", "action"),
)
_check_policy = _object({"rules": _array(_CHECK_RULE, _MOST_RULES)}, ("rules",))


def _rule(document: Mapping[str, Any]) -> LifecycleRule:
    selection, action = document["selection"], document["action"]
    lists = {name: _tuple(selection.get(name)) for name in _LISTS}
    return LifecycleRule(
        rule_priority=document["rulePriority"],
        description=document.get("description"),
        selection=LifecycleSelection(
            tag_status=selection["tagStatus"],
            tag_pattern_list=lists["tagPatternList"],
            tag_prefix_list=lists["tagPrefixList"],
            storage_class=selection.get("storageClass"),
            count_type=selection["countType"],
            count_unit=selection.get("countUnit"),
            count_number=selection["countNumber"],
        ),
        action=LifecycleAction(
            type=action["type"], target_storage_class=action.get("targetStorageClass")
        ),
    )


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _check_together(rules: Sequence[LifecycleRule]) -> None:
    """Refuse what only the rules together, or the words of one, show. Source: api.md §9.3 (c)."""
    if len({rule.rule_priority for rule in rules}) < len(rules):
        raise _invalid("Duplicate priority in multiple rules")
    for rule in rules:
        _check_tag_lists(rule.selection)
        _check_storage_class(rule)
    for storage_class in (STANDARD, ARCHIVE):
        _check_class([rule for rule in rules if _class(rule) == storage_class])


def _class(rule: LifecycleRule) -> str:
    return rule.selection.storage_class or STANDARD


def _check_tag_lists(selection: LifecycleSelection) -> None:
    patterns, prefixes = selection.tag_pattern_list, selection.tag_prefix_list
    if selection.tag_status != TAGGED:
        for name, given in zip(_LISTS, (patterns, prefixes), strict=True):
            if given is not None:
                raise _invalid(f"Cannot specify {name} with tagStatus {selection.tag_status}")
    elif patterns is None and prefixes is None:
        raise _invalid("Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.")
    elif patterns is not None and prefixes is not None:
        raise _invalid(
            "If policy has a tagged rule, it must specify only one of tagPrefixList or tagPatternList"
        )
    if any(pattern.count("*") > _MOST_WILDCARDS for pattern in patterns or ()):
        raise _invalid("Invalid tag pattern provided. Total number of * must not exceed 4")


def _check_storage_class(rule: LifecycleRule) -> None:
    """Refuse count types that do not go with the storage class or the action. Inferred texts: §24."""
    selection, action = rule.selection, rule.action
    if selection.count_type != SINCE_TRANSITIONED:
        if _class(rule) == ARCHIVE:
            raise _invalid(_STANDARD_ONLY)
        if selection.count_type == SINCE_PULLED and action.type != TRANSITION:
            raise _invalid("SINCE_IMAGE_PULLED supports the TRANSITION action only")
        return
    if _class(rule) != ARCHIVE:
        raise _invalid("SINCE_IMAGE_TRANSITIONED supports the ARCHIVE storage class only")
    if action.type != EXPIRE:
        raise _invalid("SINCE_IMAGE_TRANSITIONED supports the EXPIRE action only")
    if selection.count_number < _LEAST_DAYS_IN_ARCHIVE:
        raise _invalid("countNumber must be at least 90 with SINCE_IMAGE_TRANSITIONED")


def _check_class(rules: Sequence[LifecycleRule]) -> None:
    """Refuse rules of one storage class that contend for the same images."""
    statuses = [rule.selection.tag_status for rule in rules]
    if statuses.count(ANY) > 1:
        raise _invalid("Only one rule can specify tagStatus=ANY")
    if ANY in statuses[:-1]:
        raise _invalid("Rule for tagStatus=ANY must have the lowest priority per storage class")
    if statuses.count(UNTAGGED) > 1:
        raise _invalid("Only one rule can select Untagged images per storage class.")
    lists = [
        (rule.selection.tag_pattern_list, rule.selection.tag_prefix_list)
        for rule in rules
        if rule.selection.tag_status == TAGGED
    ]
    if len(set(lists)) < len(lists):
        raise _invalid("Tag lists must be unique across rules of one storage class")


def _rule_document(rule: LifecycleRule) -> dict[str, Any]:
    selection, action = rule.selection, rule.action
    document = {
        "rulePriority": rule.rule_priority,
        "description": rule.description,
        "selection": _present(
            tagStatus=selection.tag_status,
            tagPatternList=selection.tag_pattern_list,
            tagPrefixList=selection.tag_prefix_list,
            storageClass=selection.storage_class,
            countType=selection.count_type,
            countUnit=selection.count_unit,
            countNumber=selection.count_number,
        ),
        "action": _present(type=action.type, targetStorageClass=action.target_storage_class),
    }
    return {name: value for name, value in document.items() if value is not None}


def _present(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
