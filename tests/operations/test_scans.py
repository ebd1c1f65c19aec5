"""Scans as operations begin and end them. What clients see of it is in tests/doors."""

from datetime import timedelta

import pytest

from ecrmock.operations.scanning import put_registry_scanning_configuration
from ecrmock.operations.scans import (
    complete_scan,
    describe_image_scan_findings,
    find_images_to_inspect,
    inspect_images,
    read_scan,
    start_image_scan,
)
from ecrmock.operations.storage_classes import update_image_storage_class
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.events import EnhancedScanningBegan, ScanDue
from ecrmock.values.findings import Finding, ImageScanFindings
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.scan_events import ImageScanned, ScanFrequenciesChanged
from ecrmock.values.scans import ScanResult
from ecrmock.values.settings import quotas_of
from tests.documents import digest_of
from tests.operations.conftest import START, by
from tests.operations.test_scanning import CONTINUOUS_SCAN, SCAN_ON_PUSH, rule

APP = {"repository_name": "app"}
BY_TAG = {**APP, "image_id": ImageIdentifier(image_tag="1")}
FOUND = ImageScanFindings(
    image_scan_completed_at=START,
    finding_severity_counts={"HIGH": 1},
    findings=(Finding(name="CVE-2022-37434", severity="HIGH"),),
)
COMPLETE = ScanResult(status="COMPLETE", description="done", findings=FOUND)


def start(app, tag="1"):
    """Push an image, start its scan, and return what is due."""
    app.push(tag.encode(), tag)
    app(start_image_scan, **APP, image_id=ImageIdentifier(image_tag=tag))
    ((at, due),) = app.later
    assert (at, type(due)) == (START, ScanDue)
    return {**APP, "image_digest": due.image_digest, "scan_id": due.scan_id}


def end(app, which, result=COMPLETE):
    app(complete_scan, **which, scan_result=result, is_regular=True)
    return app.events


def test_a_scan_has_three_steps(app):
    which = start(app)
    task = app(read_scan, **which)
    (event,) = end(app, which)
    shown = app(describe_image_scan_findings, **BY_TAG)
    assert (task.scan_type, task.contents.layers) == ("BASIC", (digest_of(b"1"),))
    assert isinstance(event, ImageScanned)
    assert (shown.image_scan_status.status, shown.image_scan_findings) == ("COMPLETE", FOUND)


def test_a_scan_takes_as_long_as_the_settings_say(registry_with):
    app = registry_with(delay=timedelta(seconds=5))
    app.push(b"layer", "1")
    app(start_image_scan, **BY_TAG)
    assert [at for at, _ in app.later] == [START + timedelta(seconds=5)]


def test_the_quota_of_a_registry_forgets_what_is_a_day_old(registry_with):
    app = registry_with(quotas=quotas_of({"scans": 2}))
    start(app, "1")
    start(app, "2")
    app.push(b"3", "3")
    asked = {**APP, "image_id": ImageIdentifier(image_tag="3")}
    with pytest.raises(LimitExceededError):
        app(start_image_scan, **asked)
    app.clock.set(START.replace(day=START.day + 1))
    app(start_image_scan, **asked)
    starts = app.store.registry(app.account, app.region).scan_starts
    assert list(starts.values()) == [START.replace(day=START.day + 1)]


def test_a_scan_of_another_id_is_not_wanted(app):
    which = {**start(app), "scan_id": "another"}
    assert app(read_scan, **which) is None
    assert end(app, which) == ()


def test_a_scan_of_an_archived_image_is_not_wanted(app):
    which = start(app)
    image_id = by(which["image_digest"])
    app(update_image_storage_class, **APP, image_id=image_id, target_storage_class="ARCHIVE")
    assert app(read_scan, **which) is None
    assert end(app, which) == ()


def test_enhanced_scanning_begins_in_the_repositories_of_its_rules(app):
    app.create("other")
    app(
        put_registry_scanning_configuration,
        scan_type="ENHANCED",
        rules=(rule(CONTINUOUS_SCAN, "app"),),
    )
    ((_, began),) = app.later
    (changed,) = app.events
    assert isinstance(began, EnhancedScanningBegan)
    assert isinstance(changed, ScanFrequenciesChanged)
    assert began.repository_name == "app"
    assert [each.repository_name for each in changed.repositories] == ["app"]


def test_the_same_rules_once_more_begin_nothing(app):
    rules = (rule(CONTINUOUS_SCAN, "*"),)
    for _ in range(2):
        app(put_registry_scanning_configuration, scan_type="ENHANCED", rules=rules)
    assert (app.later, app.events) == ((), ())


def test_images_that_were_there_are_found_and_begun(app):
    digest = app.push(b"layer", "1")
    assert app(find_images_to_inspect, **APP) == ()
    rules = (rule(SCAN_ON_PUSH, "*"),)
    app(put_registry_scanning_configuration, scan_type="ENHANCED", rules=rules)
    assert app(find_images_to_inspect, **APP) == (digest,)
    app(inspect_images, **APP, image_digests=(digest, "sha256:gone"))
    ((_, due),) = app.later
    assert (due.image_digest, due.is_regular) == (digest, True)


def test_a_scan_that_enhanced_scanning_has_planned_ends_with_it(app):
    rules = (rule(CONTINUOUS_SCAN, "*"),)
    app(put_registry_scanning_configuration, scan_type="ENHANCED", rules=rules)
    digest = app.push(b"layer", "1")
    ((_, due),) = app.later
    which = {**APP, "image_digest": digest, "scan_id": due.scan_id}
    assert app(read_scan, **which).scan_type == "ENHANCED"
    app(put_registry_scanning_configuration)
    assert app(read_scan, **which) is None
