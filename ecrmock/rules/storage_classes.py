"""What becomes of an image that changes its storage class. Source: reference features.md §7.1."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ecrmock.values.images import ACTIVATING, ARCHIVED, Image
from ecrmock.values.storage_classes import ImageStorageClassUpdateNotSupportedError


def archived(image: Image, indexes: Iterable[Image | None], now: datetime) -> Image:
    """Return an image as it is in the archive, which an index in use keeps its images from.

    Raises: ImageStorageClassUpdateNotSupportedError. Source: reference api.md §17.
    """
    is_needed = any(index is not None and index.image_status != ARCHIVED for index in indexes)
    if not image.is_active or is_needed:
        raise ImageStorageClassUpdateNotSupportedError
    return replace(image, image_status=ARCHIVED, last_archived_at=now)


def activating(image: Image, activates_at: datetime) -> Image:
    """Return an archived image on its way back, which is complete at ``activates_at``.

    Raises: ImageStorageClassUpdateNotSupportedError. Source: reference api.md §17.
    """
    if image.image_status != ARCHIVED:
        raise ImageStorageClassUpdateNotSupportedError
    return replace(image, image_status=ACTIVATING, activates_at=activates_at)


def due_since(image: Image, now: datetime) -> datetime | None:
    """Return when the restore of an image was complete; None while it is not, or when there is none.

    A push may have been faster than the restore.
    """
    at = image.activates_at
    return at if at is not None and at <= now else None
