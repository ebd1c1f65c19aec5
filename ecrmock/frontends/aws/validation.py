"""The constraints of the service model on a request, with ECR's texts.

A check is compiled once for each input shape. It reports violations in the order of ECR: of a structure
first the members that are missing, then the others in the order of the model. ECR tells only the first
one, iam, sts and signer all (``query_validation``). Source: reference api.md §3.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from ecrmock.values.errors import InvalidParameterError, SerializationError

# What becomes of a violation: shape, raw value and path of the member, and the constraint's text.
Report = Callable[[Shape, Any, str, str], None]
Check = Callable[[Any, str, Report], None]  # the raw value, the path of its member

# Constraints that ECR checks by hand, so that their texts differ from the generated ones (api.md §3.2).
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
# Seconds that are the same day anywhere on earth within the years that dates can have.
_FIRST_TIME, _LAST_TIME = -62_135_424_000, 253_402_128_000
_SLASH = r"\/"  # as the model writes it, and no text of ECR's does
# Patterns that Python tries in 2^n ways, with others that match the same texts in one way.
_SAME_BUT_FASTER: Mapping[str, str] = MappingProxyType(
    {
        r"^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$": r"^[a-z0-9*]+(?:[._\-/][a-z0-9*]+)*$",
    }
)
# The separators of Unicode, for a class of characters.
_SPACES = r"\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
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
    check = check_of(shape)
    return lambda raw: check(raw, "", _refuse)


def _refuse(shape: Shape, raw: object, path: str, constraint: str) -> None:  # noqa: ARG001 - a Report
    raise InvalidParameterError(path, constraint)


@cache
def check_of(shape: Shape) -> Check:
    """Return the check of a value of a shape. Raises: SerializationError, and what the report raises."""
    make: Callable[[Any], Check] = {
        "structure": _structure_check,
        "list": _list_check,
        "map": _map_check,
        "timestamp": _time_check,
        "blob": _blob_check,
        "string": _string_check,
    }.get(shape.type_name, _scalar_check)
    return make(shape)


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
    members = {name: (_in_path(name), check_of(member)) for name, member in shape.members.items()}

    def check(raw: Any, path: str, report: Report) -> None:
        _check_type(shape, raw)
        for name in required:
            if raw.get(name) is None:
                where = _join(path, _in_path(name))
                report(shape.members[name], None, where, _null_text(path, name))
        for name, (step, check_member) in members.items():
            value = raw.get(name)
            if value is not None:
                check_member(value, _join(path, step), report)

    return check


def _in_path(name: str) -> str:
    return name[:1].lower() + name[1:]


def _join(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step


def _null_text(path: str, name: str) -> str:
    is_by_hand = not path and name == "repositoryName"
    return "must not be null" if is_by_hand else "Member must not be null"


def _list_check(shape: ListShape) -> Check:
    check_length = _length_check(shape)
    check_member = check_of(shape.member)
    is_structure = isinstance(shape.member, StructureShape)

    def check(raw: Any, path: str, report: Report) -> None:
        _check_type(shape, raw)
        check_length(raw, len(raw), path, report)

        told: set[str] = set()  # each constraint once for the whole list

        def report_member(_: Shape, __: Any, ___: str, constraint: str) -> None:
            if constraint not in told:
                told.add(constraint)
                report(shape, raw, path, f"Member must satisfy constraint: [{constraint}]")

        for number, item in enumerate(raw, start=1):
            member_path = f"{path}.{number}.member"
            if item is None:
                report(shape.member, None, member_path, "Member must not be null")
            elif is_structure:
                check_member(item, member_path, report)
            else:
                check_member(item, "", report_member)

    return check


def _map_check(shape: MapShape) -> Check:
    """Check the keys and values of a map. Inferred: the texts, which are those of a list in their form."""
    check_length = _length_check(shape)
    parts = (("keys", check_of(shape.key)), ("value", check_of(shape.value)))

    def check(raw: Any, path: str, report: Report) -> None:
        _check_type(shape, raw)
        check_length(raw, len(raw), path, report)
        for (part, check_part), found in zip(parts, (raw.keys(), raw.values()), strict=True):
            told: set[str] = set()  # each constraint once for the whole map

            def report_part(_: Shape, __: Any, ___: str, constraint: str) -> None:
                told.add(constraint)  # noqa: B023 - called in this round

            for each in found:
                if each is not None:
                    check_part(each, "", report_part)
            for constraint in sorted(told):
                report(shape, raw, path, f"Map {part} must satisfy constraint: [{constraint}]")

    return check


def _time_check(shape: Shape) -> Check:
    def check(raw: Any, path: str, report: Report) -> None:  # noqa: ARG001 - a Check
        _check_type(shape, raw)
        if not _FIRST_TIME <= raw <= _LAST_TIME:  # which is so for NaN, too
            raise SerializationError("NUMBER_VALUE can not be converted to a Timestamp")

    return check


def _blob_check(shape: Shape) -> Check:
    check_length = _length_check(shape)

    def check(raw: Any, path: str, report: Report) -> None:
        _check_type(shape, raw)
        try:
            size = len(b64decode(raw, validate=True))
        except (Base64Error, ValueError):
            raise SerializationError("Invalid base64 encoded data") from None
        check_length(raw, size, path, report)

    return check


def _string_check(shape: StringShape) -> Check:
    check_length = _length_check(shape)
    pattern = _compiled(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    values = _ENUM_ORDER.get(shape.name, tuple(shape.enum))

    def check(raw: Any, path: str, report: Report) -> None:
        _check_type(shape, raw)
        check_length(raw, len(raw), path, report)
        if pattern is not None and not pattern.fullmatch(raw):
            report(shape, raw, path, _pattern_text(shape, path))
        if values and raw not in values:
            text = f"Member must satisfy enum value set: [{', '.join(values)}]"
            report(shape, raw, path, text)

    return check


def _pattern_text(shape: Shape, path: str) -> str:
    pattern = shape.metadata["pattern"]
    if path == "repositoryName":
        return f"must satisfy regular expression '{pattern.replace(_SLASH, '/')}'"
    return f"Member must satisfy regular expression pattern: {pattern}"


def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the model, which is one of Java's: only its classes of Unicode know more than ASCII.

    Letters and numbers are what Python's word characters are, and where the models have them, ``_`` is
    allowed beside them.
    """
    pattern = _SAME_BUT_FASTER.get(pattern, pattern)
    if r"\p{" not in pattern:
        return re.compile(pattern, re.ASCII)
    return re.compile(
        pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", "").replace(r"\p{Z}", _SPACES)
    )


def _length_check(shape: Shape) -> Callable[[Any, int, str, Report], None]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(raw: Any, length: int, path: str, report: Report) -> None:
        who = "must" if path == "repositoryName" else "Member must"
        if least is not None and length < least:
            report(shape, raw, path, f"{who} have length greater than or equal to {least}")
        if most is not None and length > most:
            report(shape, raw, path, f"{who} have length less than or equal to {most}")

    return check


def _scalar_check(shape: Shape) -> Check:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(raw: Any, path: str, report: Report) -> None:
        _check_type(shape, raw)
        if least is not None and raw < least:
            report(shape, raw, path, f"Member must have value greater than or equal to {least}")
        if most is not None and raw > most:
            report(shape, raw, path, f"Member must have value less than or equal to {most}")

    return check
