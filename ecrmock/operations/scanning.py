"""PutImageScanningConfiguration."""

from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.values.names import AccountId, RepositoryName
from ecrmock.values.repositories import ImageScanningConfiguration


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
