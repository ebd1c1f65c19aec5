"""The evaluation of ranges. Source: OSV schema 1.7, "Evaluation" and its examples.

Versions here are whole numbers, so that the rule is tested and no ecosystem's order.
"""

import pytest

from ecrmock.rules.version_ranges import NOT_AFFECTED, Verdict, verdict_of
from ecrmock.values.advisories import (
    AffectedPackage,
    UnreadableVersionError,
    VersionEvent,
    VersionRange,
)
from ecrmock.values.ecosystems import Ecosystem


def compare(scheme: str, first: str, second: str) -> int:
    if not (first.isdigit() and second.isdigit()):
        raise UnreadableVersionError(scheme, first)
    return int(first) - int(second)


def entry(
    *events: tuple[str, str], kind: str = "ECOSYSTEM", versions: tuple[str, ...] = ()
) -> AffectedPackage:
    one = VersionRange(type=kind, events=tuple(VersionEvent(*event) for event in events))
    return AffectedPackage(
        ecosystem=Ecosystem("PyPI"), name="p", ranges=(one,) if events else (), versions=versions
    )


TWO_BRANCHES = entry(("introduced", "10"), ("fixed", "12"), ("introduced", "30"), ("fixed", "35"))


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ("9", NOT_AFFECTED),
        ("10", Verdict(True, "12")),
        ("11", Verdict(True, "12")),
        ("12", NOT_AFFECTED),
        ("29", NOT_AFFECTED),
        ("30", Verdict(True, "35")),
        ("34", Verdict(True, "35")),
        ("35", NOT_AFFECTED),
    ],
)
def test_a_version_is_affected_from_each_introduction_to_its_fix(
    version: str, verdict: Verdict
) -> None:
    assert verdict_of(TWO_BRANCHES, version, compare) == verdict


def test_the_order_of_the_events_in_the_document_does_not_count() -> None:
    mixed = entry(("fixed", "35"), ("introduced", "30"), ("fixed", "12"), ("introduced", "10"))
    for version in map(str, range(8, 40)):
        assert verdict_of(mixed, version, compare) == verdict_of(TWO_BRANCHES, version, compare)


@pytest.mark.parametrize(("version", "is_affected"), [("0", True), ("20", True), ("21", False)])
def test_the_last_affected_version_is_affected(version: str, is_affected: bool) -> None:
    one = entry(("introduced", "0"), ("last_affected", "20"))
    assert verdict_of(one, version, compare) == Verdict(is_affected)


def test_without_a_fix_all_versions_are_affected() -> None:
    assert verdict_of(entry(("introduced", "0")), "999", compare) == Verdict(True, None)


@pytest.mark.parametrize(("version", "is_affected"), [("19", True), ("20", False), ("25", False)])
def test_nothing_is_said_of_versions_beyond_a_limit(version: str, is_affected: bool) -> None:
    one = entry(("introduced", "0"), ("limit", "20"))
    assert verdict_of(one, version, compare).is_affected is is_affected


def test_the_limit_of_an_asterisk_is_none() -> None:
    assert verdict_of(entry(("introduced", "0"), ("limit", "*")), "999", compare).is_affected


def test_a_listed_version_is_affected_without_any_range() -> None:
    one = entry(versions=("1", "3"))
    assert verdict_of(one, "3", compare) == Verdict(True)
    assert verdict_of(one, "2", compare) == NOT_AFFECTED


def test_commits_are_no_versions() -> None:
    one = entry(("introduced", "0"), ("fixed", "8f9a"), kind="GIT")
    assert verdict_of(one, "5", compare) == NOT_AFFECTED


def test_a_version_that_is_not_readable_is_no_verdict_unless_it_is_listed() -> None:
    events = (("introduced", "0"), ("fixed", "9"))
    with pytest.raises(UnreadableVersionError, match="'odd'"):
        verdict_of(entry(*events), "odd", compare)
    assert verdict_of(entry(*events, versions=("odd",)), "odd", compare) == Verdict(True)


@pytest.mark.parametrize(
    ("family", "kind", "scheme"),
    [("PyPI", "ECOSYSTEM", "pypi"), ("PyPI", "SEMVER", "semver"), ("Go", "SEMVER", "go")],
)
def test_a_range_of_semantic_versions_is_compared_as_such(
    family: str, kind: str, scheme: str
) -> None:
    asked: list[str] = []
    one = entry(("introduced", "1"), ("fixed", "3"), kind=kind)
    named = AffectedPackage(ecosystem=Ecosystem(family), name="p", ranges=one.ranges)
    verdict_of(named, "2", lambda name, *_: asked.append(name) or 0)
    assert set(asked) == {scheme}
