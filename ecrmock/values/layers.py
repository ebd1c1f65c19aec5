"""Blobs that a repository holds, uploads in progress, what the API shows of them, and their errors."""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Digest, RepositoryName, UploadId

PART_SIZE = 10 * 1024 * 1024  # what InitiateLayerUpload advises; AWS CLI example
MINIMUM_PART_SIZE = 5 * 1024 * 1024
MAXIMUM_PARTS = 4_200
MAXIMUM_LAYER_SIZE = 52_000 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerLimits:
    """How many parts an upload may have, and how many bytes a layer."""

    parts: int
    layer_size: int


PRIVATE_LIMITS = LayerLimits(parts=MAXIMUM_PARTS, layer_size=MAXIMUM_LAYER_SIZE)
PUBLIC_LIMITS = LayerLimits(parts=1_000, layer_size=10_000 * 1024 * 1024)  # reference public.md §2

AVAILABLE = "AVAILABLE"
UNAVAILABLE = "UNAVAILABLE"
ARCHIVED = "ARCHIVED"  # held, but only archived images use it
LAYER_MEDIA_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBlob:
    """A blob that a repository holds; the bytes are in the blob store, shared by all repositories."""

    digest: Digest
    size: int
    held_since: datetime
    media_type: str | None = None  # what the last manifest that names it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A layer upload in progress. ``undersized`` says that a part before the last is below 5 MiB."""

    upload_id: UploadId
    started_at: datetime
    received: int = 0  # bytes
    parts: int = 0
    last_part_size: int | None = None  # None for a streamed part, which the server cuts itself
    undersized: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedUpload:
    """Answer of InitiateLayerUpload."""

    upload_id: UploadId
    part_size: int = PART_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedPart:
    """Answer of UploadLayerPart; ``last_byte_received`` is -1 while there is none."""

    registry_id: AccountId
    repository_name: RepositoryName
    upload_id: UploadId
    last_byte_received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedUpload:
    """Answer of CompleteLayerUpload."""

    registry_id: AccountId
    repository_name: RepositoryName
    upload_id: UploadId
    layer_digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One blob of BatchCheckLayerAvailability (API shape ``Layer``)."""

    layer_digest: Digest
    layer_availability: str
    layer_size: int | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFailure:
    """Why one digest of BatchCheckLayerAvailability was not looked up (API shape ``LayerFailure``)."""

    layer_digest: str
    failure_code: str
    failure_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDownload:
    """Answer of GetDownloadUrlForLayer."""

    download_url: str
    layer_digest: Digest


_UNASSOCIATED = (
    "it is not associated with an image. Unassociated image layers may be cleaned up at any time"
)


def _upload(upload_id: UploadId, name: RepositoryName, registry: AccountId) -> str:
    return (
        f"The upload with id '{upload_id}' in the repository with name '{name}' "
        f"in registry with id '{registry}'"
    )


class UploadNotFoundError(EcrError):
    """No such upload in this repository. Inferred text: reference api.md §6.3."""

    code = "UploadNotFoundException"
    oci_code, oci_status = "BLOB_UPLOAD_UNKNOWN", 404

    def __init__(self, upload_id: UploadId, name: RepositoryName, registry: AccountId) -> None:
        super().__init__(f"{_upload(upload_id, name, registry)} does not exist")


class EmptyUploadError(EcrError):
    """An upload without parts cannot be completed. Source: reference api.md §6.4."""

    code = "EmptyUploadException"
    oci_code, oci_status = "DIGEST_INVALID", 400

    def __init__(self, upload_id: UploadId, name: RepositoryName, registry: AccountId) -> None:
        super().__init__(
            f"{_upload(upload_id, name, registry)} "
            "cannot be completed because it does not have any parts"
        )


class InvalidLayerPartError(EcrError):
    """A part leaves a gap, overlaps, or is not as long as it says. Source: reference api.md §6.3."""

    code = "InvalidLayerPartException"
    oci_code, oci_status = "RANGE_INVALID", 416

    def __init__(
        self,
        message: str,
        upload_id: UploadId,
        received: int,
        name: RepositoryName,
        registry: AccountId,
    ) -> None:
        super().__init__(message)
        self.registry_id, self.repository_name, self.upload_id = registry, name, upload_id
        self.last_valid_byte_received = received - 1


class LayerPartTooSmallError(EcrError):
    """A part before the last is below 5 MiB. Source: reference api.md §6.4."""

    code = "LayerPartTooSmallException"
    oci_code, oci_status = "SIZE_INVALID", 400

    def __init__(self) -> None:
        super().__init__("All layer parts except the last part should be at least 5MB")


class InvalidLayerError(EcrError):
    """The digest of an upload is not the one that was announced. Inferred text: reference api.md §24."""

    code = "InvalidLayerException"
    oci_code, oci_status = "DIGEST_INVALID", 400

    def __init__(self, announced: str, calculated: Digest) -> None:
        super().__init__(
            f"The layer digest calculation performed by Amazon ECR upon receipt of the image layer "
            f"does not match the digest specified: calculated '{calculated}', specified '{announced}'"
        )


class LayerAlreadyExistsError(EcrError):
    """The repository holds the blob. A success on the registry door. Inferred text: api.md §6.4."""

    code = "LayerAlreadyExistsException"

    def __init__(self, digest: Digest, name: RepositoryName, registry: AccountId) -> None:
        super().__init__(
            f"The layer with digest '{digest}' already exists in the repository "
            f"with name '{name}' in registry with id '{registry}'"
        )


class LayerNotFoundError(EcrError):
    """The repository does not hold the blob. Source: reference api.md §6.6."""

    code = "LayersNotFoundException"
    oci_code, oci_status = "BLOB_UNKNOWN", 404

    def __init__(self, digest: Digest, name: RepositoryName, registry: AccountId) -> None:
        super().__init__(
            f"The layer with digest '{digest}' does not exist within the repository "
            f"with name '{name}' in the registry with id '{registry}'"
        )


class LayerInUseError(EcrError):
    """A blob that a manifest references is not deleted. Inferred: reference registry.md §13, §19."""

    code = "InvalidParameterException"

    def __init__(self, digest: Digest, name: RepositoryName) -> None:
        super().__init__(f"The layer with digest '{digest}' is in use in the repository '{name}'")


class LayerInaccessibleError(EcrError):
    """No image of the repository references the blob, or only archived ones. Inferred text: api.md §6.6."""

    code = "LayerInaccessibleException"
    oci_code, oci_status = "BLOB_UNKNOWN", 404

    def __init__(
        self,
        digest: Digest,
        name: RepositoryName,
        registry: AccountId,
        *,
        is_archived: bool = False,
    ) -> None:
        reason = "only archived images use it" if is_archived else _UNASSOCIATED
        super().__init__(
            f"The layer with digest '{digest}' in the repository with name '{name}' in the registry "
            f"with id '{registry}' is not available because {reason}."
        )
