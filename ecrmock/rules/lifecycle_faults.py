"""How a lifecycle policy is to be mended that does not meet the schema.

Source: the messages of ``lifecycle_text.py``; reference api.md §9.2, §9.3 (b).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from ecrmock.values.lifecycle import (
    ARCHIVE,
    COUNT_MORE_THAN,
    EXPIRE,
    SINCE_PULLED,
    SINCE_PUSHED,
    SINCE_TRANSITIONED,
    STANDARD,
)

Path = tuple[str | int, ...]

_COUNT_TYPES = (COUNT_MORE_THAN, SINCE_PUSHED, SINCE_PULLED, SINCE_TRANSITIONED)
_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "the policy": ("rules",),
        "a rule": ("rulePriority", "description", "selection", "action"),
        "selection": (
            *("tagStatus", "tagPatternList", "tagPrefixList", "storageClass"),
            *("countType", "countUnit", "countNumber"),
        ),
        "action": ("type", "targetStorageClass"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The member to mend, and how; ``is_key`` says that its key is at fault, not its value."""

    path: Path
    hint: str
    is_key: bool = False


def schema_fault(document: Any, path: Path, detail: str) -> Fault | None:
    """Return what is at fault in a document whose member at a path was refused with this detail."""
    explain = next((each for start, each in _SCHEMA.items() if detail.startswith(start)), None)
    return explain(at(document, path), path, detail) if explain else None


def at(document: Any, path: Path) -> Any:
    """Return the member that a path leads to."""
    for step in path:
        document = document[step]
    return document


def _missing(value: Any, path: Path, detail: str) -> Fault:
    names = _listed(detail)
    if "lifecyclePolicyText" in value:
        hint = 'the policy is the text that is the value of "lifecyclePolicyText": save that alone'
        return Fault(path=(*path, "lifecyclePolicyText"), hint=hint)
    for name in names:
        if written := _alike(name, [key for key in value if key not in _keys(path)[1]]):
            return Fault(path=(*path, written), hint=f'write "{name}"', is_key=True)
    return Fault(path=path, hint=f"add {_and(names)}")


def _unknown(_: Any, path: Path, detail: str) -> Fault:
    name = _listed(detail)[0]
    where, known = _keys(path)
    home = next((place for place, keys in _KEYS.items() if name in keys), None)
    if home is not None:
        hint = f"move it: it belongs in {home}"
    elif meant := _alike(name, known):
        hint = f'did you mean "{meant}"?'
    else:
        hint = f"take it out: {where} has only {_and(known)}"
    return Fault(path=(*path, name), hint=hint, is_key=True)


def _keys(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return what the object at a path is called, and the keys that it may have."""
    name = path[-1] if path else "the policy"
    place = name if isinstance(name, str) else "a rule"
    return place, _KEYS[place]


def _wrong_type(value: Any, path: Path, detail: str) -> Fault:
    wanted = _listed(detail)[0]
    if value is None:
        hint = "leave the key out where there is no value; null is refused"
    elif wanted == "integer" and isinstance(value, str) and value.strip().isdigit():
        hint = f"write {value.strip()} without quotes"
    elif wanted == "array" and isinstance(value, str):
        hint = f"write a list: [{json.dumps(value)}]"
    else:
        article = "an" if wanted[0] in "aio" else "a"
        hint = f"it has to be {article} {wanted}"
    return Fault(path=path, hint=hint)


def _too_low(_: Any, path: Path, __: str) -> Fault:
    return Fault(path=path, hint="the least is 1")


def _no_choice(value: Any, path: Path, detail: str) -> Fault:
    choices = _listed(detail)
    meant = _alike(value, choices)
    hint = f'did you mean "{meant}"?' if meant else f"write {_or(choices)}"
    return Fault(path=path, hint=hint)


def _too_short(_: Any, path: Path, __: str) -> Fault:
    hint = "a policy has at least one rule; to have none, delete the policy"
    if path[-1] != "rules":
        hint = "name at least one tag, or leave the list out"
    return Fault(path=path, hint=hint)


def _too_long(_: Any, path: Path, __: str) -> Fault:
    return Fault(path=path, hint="join rules until there are 50, or fewer")


def _no_selection(selection: Any, path: Path, _: str) -> Fault:
    """Explain a combination of count type, unit and storage class that no schema has."""
    count_type = selection["countType"]
    if count_type not in _COUNT_TYPES:
        meant = _alike(count_type, _COUNT_TYPES)
        hint = f'did you mean "{meant}"?' if meant else f"write {_or(_COUNT_TYPES)}"
        return Fault(path=(*path, "countType"), hint=hint)
    if selection.get("storageClass", STANDARD) not in (STANDARD, ARCHIVE):
        return Fault(path=(*path, "storageClass"), hint='write "standard" or "archive"')
    if "countUnit" not in selection:
        return Fault(path=(*path, "countType"), hint=f'add "countUnit": "days" to {count_type}')
    if count_type == COUNT_MORE_THAN:
        hint = "take it out: imageCountMoreThan counts images, not days"
        return Fault(path=(*path, "countUnit"), hint=hint, is_key=True)
    return Fault(path=(*path, "countUnit"), hint='write "days"; there is no other unit')


def _no_action(action: Any, path: Path, _: str) -> Fault:
    """Explain a combination of action and target that no schema has."""
    if action["type"] == EXPIRE:
        hint = 'take it out, or set "type" to "transition"'
        return Fault(path=(*path, "targetStorageClass"), hint=hint, is_key=True)
    return Fault(path=(*path, "targetStorageClass"), hint='write "archive"')


def _listed(detail: str) -> list[str]:
    """Return the names in the last brackets of a message."""
    listed: list[str] = json.loads(detail[detail.index("[") : detail.rindex("]") + 1])
    return listed


def _alike(name: Any, known: Sequence[str]) -> str | None:
    """Return the name that was probably meant; case does not count."""
    by_case = {each.lower(): each for each in known}
    found = get_close_matches(str(name).lower(), by_case, n=1, cutoff=0.75)
    return by_case[found[0]] if found else None


def _and(names: Sequence[str]) -> str:
    return _enumerated(names, "and")


def _or(names: Sequence[str]) -> str:
    return _enumerated(names, "or")


def _enumerated(names: Sequence[str], word: str) -> str:
    *first, last = (json.dumps(name, ensure_ascii=False) for name in names)
    return f"{', '.join(first)} {word} {last}" if first else last


_SCHEMA: Mapping[str, Callable[[Any, Path, str], Fault]] = MappingProxyType(
    {
        "object has missing required properties": _missing,
        "object instance has properties which are not allowed": _unknown,
        "instance type": _wrong_type,
        "numeric instance is lower": _too_low,
        "instance value": _no_choice,
        "array is too short": _too_short,
        "array is too long": _too_long,
        "instance failed to match exactly one schema (matched 0 out of 4)": _no_selection,
        "instance failed to match exactly one schema (matched 0 out of 2)": _no_action,
    }
)
