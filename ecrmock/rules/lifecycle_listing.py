"""Images for a lifecycle policy from what ``aws ecr describe-images`` prints.

It says nothing of which images an index lists, so nothing protects those here.
Source: ECR API shape ``ImageDetail``; reference api.md §5.2.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ecrmock.rules.lifecycle import candidates
from ecrmock.values.images import ACTIVATING, ACTIVE, ARCHIVED, Image, Tagging
from ecrmock.values.lifecycle import LifecycleCandidate
from ecrmock.values.manifests import DOCKER_LIST, OCI_INDEX
from ecrmock.values.names import Digest, Tag

INDEX_TYPES = (OCI_INDEX, DOCKER_LIST)
_STATUSES = (ACTIVE, ARCHIVED, ACTIVATING)


def read_listing(text: str) -> tuple[tuple[LifecycleCandidate, ...], int]:
    """Return the images of a listing, and how many of them are indexes.

    Raises: ValueError, which says what is wrong and in which image.
    """
    details = _details(_document(text))
    names = {detail.get("repositoryName") for detail in details}
    if len(names) > 1:
        raise ValueError("the images are of several repositories; a policy is about one")
    images = [_image(number, detail) for number, detail in enumerate(details, start=1)]
    taggings = [
        tagging
        for number, detail in enumerate(details, start=1)
        for tagging in _taggings(number, detail)
    ]
    return candidates(images, taggings), sum(image.is_index for image in images)


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None


def _details(document: Any) -> Sequence[Mapping[str, Any]]:
    listed = document.get("imageDetails") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ValueError(
            'it has no "imageDetails"; make it with: aws ecr describe-images --repository-name NAME'
        )
    return listed


def _image(number: int, detail: Mapping[str, Any]) -> Image:
    pushed_at = _time(number, detail, "imagePushedAt")
    if pushed_at is None:
        raise ValueError(f"image {number} has no imagePushedAt")
    digest, subject = _text(number, detail, "imageDigest"), detail.get("subjectManifestDigest")
    status = detail.get("imageStatus", ACTIVE)
    if status not in _STATUSES:
        raise ValueError(f"image {number} has an imageStatus that is none of {_STATUSES}")
    return Image(
        image_digest=Digest(digest),
        image_manifest="",  # not in a listing
        image_manifest_media_type=str(detail.get("imageManifestMediaType", "")),
        artifact_media_type=None,
        image_size_in_bytes=0,
        image_pushed_at=pushed_at,
        is_index=detail.get("imageManifestMediaType") in INDEX_TYPES,
        subject_manifest_digest=Digest(subject) if isinstance(subject, str) else None,
        image_status=status,
        last_archived_at=_time(number, detail, "lastArchivedAt"),
        last_activated_at=_time(number, detail, "lastActivatedAt"),
        last_recorded_pull_time=_time(number, detail, "lastRecordedPullTime"),
        sequence=number,
    )


def _taggings(number: int, detail: Mapping[str, Any]) -> list[Tagging]:
    tags = detail.get("imageTags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError(f"image {number} has imageTags that are no list of texts")
    digest = Digest(_text(number, detail, "imageDigest"))
    return [
        Tagging(image_tag=Tag(tag), image_digest=digest, sequence=place)
        for place, tag in enumerate(tags)
    ]


def _text(number: int, detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"image {number} has no {name}")
    return value


def _time(number: int, detail: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time as the AWS CLI prints it: ISO 8601, or seconds since 1970."""
    value = detail.get(name)
    if value is None:
        return None
    try:
        return read_time(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        raise ValueError(f"image {number} has a {name} that is no time: {value!r}") from None


def read_time(text: str) -> datetime:
    """Return the time of an ISO 8601 text; without a time zone it is UTC. Raises: ValueError."""
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
