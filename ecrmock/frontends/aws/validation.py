"""The constraints of the service model on a request, with ECR's texts.

A validator is compiled once for each input shape. It reports one violation, as ECR does: first the
members that are missing, then the others in the order of the model. Source: reference api.md §3.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from botocore.model import ListShape, Shape, StringShape, StructureShape

from ecrmock.values.errors import InvalidParameterError, SerializationError

Check = Callable[[Any, str], None]  # the raw value, and the path of its member

# Constraints that ECR checks by hand, so that their texts differ from the generated ones (api.md §3.2).
_REPOSITORY_NAME = (
    "must satisfy regular expression "
    r"'[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*'"
)
_ENUM_ORDER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ImageTagMutability": (
            "IMMUTABLE",
            "MUTABLE",
            "MUTABLE_WITH_EXCLUSION",
            "IMMUTABLE_WITH_EXCLUSION",
        ),
        "RCTAppliedFor": ("REPLICATION", "PULL_THROUGH_CACHE", "CREATE_ON_PUSH"),
    }
)
_PYTHON_TYPES: Mapping[str, tuple[type, str]] = MappingProxyType(
    {
        "string": (str, "String"),
        "integer": (int, "Integer"),
        "long": (int, "Long"),
        "boolean": (bool, "Boolean"),
        "list": (list, "List"),
        "structure": (dict, "Structure"),
        "map": (dict, "Map"),
        "blob": (str, "Blob"),
        "double": (float, "Double"),
        "timestamp": (float, "Timestamp"),
    }
)


@cache
def validator(shape: StructureShape | None) -> Callable[[object], None]:
    """Return the check of a parsed request. Raises: SerializationError, InvalidParameterError."""
    if shape is None:
        return lambda _: None
    check = _check(shape)
    return lambda raw: check(raw, "")


@cache
def _check(shape: Shape) -> Check:
    if isinstance(shape, StructureShape):
        return _structure_check(shape)
    if isinstance(shape, ListShape):
        return _list_check(shape)
    if shape.type_name == "blob":
        return _blob_check(shape)
    if isinstance(shape, StringShape):
        return _string_check(shape)
    return _scalar_check(shape)


def _check_type(shape: Shape, raw: object) -> None:
    expected, name = _PYTHON_TYPES[shape.type_name]
    fits = isinstance(raw, expected) and not (isinstance(raw, bool) and expected is not bool)
    if not fits and not (expected is float and type(raw) is int):
        raise SerializationError(_type_text(raw, name))


def _type_text(raw: object, expected: str) -> str:
    if isinstance(raw, dict | list):
        return "Start of structure or map found where not expected."
    kinds = {str: "STRING_VALUE", bool: "TRUE_VALUE" if raw else "FALSE_VALUE"}
    kind = kinds.get(type(raw), "NUMBER_VALUE")
    article = "an" if expected == "Integer" else "a"
    return f"{kind} can not be converted to {article} {expected}"


def _structure_check(shape: StructureShape) -> Check:
    required = tuple(shape.required_members)
    members = {name: _check(member) for name, member in shape.members.items()}

    def check(raw: Any, path: str) -> None:
        _check_type(shape, raw)
        for name in required:
            if raw.get(name) is None:
                raise InvalidParameterError(_join(path, name), _null_text(path, name))
        for name, check_member in members.items():
            value = raw.get(name)
            if value is not None:
                check_member(value, _join(path, name))

    return check


def _join(path: str, name: str) -> str:
    return f"{path}.{name[:1].lower()}{name[1:]}" if path else name


def _null_text(path: str, name: str) -> str:
    is_by_hand = not path and name == "repositoryName"
    return "must not be null" if is_by_hand else "Member must not be null"


def _list_check(shape: ListShape) -> Check:
    check_length = _length_check(shape)
    check_member = _check(shape.member)
    is_structure = isinstance(shape.member, StructureShape)

    def check(raw: Any, path: str) -> None:
        _check_type(shape, raw)
        check_length(len(raw), path)
        for number, item in enumerate(raw, start=1):
            if item is None:
                raise InvalidParameterError(f"{path}.{number}.member", "Member must not be null")
            if is_structure:
                check_member(item, f"{path}.{number}.member")
                continue
            try:
                check_member(item, "")
            except InvalidParameterError as error:
                constraint = f"Member must satisfy constraint: [{error.constraint}]"
                raise InvalidParameterError(path, constraint) from None

    return check


def _blob_check(shape: Shape) -> Check:
    check_length = _length_check(shape)

    def check(raw: Any, path: str) -> None:
        _check_type(shape, raw)
        try:
            size = len(b64decode(raw, validate=True))
        except (Base64Error, ValueError):
            raise SerializationError("Invalid base64 encoded data") from None
        check_length(size, path)

    return check


def _string_check(shape: StringShape) -> Check:
    check_length = _length_check(shape)
    pattern = re.compile(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    values = _ENUM_ORDER.get(shape.name, tuple(shape.enum))

    def check(raw: Any, path: str) -> None:
        _check_type(shape, raw)
        check_length(len(raw), path)
        if pattern is not None and not pattern.fullmatch(raw):
            raise InvalidParameterError(path, _pattern_text(shape, path))
        if values and raw not in values:
            text = f"Member must satisfy enum value set: [{', '.join(values)}]"
            raise InvalidParameterError(path, text)

    return check


def _pattern_text(shape: Shape, path: str) -> str:
    if path == "repositoryName":
        return _REPOSITORY_NAME
    return f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"


def _length_check(shape: Shape) -> Callable[[int, str], None]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(length: int, path: str) -> None:
        who = "must" if path == "repositoryName" else "Member must"
        if least is not None and length < least:
            text = f"{who} have length greater than or equal to {least}"
            raise InvalidParameterError(path, text)
        if most is not None and length > most:
            raise InvalidParameterError(path, f"{who} have length less than or equal to {most}")

    return check


def _scalar_check(shape: Shape) -> Check:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(raw: Any, path: str) -> None:
        _check_type(shape, raw)
        if least is not None and raw < least:
            text = f"Member must have value greater than or equal to {least}"
            raise InvalidParameterError(path, text)
        if most is not None and raw > most:
            text = f"Member must have value less than or equal to {most}"
            raise InvalidParameterError(path, text)

    return check
