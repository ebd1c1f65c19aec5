"""JSON as ECR reads and prints it: the form of Jackson's default pretty printer.

Source: reference iam.md §9.3 (AWS CLI examples of the repository policy operations).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ecrmock.values.strict_json import strict_decoder

_ESCAPES: Mapping[int, str] = MappingProxyType(
    {code: f"\\u{code:04X}" for code in range(32)}
    | {ord(char): json.dumps(char)[1:-1] for char in '\b\t\n\f\r"\\'}
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number by its digits, which are printed as they were read."""

    literal: str


def read_json(text: str) -> object:
    """Return what a text says, with a Number for each number.

    Raises: ValueError when it is not JSON or gives a key twice; RecursionError when it is too deep.
    """
    return _DECODER.decode(text)


_DECODER = strict_decoder(Number)


def print_json(value: object, indent: str = "") -> str:
    """Return a value as Jackson prints it: a line for each member, lists on one line, no last newline."""
    if isinstance(value, dict):
        return _print_object(value, indent)
    if isinstance(value, list):
        items = [print_json(item, indent) for item in value]
        return f"[ {', '.join(items)} ]" if items else "[ ]"
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    return value.literal if isinstance(value, Number) else json.dumps(value)


def _print_object(members: Mapping[str, object], indent: str) -> str:
    inner = f"{indent}  "
    lines = [
        f"{inner}{print_json(name)} : {print_json(member, inner)}"
        for name, member in members.items()
    ]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}" if lines else "{ }"
