"""Which referrers a listing shows, and what it shows of them."""

from ecrmock.rules.images import has_status
from ecrmock.values.images import Image
from ecrmock.values.referrers import ImageReferrer, ListImageReferrersFilter


def is_listed(image: Image, wanted: ListImageReferrersFilter) -> bool:
    """Tell whether a referrer meets a filter: one of its types, if it names any, and its status.

    Without a status the referrer has to be active. Source: reference api.md §18.
    """
    has_type = not wanted.artifact_types or image.artifact_type in wanted.artifact_types
    return has_type and has_status(image, wanted.artifact_status)


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
