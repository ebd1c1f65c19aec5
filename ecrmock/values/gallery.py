"""What the gallery shows of public registries to whoever looks at it."""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.names import Digest, RepositoryName, Tag
from ecrmock.values.repositories import RepositoryCatalogData

# What can be chosen by; other values are kept and not shown. Source: reference public.md §4.1.
ARCHITECTURES = ("ARM", "ARM 64", "x86", "x86-64")
OPERATING_SYSTEMS = ("Linux", "Windows")


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryName:
    """A public repository as the gallery finds it. ``alias`` and ``display_name`` are its registry's."""

    alias: str
    display_name: str
    repository_name: RepositoryName
    catalog_data: RepositoryCatalogData

    @property
    def full_name(self) -> str:
        """The name with the alias."""
        return f"{self.alias}/{self.repository_name}"

    @property
    def architectures(self) -> tuple[str, ...]:
        """The architectures that the gallery knows."""
        said = self.catalog_data.architectures or ()
        return tuple(each for each in ARCHITECTURES if each in said)

    @property
    def operating_systems(self) -> tuple[str, ...]:
        """The operating systems that the gallery knows."""
        said = self.catalog_data.operating_systems or ()
        return tuple(each for each in OPERATING_SYSTEMS if each in said)


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryEntry:
    """A public repository as lists show it; ``updated_at`` is when the last tag was put."""

    named: GalleryName
    repository_uri: str
    created_at: datetime
    tag_count: int
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage:
    """Some entries of a list, how many it has, the number of the page, from 1, and how many there are."""

    entries: tuple[GalleryEntry, ...]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryRegistry:
    """A public registry: its primary alias, all that work, and a page of its repositories."""

    alias: str
    aliases: tuple[str, ...]
    display_name: str
    registry_uri: str
    page: GalleryPage


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryTag:
    """A tag with its image."""

    image_tag: Tag
    image_digest: Digest
    image_size_in_bytes: int
    media_type: str
    is_index: bool
    tagged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryRepository:
    """A public repository with a page of its tags, the one that was put last first."""

    entry: GalleryEntry
    tags: tuple[GalleryTag, ...]
    number: int
    pages: int
    suggested_tag: Tag | None  # for who wants to pull something
