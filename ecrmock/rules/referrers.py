"""Which referrers a listing shows, in which order, and what it shows of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ecrmock.values.images import ACTIVE, Image
from ecrmock.values.names import Digest
from ecrmock.values.referrers import ImageReferrer, ListImageReferrersFilter

# Where the places of what is here begin, after those of what an upstream lists, which is never so much.
_HELD_PLACES = 10**9


def place_of_held(place: int) -> int:
    """Return after which image a listing goes on that goes on after a place; all come after the upstream's."""
    return place - _HELD_PLACES


def asks_upstream(wanted: ListImageReferrersFilter) -> bool:
    """Tell whether what an upstream lists can meet a filter: all of it is active. Inferred: api.md §18."""
    return wanted.artifact_status in (None, ACTIVE, "ANY")


def merged(
    told: Sequence[ImageReferrer],
    held: Iterable[Image],
    image_of: Callable[[Digest], Image | None],
    wanted: ListImageReferrersFilter,
    after: int,
) -> Iterator[tuple[int, ImageReferrer]]:
    """Yield the referrers that an upstream told, then those that are here alone, each once, with its place.

    So what is imported between two pages keeps its place. Of what was imported the status here counts.
    Source: reference features.md §4.4; the order is inferred.
    """
    for place, referrer in enumerate(told):
        known = image_of(referrer.digest)
        seen = referrer if known is None else replace(referrer, artifact_status=known.image_status)
        if place > after and is_listed(seen, wanted):
            yield place, seen
    digests = {referrer.digest for referrer in told}
    for image in held:
        seen = shown(image)
        if image.image_digest not in digests and is_listed(seen, wanted):
            yield _HELD_PLACES + image.sequence, seen


def is_listed(referrer: ImageReferrer, wanted: ListImageReferrersFilter) -> bool:
    """Tell whether a referrer meets a filter: one of its types, if it names any, and its status.

    Without a status the referrer has to be active. Source: reference api.md §18.
    """
    if wanted.artifact_types and referrer.artifact_type not in wanted.artifact_types:
        return False
    status = wanted.artifact_status or ACTIVE
    return status in ("ANY", referrer.artifact_status)


def shown(image: Image) -> ImageReferrer:
    """Return what is shown of a referrer: the members of a descriptor of its manifest, and its status.

    Source: OCI distribution spec, "listing referrers"; reference api.md §18.
    """
    return ImageReferrer(
        digest=image.image_digest,
        media_type=image.image_manifest_media_type,
        size=len(image.image_manifest.encode()),
        artifact_status=image.image_status,
        artifact_type=image.artifact_type,
        annotations=dict(image.annotations) or None,
    )
