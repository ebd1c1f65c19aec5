"""Which repositories of a registry are scanned, and when."""

from dataclasses import dataclass

from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.names import RepositoryName

BASIC, ENHANCED = "BASIC", "ENHANCED"
SCAN_ON_PUSH = "SCAN_ON_PUSH"
CONTINUOUS_SCAN = "CONTINUOUS_SCAN"
MANUAL = "MANUAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanningRepositoryFilter:
    """Which repositories a rule is about, by a wildcard (API shape ``ScanningRepositoryFilter``)."""

    filter: str
    filter_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryScanningRule:
    """When the repositories of some filters are scanned (API shape ``RegistryScanningRule``)."""

    scan_frequency: str
    repository_filters: tuple[ScanningRepositoryFilter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryScanningConfiguration:
    """How a registry scans (API shape ``RegistryScanningConfiguration``)."""

    scan_type: str = BASIC
    rules: tuple[RegistryScanningRule, ...] = ()


BASIC_SCANNING = RegistryScanningConfiguration()  # what every registry begins with


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryScanningConfiguration:
    """How one repository is scanned (API shape of that name)."""

    repository_arn: str
    repository_name: RepositoryName
    scan_on_push: bool
    scan_frequency: str
    applied_scan_filters: tuple[ScanningRepositoryFilter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryScanningConfigurationFailure:
    """A repository that was asked for and is not there (API shape of that name)."""

    repository_name: RepositoryName
    failure_code: str = "REPOSITORY_NOT_FOUND"
    failure_reason: str = "REPOSITORY_NOT_FOUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFrequencyChange:
    """How often a repository is scanned, and was before."""

    repository_name: RepositoryName
    repository_arn: str
    scan_frequency: str
    previous_scan_frequency: str


class InvalidScanFrequencyError(InvalidParameterError):
    """The scan type has no such frequency. ECR's text names no member. Source: reference api.md §10.3."""

    def __init__(self, scan_type: str, frequency: str) -> None:
        super().__init__("", f"Invalid scan frequency for scanType {scan_type}: {frequency}")
        self.message = f"Invalid parameter failed to satisfy constraint: '{self.constraint}'"
