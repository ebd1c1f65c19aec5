"""Frozen values to JSON and back, by their type hints.

Compiled once for each class. Times are ISO 8601, tuples are lists, what is None is left out. A mapping has
plain texts and numbers.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_UNIONS = (Union, types.UnionType)


def encode(value: object) -> Any:
    """Return a value as JSON can hold it."""
    if is_dataclass(value):
        members = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: encode(member) for name, member in members if member is not None}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def decode(kind: type[T], document: Any) -> T:
    """Return the value of a class that ``encode`` made a document of."""
    value: T = _decoder(cast("Any", kind))(document)
    return value


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, NewType) or kind in (str, int, float, bool) or get_origin(kind) is Mapping:
        return _identity
    if kind is datetime:
        return datetime.fromisoformat
    if get_origin(kind) in _UNIONS:
        (present,) = (option for option in get_args(kind) if option is not types.NoneType)
        return _decoder(present)
    if get_origin(kind) is tuple:
        item = _decoder(get_args(kind)[0])
        return lambda document: tuple(map(item, document))
    hints = get_type_hints(kind)
    members = {field.name: _decoder(hints[field.name]) for field in fields(kind)}
    absent = {field.name: None for field in fields(kind) if field.default is MISSING}

    def decode_members(document: Any) -> Any:
        present = {name: members[name](raw) for name, raw in document.items()}
        return kind(**(absent | present))  # what is None was left out

    return decode_members


def _identity(document: Any) -> Any:
    return document
