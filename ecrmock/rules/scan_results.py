"""How a scan ends, and what its findings say of the image. Source: reference features.md §2.5."""

from collections.abc import Mapping
from typing import Any

from ecrmock.rules.scans import COMPLETED
from ecrmock.values.findings import ImageScanFindings, ScannedImage
from ecrmock.values.image_contents import ImageContents
from ecrmock.values.inventory import Inventory, OperatingSystem
from ecrmock.values.scanning import ENHANCED
from ecrmock.values.scans import (
    COMPLETE,
    FAILED,
    SCAN_ELIGIBILITY_EXPIRED,
    UNSUPPORTED_IMAGE,
    ScanResult,
)

EXPIRED = ScanResult(status=SCAN_ELIGIBILITY_EXPIRED)
_NO_SYSTEM = "UnsupportedImageError: The operating system and/or package manager are not supported."


def complete(findings: ImageScanFindings) -> ScanResult:
    """Return the end of a scan that found these."""
    return ScanResult(status=COMPLETE, description=COMPLETED, findings=findings)


def failed(error: Exception) -> ScanResult:
    """Return the end of a scan that an error ended. Inferred: the form of the text is that of ECR's."""
    return ScanResult(status=FAILED, description=f"{type(error).__name__}: {error}")


def unsupported(error: Exception) -> ScanResult:
    """Return the end of a scan of an image that is in a form nobody reads here."""
    return ScanResult(status=UNSUPPORTED_IMAGE, description=f"{type(error).__name__}: {error}")


def ended(status: str) -> ScanResult:
    """Return the end of a scan that somebody has asked to end with a status."""
    return ScanResult(status=status, description=_NO_SYSTEM if status == FAILED else None)


def refused(inventory: Inventory, scan_type: str) -> ScanResult | None:
    """Return the end of a scan in whose image there is nothing that its type looks at, else None.

    Basic scanning looks at the packages of a distribution, enhanced scanning also at those of languages.
    Source: reference api.md §10.2, features.md §2.1; the status of enhanced scanning is inferred.
    """
    if scan_type == ENHANCED:
        is_known = bool(inventory.packages)
        return None if is_known else ScanResult(status=UNSUPPORTED_IMAGE, description=_NO_SYSTEM)
    is_known = inventory.operating_system is not None and bool(inventory.operating_system_packages)
    return None if is_known else ScanResult(status=FAILED, description=_NO_SYSTEM)


def scanned_image(
    contents: ImageContents, config: Mapping[str, Any], system: OperatingSystem | None
) -> ScannedImage:
    """Return what findings say of their image. Inferred: the form of ``platform``."""
    return ScannedImage(
        registry_id=contents.registry_id,
        region=contents.region,
        repository_name=contents.repository_name,
        image_digest=contents.image_digest,
        scanned_at=contents.read_at,
        image_tags=contents.image_tags,
        image_pushed_at=contents.image_pushed_at,
        architecture=_text(config.get("architecture")),
        author=_text(config.get("author")),
        platform=_platform(system),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _platform(system: OperatingSystem | None) -> str | None:
    """Return a distribution as Inspector writes it: ``DEBIAN_12``."""
    if system is None:
        return None
    words = (system.id, *system.version_id.split("."))
    return "_".join(word.upper() for word in words if word)
