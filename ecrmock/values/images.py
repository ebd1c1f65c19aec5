"""Image, image identifier, what the API shows of them, and the errors about images."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Digest, RepositoryName, Tag
from ecrmock.values.replication import ImageReplicationStatus
from ecrmock.values.signing import ImageSigningStatus

if TYPE_CHECKING:  # values of scans are loaded by who shows some
    from ecrmock.values.scans import ImageScanFindingsSummary, ImageScanStatus

ACTIVE = "ACTIVE"
ARCHIVED = "ARCHIVED"
ACTIVATING = "ACTIVATING"  # on the way back from the archive


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageIdentifier:
    """What a caller points at: a tag, a digest, or both (API shape ``ImageIdentifier``)."""

    image_digest: Digest | None = None
    image_tag: Tag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A manifest kept in a repository, with what ECR remembers of it. Its tags are kept beside it.

    ``references`` are the digests that the manifest cannot do without: of config and layers, or of
    the manifests that an index lists. ``image_size_in_bytes`` is that of API shape ``ImageDetail``.
    ``artifact_type`` and ``annotations`` are those of a descriptor, and only a referrer has them here.
    """

    image_digest: Digest
    image_manifest: str  # exactly as pushed: its UTF-8 bytes hash to the digest
    image_manifest_media_type: str
    artifact_media_type: str | None
    image_size_in_bytes: int
    image_pushed_at: datetime
    references: tuple[Digest, ...] = ()
    is_index: bool = False
    subject_manifest_digest: Digest | None = None
    artifact_type: str | None = None
    annotations: tuple[tuple[str, str], ...] = ()
    image_status: str = ACTIVE
    activates_at: datetime | None = None  # when a restore will be complete; only while ACTIVATING
    last_archived_at: datetime | None = None
    last_activated_at: datetime | None = None
    last_recorded_pull_time: datetime | None = None
    sequence: int = 0  # the place in listings: the order of the first push
    untagged_sequence: int | None = None  # the place among untagged images; None while tagged
    replication_statuses: tuple[ImageReplicationStatus, ...] = ()
    signing_statuses: tuple[ImageSigningStatus, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether it can be pulled: it is neither archived nor on the way back."""
        return self.image_status == ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """A tag that points at an image; the sequence is its place in listings."""

    image_tag: Tag
    image_digest: Digest
    sequence: int
    upstream_checked_at: datetime | None = None  # when an upstream gave it; None: it was pushed
    tagged_at: datetime | None = None  # when it was put on this image


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWithManifest:
    """One image of PutImage and BatchGetImage (API shape ``Image``)."""

    registry_id: AccountId
    repository_name: RepositoryName
    image_id: ImageIdentifier
    image_manifest: str
    image_manifest_media_type: str


class ImageDetail(NamedTuple):
    """One image of DescribeImages (API shape ``ImageDetail``); what is None is absent.

    A tuple, since a page makes a thousand of them: it is made in a third of a frozen dataclass's time.
    """

    registry_id: AccountId
    repository_name: RepositoryName
    image_digest: Digest
    image_tags: tuple[Tag, ...] | None
    image_size_in_bytes: int
    image_pushed_at: datetime
    image_manifest_media_type: str
    artifact_media_type: str | None
    image_status: str
    last_archived_at: datetime | None
    last_activated_at: datetime | None
    last_recorded_pull_time: datetime | None
    subject_manifest_digest: Digest | None
    image_scan_status: "ImageScanStatus | None" = None
    image_scan_findings_summary: "ImageScanFindingsSummary | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImagesFilter:
    """Which images ListImages and DescribeImages return (both filter shapes have these members)."""

    tag_status: str | None = None
    image_status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFailure:
    """Why one image identifier of a batch was not served (API shape ``ImageFailure``)."""

    image_id: ImageIdentifier
    failure_code: str
    failure_reason: str


class ImageNotFoundError(EcrError):
    """No such image in the repository. Source: reference api.md §5.5, registry.md §3.3."""

    code = "ImageNotFoundException"
    oci_code, oci_status = "MANIFEST_UNKNOWN", 404

    def __init__(
        self, image_id: ImageIdentifier, name: RepositoryName, registry: AccountId
    ) -> None:
        digest, tag = image_id.image_digest or "null", image_id.image_tag or "null"
        super().__init__(
            f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist "
            f"within the repository with name '{name}' in the registry with id '{registry}'"
        )


class ImageAlreadyExistsError(EcrError):
    """The push would change nothing. Source: reference api.md §5.1; a success on the registry door."""

    code = "ImageAlreadyExistsException"

    def __init__(
        self, digest: Digest, tag: Tag | None, name: RepositoryName, registry: AccountId
    ) -> None:
        super().__init__(
            f"Image with digest '{digest}' and tag '{tag or 'null'}' already exists in the "
            f"repository with name '{name}' in registry with id '{registry}'"
        )


class ImageTagAlreadyExistsError(EcrError):
    """The tag is immutable and points at another image. Source: reference api.md §5.1."""

    code = "ImageTagAlreadyExistsException"
    oci_code, oci_status = "TAG_INVALID", 400

    def __init__(self, tag: Tag, name: RepositoryName) -> None:
        super().__init__(
            f"The image tag '{tag}' already exists in the '{name}' repository "
            "and cannot be overwritten because the tag is immutable."
        )


class ImageDigestDoesNotMatchError(EcrError):
    """The digest that came with a manifest is not that of its bytes. Source: reference api.md §5.1."""

    code = "ImageDigestDoesNotMatchException"
    oci_code, oci_status = "MANIFEST_INVALID", 400

    def __init__(self, digest: Digest, name: RepositoryName, registry: AccountId) -> None:
        super().__init__(
            f"The image with digest '{digest}' in repository '{name}' and registry ID '{registry}' "
            "does not match the image digest that Amazon ECR has calculated."
        )


class LayersNotFoundError(EcrError):
    """A manifest names blobs that its repository does not hold. Inferred text: reference api.md §5.1."""

    code = "LayersNotFoundException"
    oci_code, oci_status = "MANIFEST_BLOB_UNKNOWN", 400

    def __init__(
        self, digests: Sequence[Digest], name: RepositoryName, registry: AccountId, hint: str = ""
    ) -> None:
        super().__init__(
            f"Layers with digests '[{', '.join(digests)}]' required for pushing image into repository "
            f"with name '{name}' in the registry with id '{registry}' do not exist{hint}"
        )


class ReferencedImagesNotFoundError(EcrError):
    """An index lists manifests that its repository does not hold. Source: reference api.md §5.1."""

    code = "ReferencedImagesNotFoundException"
    oci_code, oci_status = "MANIFEST_BLOB_UNKNOWN", 400

    def __init__(
        self, digests: Sequence[Digest], name: RepositoryName, registry: AccountId
    ) -> None:
        super().__init__(
            f"Images with digests '[{', '.join(digests)}]' required for pushing image into repository "
            f"with name '{name}' in the registry with id '{registry}' do not exist"
        )
