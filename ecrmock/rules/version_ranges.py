"""Whether a version lies in what an advisory calls affected, and which version is the first without it.

How versions compare is handed in, since each ecosystem has an order of its own.
Source: OSV schema 1.7, "Evaluation", https://ossf.github.io/osv-schema.
"""

from collections.abc import Callable
from functools import cmp_to_key
from typing import NamedTuple

from ecrmock.values.advisories import (
    AffectedPackage,
    UnreadableVersionError,
    VersionEvent,
    VersionRange,
)
from ecrmock.values.ecosystems import GO, SEMVER

Compare = Callable[[str, str, str], int]  # scheme and two versions: below, at or above 0
_InOrder = Callable[[str, str], int]

_FIRST = "0"  # introduced before every version
_ENDLESS = "*"  # a limit that no version reaches
_WITHOUT_ORDER = "GIT"  # commits, which no installed package tells of


class Verdict(NamedTuple):
    """Whether a version is affected, and the first one above it that is not, when there is one."""

    is_affected: bool
    fixed_in_version: str | None = None


NOT_AFFECTED = Verdict(False)


def verdict_of(entry: AffectedPackage, version: str, compare: Compare) -> Verdict:
    """Tell whether a version is in the ranges or in the list of an advisory's entry.

    Raises: UnreadableVersionError when ranges could not be read and the list does not decide.
    """
    in_order = _order_of(entry, compare)
    unreadable = None
    for each in entry.ranges:
        try:
            verdict = _verdict_in(each, version, in_order(each))
        except UnreadableVersionError as error:
            unreadable = error
        else:
            if verdict.is_affected:
                return verdict
    if version in entry.versions:
        return Verdict(True)
    if unreadable is not None:
        raise unreadable
    return NOT_AFFECTED


def _order_of(entry: AffectedPackage, compare: Compare) -> Callable[[VersionRange], _InOrder]:
    """Return how the versions of a range compare: in Go's way also where a range says SEMVER."""
    own = entry.ecosystem.scheme

    def order_of(versions: VersionRange) -> _InOrder:
        scheme = SEMVER if versions.type == "SEMVER" and own != GO else own
        return lambda first, second: compare(scheme, first, second)

    return order_of


def _verdict_in(versions: VersionRange, version: str, in_order: _InOrder) -> Verdict:
    if versions.type == _WITHOUT_ORDER or not _is_below_limits(versions, version, in_order):
        return NOT_AFFECTED
    is_affected = False
    events = _sorted(versions, in_order)
    for event in events:
        if _has_come(event, version, in_order):
            is_affected = event.kind == "introduced"
    return Verdict(True, _next_fix(events, version, in_order)) if is_affected else NOT_AFFECTED


def _is_below_limits(versions: VersionRange, version: str, in_order: _InOrder) -> bool:
    limits = [event.version for event in versions.events if event.kind == "limit"]
    return not limits or any(limit == _ENDLESS or in_order(version, limit) < 0 for limit in limits)


def _sorted(versions: VersionRange, in_order: _InOrder) -> list[VersionEvent]:
    """Return the events from the lowest version up, whatever their order in the document."""

    def by_version(first: VersionEvent, second: VersionEvent) -> int:
        if _FIRST in (first.version, second.version):
            return (first.version != _FIRST) - (second.version != _FIRST)
        return in_order(first.version, second.version)

    events = [event for event in versions.events if event.kind != "limit"]
    return sorted(events, key=cmp_to_key(by_version))


def _has_come(event: VersionEvent, version: str, in_order: _InOrder) -> bool:
    """Tell whether an event counts for a version: what was last affected still is."""
    if event.kind == "introduced" and event.version == _FIRST:
        return True
    difference = in_order(version, event.version)
    return difference > 0 if event.kind == "last_affected" else difference >= 0


def _next_fix(events: list[VersionEvent], version: str, in_order: _InOrder) -> str | None:
    fixes = (event.version for event in events if event.kind == "fixed")
    return next((fix for fix in fixes if in_order(version, fix) < 0), None)
