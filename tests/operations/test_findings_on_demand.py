"""Findings on demand are kept by the registry, and have ended scans done again."""

import pytest

from ecrmock.operations.findings_on_demand import (
    clear_findings_on_demand,
    list_findings_on_demand,
    put_findings_on_demand,
)
from ecrmock.operations.scans import complete_scan, start_image_scan
from ecrmock.values.events import ScanDue
from ecrmock.values.findings import EnhancedFinding, Finding, FindingsOnDemand
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.scans import ScanResult

NOTHING = FindingsOnDemand(findings=())
BY_TAG = ImageIdentifier(image_tag="1")


def put(app, demand):
    app(put_findings_on_demand, demand=demand)
    return [event for _, event in app.later]


def scan(app, status):
    """Scan an image, and leave its scan in a status."""
    digest = app.push(b"layer", "1")
    app(start_image_scan, repository_name="app", image_id=BY_TAG)
    ((_, due),) = app.later
    if status is not None:
        which = {"repository_name": "app", "image_digest": digest, "scan_id": due.scan_id}
        app(complete_scan, **which, scan_result=ScanResult(status=status), is_regular=True)
    return due


@pytest.mark.parametrize("status", ["COMPLETE", "FAILED", "UNSUPPORTED_IMAGE"])
def test_a_scan_that_has_ended_is_done_again(app, status):
    due = scan(app, status)
    (again,) = put(app, NOTHING)
    assert isinstance(again, ScanDue)
    assert (again.scan_id, again.image_digest) == (due.scan_id, due.image_digest)
    assert not again.is_regular


def test_a_scan_under_way_is_not(app):
    scan(app, None)
    assert put(app, NOTHING) == []


@pytest.mark.parametrize(
    "demand",
    [
        FindingsOnDemand(findings=(), image_tag="2"),
        FindingsOnDemand(findings=(), repository_name="other"),
        FindingsOnDemand(enhanced_findings=()),
    ],
)
def test_neither_is_a_scan_that_a_demand_is_not_about(app, demand):
    scan(app, "COMPLETE")
    assert put(app, demand) == []


def test_clearing_has_them_done_again_too(app):
    scan(app, "COMPLETE")
    put(app, NOTHING)
    assert app(clear_findings_on_demand) == (NOTHING,)
    assert len(app.later) == 1
    assert app(list_findings_on_demand) == ()


def test_a_later_demand_about_the_same_keeps_the_other_type(app):
    high, low = Finding(name="CVE-1", severity="HIGH"), EnhancedFinding(severity="LOW")
    put(app, FindingsOnDemand(findings=(high,)))
    put(app, FindingsOnDemand(image_tag="1", findings=()))
    put(app, FindingsOnDemand(enhanced_findings=(low,)))
    shown = app(list_findings_on_demand)
    assert shown == (
        FindingsOnDemand(image_tag="1", findings=()),
        FindingsOnDemand(findings=(high,), enhanced_findings=(low,)),
    )
