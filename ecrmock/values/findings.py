"""Findings of a scan, basic and enhanced: the names are those of the API's shapes in snake_case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, Tag

CRITICAL, HIGH, MEDIUM, LOW = "CRITICAL", "HIGH", "MEDIUM", "LOW"
INFORMATIONAL, UNDEFINED = "INFORMATIONAL", "UNDEFINED"
UNTRIAGED = "UNTRIAGED"  # Inspector's word for UNDEFINED. Source: reference features.md §2.5
BASIC_SEVERITIES = (CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNDEFINED)  # the worst first
SEVERITIES = (*BASIC_SEVERITIES, UNTRIAGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A fact about a finding (API shape ``Attribute``)."""

    key: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What basic scanning found (API shape ``ImageScanFinding``)."""

    name: str
    severity: str
    description: str | None = None
    uri: str | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CvssScore:
    """A rating by CVSS (API shape ``CvssScore``)."""

    base_score: float
    scoring_vector: str
    version: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VulnerablePackage:
    """A package that has the vulnerability (API shape ``VulnerablePackage``)."""

    name: str
    version: str
    arch: str | None = None
    epoch: int | None = None
    release: str | None = None
    package_manager: str | None = None
    file_path: str | None = None
    source_layer_hash: str | None = None
    fixed_in_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageVulnerabilityDetails:
    """The vulnerability, and the packages that have it (API shape of that name)."""

    vulnerability_id: str
    source: str | None = None
    source_url: str | None = None
    cvss: tuple[CvssScore, ...] = ()
    reference_urls: tuple[str, ...] = ()
    related_vulnerabilities: tuple[str, ...] = ()
    vendor_created_at: datetime | None = None
    vendor_severity: str | None = None
    vendor_updated_at: datetime | None = None
    vulnerable_packages: tuple[VulnerablePackage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What to do (API shape ``Recommendation``)."""

    text: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remediation:
    """How to get rid of it (API shape ``Remediation``)."""

    recommendation: Recommendation


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsEcrContainerImageDetails:
    """The image that was scanned (API shape of that name)."""

    registry: AccountId
    repository_name: RepositoryName
    image_hash: Digest
    image_tags: tuple[Tag, ...] = ()
    pushed_at: datetime | None = None
    architecture: str | None = None
    author: str | None = None
    platform: str | None = None
    last_in_use_at: datetime | None = None
    in_use_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDetails:
    """What the resource of a finding is (API shape ``ResourceDetails``)."""

    aws_ecr_container_image: AwsEcrContainerImageDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What a finding is about (API shape ``Resource``)."""

    id: str
    details: ResourceDetails
    type: str = "AWS_ECR_CONTAINER_IMAGE"
    tags: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CvssScoreAdjustment:
    """Why a score is not that of its vector (API shape ``CvssScoreAdjustment``)."""

    metric: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CvssScoreDetails:
    """Where a score comes from (API shape ``CvssScoreDetails``)."""

    score: float
    scoring_vector: str
    version: str
    score_source: str | None = None
    adjustments: tuple[CvssScoreAdjustment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDetails:
    """Where a score comes from (API shape ``ScoreDetails``)."""

    cvss: CvssScoreDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class EnhancedFinding:
    """What enhanced scanning found (API shape ``EnhancedImageScanFinding``).

    Only findings on demand lack what else follows from the image: account, ARN, title, times, resources.
    """

    severity: str
    aws_account_id: AccountId | None = None
    finding_arn: str | None = None
    title: str | None = None
    description: str | None = None
    first_observed_at: datetime | None = None
    last_observed_at: datetime | None = None
    updated_at: datetime | None = None
    package_vulnerability_details: PackageVulnerabilityDetails | None = None
    remediation: Remediation | None = None
    resources: tuple[Resource, ...] = ()
    score: float | None = None
    score_details: ScoreDetails | None = None
    status: str = "ACTIVE"
    type: str = "PACKAGE_VULNERABILITY"
    fix_available: str | None = None
    exploit_available: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScanFindings:
    """All that a scan found (API shape ``ImageScanFindings``); only the list of its kind is there."""

    image_scan_completed_at: datetime
    finding_severity_counts: Mapping[str, int]  # of all findings, also on a page of some
    vulnerability_source_updated_at: datetime | None = None
    findings: tuple[Finding, ...] | None = None
    enhanced_findings: tuple[EnhancedFinding, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedImage:
    """The image that findings are about, and when it was looked at."""

    registry_id: AccountId
    region: Region
    repository_name: RepositoryName
    image_digest: Digest
    scanned_at: datetime
    image_tags: tuple[Tag, ...] = ()
    image_pushed_at: datetime | None = None
    architecture: str | None = None
    author: str | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsOnDemand:
    """What a scan is to find in images that fit, whatever they contain; what is None fits every image.

    It is about scans of the types whose findings it has, though these be none; with a ``status`` about both:
    they end with that, and without findings.
    """

    repository_name: RepositoryName | None = None
    image_tag: Tag | None = None
    image_digest: Digest | None = None
    package_name: str | None = None
    findings: tuple[Finding, ...] | None = None
    enhanced_findings: tuple[EnhancedFinding, ...] | None = None
    status: str | None = None

    @property
    def key(self) -> str:
        """What it is about, as a text: of two demands about the same, the later one holds."""
        about = (self.repository_name, self.image_tag, self.image_digest, self.package_name)
        return " ".join(each or "*" for each in about)
