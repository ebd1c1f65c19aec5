"""Where in its text a lifecycle policy is at fault, and how to mend it.

ECR says only what it refuses, in the messages of ``lifecycle_text.py``; this is told beside them.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from ecrmock.rules.json_positions import Position, find, position
from ecrmock.rules.lifecycle_faults import Fault, Path, at, schema_fault
from ecrmock.rules.lifecycle_shared_faults import shared_fault
from ecrmock.values.lifecycle import InvalidLifecyclePolicyError, RefusedLifecyclePolicyError
from ecrmock.values.strict_json import no_constant

_ODD = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<odd>-?Infinity|NaN|-?[0-9]{600,})')
_TRAILING_COMMA = re.compile(
    r",\s*[}\]]"
)  # Python stops at the comma, or before 3.13 at the bracket


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """A place in the text of a policy, the path of the member there, and how to mend it."""

    position: Position
    path: str  # as rules[0].selection; empty for the policy itself
    hint: str


def mending(text: str, error: RefusedLifecyclePolicyError) -> Mending:
    """Say how to mend a text that was refused with this error."""
    try:
        document = json.loads(text, parse_constant=no_constant)
    except json.JSONDecodeError as broken:
        return _told(text, broken.pos, _about_json(text, broken))
    except ValueError:
        found = next(each for each in _ODD.finditer(text) if each["odd"])
        return _told(text, found.start(), "write a number that JSON has, of at most 2147483647")
    except RecursionError:
        return _told(text, 0, "it is nested too deeply")
    fault = _fault(document, error)
    place = find(text, fault.path)
    offset = place.key if fault.is_key else place.value
    return Mending(position=position(text, offset), path=_said(fault.path), hint=fault.hint)


def _told(text: str, offset: int, hint: str) -> Mending:
    return Mending(position=position(text, offset), path="", hint=hint)


def _fault(document: Any, error: RefusedLifecyclePolicyError) -> Fault:
    if isinstance(error, InvalidLifecyclePolicyError):
        found = schema_fault(document, error.path, error.detail)
        found = found or shared_fault(document["rules"], error.detail)
        return found or Fault(path=error.path, hint=error.detail)
    if not error.path:
        return Fault(path=(), hint='a policy is an object: {"rules": [...]}')
    if isinstance(at(document, error.path), int):
        return Fault(path=error.path, hint="the largest number is 2147483647")
    return Fault(path=error.path, hint='add "targetStorageClass": "archive"')


def _said(path: Path) -> str:
    """Return a path as it would be written in a program."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _about_json(text: str, broken: json.JSONDecodeError) -> str:
    """Say what is usually behind a text that is not JSON, by what stands where reading stopped."""
    left = text[broken.pos :].lstrip()
    read = text[: broken.pos].rstrip()
    if not left:
        return "the text ends too early: something is not closed" if read else "the file is empty"
    if _TRAILING_COMMA.match(read[-1:] + left) or _TRAILING_COMMA.match(left):
        return "take out the comma before the bracket that closes"
    if left.startswith("'"):
        return "write texts in double quotes"
    if left.startswith(("/", "#")):
        return "take out the comment; JSON has none"
    return f"it is not JSON from here on: {broken.msg}"
