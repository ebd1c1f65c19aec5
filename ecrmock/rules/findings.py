"""What a scan shows of vulnerabilities: basic and enhanced findings, their severities and counts.

Source: reference features.md §2.5, api.md §10.2; what real outputs do not show is marked as inferred.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from ecrmock.values.advisories import Vulnerability
from ecrmock.values.findings import (
    CRITICAL,
    HIGH,
    INFORMATIONAL,
    LOW,
    MEDIUM,
    SEVERITIES,
    UNDEFINED,
    UNTRIAGED,
    Attribute,
    AwsEcrContainerImageDetails,
    CvssScore,
    CvssScoreDetails,
    EnhancedFinding,
    Finding,
    ImageScanFindings,
    PackageVulnerabilityDetails,
    Recommendation,
    Remediation,
    Resource,
    ResourceDetails,
    ScannedImage,
    ScoreDetails,
)
from ecrmock.values.names import partition_of, repository_arn
from ecrmock.values.scanning import ENHANCED

Rate = Callable[[str], CvssScore | None]  # the score of a CVSS vector; None for what is no vector

_LONGEST_VALUE = 256  # Source: service model, AttributeValue
_NO_ADVICE = Remediation(recommendation=Recommendation(text="None Provided"))

# The words of the databases. What is not here ("not yet assigned", "end-of-life") says nothing.
_SEVERITY_OF_WORD = MappingProxyType(
    {
        **{"critical": CRITICAL, "important": HIGH, "high": HIGH},
        **{"moderate": MEDIUM, "medium": MEDIUM, "low": LOW},
        **{
            "negligible": INFORMATIONAL,
            "unimportant": INFORMATIONAL,
            "informational": INFORMATIONAL,
        },
    }
)
# Source: CVSS 3.1 and 4.0, qualitative severity rating scale; NVD's scale for CVSS 2 ends at HIGH
_SCALE = ((9.0, CRITICAL), (7.0, HIGH), (4.0, MEDIUM), (0.1, LOW), (0.0, INFORMATIONAL))
_DECIDING = ("3", "4", "2")  # the version of CVSS that decides, when there are several. Inferred


def severity_of_word(word: str) -> str | None:
    """Return ECR's severity for the word of a database; None for a word that says nothing."""
    return _SEVERITY_OF_WORD.get(word.lower())


def severity_of_score(score: CvssScore) -> str:
    """Return ECR's severity for a CVSS score."""
    found = next(severity for least, severity in _SCALE if score.base_score >= least)
    return HIGH if found == CRITICAL and score.version.startswith("2") else found


def severity_of(vulnerability: Vulnerability, rate: Rate) -> str:
    """Return how bad a vulnerability is: the distribution's own word counts first, then CVSS.

    For a language package nobody knows better than CVSS, so the word counts last.
    Source: ECR User Guide, "Scan images for OS vulnerabilities".
    """
    word = severity_of_word(vulnerability.severity)
    scores = scores_of(vulnerability, rate)
    by_score = severity_of_score(scores[0]) if scores else None
    first, second = (word, by_score) if vulnerability.is_system_package else (by_score, word)
    return first or second or UNDEFINED


def scores_of(vulnerability: Vulnerability, rate: Rate) -> tuple[CvssScore, ...]:
    """Return the scores of a vulnerability, the one that decides first."""
    scores = [score for vector in vulnerability.vectors if (score := rate(vector)) is not None]
    return tuple(sorted(scores, key=lambda score: _DECIDING.index(score.version[0])))


def severity_counts(findings: Iterable[Finding | EnhancedFinding]) -> Mapping[str, int]:
    """Return how many findings there are of each severity that occurs, the worst first."""
    found = [finding.severity for finding in findings]
    return {severity: found.count(severity) for severity in sorted(set(found), key=_rank)}


def basic_findings(vulnerabilities: Sequence[Vulnerability], rate: Rate) -> tuple[Finding, ...]:
    """Return what basic scanning shows: packages of the operating system only, the worst first.

    A package that was built with others from one source is shown by the name of the source, once.
    Source: outputs of describe-image-scan-findings for Debian images; features.md §2.1.
    """
    found: dict[tuple[str, str, str], Finding] = {}
    for each in vulnerabilities:
        key = (each.vulnerability_id, each.reported_name, each.reported_version)
        if each.is_system_package and key not in found:
            found[key] = _basic(each, rate)
    order = sorted(found.items(), key=lambda item: (_rank(item[1].severity), item[0]))
    return tuple(finding for _, finding in order)


def _basic(vulnerability: Vulnerability, rate: Rate) -> Finding:
    return Finding(
        name=vulnerability.vulnerability_id,
        description=vulnerability.description or None,
        uri=vulnerability.source_url or None,
        severity=severity_of(vulnerability, rate),
        attributes=_attributes(vulnerability, rate),
    )


def _attributes(vulnerability: Vulnerability, rate: Rate) -> tuple[Attribute, ...]:
    """Return the attributes; those of CVSS 4 are named as the others are. Inferred."""
    pairs = [
        ("package_version", vulnerability.reported_version),
        ("package_name", vulnerability.reported_name),
    ]
    scores = {score.version[0]: score for score in reversed(scores_of(vulnerability, rate))}
    for version in sorted(scores):
        pairs.append((f"CVSS{version}_VECTOR", scores[version].scoring_vector))
        pairs.append((f"CVSS{version}_SCORE", f"{scores[version].base_score:g}"))
    return tuple(
        Attribute(key=key, value=value) for key, value in pairs if len(value) <= _LONGEST_VALUE
    )


def enhanced_findings(
    vulnerabilities: Sequence[Vulnerability], rate: Rate, image: ScannedImage
) -> tuple[EnhancedFinding, ...]:
    """Return what enhanced scanning shows: one finding for a vulnerability, with all its packages.

    The worst come first. Inferred: the order, and what Inspector's title is made of.
    """
    together: dict[str, list[Vulnerability]] = {}
    for each in vulnerabilities:
        together.setdefault(each.vulnerability_id, []).append(each)
    found = [_enhanced(group, rate, image) for group in together.values()]
    return tuple(sorted(found, key=lambda finding: (_rank(finding.severity), finding.title or "")))


def _enhanced(group: Sequence[Vulnerability], rate: Rate, image: ScannedImage) -> EnhancedFinding:
    worst = min(group, key=lambda each: _rank(severity_of(each, rate)))
    severity, scores = severity_of(worst, rate), scores_of(worst, rate)
    return EnhancedFinding(
        aws_account_id=image.registry_id,
        finding_arn=_finding_arn(worst.vulnerability_id, image),
        severity=UNTRIAGED if severity == UNDEFINED else severity,
        title=_title(worst.vulnerability_id, (each.package.name for each in group)),
        description=worst.description or None,
        first_observed_at=image.scanned_at,
        last_observed_at=image.scanned_at,
        updated_at=image.scanned_at,
        package_vulnerability_details=_details(worst, group, scores),
        remediation=_NO_ADVICE,
        resources=(_resource(image),),
        score=scores[0].base_score if scores else None,
        score_details=_score_details(worst, scores),
        fix_available=_fix_available(group),
    )


def image_scan_findings(
    vulnerabilities: Sequence[Vulnerability],
    rate: Rate,
    image: ScannedImage,
    *,
    scan_type: str,
    source_updated_at: datetime | None = None,
) -> ImageScanFindings:
    """Return all that a scan of a type shows, with the counts of it."""
    is_enhanced = scan_type == ENHANCED
    basic = None if is_enhanced else basic_findings(vulnerabilities, rate)
    enhanced = enhanced_findings(vulnerabilities, rate, image) if is_enhanced else None
    return ImageScanFindings(
        image_scan_completed_at=image.scanned_at,
        vulnerability_source_updated_at=source_updated_at,
        finding_severity_counts=severity_counts(basic or enhanced or ()),
        findings=basic,
        enhanced_findings=enhanced,
    )


def completed(finding: EnhancedFinding, image: ScannedImage) -> EnhancedFinding:
    """Return a finding that somebody wants to see, with what else follows from its image."""
    details = finding.package_vulnerability_details
    name = details.vulnerability_id if details is not None else finding.title or ""
    packages = details.vulnerable_packages if details is not None else ()
    return replace(
        finding,
        aws_account_id=finding.aws_account_id or image.registry_id,
        finding_arn=finding.finding_arn or _finding_arn(name, image),
        title=finding.title or _title(name, (package.name for package in packages)),
        first_observed_at=finding.first_observed_at or image.scanned_at,
        last_observed_at=finding.last_observed_at or image.scanned_at,
        updated_at=finding.updated_at or image.scanned_at,
        remediation=finding.remediation or _NO_ADVICE,
        resources=finding.resources or (_resource(image),),
    )


def _title(vulnerability_id: str, packages: Iterable[str]) -> str:
    named = ", ".join(dict.fromkeys(packages))
    return f"{vulnerability_id} - {named}" if named else vulnerability_id


def seen_before(found: ImageScanFindings, earlier: ImageScanFindings | None) -> ImageScanFindings:
    """Return findings of enhanced scanning with the times at which they were first observed."""
    known = (earlier.enhanced_findings if earlier is not None else None) or ()
    first = {each.finding_arn: each.first_observed_at for each in known}
    again = tuple(
        replace(each, first_observed_at=first.get(each.finding_arn, each.first_observed_at))
        for each in found.enhanced_findings or ()
    )
    return replace(found, enhanced_findings=again)


def closed(finding: EnhancedFinding, at: datetime) -> EnhancedFinding:
    """Return a finding as it is told once its image does not have it any more."""
    return replace(finding, status="CLOSED", updated_at=at)


def _details(
    worst: Vulnerability, group: Sequence[Vulnerability], scores: Sequence[CvssScore]
) -> PackageVulnerabilityDetails:
    return PackageVulnerabilityDetails(
        vulnerability_id=worst.vulnerability_id,
        source=worst.source or None,
        source_url=worst.source_url or None,
        cvss=tuple(scores),
        reference_urls=worst.reference_urls,
        related_vulnerabilities=worst.related_vulnerabilities,
        vendor_created_at=worst.vendor_created_at,
        vendor_severity=worst.severity or None,
        vendor_updated_at=worst.vendor_updated_at,
        vulnerable_packages=tuple(each.package for each in group),
    )


def _score_details(worst: Vulnerability, scores: Sequence[CvssScore]) -> ScoreDetails | None:
    if not scores:
        return None
    first = scores[0]
    return ScoreDetails(
        cvss=CvssScoreDetails(
            score=first.base_score,
            scoring_vector=first.scoring_vector,
            version=first.version,
            score_source=first.source or worst.source or None,
        )
    )


def _fix_available(group: Sequence[Vulnerability]) -> str:
    fixed = [each.package.fixed_in_version is not None for each in group]
    if all(fixed):
        return "YES"
    return "PARTIAL" if any(fixed) else "NO"


def _resource(image: ScannedImage) -> Resource:
    arn = repository_arn(image.registry_id, image.region, image.repository_name)
    details = AwsEcrContainerImageDetails(
        registry=image.registry_id,
        repository_name=image.repository_name,
        image_hash=image.image_digest,
        image_tags=image.image_tags,
        pushed_at=image.image_pushed_at,
        architecture=image.architecture,
        author=image.author,
        platform=image.platform,
    )
    return Resource(
        id=f"{arn}/{image.image_digest}",
        details=ResourceDetails(aws_ecr_container_image=details),
    )


def _finding_arn(vulnerability: str, image: ScannedImage) -> str:
    """Return the ARN of a finding, the same whenever the image is scanned again."""
    what = f"{image.repository_name}@{image.image_digest} {vulnerability}"
    identifier = hashlib.sha256(what.encode()).hexdigest()[:32]
    partition = partition_of(image.region).name
    return f"arn:{partition}:inspector2:{image.region}:{image.registry_id}:finding/{identifier}"


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
