"""When an image is scanned, how long it is monitored, and what is shown of its scans.

Source: reference features.md §2, api.md §10.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from ecrmock.rules.findings import closed, seen_before
from ecrmock.rules.image_contents import is_container_image
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.findings import EnhancedFinding, ImageScanFindings
from ecrmock.values.images import Image
from ecrmock.values.scanning import BASIC, CONTINUOUS_SCAN, ENHANCED, MANUAL
from ecrmock.values.scans import (
    ACTIVE,
    COMPLETE,
    IMAGE_ARCHIVED,
    IN_PROGRESS,
    LIMIT_EXCEEDED,
    PENDING,
    SCAN_ELIGIBILITY_EXPIRED,
    ImageScanFindingsSummary,
    ImageScans,
    ImageScanStatus,
    Scan,
    ScanResult,
)
from ecrmock.values.settings import Settings

DAY = timedelta(hours=24)
COMPLETED = "The scan was completed successfully."
_CONTINUOUS = "Continuous scan is selected for image."
_PICKED_UP = timedelta(days=14)  # since its push, an image may be when enhanced scanning begins
_QUOTA_USED = "The scan quota per image has been exceeded. Wait and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A scan that could begin now. ``per_image``: how many an image may have in 24 hours."""

    scan_id: str
    now: datetime
    per_image: int
    is_quota_used: bool  # that of the registry

    def is_refused(self, scans: ImageScans) -> bool:
        """Tell whether a quota keeps a basic scan of an image from beginning."""
        return self.is_quota_used or len(recent(scans.started, self.now)) >= self.per_image

    def scan(self, status: str) -> Scan:
        """Return the scan in its first status."""
        return Scan(scan_id=self.scan_id, since=self.now, status=status)


class Shown(NamedTuple):
    """What is shown of the scan of an image."""

    status: ImageScanStatus
    findings: ImageScanFindings | None = None


class ScanDetails(NamedTuple):
    """What DescribeImages shows of the scan of an image."""

    image_scan_status: ImageScanStatus | None = None
    image_scan_findings_summary: ImageScanFindingsSummary | None = None


class ScanView(NamedTuple):
    """How and when the scans of a repository are looked at."""

    scan_type: str
    frequency: str
    settings: Settings
    now: datetime

    @property
    def is_inspected(self) -> bool:
        """Whether enhanced scanning is about the repository."""
        return self.scan_type == ENHANCED and self.frequency != MANUAL


class WantedScan(NamedTuple):
    """A scan that is due, with its image and what is remembered of all of the image's scans."""

    image: Image
    scans: ImageScans
    scan_type: str
    scan: Scan


def recent(times: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
    """Return the times that lie less than 24 hours back."""
    return tuple(time for time in times if time > now - DAY)


def after_start(scans: ImageScans, start: Start) -> ImageScans:
    """Return the scans of an image when somebody starts a basic one.

    Raises: LimitExceededError. Source: reference api.md §10.1; the same text for both quotas is inferred.
    """
    if start.is_refused(scans):
        raise LimitExceededError(_QUOTA_USED)
    return _basic_begun(scans, start)


def after_push(scans: ImageScans, image: Image, view: ScanView, start: Start) -> ImageScans:
    """Return the scans of an image that was pushed, or is back from the archive.

    A further tag does not start what a quota forbids: then the scan there is stays. Where there is none to
    stay, it is seen that the limit was exceeded. Under enhanced scanning a push makes an image eligible anew.
    Source: reference features.md §2.5, §2.6; that the scan stays is inferred.
    """
    if view.frequency == MANUAL or not is_container_image(image):
        return scans
    if view.is_inspected:
        return replace(scans, enhanced=_monitored(scans.enhanced, start))
    if not start.is_refused(scans):
        return _basic_begun(scans, start)
    return scans if scans.basic is not None else replace(scans, basic=start.scan(LIMIT_EXCEEDED))


def without_findings(scans: ImageScans) -> ImageScans:
    """Return the scans of an image that is back from the archive. Source: reference features.md §7.1."""
    return replace(scans, basic=None, enhanced=None)


def _basic_begun(scans: ImageScans, start: Start) -> ImageScans:
    started = (*recent(scans.started, start.now), start.now)
    return replace(scans, basic=start.scan(IN_PROGRESS), started=started)


def _monitored(scan: Scan | None, start: Start) -> Scan:
    if scan is not None and scan.status in (PENDING, ACTIVE):
        return replace(scan, since=start.now)
    return start.scan(PENDING)


def is_picked_up(image: Image, scans: ImageScans | None, now: datetime) -> bool:
    """Tell whether enhanced scanning, when it begins, looks at an image that was there before.

    Source: reference features.md §2.6.
    """
    scan = scans.enhanced if scans is not None else None
    times = (image.image_pushed_at, image.last_activated_at, scan.since if scan else None)
    newest = max(time for time in times if time is not None)
    return image.is_active and is_container_image(image) and now < newest + _PICKED_UP


def after_pick_up(scans: ImageScans, image: Image, start: Start) -> ImageScans:
    """Return the scans of an image at which enhanced scanning looks now that it has begun.

    What was found earlier stays until then.
    """
    old = scans.enhanced
    if old is None or old.findings is None:
        begun = replace(start.scan(PENDING), since=image.image_pushed_at)
    else:
        begun = replace(old, scan_id=start.scan_id, status=ACTIVE)
    return replace(scans, enhanced=begun)


def begun(before: ImageScans, after: ImageScans) -> Iterator[Scan]:
    """Yield the scans of an image that a change has begun, and that are to be done."""
    for old, new in ((before.basic, after.basic), (before.enhanced, after.enhanced)):
        is_new = new is not None and (old is None or old.scan_id != new.scan_id)
        if new is not None and is_new and new.status != LIMIT_EXCEEDED:
            yield new


def wanted(image: Image | None, scans: ImageScans | None, scan_id: str) -> WantedScan | None:
    """Return the scan of an id; None when another one has taken its place, or the image is away."""
    if image is None or scans is None or not image.is_active:
        return None
    for scan_type, scan in ((BASIC, scans.basic), (ENHANCED, scans.enhanced)):
        if scan is not None and scan.scan_id == scan_id:
            return WantedScan(image, scans, scan_type, scan)
    return None


def with_scan(scans: ImageScans, scan_type: str, scan: Scan) -> ImageScans:
    """Return the scans of an image with another one of a type."""
    if scan_type == ENHANCED:
        return replace(scans, enhanced=scan)
    return replace(scans, basic=scan)


def after_scan(scan: Scan, result: ScanResult) -> Scan:
    """Return a basic scan that has ended; one that failed has no findings. Source: reference api.md §10.2."""
    status, description = result.status, result.description
    return replace(scan, status=status, description=description, findings=result.findings)


def after_look(scan: Scan, result: ScanResult, frequency: str) -> Scan:
    """Return a scan of enhanced scanning after a look; when the image's time is over, its findings stay.

    Source: reference api.md §10.2; that an image scanned on push alone has no description is inferred.
    """
    if result.status == SCAN_ELIGIBILITY_EXPIRED:
        return replace(scan, status=result.status, description=result.description)
    if result.status != COMPLETE or result.findings is None:
        return after_scan(scan, result)
    description = _CONTINUOUS if frequency == CONTINUOUS_SCAN else None
    found = seen_before(result.findings, scan.findings)
    return replace(scan, status=ACTIVE, description=description, findings=found)


def changed_findings(before: Scan, after: Scan, now: datetime) -> Iterator[EnhancedFinding]:
    """Yield what a look of enhanced scanning has found for the first time, and what is closed by it."""
    old, new = _by_arn(before.findings), _by_arn(after.findings)
    yield from (finding for arn, finding in new.items() if arn not in old)
    yield from (closed(finding, now) for arn, finding in old.items() if arn not in new)


def _by_arn(findings: ImageScanFindings | None) -> dict[str | None, EnhancedFinding]:
    found = findings.enhanced_findings if findings is not None else None
    return {finding.finding_arn: finding for finding in found or ()}


def monitored_until(scan: Scan, image: Image, settings: Settings) -> datetime | None:
    """Return when an image stops to be monitored: when it was neither pushed nor pulled for so long.

    None: never. Source: reference features.md §2.6.
    """
    if settings.rescan_after_push is None:
        return None
    pulled = image.last_recorded_pull_time
    ends = [scan.since + settings.rescan_after_push]
    if pulled is not None:
        ends.append(pulled + settings.rescan_after_pull)
    return max(ends)


def is_over(scan: Scan, image: Image, view: ScanView) -> bool:
    """Tell whether the time is over in which an image was monitored."""
    until = monitored_until(scan, image, view.settings)
    return scan.status == ACTIVE and until is not None and until <= view.now


def next_look(scan: Scan, image: Image, view: ScanView) -> datetime | None:
    """Return when enhanced scanning looks at an image again; None for never."""
    if scan.status != ACTIVE or view.frequency != CONTINUOUS_SCAN:
        return None
    until = monitored_until(scan, image, view.settings)
    again = view.now + view.settings.rescan_interval
    return again if until is None else min(again, until)


def shown(image: Image, scans: ImageScans | None, view: ScanView) -> Shown | None:
    """Return what is shown of the scan of the registry's type; None when the image was never scanned.

    An image that enhanced scanning has just got is not known to it yet. One that was too old when it began
    has no scan of its own. Source: reference features.md §2.5, §2.6, §7.2.
    """
    if not image.is_active:
        return Shown(ImageScanStatus(status=IMAGE_ARCHIVED))
    scan = _of_type(scans, view.scan_type)
    if scan is None:
        is_old = view.is_inspected and is_container_image(image)
        return _EXPIRED if is_old and not is_picked_up(image, scans, view.now) else None
    if scan.status == PENDING:
        return None
    if is_over(scan, image, view):
        return Shown(_EXPIRED.status, scan.findings)
    return Shown(ImageScanStatus(status=scan.status, description=scan.description), scan.findings)


def scan_details(image: Image, scans: ImageScans | None, view: ScanView) -> ScanDetails:
    """Return what DescribeImages says of the scan of an image. Source: reference features.md §2.5."""
    found = shown(image, scans, view)
    if found is None:
        return ScanDetails()
    if found.findings is None:
        return ScanDetails(found.status)
    return ScanDetails(
        found.status,
        ImageScanFindingsSummary(
            image_scan_completed_at=found.findings.image_scan_completed_at,
            vulnerability_source_updated_at=found.findings.vulnerability_source_updated_at,
            finding_severity_counts=found.findings.finding_severity_counts,
        ),
    )


def _of_type(scans: ImageScans | None, scan_type: str) -> Scan | None:
    if scans is None:
        return None
    return scans.enhanced if scan_type == ENHANCED else scans.basic


_EXPIRED = Shown(ImageScanStatus(status=SCAN_ELIGIBILITY_EXPIRED))
