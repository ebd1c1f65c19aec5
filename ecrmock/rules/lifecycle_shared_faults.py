"""Which rule is at fault when only the rules together, or the words of one, show that a policy is refused.

Source: the messages of ``lifecycle_text.py``; reference api.md §9.3 (c).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecrmock.rules.lifecycle_faults import Fault, Path
from ecrmock.values.lifecycle import (
    ANY,
    ARCHIVE,
    EXPIRE,
    SINCE_PULLED,
    SINCE_TRANSITIONED,
    STANDARD,
    TAGGED,
    TRANSITION,
    UNTAGGED,
)

Rule = Mapping[str, Any]
Rules = Sequence[Rule]


@dataclass(frozen=True, slots=True)
class _Shared:
    """How to find the rule that a message is about: by itself, the rules before and those after it."""

    start: str
    is_at_fault: Callable[[Rule, Rules, Rules], bool]
    member: Path
    hint: str


def shared_fault(rules: Rules, detail: str) -> Fault | None:
    """Return what is at fault in the rules of a policy that was refused with this detail."""
    wanted = next((each for each in _SHARED if detail.startswith(each.start)), None)
    if wanted is None:
        return None
    ordered = sorted(enumerate(rules), key=lambda each: each[1]["rulePriority"])
    alone = [rule for _, rule in ordered]
    for number, (place, rule) in enumerate(ordered):
        if wanted.is_at_fault(rule, alone[:number], alone[number + 1 :]):
            return Fault(path=("rules", place, *wanted.member), hint=wanted.hint)
    return None


def _has(name: str) -> Callable[[Rule, Rules, Rules], bool]:
    return lambda rule, _, __: name in rule["selection"] and _status(rule) != TAGGED


def _status(rule: Rule) -> Any:
    return rule["selection"]["tagStatus"]


def _class(rule: Rule) -> Any:
    return rule["selection"].get("storageClass", STANDARD)


def _counts(rule: Rule, count_type: str) -> bool:
    return bool(rule["selection"]["countType"] == count_type)


def _patterns(rule: Rule) -> Any:
    return rule["selection"].get("tagPatternList")


def _prefixes(rule: Rule) -> Any:
    return rule["selection"].get("tagPrefixList")


def _again(key: Callable[[Rule], Any]) -> Callable[[Rule, Rules, Rules], bool]:
    """Return whether a rule before has the same key, which is None for rules that it is not about."""
    return lambda rule, before, _: key(rule) is not None and key(rule) in map(key, before)


def _status_key(status: str) -> Callable[[Rule], Any]:
    return lambda rule: _class(rule) if _status(rule) == status else None


def _lists_key(rule: Rule) -> Any:
    return (_class(rule), _patterns(rule), _prefixes(rule)) if _status(rule) == TAGGED else None


def _is_not_last(rule: Rule, _: Rules, after: Rules) -> bool:
    return _status(rule) == ANY and _class(rule) in map(_class, after)


_STATUS, _TYPE = ("selection", "tagStatus"), ("action", "type")
_SHARED = (
    _Shared(
        "Duplicate priority",
        _again(lambda rule: rule["rulePriority"]),
        ("rulePriority",),
        "another rule has this number; give each its own",
    ),
    *(
        _Shared(
            f"Cannot specify {name}",
            _has(name),
            ("selection", name),
            'take the list out, or set "tagStatus" to "tagged"',
        )
        for name in ("tagPatternList", "tagPrefixList")
    ),
    _Shared(
        "Must specify tagPrefixList or tagPatternList",
        lambda rule, _, __: (
            _status(rule) == TAGGED and _patterns(rule) is None and _prefixes(rule) is None
        ),
        _STATUS,
        'add "tagPatternList": ["*"] for every tag, or with the patterns that are meant',
    ),
    _Shared(
        "If policy has a tagged rule, it must specify only one",
        lambda rule, _, __: _patterns(rule) is not None and _prefixes(rule) is not None,
        ("selection", "tagPrefixList"),
        "keep one of the two lists; the prefix v is the pattern v*",
    ),
    _Shared(
        "Invalid tag pattern provided",
        lambda rule, _, __: any(each.count("*") > 4 for each in _patterns(rule) or ()),
        ("selection", "tagPatternList"),
        "use at most four * in a pattern",
    ),
    _Shared(
        "SINCE_IMAGE_PUSHED, SINCE_IMAGE_PULLED and IMAGE_COUNT_MORE_THAN",
        lambda rule, _, __: _class(rule) == ARCHIVE and not _counts(rule, SINCE_TRANSITIONED),
        ("selection", "countType"),
        'in the archive count by "sinceImageTransitioned", or take "storageClass" out',
    ),
    _Shared(
        "SINCE_IMAGE_PULLED supports",
        lambda rule, _, __: _counts(rule, SINCE_PULLED) and rule["action"]["type"] != TRANSITION,
        _TYPE,
        'write "transition" with "targetStorageClass": "archive", or count by "sinceImagePushed"',
    ),
    _Shared(
        "SINCE_IMAGE_TRANSITIONED supports the ARCHIVE",
        lambda rule, _, __: _counts(rule, SINCE_TRANSITIONED) and _class(rule) != ARCHIVE,
        ("selection", "countType"),
        'add "storageClass": "archive"',
    ),
    _Shared(
        "SINCE_IMAGE_TRANSITIONED supports the EXPIRE",
        lambda rule, _, __: _counts(rule, SINCE_TRANSITIONED) and rule["action"]["type"] != EXPIRE,
        _TYPE,
        'write "expire" without "targetStorageClass"',
    ),
    _Shared(
        "countNumber must be at least 90",
        lambda rule, _, __: (
            _counts(rule, SINCE_TRANSITIONED) and rule["selection"]["countNumber"] < 90
        ),
        ("selection", "countNumber"),
        "write 90 or more",
    ),
    _Shared(
        "Only one rule can specify tagStatus=ANY",
        _again(_status_key(ANY)),
        _STATUS,
        "join it with the other rule for any tag, or select by tags",
    ),
    _Shared(
        "Rule for tagStatus=ANY",
        _is_not_last,
        ("rulePriority",),
        "give it the highest number of the rules for this storage class",
    ),
    _Shared(
        "Only one rule can select Untagged",
        _again(_status_key(UNTAGGED)),
        _STATUS,
        "join it with the other rule for untagged images",
    ),
    _Shared(
        "Tag lists must be unique",
        _again(_lists_key),
        ("selection",),
        "another rule has the same list; join the two, or change one list",
    ),
)
