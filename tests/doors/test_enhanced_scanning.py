"""Enhanced scanning through both doors. Source: reference features.md §2.1, §2.2, §2.5, §2.6."""

from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, REGION, START, Door, content_of
from tests.doors.test_scans import APP, BY_TAG, code_of, scan, status_of
from tests.scanned_images import CVE, debian

EVERYTHING = [{"filter": "*", "filterType": "WILDCARD"}]
CONTINUOUS, ON_PUSH = "CONTINUOUS_SCAN", "SCAN_ON_PUSH"
ARN = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app"


def enhance(client: Any, frequency: str = CONTINUOUS, filters: Any = EVERYTHING) -> None:
    rule = {"scanFrequency": frequency, "repositoryFilters": filters}
    client.put_registry_scanning_configuration(scanType="ENHANCED", rules=[rule])


def shown(client: Any) -> dict[str, Any]:
    return content_of(client.describe_image_scan_findings(**BY_TAG))


def told(door: Door, detail_type: str) -> list[Any]:
    return [event for event in door.ecr.events if event["detail-type"] == detail_type]


def find(door: Door, *names: str) -> None:
    """Have enhanced scans find vulnerabilities of these names."""
    details = [{"packageVulnerabilityDetails": {"vulnerabilityId": name}} for name in names]
    found = [{"severity": "HIGH", **each} for each in details]
    door.ecr.scan_findings("app", enhanced_findings=found)


def test_an_image_that_is_pushed_is_monitored(ecr: Any, door: Door) -> None:
    enhance(ecr)
    digest = door.ecr.push_image("app", tag="1", layers=[debian()]).image_digest
    answer = shown(ecr)
    found = answer["imageScanFindings"]
    (finding,) = found["enhancedFindings"]
    assert answer["imageScanStatus"] == {
        "status": "ACTIVE",
        "description": "Continuous scan is selected for image.",
    }
    assert (found["findingSeverityCounts"], "findings" in found) == ({"CRITICAL": 1}, False)
    assert finding["packageVulnerabilityDetails"]["vulnerabilityId"] == CVE
    assert finding["resources"][0]["id"] == f"{ARN}/{digest}"
    assert finding["firstObservedAt"] == START


def test_packages_of_languages_are_looked_at_too(ecr: Any, door: Door) -> None:
    """Source: reference features.md §2.1; an image with nothing else is supported."""
    enhance(ecr)
    document = b'{"name": "lodash", "version": "4.17.20"}'
    files = {"app/node_modules/lodash/package.json": document}
    door.ecr.push_image("app", tag="1", layers=[files])
    (finding,) = shown(ecr)["imageScanFindings"]["enhancedFindings"]
    (package,) = finding["packageVulnerabilityDetails"]["vulnerablePackages"]
    assert (package["name"], package["packageManager"]) == ("lodash", "NODEPKG")


def test_basic_scanning_does_not_look_at_them(ecr: Any, door: Door) -> None:
    document = b'{"name": "lodash", "version": "4.17.20"}'
    files = {**debian("2:1.3-1"), "app/node_modules/lodash/package.json": document}
    assert scan(ecr, door, files)["imageScanFindings"]["findings"] == []


def test_an_image_without_packages_is_unsupported(ecr: Any, door: Door) -> None:
    enhance(ecr)
    door.ecr.push_image("app", tag="1", layers=[{"program": b"x"}])
    assert status_of(ecr) == "UNSUPPORTED_IMAGE"


def test_nobody_starts_a_scan_by_hand(ecr: Any, door: Door) -> None:
    """Source: reference api.md §10.1."""
    enhance(ecr)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    refused = ("ValidationException", "This feature is disabled")
    assert code_of(ecr.start_image_scan, **BY_TAG) == refused


def test_describe_images_shows_the_scan(ecr: Any, door: Door) -> None:
    enhance(ecr)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    (image,) = ecr.describe_images(**APP)["imageDetails"]
    assert image["imageScanStatus"]["status"] == "ACTIVE"
    assert image["imageScanFindingsSummary"] == {
        name: value
        for name, value in shown(ecr)["imageScanFindings"].items()
        if name != "enhancedFindings"
    }


def test_a_repository_that_no_rule_is_about_is_not_scanned(ecr: Any, door: Door) -> None:
    enhance(ecr, filters=[{"filter": "prod", "filterType": "WILDCARD"}])
    ecr.put_image_scanning_configuration(**APP, imageScanningConfiguration={"scanOnPush": True})
    door.ecr.push_image("app", tag="1", layers=[debian()])
    assert code_of(ecr.describe_image_scan_findings, **BY_TAG)[0] == "ScanNotFoundException"


# When it begins


def test_images_of_the_last_days_are_picked_up(ecr: Any, door: Door) -> None:
    door.ecr.push_image("app", tag="1", layers=[debian()])
    door.ecr.clock.advance(days=13)
    enhance(ecr)
    assert status_of(ecr) == "ACTIVE"


def test_older_images_are_not(ecr: Any, door: Door) -> None:
    door.ecr.push_image("app", tag="1", layers=[debian()])
    door.ecr.clock.advance(days=14)
    enhance(ecr)
    assert shown(ecr)["imageScanStatus"] == {"status": "SCAN_ELIGIBILITY_EXPIRED"}


def test_a_push_makes_an_old_image_eligible_again(ecr: Any, door: Door) -> None:
    door.ecr.push_image("app", tag="1", layers=[debian()])
    door.ecr.clock.advance(days=14)
    enhance(ecr)
    door.ecr.push_image("app", tag="2", layers=[debian()])
    assert status_of(ecr) == "ACTIVE"


def test_each_type_keeps_what_it_found(ecr: Any, door: Door) -> None:
    """Source: reference features.md §2.1."""
    scan(ecr, door, debian())
    enhance(ecr)
    assert "enhancedFindings" in shown(ecr)["imageScanFindings"]
    ecr.put_registry_scanning_configuration(scanType="BASIC")
    assert "findings" in shown(ecr)["imageScanFindings"]
    assert "enhancedFindings" not in shown(ecr)["imageScanFindings"]


# While an image is monitored


def test_an_image_is_looked_at_again_day_by_day(ecr: Any, door: Door) -> None:
    enhance(ecr)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    for days in (1, 5):
        door.ecr.clock.advance(days=days)
        looked_at = shown(ecr)["imageScanFindings"]["imageScanCompletedAt"]
        assert looked_at == door.ecr.clock.now()
    (finding,) = shown(ecr)["imageScanFindings"]["enhancedFindings"]
    assert (finding["firstObservedAt"], finding["updatedAt"]) == (START, looked_at)


def test_an_image_scanned_on_push_is_not(ecr: Any, door: Door) -> None:
    enhance(ecr, ON_PUSH)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    door.ecr.clock.advance(days=5)
    assert shown(ecr)["imageScanStatus"] == {"status": "ACTIVE"}
    assert shown(ecr)["imageScanFindings"]["imageScanCompletedAt"] == START


@pytest.mark.parametrize("frequency", [CONTINUOUS, ON_PUSH])
def test_its_time_ends_two_weeks_after_its_push(ecr: Any, door: Door, frequency: str) -> None:
    enhance(ecr, frequency)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    door.ecr.clock.advance(days=13.9)
    assert status_of(ecr) == "ACTIVE"
    door.ecr.clock.advance(days=0.1)
    assert status_of(ecr) == "SCAN_ELIGIBILITY_EXPIRED"


def test_a_pull_lengthens_it(ecr: Any, door: Door) -> None:
    enhance(ecr)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    door.ecr.clock.advance(days=10)
    ecr.batch_get_image(**APP, imageIds=[{"imageTag": "1"}])
    door.ecr.clock.advance(days=13)
    assert status_of(ecr) == "ACTIVE"
    door.ecr.clock.advance(days=1)
    assert status_of(ecr) == "SCAN_ELIGIBILITY_EXPIRED"


def test_a_pull_afterwards_is_too_late_but_a_push_is_not(ecr: Any, door: Door) -> None:
    enhance(ecr)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    door.ecr.clock.advance(days=15)
    ecr.batch_get_image(**APP, imageIds=[{"imageTag": "1"}])
    assert status_of(ecr) == "SCAN_ELIGIBILITY_EXPIRED"
    door.ecr.push_image("app", tag="2", layers=[debian()])
    assert status_of(ecr) == "ACTIVE"


def test_an_archived_image_is_not_looked_at(ecr: Any, door: Door) -> None:
    enhance(ecr)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    ecr.update_image_storage_class(**BY_TAG, targetStorageClass="ARCHIVE")
    door.ecr.clock.advance(days=2)
    assert status_of(ecr) == "IMAGE_ARCHIVED"
    ecr.update_image_storage_class(**BY_TAG, targetStorageClass="STANDARD")
    door.ecr.clock.advance(hours=1)
    (finding,) = shown(ecr)["imageScanFindings"]["enhancedFindings"]
    assert (status_of(ecr), finding["firstObservedAt"]) == ("ACTIVE", door.ecr.clock.now())


# Events


def test_inspector_tells_the_first_look_and_each_finding(ecr: Any, door: Door) -> None:
    """Source: reference features.md §11.6."""
    enhance(ecr)
    digest = door.ecr.push_image("app", tag="1", layers=[debian()]).image_digest
    door.ecr.clock.advance(days=3)
    (scanned,) = told(door, "Inspector2 Scan")
    (found,) = told(door, "Inspector2 Finding")
    assert (scanned["source"], scanned["resources"]) == ("aws.inspector2", [ARN])
    assert scanned["detail"] == {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "repository-name": ARN,
        "finding-severity-counts": {"CRITICAL": 1, "TOTAL": 1},
        "image-digest": digest,
        "image-tags": ["1"],
        "version": "1.0",
    }
    assert (found["source"], found["resources"]) == ("aws.inspector2", [f"{ARN}/{digest}"])
    assert found["detail"]["firstObservedAt"] == "Jan 2, 2026, 3:04:05 AM"


def test_later_looks_tell_what_is_new_and_what_is_closed(ecr: Any, door: Door) -> None:
    enhance(ecr)
    find(door, "CVE-2026-1", "CVE-2026-2")
    door.ecr.push_image("app", tag="1", layers=[debian()])
    find(door, "CVE-2026-2", "CVE-2026-3")
    details: Any = [event["detail"] for event in told(door, "Inspector2 Finding")]
    assert [(each["title"], each["status"]) for each in details] == [
        ("CVE-2026-1", "ACTIVE"),
        ("CVE-2026-2", "ACTIVE"),
        ("CVE-2026-3", "ACTIVE"),
        ("CVE-2026-1", "CLOSED"),
    ]
    assert len(told(door, "Inspector2 Scan")) == 1


def test_ecr_tells_which_repositories_are_scanned_in_another_way(ecr: Any, door: Door) -> None:
    """Source: reference features.md §11.5."""
    ecr.create_repository(repositoryName="prod")
    enhance(ecr)
    enhance(ecr, filters=[{"filter": "app", "filterType": "WILDCARD"}])
    first, second = told(door, "ECR Scan Resource Change")
    assert [each["repository-name"] for each in first["detail"]["repositories"]] == ["app", "prod"]
    assert (second["resources"], second["detail"]["scan-type"]) == ([], "ENHANCED")
    assert second["detail"]["repositories"] == [
        {
            "repository-name": "prod",
            "repository-arn": ARN.replace("app", "prod"),
            "scan-frequency": "MANUAL",
            "previous-scan-frequency": CONTINUOUS,
        }
    ]


def test_a_change_of_basic_scanning_is_told_to_nobody(ecr: Any, door: Door) -> None:
    rule = {"scanFrequency": ON_PUSH, "repositoryFilters": EVERYTHING}
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[rule])
    assert told(door, "ECR Scan Resource Change") == []
