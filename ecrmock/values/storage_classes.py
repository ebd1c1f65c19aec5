"""Storage classes of images, and the error about them. Source: reference features.md §7."""

from dataclasses import dataclass

from ecrmock.values.errors import EcrError
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.names import AccountId, RepositoryName

ARCHIVE = "ARCHIVE"
STANDARD = "STANDARD"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedStorageClass:
    """Answer of UpdateImageStorageClass: the status that the image has now."""

    registry_id: AccountId
    repository_name: RepositoryName
    image_id: ImageIdentifier
    image_status: str


class ImageStorageClassUpdateNotSupportedError(EcrError):
    """The image is not in a status that leads to the class. The text is the model's: reference api.md §17."""

    code = "ImageStorageClassUpdateNotSupportedException"

    def __init__(self) -> None:
        super().__init__("The requested image storage class update is not supported.")
