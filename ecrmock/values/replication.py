"""What a registry copies to other registries. Source: reference features.md §3.1."""

from dataclasses import dataclass

from ecrmock.values.names import AccountId, Region


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
