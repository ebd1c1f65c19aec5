"""Which rule of a registry's scanning configuration decides about a repository."""

from collections.abc import Sequence

from ecrmock.rules.filters import wildcard_matches
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.repositories import Repository
from ecrmock.values.scanning import (
    BASIC,
    CONTINUOUS_SCAN,
    MANUAL,
    SCAN_ON_PUSH,
    InvalidScanFrequencyError,
    RegistryScanningConfiguration,
    RegistryScanningRule,
    RepositoryScanningConfiguration,
    ScanFrequencyChange,
    ScanningRepositoryFilter,
)

_PRECEDENCE = (CONTINUOUS_SCAN, SCAN_ON_PUSH)  # of the frequencies that match, the first one holds


def check_rules(scan_type: str, rules: Sequence[RegistryScanningRule]) -> None:
    """Refuse frequencies that the scan type does not have, or that stand twice.

    Raises: InvalidScanFrequencyError, InvalidParameterError. Source: reference api.md §10.3.
    """
    frequencies = [rule.scan_frequency for rule in rules]
    if scan_type == BASIC and CONTINUOUS_SCAN in frequencies:
        raise InvalidScanFrequencyError(scan_type, CONTINUOUS_SCAN)
    twice = sorted({each for each in frequencies if frequencies.count(each) > 1})
    if twice:
        text = f"Invalid input. Contains duplicate scan frequencies: [{', '.join(twice)}]"
        raise InvalidParameterError("rules", text)


def filter_matches(pattern: str, name: str) -> bool:
    """Tell whether a scanning filter means a repository: one without ``*`` is found anywhere in a name.

    Source: ECR User Guide, "Filters to choose which repositories are scanned"; features.md §2.2.
    """
    return wildcard_matches(pattern, name) if "*" in pattern else pattern in name


def scanning_of(
    configuration: RegistryScanningConfiguration, repository: Repository
) -> RepositoryScanningConfiguration:
    """Return how a repository is scanned, with the filters that say so.

    Without any rules the repository's own flag decides under BASIC. Inferred: features.md §2.3.
    """
    applied = {
        rule.scan_frequency: _matching(rule, repository.repository_name)
        for rule in configuration.rules
    }
    frequency = next((each for each in _PRECEDENCE if applied.get(each)), MANUAL)
    by_flag = repository.image_scanning_configuration.scan_on_push
    if not configuration.rules and configuration.scan_type == BASIC and by_flag:
        frequency = SCAN_ON_PUSH
    return RepositoryScanningConfiguration(
        repository_arn=repository.repository_arn,
        repository_name=repository.repository_name,
        scan_on_push=frequency == SCAN_ON_PUSH,
        scan_frequency=frequency,
        applied_scan_filters=tuple(each for filters in applied.values() for each in filters),
    )


def frequency_change(
    before: RegistryScanningConfiguration,
    after: RegistryScanningConfiguration,
    repository: Repository,
) -> ScanFrequencyChange | None:
    """Return how often a repository is scanned by a new configuration, if that is not as before.

    Source: reference features.md §11.5.
    """
    old = scanning_of(before, repository).scan_frequency
    new = scanning_of(after, repository).scan_frequency
    if old == new:
        return None
    return ScanFrequencyChange(
        repository_name=repository.repository_name,
        repository_arn=repository.repository_arn,
        scan_frequency=new,
        previous_scan_frequency=old,
    )


def _matching(rule: RegistryScanningRule, name: str) -> tuple[ScanningRepositoryFilter, ...]:
    return tuple(each for each in rule.repository_filters if filter_matches(each.filter, name))
