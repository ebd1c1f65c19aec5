"""How an advisory is read from a JSON document in OSV format.

Only what findings need is read, and members that are not known are passed over, so that newer records can
still be read. Source: OSV schema 1.7, https://ossf.github.io/osv-schema.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ecrmock.values.advisories import (
    Advisory,
    AdvisorySeverity,
    AffectedPackage,
    VersionEvent,
    VersionRange,
)
from ecrmock.values.ecosystems import RPM, read_ecosystem
from ecrmock.values.strict_json import check_characters

_EVENTS = ("introduced", "fixed", "last_affected", "limit")
# How Red Hat and those who rebuild it begin the summary of an update. Source: AlmaLinux's OSV records
_RATED_SUMMARY = re.compile(r"(Critical|Important|Moderate|Low): ")
_NANOSECONDS = re.compile(r"(\.[0-9]{6})[0-9]+")


def read_advisory(document: object) -> Advisory:
    """Return what a document says. Raises: ValueError, naming the member that is wrong."""
    record = _object(document, "the document")
    summary = _text(record, "summary")
    affected = tuple(
        _affected(entry) for entry in _objects(record, "affected") if "package" in entry
    )
    return Advisory(
        id=_required(record, "id"),
        summary=summary,
        details=_text(record, "details"),
        aliases=_texts(record, "aliases"),
        upstream=_texts(record, "upstream"),
        related=_texts(record, "related"),
        severity=_severity(record),
        affected=affected,
        reference_urls=_reference_urls(record),
        published=_time(record, "published"),
        modified=_time(record, "modified"),
        withdrawn=_time(record, "withdrawn"),
        urgency=_urgency(record) or _rating_in(summary, affected),
    )


def _affected(entry: Mapping[str, Any]) -> AffectedPackage:
    package = _object(entry["package"], "package")
    return AffectedPackage(
        ecosystem=read_ecosystem(_required(package, "ecosystem")),
        name=_required(package, "name"),
        ranges=tuple(_range(each) for each in _objects(entry, "ranges")),
        versions=_texts(entry, "versions"),
        severity=_severity(entry),
        urgency=_urgency(entry),
    )


def _range(entry: Mapping[str, Any]) -> VersionRange:
    events = tuple(
        VersionEvent(kind, _required(event, kind))
        for event in _objects(entry, "events")
        for kind in _EVENTS
        if kind in event
    )
    return VersionRange(type=_required(entry, "type"), events=events)


def _severity(entry: Mapping[str, Any]) -> tuple[AdvisorySeverity, ...]:
    return tuple(
        AdvisorySeverity(_required(each, "type"), _required(each, "score"))
        for each in _objects(entry, "severity")
    )


def _urgency(entry: Mapping[str, Any]) -> str:
    """Return the word that a database has for how bad it is, in the members where they put it.

    Debian writes ``urgency``, Ubuntu ``ubuntu_priority``, GitHub and Rocky Linux ``severity``.
    """
    for member in ("ecosystem_specific", "database_specific"):
        specific = entry.get(member)
        words = specific if isinstance(specific, dict) else {}
        for name in ("urgency", "ubuntu_priority", "severity"):
            if isinstance(words.get(name), str):
                return str(words[name])
    return ""


def _rating_in(summary: str, affected: tuple[AffectedPackage, ...]) -> str:
    found = _RATED_SUMMARY.match(summary)
    is_rpm = bool(affected) and affected[0].ecosystem.scheme == RPM
    return found[1] if found and is_rpm else ""


def _reference_urls(record: Mapping[str, Any]) -> tuple[str, ...]:
    references = _objects(record, "references")
    ordered = sorted(references, key=lambda each: each.get("type") != "ADVISORY")
    return tuple(_required(each, "url") for each in ordered)


def _time(record: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time in UTC, also where a record does not say so; what Go writes for no time is none.

    Source: OSV schema, "modified": times are in UTC; Go, package time, Time.IsZero: the year 1.
    """
    text = _text(record, name)
    if not text:
        return None
    try:
        time = datetime.fromisoformat(_NANOSECONDS.sub(r"\1", text))
        time = time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is not a time: {text!r}") from None
    return time if time.year > 1 else None


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not an object")
    return value


def _objects(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [_object(value, f"an item of {name}") for value in _items(record, name)]


def _texts(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = tuple(_items(record, name))
    if set(map(type, values)) - {str}:
        raise ValueError(f"an item of {name} is not a text")
    check_characters("".join(values), name)
    return values


def _items(record: Mapping[str, Any], name: str) -> Iterator[Any]:
    value = record.get(name)
    if value is None:
        return iter(())
    if not isinstance(value, list):
        raise ValueError(f"{name} is not a list")
    return iter(value)


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    check_characters(value, name)
    return value


def _required(record: Mapping[str, Any], name: str) -> str:
    value = _text(record, name)
    if not value:
        raise ValueError(f"{name} is missing")
    return value
