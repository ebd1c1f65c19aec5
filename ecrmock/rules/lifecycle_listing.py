"""Images for a lifecycle policy from what ``aws ecr describe-images`` prints.

It says nothing of which images an index lists, so nothing protects those here.
Source: ECR API shape ``ImageDetail``; reference api.md §5.2.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ecrmock.rules.lifecycle import candidates
from ecrmock.values.images import ACTIVATING, ACTIVE, ARCHIVED, Image, Tagging
from ecrmock.values.lifecycle import LifecycleCandidate
from ecrmock.values.manifests import DOCKER_LIST, OCI_INDEX
from ecrmock.values.names import Digest, Tag

INDEX_TYPES = (OCI_INDEX, DOCKER_LIST)
_STATUSES = (ACTIVE, ARCHIVED, ACTIVATING)
_SHOWN = len("sha256:") + 12
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The images of a repository, how many of them are indexes, and why others were left out."""

    candidates: tuple[LifecycleCandidate, ...]
    indexes: int
    left_out: tuple[str, ...] = ()  # one text for each image


class IncompleteListingError(ValueError):
    """Images of a listing lack what a policy has to know, or have it in a form that is none."""

    def __init__(self, faults: Sequence[str], count: int) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(faults)} of {count} images cannot be read")


def read_listing(text: str, *, skip_incomplete: bool = False) -> Listing:
    """Return the images of a listing, without the incomplete ones if that is asked for.

    Raises: IncompleteListingError, which names them and all that they lack; ValueError when it is no listing.
    """
    details = _details(_document(text))
    read = _read(details)
    faults = tuple(each.told() for each in read if each.faults)
    if faults and not skip_incomplete:
        raise IncompleteListingError(faults, len(details))
    complete = [each for each in read if not each.faults]
    images = [each.image for each in complete]
    return Listing(
        candidates=candidates(images, [tagging for each in complete for tagging in each.taggings]),
        indexes=sum(image.is_index for image in images),
        left_out=faults,
    )


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON (line {error.lineno}, column {error.colno})") from None
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None


def _details(document: Any) -> Sequence[Mapping[str, Any]]:
    listed = document.get("imageDetails") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ValueError(
            'it has no "imageDetails"; make it with: aws ecr describe-images --repository-name NAME'
        )
    if isinstance(document, dict) and (document.get("nextToken") or document.get("NextToken")):
        raise ValueError(
            "it is not the whole list, since it has a next token: leave out --no-paginate and --max-items"
        )
    if len({detail["repositoryName"] for detail in listed if _has_repository(detail)}) > 1:
        raise ValueError("the images are of several repositories; a policy is about one")
    return listed


def _has_repository(detail: Mapping[str, Any]) -> bool:
    return isinstance(detail.get("repositoryName"), str)


def _read(details: Sequence[Mapping[str, Any]]) -> "list[_Read]":
    """Read each image; one that is there twice is at fault the second time."""
    seen: dict[Digest, int] = {}
    read = [_Read(number, detail) for number, detail in enumerate(details, start=1)]
    for each in read:
        first = seen.setdefault(each.image.image_digest, each.number)
        if first != each.number and each.image.image_digest:
            each.faults.append(f"is image {first} again")
    return read


@dataclass(slots=True)
class _Read:
    """One image of a listing, as far as it can be read, and all that is wrong with it."""

    number: int
    detail: Mapping[str, Any]
    faults: list[str] = field(default_factory=list)
    image: Image = field(init=False)
    taggings: tuple[Tagging, ...] = field(init=False)

    def __post_init__(self) -> None:
        media_type, subject = (
            self.detail.get(name) for name in ("imageManifestMediaType", "subjectManifestDigest")
        )
        status, archived_at = self._status(), self._time("lastArchivedAt")
        if status == ARCHIVED and self.detail.get("lastArchivedAt") is None:
            self.faults.append(f"is {ARCHIVED} and has no lastArchivedAt")
        self.image = Image(
            image_digest=self._digest(),
            image_manifest="",  # not in a listing
            image_manifest_media_type=str(media_type or ""),
            artifact_media_type=None,
            image_size_in_bytes=0,
            image_pushed_at=self._needed_time("imagePushedAt"),
            is_index=media_type in INDEX_TYPES,
            subject_manifest_digest=Digest(subject) if isinstance(subject, str) else None,
            image_status=status,
            last_archived_at=archived_at,
            last_activated_at=self._time("lastActivatedAt"),
            last_recorded_pull_time=self._time("lastRecordedPullTime"),
            sequence=self.number,
        )
        self.taggings = tuple(self._taggings())

    def told(self) -> str:
        """Return which image it is, and all that is wrong with it."""
        digest = self.image.image_digest[:_SHOWN]
        name = f"image {self.number} ({digest})" if digest else f"image {self.number}"
        return f"{name} {', '.join(self.faults)}"

    def _digest(self) -> Digest:
        value = self.detail.get("imageDigest")
        if isinstance(value, str) and value:
            return Digest(value)
        self.faults.append("has no imageDigest")
        return Digest("")

    def _status(self) -> str:
        status = self.detail.get("imageStatus", ACTIVE)
        if status in _STATUSES:
            return str(status)
        self.faults.append(f"has an imageStatus that is none of {', '.join(_STATUSES)}")
        return ACTIVE

    def _taggings(self) -> Iterator[Tagging]:
        tags = self.detail.get("imageTags") or []
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            self.faults.append("has imageTags that are no list of texts")
            return
        digest = self.image.image_digest
        for place, tag in enumerate(tags):
            yield Tagging(image_tag=Tag(tag), image_digest=digest, sequence=place)

    def _needed_time(self, name: str) -> datetime:
        if self.detail.get(name) is None:
            self.faults.append(f"has no {name}")
        return self._time(name) or _NO_TIME

    def _time(self, name: str) -> datetime | None:
        """Return a time as the AWS CLI prints it: ISO 8601, or seconds since 1970."""
        value = self.detail.get(name)
        if value is None:
            return None
        try:
            return (
                read_time(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
            )
        except (ValueError, TypeError, OverflowError, OSError):
            self.faults.append(f"has no time as {name}: {value!r}")
            return None


def read_time(text: str) -> datetime:
    """Return the time of an ISO 8601 text; without a time zone it is UTC. Raises: ValueError."""
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
