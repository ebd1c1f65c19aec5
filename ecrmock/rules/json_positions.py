"""Where in a JSON text its members stand. Lines and columns count from 1, columns in characters."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Path = Sequence[str | int]  # of keys and of places in arrays, from the outermost value inwards

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a text."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a member begins: its key, and its value. Without a key both are the same."""

    key: int
    value: int


def position(text: str, offset: int) -> Position:
    """Return line and column of an offset."""
    before = text[:offset]
    return Position(line=before.count("\n") + 1, column=offset - before.rfind("\n"))


def find(text: str, path: Path) -> Place:
    """Return where a path leads to in a text that is JSON, or as far as there is something.

    Of a key that is given twice it is the last, which is the one that counts for ``json``.
    """
    start = _after_space(text, 0)
    place = Place(key=start, value=start)
    for step in path:
        found = dict(_members(text, place.value)).get(step)
        if found is None:
            break
        place = found
    return place


def _members(text: str, start: int) -> Iterator[tuple[str | int, Place]]:
    """Yield the members of the object or array that begins there; there are none in other values."""
    if text[start] not in "{[":
        return
    is_object = text[start] == "{"
    number, offset = 0, _after_space(text, start + 1)
    while text[offset] not in "}]":
        step, value = _key(text, offset) if is_object else (number, offset)
        yield step, Place(key=offset, value=value)
        offset = _after_space(text, _end(text, value))
        if text[offset] == ",":
            offset = _after_space(text, offset + 1)
        number += 1


def _key(text: str, start: int) -> tuple[str, int]:
    """Return a key and where its value begins."""
    name, end = _DECODER.raw_decode(text, start)
    colon = _after_space(text, end)
    return name, _after_space(text, colon + 1)


def _end(text: str, start: int) -> int:
    return _DECODER.raw_decode(text, start)[1]


def _after_space(text: str, offset: int) -> int:
    found = _SPACE.match(text, offset)
    return found.end() if found else offset
