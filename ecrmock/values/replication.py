"""What a registry copies to other registries. Source: reference features.md §3.1."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecrmock.values.names import AccountId, Digest, Region

if TYPE_CHECKING:
    from ecrmock.values.layers import HeldBlob


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationDestination:
    """A registry that copies go to (API shape ``ReplicationDestination``)."""

    region: Region
    registry_id: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryFilter:
    """Which repositories a rule is about, by a prefix of their names (API shape ``RepositoryFilter``)."""

    filter: str
    filter_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationRule:
    """Destinations for some repositories, or for all when there are no filters."""

    destinations: tuple[ReplicationDestination, ...]
    repository_filters: tuple[RepositoryFilter, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationConfiguration:
    """The replication rules of a registry (API shape ``ReplicationConfiguration``)."""

    rules: tuple[ReplicationRule, ...] = ()


NO_REPLICATION = ReplicationConfiguration()  # what every registry begins with

IN_PROGRESS, COMPLETE, FAILED = "IN_PROGRESS", "COMPLETE", "FAILED"
ACCESS_DENIED = "DESTINATION_REGISTRY_ACCESS_DENIED"
CREATION_FAILED = "DESTINATION_REPOSITORY_CREATION_FAILED"
REPLICATION_SERVICE = "replication.ecr.amazonaws.com"  # the principal that copies


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReplicationStatus:
    """How far the copy of an image to one destination is (API shape ``ImageReplicationStatus``)."""

    region: Region
    registry_id: AccountId
    status: str = IN_PROGRESS
    failure_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaSource:
    """Where an image is that is copied, in a repository of the same name."""

    account: AccountId
    region: Region
    image_digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """An image as it is copied: the manifest, what its registry holds of its blobs, and all that it lists.

    ``children`` come each once, after what they list themselves, and have none of their own.
    """

    image_digest: Digest
    image_manifest: str
    image_manifest_media_type: str
    blobs: "tuple[HeldBlob, ...]"
    children: "tuple[Replica, ...]" = ()
