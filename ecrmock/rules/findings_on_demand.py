"""Which findings somebody wants to see in an image, in place of what it really contains."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ecrmock.rules.findings import completed, severity_counts
from ecrmock.values.findings import FindingsOnDemand, ImageScanFindings, ScannedImage
from ecrmock.values.names import Digest, RepositoryName, Tag
from ecrmock.values.scanning import ENHANCED


def fitting(
    demands: Iterable[FindingsOnDemand],
    scan_type: str,
    *,
    repository_name: RepositoryName,
    image_digest: Digest,
    image_tags: Collection[Tag],
) -> tuple[FindingsOnDemand, ...]:
    """Return the demands that are about a scan of an image, or would be if it had a package."""
    return tuple(
        each
        for each in demands
        if _says_something(each, scan_type)
        and each.repository_name in (None, repository_name)
        and each.image_digest in (None, image_digest)
        and (each.image_tag is None or each.image_tag in image_tags)
    )


def _says_something(demand: FindingsOnDemand, scan_type: str) -> bool:
    findings = demand.enhanced_findings if scan_type == ENHANCED else demand.findings
    return demand.status is not None or findings is not None


def demanded(
    demands: Sequence[FindingsOnDemand], package_names: Collection[str]
) -> FindingsOnDemand | None:
    """Return which of the demands that fit an image says what its scan finds; None when its contents do.

    The one that means the fewest images counts: by digest before tag before repository before package.
    Of equals the last one counts, so that a later demand replaces an earlier one.
    """
    meant = [each for each in demands if each.package_name in (None, *package_names)]
    return max(reversed(meant), key=_narrowness, default=None)


def _narrowness(demand: FindingsOnDemand) -> tuple[bool, bool, bool, bool]:
    return (
        demand.image_digest is not None,
        demand.image_tag is not None,
        demand.repository_name is not None,
        demand.package_name is not None,
    )


def demanded_findings(
    demand: FindingsOnDemand, scan_type: str, image: ScannedImage
) -> ImageScanFindings:
    """Return exactly the findings of a type that a demand has; enhanced ones get what the image tells."""
    basic = demand.findings or ()
    enhanced = tuple(completed(each, image) for each in demand.enhanced_findings or ())
    is_enhanced = scan_type == ENHANCED
    return ImageScanFindings(
        image_scan_completed_at=image.scanned_at,
        vulnerability_source_updated_at=image.scanned_at,
        finding_severity_counts=severity_counts(enhanced if is_enhanced else basic),
        findings=None if is_enhanced else basic,
        enhanced_findings=enhanced if is_enhanced else None,
    )


def together(demand: FindingsOnDemand, earlier: FindingsOnDemand | None) -> FindingsOnDemand:
    """Return a demand with what an earlier one about the same says of the other type of scan."""
    if earlier is None or demand.status is not None:
        return demand
    basic, enhanced = demand.findings, demand.enhanced_findings
    return replace(
        demand,
        findings=earlier.findings if basic is None else basic,
        enhanced_findings=earlier.enhanced_findings if enhanced is None else enhanced,
    )
