"""What happened: past-tense values that operations publish and reactions listen to.

Every event names the registry it happened in. ``event_id`` and ``sequence`` are given by the bus, in
the order of commits.
"""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, Tag, UploadId


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in the registry of ``account`` and ``region`` at ``time``."""

    account: AccountId
    region: Region
    time: datetime
    event_id: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryEvent(Event):
    """Something that happened in one repository."""

    repository_name: RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageEvent(RepositoryEvent):
    """Something that happened to one image under one tag, or without a tag."""

    image_digest: Digest
    image_tag: Tag | None
    manifest_media_type: str
    artifact_media_type: str | None
    is_referrer: bool = False  # it has a subject


class ImagePushed(ImageEvent):
    """An image came in, or got one more tag."""

    __slots__ = ()


class ImageDeleted(ImageEvent):
    """A tag was removed, or an image with it."""

    __slots__ = ()


class ImageArchived(ImageEvent):
    """An image went into the archive."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageActivated(ImageEvent):
    """An image is back from the archive; to what follows a push it is like a new one."""

    last_activated_at: datetime


class RepositoryCreated(RepositoryEvent):
    """A repository was made."""

    __slots__ = ()


class RepositoryDeleted(RepositoryEvent):
    """A repository is gone, with all that was in it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationDue(RepositoryEvent):
    """The time is over in which an image comes back from the archive."""

    image_digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLeft(RepositoryEvent):
    """A day ago a manifest with referrers was deleted or archived; they follow if it is still so."""

    subject_digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRunDue(RepositoryEvent):
    """A lifecycle policy is to be evaluated as of a time; after a daily run comes the next one."""

    policy_id: str
    due_at: datetime
    is_daily: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePreviewDue(RepositoryEvent):
    """A preview of a lifecycle policy was started; it is to be completed."""

    preview_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationDue(RepositoryEvent):
    """An image, under one tag or without one, is to be copied to another registry."""

    image_digest: Digest
    image_tag: Tag | None
    destination_account: AccountId
    destination_region: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningDue(RepositoryEvent):
    """An image is to be signed by a profile, for the principal that pushed it.

    ``refusal`` is why the principal may not use the profile, as it was when it pushed.
    """

    image_digest: Digest
    signing_profile_arn: str
    job_id: str
    job_invoker: AccountId
    requested_by: str
    refusal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReplicated(RepositoryEvent):
    """A copy came in from another registry, or could not; it happens in the destination."""

    repository_arn: str
    image_digest: Digest
    image_tag: Tag | None
    source_account: AccountId
    source_region: Region
    is_success: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanDue(RepositoryEvent):
    """An image is to be scanned, for the first time or once more.

    ``is_regular``: while the image is monitored, the next time is planned when this one is done.
    """

    image_digest: Digest
    scan_id: str
    is_regular: bool = True


class EnhancedScanningBegan(RepositoryEvent):
    """A repository is scanned by enhanced scanning from now on, or in another way than before."""

    __slots__ = ()


class ScanningEvent(Event):
    """Something about scans that EventBridge is told; what kinds there are, ``scan_events.py`` has."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamImportDue(RepositoryEvent):
    """A manifest came from an upstream; what it names is still to be fetched. ``attempt`` counts from one."""

    image_digest: Digest
    image_tag: Tag | None
    ecr_repository_prefix: str
    upstream_registry_url: str
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamImportEnded(RepositoryEvent):
    """An image came from an upstream with all it needs, or could not; then there is a failure code."""

    repository_arn: str
    image_digest: Digest | None
    image_tag: Tag | None
    ecr_repository_prefix: str
    upstream_registry_url: str
    failure_code: str | None = None
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadExpired(RepositoryEvent):
    """The time of an upload is over; whether it is still unfinished, the reaction finds out."""

    upload_id: UploadId


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerGraceEnded(RepositoryEvent):
    """The time is over in which an uploaded layer waits for a manifest that names it."""

    layer_digest: Digest
