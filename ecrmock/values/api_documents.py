"""Values as documents with the member names of AWS's APIs, and back, by the type hints of their classes."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from sys import float_info
from typing import Any, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from ecrmock.values.strict_json import check_characters

T = TypeVar("T")
Read = Callable[[Any, str], Any]
_UNIONS = (Union, types.UnionType)
_PLAIN: tuple[tuple[type, tuple[type, ...], str], ...] = (
    (str, (str,), "a text"),
    (float, (float, int), "a number"),
    (int, (int,), "a whole number"),
)


def camel_case(name: str) -> str:
    """Return the name that a member has in the API: ``package_version`` is ``packageVersion`` there."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def renamed(document: Any) -> Any:
    """Return a document of a value's own names with those of the API, tags as they are."""
    if isinstance(document, Mapping):
        return {
            camel_case(name): value if name == "tags" else renamed(value)
            for name, value in document.items()
        }
    return [renamed(item) for item in document] if isinstance(document, list) else document


def to_document(value: object, write_time: Callable[[datetime], str] = datetime.isoformat) -> Any:
    """Return a value as JSON can hold it; what is None is left out."""
    if is_dataclass(value):
        members = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {
            camel_case(name): to_document(member, write_time)
            for name, member in members
            if member is not None
        }
    if isinstance(value, tuple):
        return [to_document(item, write_time) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return write_time(value) if isinstance(value, datetime) else value


def from_document(kind: type[T], document: object, where: str) -> T:
    """Return the value of a class that a document describes; ``where`` is how it is called.

    Times may be datetimes, as boto3 has them, or texts of ISO 8601. Raises: ValueError, naming the member.
    """
    value: T = _reader(cast("Any", kind))(document, where)
    return value


@cache
def _reader(kind: Any) -> Read:
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    for plain, allowed, name in _PLAIN:
        if kind is plain:
            return lambda value, where: _plain(value, where, allowed, name)
    if kind is datetime:
        return _time
    origin = get_origin(kind)
    if origin in _UNIONS:
        (present,) = (option for option in get_args(kind) if option is not types.NoneType)
        return _reader(present)
    if origin is tuple:
        return _list_reader(_reader(get_args(kind)[0]))
    return _texts if origin is Mapping else _object_reader(kind)


def _plain(value: Any, where: str, allowed: tuple[type, ...], name: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, allowed):
        raise ValueError(f"{where} is not {name}: {value!r}")
    if isinstance(value, float | int) and not abs(value) <= float_info.max:
        raise ValueError(f"{where} is not a finite number")  # of which JSON has none
    if isinstance(value, str):
        check_characters(value, where)
    return value


def _time(value: Any, where: str) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{where} is not a time: {value!r}") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _texts(value: Any, where: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError(f"{where} is not an object of texts: {value!r}")
    return dict(value)


def _list_reader(read: Read) -> Read:
    def read_list(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError(f"{where} is not a list: {value!r}")
        return tuple(read(item, f"{where}[{number}]") for number, item in enumerate(value))

    return read_list


def _object_reader(kind: Any) -> Read:
    hints = get_type_hints(kind)
    members = {camel_case(field.name): field for field in fields(kind)}
    needed = [name for name, field in members.items() if field.default is MISSING]

    def read_object(value: Any, where: str) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError(f"{where} is not an object: {value!r}")
        unknown = sorted(set(value) - set(members))
        if unknown:
            raise ValueError(f"{where} has {unknown[0]!r}; it may have {', '.join(members)}")
        given = {name: raw for name, raw in value.items() if raw is not None}
        missing = [name for name in needed if name not in given]
        if missing:
            raise ValueError(f"{where} needs {missing[0]}")
        return kind(
            **{
                members[name].name: _reader(hints[members[name].name])(raw, f"{where}.{name}")
                for name, raw in given.items()
            }
        )

    return read_object
