"""What happened in scanning, as EventBridge is told. Source: reference features.md §11.4 to §11.6."""

from collections.abc import Mapping
from dataclasses import dataclass

from ecrmock.values.events import ScanningEvent
from ecrmock.values.findings import EnhancedFinding
from ecrmock.values.names import Digest, RepositoryName, Tag
from ecrmock.values.scanning import ScanFrequencyChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScanned(ScanningEvent):
    """A basic scan has ended."""

    repository_name: RepositoryName
    repository_arn: str
    image_digest: Digest
    image_tags: tuple[Tag, ...]
    scan_status: str
    finding_severity_counts: Mapping[str, int]


class ImageInspected(ImageScanned):
    """Enhanced scanning has looked at an image for the first time."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChanged(ScanningEvent):
    """Enhanced scanning has found something new, or something is gone: then its status is ``CLOSED``."""

    image_arn: str
    finding: EnhancedFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFrequenciesChanged(ScanningEvent):
    """The registry's configuration of enhanced scanning says something else of some repositories."""

    repositories: tuple[ScanFrequencyChange, ...]
