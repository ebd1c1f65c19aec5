"""Scans of images: how far each is, what it found, and the errors about them. The names are the API's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.errors import EcrError
from ecrmock.values.findings import FindingsOnDemand, ImageScanFindings
from ecrmock.values.image_contents import ImageContents
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.names import AccountId, Digest, RepositoryName

IN_PROGRESS, COMPLETE, FAILED = "IN_PROGRESS", "COMPLETE", "FAILED"
UNSUPPORTED_IMAGE = "UNSUPPORTED_IMAGE"
PENDING, ACTIVE = "PENDING", "ACTIVE"
SCAN_ELIGIBILITY_EXPIRED = "SCAN_ELIGIBILITY_EXPIRED"
FINDINGS_UNAVAILABLE = "FINDINGS_UNAVAILABLE"  # only somebody who asks for it sees it
LIMIT_EXCEEDED, IMAGE_ARCHIVED = "LIMIT_EXCEEDED", "IMAGE_ARCHIVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScanStatus:
    """How far the scan of an image is (API shape ``ImageScanStatus``)."""

    status: str
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScanFindingsSummary:
    """What DescribeImages says of findings (API shape of that name)."""

    image_scan_completed_at: datetime
    vulnerability_source_updated_at: datetime | None
    finding_severity_counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The last scan of one type of an image.

    ``scan_id`` tells whether work that was planned is still wanted. ``since`` is when it was started; of
    enhanced scanning, since when the image is monitored: its last push, or when that was switched on.
    """

    scan_id: str
    since: datetime
    status: str
    description: str | None = None
    findings: ImageScanFindings | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether its first result is still to come."""
        return self.status in (IN_PROGRESS, PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScans:
    """What a repository remembers of the scans of one image, of both types: each is shown in its turn.

    ``started`` are the times of the last basic scans, for the quota of the image.
    """

    image_digest: Digest
    basic: Scan | None = None
    enhanced: Scan | None = None
    started: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTask:
    """A scan that is due, with all that it needs but the bytes of the layers.

    ``demands`` are those that may be about the image. ``is_over``: the image is not monitored any more.
    """

    scan_type: str
    contents: ImageContents
    demands: tuple[FindingsOnDemand, ...] = ()
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """How a scan ended; without findings unless it was complete."""

    status: str
    description: str | None = None
    findings: ImageScanFindings | None = None


class ScanNotFoundError(EcrError):
    """The image was never scanned. Source: reference api.md §10.2."""

    code = "ScanNotFoundException"

    def __init__(
        self, image_id: ImageIdentifier, name: RepositoryName, registry: AccountId
    ) -> None:
        digest, tag = image_id.image_digest or "null", image_id.image_tag or "null"
        super().__init__(
            f"Image scan does not exist for the image with '{{imageDigest:'{digest}', "
            f"imageTag:'{tag}'}}' in the repository with name '{name}' in the registry with id "
            f"'{registry}'"
        )


class ScanningDisabledError(EcrError):
    """Under enhanced scanning nobody starts scans by hand. Source: reference api.md §10.1."""

    code = "ValidationException"

    def __init__(self) -> None:
        super().__init__("This feature is disabled")
