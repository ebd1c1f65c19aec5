"""Referrers as ListImageReferrers asks for them and shows them. Source: reference api.md §18."""

from collections.abc import Mapping
from dataclasses import dataclass

from ecrmock.values.names import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectIdentifier:
    """The manifest whose referrers are asked for (API shape ``SubjectIdentifier``)."""

    image_digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImageReferrersFilter:
    """Which referrers are returned: of any of the types, in one status (or ``ANY``)."""

    artifact_types: tuple[str, ...] = ()
    artifact_status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReferrer:
    """A manifest about another one (API shape ``ImageReferrer``); ``size`` is that of the manifest."""

    digest: Digest
    media_type: str
    size: int
    artifact_status: str
    artifact_type: str | None = None
    annotations: Mapping[str, str] | None = None
