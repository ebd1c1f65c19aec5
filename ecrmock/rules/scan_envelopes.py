"""What EventBridge is told of scans: by ECR, and of enhanced scanning by Inspector.

Source: ECR User Guide, "EventBridge events"; Inspector User Guide, "EventBridge schema"; reference
features.md §11.4 to §11.6.
"""

from datetime import datetime
from typing import Any, NamedTuple

from ecrmock.values.api_documents import to_document
from ecrmock.values.events import ScanningEvent
from ecrmock.values.findings import EnhancedFinding
from ecrmock.values.scan_events import (
    FindingChanged,
    ImageInspected,
    ImageScanned,
    ScanFrequenciesChanged,
)
from ecrmock.values.scanning import ScanFrequencyChange

_ECR, _INSPECTOR = "aws.ecr", "aws.inspector2"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Told(NamedTuple):
    """The members of an envelope that depend on what happened."""

    source: str
    detail_type: str
    resources: tuple[str, ...]
    detail: dict[str, object]


def told(event: ScanningEvent) -> Told:
    """Return what is told of an event about scans."""
    if isinstance(event, FindingChanged):
        return Told(_INSPECTOR, "Inspector2 Finding", (event.image_arn,), _finding(event.finding))
    if isinstance(event, ScanFrequenciesChanged):
        return Told(_ECR, "ECR Scan Resource Change", (), _frequencies(event))
    if isinstance(event, ImageInspected):
        return Told(_INSPECTOR, "Inspector2 Scan", (event.repository_arn,), _inspection(event))
    if isinstance(event, ImageScanned):
        return Told(_ECR, "ECR Image Scan", (event.repository_arn,), _scan(event))
    raise TypeError(f"{type(event).__name__} is told to nobody")


def _scan(event: ImageScanned) -> dict[str, object]:
    return {
        "scan-status": event.scan_status,
        "repository-name": event.repository_name,
        "finding-severity-counts": dict(event.finding_severity_counts),
        "image-digest": event.image_digest,
        "image-tags": list(event.image_tags),
    }


def _inspection(event: ImageInspected) -> dict[str, object]:
    """The repository is named by its ARN here; ``version`` as in the published sample."""
    counts = dict(event.finding_severity_counts)
    return {
        **_scan(event),
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "repository-name": event.repository_arn,
        "finding-severity-counts": {**counts, "TOTAL": sum(counts.values())},
        "version": "1.0",
    }


def _frequencies(event: ScanFrequenciesChanged) -> dict[str, object]:
    return {
        "action-type": "SCAN_FREQUENCY_CHANGE",
        "repositories": [_change(each) for each in event.repositories],
        "resource-type": "REPOSITORY",
        "scan-type": "ENHANCED",
    }


def _change(change: ScanFrequencyChange) -> dict[str, str]:
    return {
        "repository-name": change.repository_name,
        "repository-arn": change.repository_arn,
        "scan-frequency": change.scan_frequency,
        "previous-scan-frequency": change.previous_scan_frequency,
    }


def _finding(finding: EnhancedFinding) -> dict[str, object]:
    """Return a finding as Inspector tells it: the score has other names, and the resource has no region."""
    detail: dict[str, Any] = to_document(finding, _time)
    score, details = detail.pop("score", None), detail.pop("scoreDetails", None)
    if score is not None:
        detail["inspectorScore"] = score
    if details is not None:
        detail["inspectorScoreDetails"] = {"adjustedCvss": details["cvss"]}
    nowhere = {"partition": "N/A", "region": "N/A"}
    return {**detail, "resources": [{**nowhere, **each} for each in detail["resources"]]}


def _time(at: datetime) -> str:
    """Return a time like ``Dec 3, 2021, 6:02:30 PM``."""
    hour, half = at.hour % 12 or 12, "AM" if at.hour < 12 else "PM"
    date = f"{_MONTHS[at.month - 1]} {at.day}, {at.year}"
    return f"{date}, {hour}:{at.minute:02}:{at.second:02} {half}"
