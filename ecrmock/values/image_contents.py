"""What an image is made of, so that it can be read without the lock: for a scan or a bill of materials."""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContents:
    """An image as it was at ``read_at``. ``layers`` are the digests of its layers, the lowest first.

    The blobs are opened one by one when they are read; one that was deleted meanwhile is missing then.
    ``foreign_media_type`` is that of a layer which is no archive of files, such as an attestation.
    """

    registry_id: AccountId
    region: Region
    repository_name: RepositoryName
    image_digest: Digest
    image_tags: tuple[Tag, ...]
    image_pushed_at: datetime
    image_manifest: str
    image_manifest_media_type: str
    config: Digest | None
    layers: tuple[Digest, ...]
    foreign_media_type: str | None = None
    read_at: datetime


class UnsupportedImageTypeError(EcrError):
    """An index, or an artifact that is no image. Source: reference api.md §10.1."""

    code = "UnsupportedImageTypeException"

    def __init__(self, media_type: str) -> None:
        super().__init__(f"An artifact with media type '{media_type}' cannot be scanned.")


class ImageArchivedError(EcrError):
    """The image is in the archive, or on the way back. Source: service model; reference api.md §10.1."""

    code = "ImageArchivedException"

    def __init__(self) -> None:
        super().__init__("The specified image is archived and cannot be scanned.")
