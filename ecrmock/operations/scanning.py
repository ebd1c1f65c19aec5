"""PutImageScanningConfiguration, and the registry's scanning configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.scanning import check_rules, scanning_of
from ecrmock.values.names import AccountId, RepositoryName
from ecrmock.values.repositories import ImageScanningConfiguration
from ecrmock.values.scanning import (
    BASIC,
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
    settings = replace(context.registry.settings, scanning_configuration=configuration)
    context.registry.change(settings)
    return ChangedRegistryScanning(configuration)


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
