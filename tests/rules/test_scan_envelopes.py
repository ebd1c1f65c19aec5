"""What EventBridge is told of scans. Source: reference features.md §11.4 to §11.6."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.event_envelopes import envelope
from ecrmock.rules.scan_envelopes import told
from ecrmock.values.events import ScanningEvent
from ecrmock.values.findings import (
    AwsEcrContainerImageDetails,
    CvssScoreDetails,
    EnhancedFinding,
    Resource,
    ResourceDetails,
    ScoreDetails,
)
from ecrmock.values.scan_events import FindingChanged, ImageInspected, ImageScanned

WHERE = {
    "account": "111122223333",
    "region": "eu-west-1",
    "time": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
}
ARN = "arn:aws:ecr:eu-west-1:111122223333:repository/app"
SCAN = {
    **WHERE,
    "repository_name": "app",
    "repository_arn": ARN,
    "image_digest": "sha256:aa",
    "image_tags": (),
    "scan_status": "COMPLETE",
    "finding_severity_counts": {"HIGH": 2, "LOW": 1},
}
IMAGE = AwsEcrContainerImageDetails(
    registry="111122223333", repository_name="app", image_hash="sha256:aa"
)
SCORE = CvssScoreDetails(score=9.8, scoring_vector="AV:N", version="3.1")
FINDING = EnhancedFinding(
    severity="HIGH",
    title="CVE-2022-37434 - zlib",
    first_observed_at=datetime(2021, 12, 3, 18, 2, 30, tzinfo=UTC),
    score=9.8,
    score_details=ScoreDetails(cvss=SCORE),
    resources=(Resource(id="arn", details=ResourceDetails(aws_ecr_container_image=IMAGE)),),
)


def detail_of(finding: EnhancedFinding) -> dict[str, object]:
    return told(FindingChanged(**WHERE, image_arn="arn", finding=finding)).detail


def test_a_basic_scan_is_told_by_ecr():
    event = envelope(ImageScanned(**SCAN))
    assert (event["source"], event["detail-type"]) == ("aws.ecr", "ECR Image Scan")
    assert event["resources"] == [ARN]
    assert event["detail"] == {
        "scan-status": "COMPLETE",
        "repository-name": "app",
        "finding-severity-counts": {"HIGH": 2, "LOW": 1},
        "image-digest": "sha256:aa",
        "image-tags": [],
    }


def test_the_first_look_is_told_by_inspector_with_a_total():
    event = envelope(ImageInspected(**SCAN))
    assert (event["source"], event["detail-type"]) == ("aws.inspector2", "Inspector2 Scan")
    assert event["detail"]["repository-name"] == ARN
    assert event["detail"]["finding-severity-counts"] == {"HIGH": 2, "LOW": 1, "TOTAL": 3}


def test_a_finding_has_inspectors_names_for_its_score():
    detail = detail_of(FINDING)
    assert not {"score", "scoreDetails"} & set(detail)
    assert (detail["inspectorScore"], detail["title"]) == (9.8, "CVE-2022-37434 - zlib")
    adjusted = detail["inspectorScoreDetails"]["adjustedCvss"]
    assert (adjusted["score"], adjusted["scoringVector"]) == (9.8, "AV:N")


def test_its_resource_lies_in_no_region():
    (resource,) = detail_of(FINDING)["resources"]
    assert (resource["partition"], resource["region"]) == ("N/A", "N/A")
    assert resource["details"]["awsEcrContainerImage"]["imageHash"] == "sha256:aa"


def test_without_a_score_there_is_none():
    detail = detail_of(EnhancedFinding(severity="LOW"))
    assert not {"inspectorScore", "inspectorScoreDetails"} & set(detail)


@pytest.mark.parametrize(
    ("hour", "text"),
    [(0, "12:02:30 AM"), (11, "11:02:30 AM"), (12, "12:02:30 PM"), (18, "6:02:30 PM")],
)
def test_times_are_written_as_inspector_does(hour, text):
    at = datetime(2021, 12, 3, hour, 2, 30, tzinfo=UTC)
    detail = detail_of(EnhancedFinding(severity="LOW", updated_at=at))
    assert detail["updatedAt"] == f"Dec 3, 2021, {text}"


def test_an_event_of_no_kind_is_a_mistake():
    with pytest.raises(TypeError, match="ScanningEvent is told to nobody"):
        told(ScanningEvent(**WHERE))
