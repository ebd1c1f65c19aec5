"""PutImageScanningConfiguration, and the registry's scanning configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.scanning import check_rules, frequency_change, scanning_of
from ecrmock.values.events import EnhancedScanningBegan
from ecrmock.values.names import AccountId, RepositoryName
from ecrmock.values.repositories import ImageScanningConfiguration
from ecrmock.values.scanning import (
    BASIC,
    ENHANCED,
    MANUAL,
    RegistryScanningConfiguration,
    RegistryScanningRule,
    RepositoryScanningConfiguration,
    RepositoryScanningConfigurationFailure,
)


@dataclass(frozen=True, slots=True)
class ChangedScanning:
    """Answer of PutImageScanningConfiguration."""

    registry_id: AccountId
    repository_name: RepositoryName
    image_scanning_configuration: ImageScanningConfiguration


@operation("ecr", "PutImageScanningConfiguration")
def put_image_scanning_configuration(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_scanning_configuration: ImageScanningConfiguration,
) -> ChangedScanning:
    """Set whether a push to the repository starts a scan.

    Raises: RepositoryNotFoundError. Source: reference api.md §4.6.
    """
    state = context.registry.repository(repository_name)
    changed = replace(state.repository, image_scanning_configuration=image_scanning_configuration)
    state.change(changed)
    return ChangedScanning(context.account, repository_name, image_scanning_configuration)


@dataclass(frozen=True, slots=True)
class ShownScanning:
    """Answer of GetRegistryScanningConfiguration."""

    registry_id: AccountId
    scanning_configuration: RegistryScanningConfiguration


@dataclass(frozen=True, slots=True)
class ChangedRegistryScanning:
    """Answer of PutRegistryScanningConfiguration, which names its member in another way."""

    registry_scanning_configuration: RegistryScanningConfiguration


@dataclass(frozen=True, slots=True)
class ScanningOfRepositories:
    """Answer of BatchGetRepositoryScanningConfiguration."""

    scanning_configurations: tuple[RepositoryScanningConfiguration, ...]
    failures: tuple[RepositoryScanningConfigurationFailure, ...]


@operation("ecr", "GetRegistryScanningConfiguration")
def get_registry_scanning_configuration(context: Context) -> ShownScanning:
    """Return how the registry scans; BASIC without rules until it is put. Source: api.md §10.3."""
    return ShownScanning(context.account, context.registry.settings.scanning_configuration)


@operation("ecr", "PutRegistryScanningConfiguration")
def put_registry_scanning_configuration(
    context: Context, *, scan_type: str = BASIC, rules: Sequence[RegistryScanningRule] = ()
) -> ChangedRegistryScanning:
    """Replace how the registry scans.

    Raises: InvalidScanFrequencyError, InvalidParameterError. Source: reference api.md §10.3.
    """
    check_rules(scan_type, rules)
    configuration = RegistryScanningConfiguration(scan_type=scan_type, rules=tuple(rules))
    registry = context.registry
    before = registry.settings.scanning_configuration
    registry.change(replace(registry.settings, scanning_configuration=configuration))
    if scan_type == ENHANCED:
        _begin_enhanced_scanning(context, before, configuration)
    return ChangedRegistryScanning(configuration)


def _begin_enhanced_scanning(
    context: Context,
    before: RegistryScanningConfiguration,
    configuration: RegistryScanningConfiguration,
) -> None:
    """Have images looked at in the repositories that are scanned in another way now, and tell which.

    Source: reference features.md §2.6, §11.5.
    """
    from ecrmock.values.scan_events import ScanFrequenciesChanged  # noqa: PLC0415 - many values

    repositories = tuple(context.registry.repositories.after(-1))
    found = (frequency_change(before, configuration, each) for each in repositories)
    changes = tuple(change for change in found if change is not None)
    if changes:
        event = ScanFrequenciesChanged(
            account=context.account,
            region=context.region,
            time=context.now,
            repositories=changes,
        )
        context.publish(event)
    changed = {change.repository_name for change in changes}
    for repository in repositories:
        name = repository.repository_name
        is_new = name in changed or before.scan_type != ENHANCED
        if is_new and scanning_of(configuration, repository).scan_frequency != MANUAL:
            began = context.event(EnhancedScanningBegan, name)
            context.publish_at(context.now + context.settings.delay, began)


@operation("ecr", "BatchGetRepositoryScanningConfiguration")
def batch_get_repository_scanning_configuration(
    context: Context, *, repository_names: Sequence[RepositoryName]
) -> ScanningOfRepositories:
    """Return how each repository is scanned; one that is missing is a failure. Source: api.md §10.4."""
    registry = context.registry
    names = tuple(dict.fromkeys(repository_names))
    found = [state for name in names if (state := registry.repositories.get(name)) is not None]
    missing = [name for name in names if name not in registry.repositories]
    configuration = registry.settings.scanning_configuration
    return ScanningOfRepositories(
        tuple(scanning_of(configuration, state.repository) for state in found),
        tuple(RepositoryScanningConfigurationFailure(repository_name=name) for name in missing),
    )
