"""Referrers as ListImageReferrers asks for them and shows them. Source: reference api.md §18."""

from collections.abc import Mapping
from dataclasses import dataclass

from ecrmock.values.images import ACTIVE
from ecrmock.values.names import Digest, Tag


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
    artifact_status: str = ACTIVE
    artifact_type: str | None = None
    annotations: Mapping[str, str] | None = None


def fallback_tag(subject: Digest) -> Tag:
    """Return the tag at which clients list referrers in a registry that does not list them by itself.

    Source: OCI distribution spec, "referrers tag schema"; reference registry.md §12.1.
    """
    algorithm, _, encoded = subject.partition(":")
    return Tag(f"{algorithm[:32]}-{encoded[:64]}")
