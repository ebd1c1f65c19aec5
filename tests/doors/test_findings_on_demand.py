"""Findings that a test asks for, in scans through both doors."""

from typing import Any

import pytest

from tests.doors.conftest import Door
from tests.doors.test_scans import APP, BY_TAG, scan
from tests.scanned_images import debian

HIGH = {"name": "CVE-2026-1", "severity": "HIGH", "attributes": []}
FULL = {
    **HIGH,
    "description": "what it does",
    "uri": "https://example.com/CVE-2026-1",
    "attributes": [{"key": "package_name", "value": "zlib"}],
}


def found(client: Any, tag: str = "1") -> Any:
    answer = client.describe_image_scan_findings(**APP, imageId={"imageTag": tag})
    return answer["imageScanFindings"]["findings"]


@pytest.mark.parametrize("files", [debian(), {"program": b"x"}, b"no archive"])
def test_a_scan_shows_exactly_what_was_asked_for(ecr: Any, door: Door, files: Any) -> None:
    """Whatever is in the image, be it nothing that could be scanned."""
    door.ecr.scan_findings("app", findings=[FULL])
    shown = scan(ecr, door, files)
    assert shown["imageScanStatus"]["status"] == "COMPLETE"
    assert shown["imageScanFindings"]["findings"] == [FULL]
    assert shown["imageScanFindings"]["findingSeverityCounts"] == {"HIGH": 1}


def test_an_empty_list_makes_an_image_clean(ecr: Any, door: Door) -> None:
    door.ecr.scan_findings(tag="1", findings=[])
    assert scan(ecr, door, debian())["imageScanFindings"]["findings"] == []


def test_the_findings_of_one_tag_are_not_those_of_another(ecr: Any, door: Door) -> None:
    door.ecr.scan_findings("app", tag="1", findings=[HIGH])
    scan(ecr, door, debian(), "1")
    scan(ecr, door, debian("2:1.3-1"), "2")
    assert (found(ecr, "1"), found(ecr, "2")) == ([HIGH], [])


def test_a_package_means_the_images_that_have_it(ecr: Any, door: Door) -> None:
    door.ecr.scan_findings(package="zlib1g", findings=[HIGH])
    scan(ecr, door, debian("2:1.3-1"), "1")
    assert found(ecr) == [HIGH]
    assert scan(ecr, door, {"program": b"x"}, "2")["imageScanStatus"]["status"] == "FAILED"


def test_a_scan_that_has_ended_shows_them_at_once(ecr: Any, door: Door) -> None:
    """The digest is known after the push only, which may have scanned the image."""
    digest = scan(ecr, door, debian())["imageId"]["imageDigest"]
    door.ecr.scan_findings(digest=digest, findings=[HIGH])
    assert found(ecr) == [HIGH]
    door.ecr.scan_findings(digest=digest, findings=[])
    assert found(ecr) == []
    door.ecr.clear_scan_findings()
    assert [each["severity"] for each in found(ecr)] == ["CRITICAL"]


@pytest.mark.parametrize("status", ["FAILED", "UNSUPPORTED_IMAGE", "FINDINGS_UNAVAILABLE"])
def test_a_scan_ends_with_the_status_that_was_asked_for(ecr: Any, door: Door, status: str) -> None:
    """For gates that have to know what to do then."""
    door.ecr.scan_findings("app", status=status)
    shown = scan(ecr, door, debian())
    assert shown["imageScanStatus"]["status"] == status
    assert "imageScanFindings" not in shown
    door.ecr.scan_findings("app", findings=[HIGH])
    assert found(ecr) == [HIGH]


def test_what_is_asked_of_one_type_is_not_shown_by_the_other(ecr: Any, door: Door) -> None:
    door.ecr.scan_findings("app", enhanced_findings=[{"severity": "LOW", "title": "mine"}])
    assert [
        each["severity"] for each in scan(ecr, door, debian())["imageScanFindings"]["findings"]
    ] == ["CRITICAL"]
    rule = {
        "scanFrequency": "CONTINUOUS_SCAN",
        "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
    }
    ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=[rule])
    answer = ecr.describe_image_scan_findings(**BY_TAG)
    (finding,) = answer["imageScanFindings"]["enhancedFindings"]
    assert (finding["title"], finding["severity"]) == ("mine", "LOW")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "say which findings"),
        ({"findings": [{"name": "CVE-2026-1"}]}, r"findings\[0\] needs severity"),
        ({"findings": [{**HIGH, "severity": "WORST"}]}, "'WORST' is no severity"),
        ({"findings": [{**HIGH, "package": "zlib"}]}, r"findings\[0\] has 'package'"),
        ({"findings": [{**HIGH, "uri": 5}]}, r"findings\[0\].uri is not a text"),
        ({"findings": HIGH}, "findings is not a list"),
        ({"status": "COMPLETE"}, "'COMPLETE' is no status"),
        ({"status": "FAILED", "findings": []}, "has no findings"),
        ({"findings": [], "tag": "no tag"}, "'no tag' is no tag"),
        ({"findings": [], "digest": "1"}, "'1' is no digest"),
        ({"findings": [], "repository": "UPPER"}, "'UPPER' is no repository"),
    ],
)
def test_what_makes_no_sense_is_refused(door: Door, given: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        door.ecr.scan_findings(**given)
