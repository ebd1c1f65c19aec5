"""When images are scanned, and what is shown of it. Source: reference features.md §2, api.md §10."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.rules.scans import (
    ScanView,
    Start,
    after_look,
    after_pick_up,
    after_push,
    after_start,
    begun,
    changed_findings,
    is_over,
    is_picked_up,
    monitored_until,
    next_look,
    recent,
    scan_details,
    shown,
    wanted,
)
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.findings import EnhancedFinding, ImageScanFindings
from ecrmock.values.images import Image
from ecrmock.values.manifests import OCI_CONFIG, OCI_MANIFEST
from ecrmock.values.scans import ImageScans, Scan, ScanResult
from ecrmock.values.settings import Settings

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
IMAGE = Image(
    image_digest="sha256:aa",
    image_manifest="{}",
    image_manifest_media_type=OCI_MANIFEST,
    artifact_media_type=OCI_CONFIG,
    image_size_in_bytes=1,
    image_pushed_at=NOW,
)
INDEX = replace(IMAGE, is_index=True, artifact_media_type=None)
CHART = replace(IMAGE, artifact_media_type="application/vnd.cncf.helm.config.v1+json")
NONE = ImageScans(image_digest="sha256:aa")
START = Start(scan_id="new", now=NOW, per_image=1, is_quota_used=False)
OLD = Scan(scan_id="old", since=NOW - DAY / 2, status="COMPLETE")
SCANNED = replace(NONE, basic=OLD, started=(NOW - DAY / 2,))
SETTINGS = Settings()
BASIC = ScanView("BASIC", "SCAN_ON_PUSH", SETTINGS, NOW)
ENHANCED = ScanView("ENHANCED", "CONTINUOUS_SCAN", SETTINGS, NOW)
ACTIVE = Scan(scan_id="old", since=NOW - DAY, status="ACTIVE")


def findings(*arns: str) -> ImageScanFindings:
    found = tuple(
        EnhancedFinding(severity="LOW", finding_arn=arn, first_observed_at=NOW) for arn in arns
    )
    return ImageScanFindings(
        image_scan_completed_at=NOW, finding_severity_counts={}, enhanced_findings=found
    )


# Quotas


def test_24_hours_later_a_start_does_not_count_any_more():
    assert recent((NOW - DAY, NOW - DAY + timedelta(seconds=1), NOW), NOW) == (
        NOW - DAY + timedelta(seconds=1),
        NOW,
    )


@pytest.mark.parametrize("start", [START, replace(START, is_quota_used=True)])
def test_a_start_beyond_a_quota_is_refused(start):
    with pytest.raises(LimitExceededError):
        after_start(SCANNED if start is START else NONE, start)


def test_a_start_begins_a_scan_and_counts():
    after = after_start(replace(SCANNED, started=(NOW - DAY,)), START)
    assert (after.basic.status, after.basic.scan_id) == ("IN_PROGRESS", "new")
    assert after.started == (NOW,)


def test_an_image_may_have_as_many_as_its_quota_says():
    assert after_start(SCANNED, replace(START, per_image=2)).started == (NOW - DAY / 2, NOW)


# Pushes


@pytest.mark.parametrize("image", [INDEX, CHART])
@pytest.mark.parametrize("view", [BASIC, ENHANCED])
def test_what_is_no_image_is_not_scanned(image, view):
    assert after_push(NONE, image, view, START) == NONE


def test_a_repository_that_is_not_scanned_scans_no_push():
    assert after_push(NONE, IMAGE, BASIC._replace(frequency="MANUAL"), START) == NONE


def test_a_push_begins_a_scan():
    after = after_push(NONE, IMAGE, BASIC, START)
    assert [scan.scan_id for scan in begun(NONE, after)] == ["new"]


def test_a_further_tag_on_the_same_day_leaves_the_scan():
    assert after_push(SCANNED, IMAGE, BASIC, START) == SCANNED


def test_where_no_scan_is_to_be_shown_the_limit_is():
    after = after_push(replace(SCANNED, basic=None), IMAGE, BASIC, START)
    assert after.basic.status == "LIMIT_EXCEEDED"
    assert list(begun(SCANNED, after)) == []


def test_a_push_to_a_monitored_image_lengthens_its_time():
    before = replace(NONE, enhanced=ACTIVE)
    after = after_push(before, IMAGE, ENHANCED, START)
    assert (after.enhanced.since, list(begun(before, after))) == (NOW, [])


def test_a_push_to_an_image_whose_time_was_over_begins_anew():
    before = replace(NONE, enhanced=replace(ACTIVE, status="SCAN_ELIGIBILITY_EXPIRED"))
    after = after_push(before, IMAGE, ENHANCED, START)
    assert (after.enhanced.status, [each.scan_id for each in begun(before, after)]) == (
        "PENDING",
        ["new"],
    )


# Enhanced scanning begins


@pytest.mark.parametrize(("days", "is_fresh"), [(13.99, True), (14, False)])
def test_images_of_the_last_14_days_are_picked_up(days, is_fresh):
    assert is_picked_up(IMAGE, None, NOW + timedelta(days=days)) == is_fresh


def test_a_restore_counts_as_a_push():
    restored = replace(IMAGE, last_activated_at=NOW + 10 * DAY)
    assert is_picked_up(restored, None, NOW + 20 * DAY)


@pytest.mark.parametrize("image", [INDEX, replace(IMAGE, image_status="ARCHIVED")])
def test_others_are_not(image):
    assert not is_picked_up(image, None, NOW)


def test_what_was_found_before_stays_until_the_new_look():
    known = replace(NONE, enhanced=replace(ACTIVE, findings=findings("a")))
    assert after_pick_up(NONE, IMAGE, START).enhanced.status == "PENDING"
    after = after_pick_up(known, IMAGE, START).enhanced
    assert (after.scan_id, after.status, after.findings) == ("new", "ACTIVE", findings("a"))


# Looks


def test_only_the_scan_of_the_id_is_wanted():
    assert wanted(IMAGE, SCANNED, "old").scan_type == "BASIC"
    assert wanted(IMAGE, replace(NONE, enhanced=ACTIVE), "old").scan_type == "ENHANCED"
    for image, scans in ((IMAGE, NONE), (IMAGE, None), (None, SCANNED)):
        assert wanted(image, scans, "old") is None
    assert wanted(replace(IMAGE, image_status="ARCHIVED"), SCANNED, "old") is None


def test_a_finding_that_was_there_keeps_the_time_at_which_it_was_first_seen():
    before = replace(ACTIVE, findings=findings("a"))
    later = tuple(
        replace(each, first_observed_at=NOW + DAY) for each in findings("a", "b").enhanced_findings
    )
    result = ScanResult(status="COMPLETE", findings=replace(findings(), enhanced_findings=later))
    after = after_look(before, result, "CONTINUOUS_SCAN")
    times = [each.first_observed_at for each in after.findings.enhanced_findings]
    assert (after.status, times) == ("ACTIVE", [NOW, NOW + DAY])


@pytest.mark.parametrize(
    ("frequency", "text"),
    [("CONTINUOUS_SCAN", "Continuous scan is selected for image."), ("SCAN_ON_PUSH", None)],
)
def test_the_description_says_that_a_scan_goes_on(frequency, text):
    result = ScanResult(status="COMPLETE", description="done", findings=findings())
    assert after_look(ACTIVE, result, frequency).description == text


def test_findings_of_an_image_whose_time_is_over_stay():
    before = replace(ACTIVE, findings=findings("a"))
    after = after_look(before, ScanResult(status="SCAN_ELIGIBILITY_EXPIRED"), "CONTINUOUS_SCAN")
    assert (after.status, after.findings) == ("SCAN_ELIGIBILITY_EXPIRED", findings("a"))


def test_a_look_that_failed_has_no_findings():
    before = replace(ACTIVE, findings=findings("a"))
    after = after_look(before, ScanResult(status="FAILED", description="no"), "CONTINUOUS_SCAN")
    assert (after.status, after.description, after.findings) == ("FAILED", "no", None)


def test_what_is_new_and_what_is_gone_is_told():
    before, after = (replace(ACTIVE, findings=findings(*arns)) for arns in ("ab", "bc"))
    told = [(each.finding_arn, each.status) for each in changed_findings(before, after, NOW)]
    assert told == [("c", "ACTIVE"), ("a", "CLOSED")]


def test_an_image_is_monitored_until_it_was_neither_pushed_nor_pulled_for_two_weeks():
    pulled = replace(IMAGE, last_recorded_pull_time=NOW + DAY)
    assert monitored_until(ACTIVE, IMAGE, SETTINGS) == ACTIVE.since + 14 * DAY
    assert monitored_until(ACTIVE, pulled, SETTINGS) == NOW + 15 * DAY


def test_a_time_without_end_never_ends():
    view = ENHANCED._replace(settings=Settings(rescan_after_push=None), now=NOW + 5000 * DAY)
    assert not is_over(ACTIVE, IMAGE, view)
    assert next_look(ACTIVE, IMAGE, view) == view.now + DAY


def test_the_next_look_is_a_day_later_and_the_last_one_at_the_end():
    assert next_look(ACTIVE, IMAGE, ENHANCED) == NOW + DAY
    last = ENHANCED._replace(now=ACTIVE.since + 13.5 * DAY)
    assert next_look(ACTIVE, IMAGE, last) == ACTIVE.since + 14 * DAY


@pytest.mark.parametrize(
    ("scan", "view"),
    [
        (ACTIVE, ENHANCED._replace(frequency="SCAN_ON_PUSH")),
        (replace(ACTIVE, status="FAILED"), ENHANCED),
    ],
)
def test_others_are_not_looked_at_again(scan, view):
    assert next_look(scan, IMAGE, view) is None


# What is shown


@pytest.mark.parametrize("status", ["ARCHIVED", "ACTIVATING"])
def test_an_archived_image_says_so(status):
    archived = replace(IMAGE, image_status=status)
    assert shown(archived, SCANNED, BASIC).status.status == "IMAGE_ARCHIVED"


def test_the_scan_of_the_registrys_type_is_shown():
    both = replace(SCANNED, enhanced=ACTIVE)
    assert shown(IMAGE, both, BASIC).status.status == "COMPLETE"
    assert shown(IMAGE, both, ENHANCED).status.status == "ACTIVE"
    assert shown(IMAGE, SCANNED, ENHANCED) is None


def test_an_image_that_enhanced_scanning_has_just_got_is_not_known_to_it():
    """Source: reference features.md §2.5."""
    pending = replace(NONE, enhanced=replace(ACTIVE, status="PENDING"))
    assert shown(IMAGE, pending, ENHANCED) is None


@pytest.mark.parametrize(
    ("image", "view", "status"),
    [
        (IMAGE, ENHANCED._replace(now=NOW + 20 * DAY), "SCAN_ELIGIBILITY_EXPIRED"),
        (IMAGE, ENHANCED, None),
        (INDEX, ENHANCED._replace(now=NOW + 20 * DAY), None),
        (IMAGE, ENHANCED._replace(now=NOW + 20 * DAY, frequency="MANUAL"), None),
        (IMAGE, BASIC._replace(now=NOW + 20 * DAY), None),
    ],
)
def test_an_image_that_was_too_old_needs_no_scan_to_say_so(image, view, status):
    found = shown(image, None, view)
    assert (found and found.status.status) == status


def test_describe_images_shows_status_and_summary():
    found = replace(ACTIVE, findings=findings("a"))
    details = scan_details(IMAGE, replace(NONE, enhanced=found), ENHANCED)
    assert details.image_scan_status.status == "ACTIVE"
    assert details.image_scan_findings_summary.image_scan_completed_at == NOW


def test_describe_images_shows_a_status_without_a_summary_or_nothing():
    failed = replace(NONE, basic=replace(OLD, status="FAILED"))
    assert scan_details(IMAGE, failed, BASIC).image_scan_findings_summary is None
    assert scan_details(IMAGE, None, BASIC) == (None, None)
