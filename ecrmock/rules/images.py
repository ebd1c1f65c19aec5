"""May this tag move; which image an identifier means; which images a list shows; back from the archive."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ecrmock.rules.filters import wildcard_matches
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.images import ACTIVE, Image, ImageFailure, ImageIdentifier
from ecrmock.values.names import Digest, Tag, is_digest, is_tag
from ecrmock.values.repositories import (
    IMMUTABLE,
    IMMUTABLE_WITH_EXCLUSION,
    MUTABLE_WITH_EXCLUSION,
    Repository,
)

TAG_CONSTRAINT = "must satisfy regular expression '[a-zA-Z0-9-_.]+'"
NOT_FOUND = ("ImageNotFound", "Requested image not found")
INACCESSIBLE = ("ImageInaccessible", "Requested image is archived")
MISMATCH = (
    "ImageTagDoesNotMatchDigest",
    "Invalid request parameters: given tag does not map to the given digest",
)
MISSING = (
    "MissingDigestAndTag",
    "Invalid request parameters: both tag and digest cannot be null",
)
BAD_DIGEST = (
    "InvalidImageDigest",
    "Invalid request parameters: image digest should satisfy the regex "
    "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
)
BAD_TAG = (
    "InvalidImageTag",
    "Invalid request parameters: image tag should satisfy the regex '[a-zA-Z0-9-_.]+'",
)


def may_move(repository: Repository, tag: Tag) -> bool:
    """Tell whether a tag that points at an image may be pointed at another one.

    Source: ECR User Guide, "Preventing image tags from being overwritten"; reference api.md §4.3.
    """
    mutability = repository.image_tag_mutability
    filters = repository.image_tag_mutability_exclusion_filters or ()
    excluded = any(wildcard_matches(entry.filter, tag) for entry in filters)
    if mutability == IMMUTABLE_WITH_EXCLUSION:
        return excluded
    if mutability == MUTABLE_WITH_EXCLUSION:
        return not excluded
    return mutability != IMMUTABLE


def malformed(image_id: ImageIdentifier) -> tuple[str, str] | None:
    """Return failure code and reason when an identifier of a batch cannot mean any image, else None.

    Source: reference api.md §5.4.
    """
    if image_id.image_digest is None and image_id.image_tag is None:
        return MISSING
    if image_id.image_digest is not None and not is_digest(image_id.image_digest):
        return BAD_DIGEST
    if image_id.image_tag is not None and not is_tag(image_id.image_tag):
        return BAD_TAG
    return None


def resolve(
    image_id: ImageIdentifier,
    image_of: Callable[[Tag], Digest | None],
    find: Callable[[Digest], Image | None],
) -> Image | tuple[str, str]:
    """Return the image that an identifier means, or failure code and reason.

    ``image_of`` tells where a tag points, ``find`` has the images of the repository. Source: api.md §5.4.
    """
    if bad := malformed(image_id):
        return bad
    digest = image_id.image_digest
    if image_id.image_tag is not None:
        tagged = image_of(image_id.image_tag)
        if tagged is not None and digest not in (None, tagged):
            return MISMATCH
        digest = tagged
    image = find(digest) if digest is not None else None
    return image or NOT_FOUND


def check_tag(tag: Tag | None) -> None:
    """Refuse a tag that no image can have. Raises InvalidParameterError. Source: api.md §3.2."""
    if tag is not None and not is_tag(tag):
        raise InvalidParameterError("imageTag", TAG_CONSTRAINT)


def check_image_id(image_id: ImageIdentifier) -> None:
    """Refuse an identifier that an operation on a single image cannot take. Raises InvalidParameterError.

    Inferred: reference api.md §3.5.
    """
    reason = malformed(image_id)
    if reason is MISSING:
        raise InvalidParameterError("imageId", "both tag and digest cannot be null")
    if reason is BAD_DIGEST:
        constraint = "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
        raise InvalidParameterError("imageDigest", constraint)
    check_tag(image_id.image_tag)


def has_status(image: Image | None, wanted: str | None) -> bool:
    """Tell whether a list shows an image; without a filter it shows active ones. Source: api.md §5.3."""
    return image is not None and (wanted == "ANY" or image.image_status == (wanted or ACTIVE))


def back_from_archive(image: Image, at: datetime) -> Image:
    """Return an image that is active again since a time; its first push stays its push.

    Source: reference features.md §7.1.
    """
    return replace(image, image_status=ACTIVE, activates_at=None, last_activated_at=at)


def referenced_by(indexes: tuple[Digest, ...]) -> tuple[str, str]:
    """Return failure code and reason for an image that indexes need. Source: reference api.md §5.4."""
    listed = ", ".join(indexes)
    return (
        "ImageReferencedByManifestList",
        f"Requested image referenced by manifest list: [{listed}]",
    )


def failure(image_id: ImageIdentifier, reason: tuple[str, str]) -> ImageFailure:
    """Return the failure entry of a batch operation; the identifier is echoed as it was asked."""
    return ImageFailure(image_id=image_id, failure_code=reason[0], failure_reason=reason[1])
