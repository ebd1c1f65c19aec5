"""Documents in OSV format. Source: OSV schema 1.7, https://ossf.github.io/osv-schema."""

from datetime import UTC, datetime

import pytest

from ecrmock.values.advisories import VersionEvent, VersionRange
from ecrmock.values.ecosystems import Ecosystem
from ecrmock.values.osv import read_advisory

SEMVER = {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.18.6"}], "repo": "r"}
DOCUMENT = {
    "schema_version": "1.7.0",
    "id": "GO-1",
    "published": "2022-09-12T20:23:06Z",
    "modified": "2024-05-20T16:03:47.123456789Z",
    "withdrawn": None,
    "aliases": None,
    "references": [{"type": "WEB", "url": "https://a"}, {"type": "ADVISORY", "url": "https://b"}],
    "affected": [
        {"package": {"ecosystem": "Go", "name": "stdlib", "purl": "pkg:x"}, "ranges": [SEMVER]},
        {"ranges": [{"type": "GIT", "repo": "r", "events": [{"introduced": "0"}]}]},
    ],
    "credits": [{"name": "somebody"}],
    "something_new": {"of": ["a", "later", "version"]},
}


def test_a_document_is_read_with_what_findings_need() -> None:
    advisory = read_advisory(DOCUMENT)
    (entry,) = advisory.affected  # the other one is about commits of no package
    assert (entry.ecosystem, entry.name) == (Ecosystem("Go"), "stdlib")
    events = (VersionEvent("introduced", "0"), VersionEvent("fixed", "1.18.6"))
    assert entry.ranges == (VersionRange(type="SEMVER", events=events),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05+02:00", datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
    ],
)
def test_a_time_is_in_utc_whatever_the_machine_has(text: str, expected: datetime | None) -> None:
    """Without a zone it was taken for the machine's, and clients failed with the year 1, Go's for no time."""
    advisory = read_advisory({"id": "A", "published": text})
    assert advisory.published == expected
    assert expected is None or advisory.published.tzinfo is UTC


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="published is not a time"):
        read_advisory({"id": "A", "published": "9999-12-31T23:59:59-23:59"})


def test_times_can_have_nanoseconds() -> None:
    advisory = read_advisory(DOCUMENT)
    assert advisory.published == datetime(2022, 9, 12, 20, 23, 6, tzinfo=UTC)
    assert advisory.modified == datetime(2024, 5, 20, 16, 3, 47, 123456, UTC)
    assert advisory.withdrawn is None


def test_the_pages_of_advisories_come_before_other_references() -> None:
    assert read_advisory(DOCUMENT).reference_urls == ("https://b", "https://a")


def test_a_record_needs_no_more_than_an_id() -> None:
    advisory = read_advisory({"id": "A"})
    assert (advisory.affected, advisory.modified, advisory.summary) == ((), None, "")
