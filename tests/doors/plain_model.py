"""The rules of ECR written a second time, as plainly as possible, to compare ecrmock with.

Nothing here is shared with ecrmock. An answer of an operation is a value that tests can compare; a refusal is
a ``Refused`` with the code. Sources: reference api.md §4.3 (mutability), §4.5 (deletion), §5 (images) and §6
(layers).
"""

import fnmatch
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.doors.conftest import digest_of

DIGEST = re.compile(r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")
TAG = re.compile(r"[a-zA-Z0-9-_.]{1,300}")
Pair = tuple[str, str | None]  # a digest, and a tag where there is one
Failure = tuple[str, Mapping[str, str]]  # a code, and the identifier as it was asked
Batch = tuple[set[Pair], list[Failure]]


class Refused(Exception):
    """The model refuses a request, with a code of the API."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Document:
    """What the text of a manifest or an index says."""

    text: str
    digest: str
    media_type: str
    blobs: Mapping[str, int]
    children: tuple[str, ...]


def read(text: str) -> Document:
    parsed = json.loads(text)
    blobs = [parsed["config"], *parsed["layers"]] if "config" in parsed else []
    return Document(
        text,
        digest_of(text),
        parsed["mediaType"],
        {blob["digest"]: blob["size"] for blob in blobs},
        tuple(child["digest"] for child in parsed.get("manifests", ())),
    )


@dataclass
class Repository:
    """A repository: its setting, and what it holds."""

    mutability: str = "MUTABLE"
    filters: tuple[str, ...] = ()
    images: dict[str, Document] = field(default_factory=dict)
    pulled: set[str] = field(default_factory=set)
    tags: dict[str, str] = field(default_factory=dict)
    layers: set[str] = field(default_factory=set)

    def tags_of(self, digest: str) -> list[str]:
        return sorted(tag for tag, tagged in self.tags.items() if tagged == digest)

    def pairs_of(self, digest: str) -> list[Pair]:
        return [(digest, tag) for tag in self.tags_of(digest)] or [(digest, None)]

    def size_of(self, digest: str) -> int:
        """An index is as large as the largest that it lists. Source: reference api.md §5.2."""
        image = self.images.get(digest)
        if image is None:
            return 0
        if image.children:
            return max(self.size_of(child) for child in image.children)
        return sum(image.blobs.values())

    def indexes_of(self, digest: str) -> list[str]:
        return [index for index, image in self.images.items() if digest in image.children]

    def is_used(self, layer: str) -> bool:
        return any(layer in image.blobs for image in self.images.values())

    def is_fixed(self, tag: str) -> bool:
        """Whether a tag may not move. Source: reference api.md §4.3."""
        excluded = any(fnmatch.fnmatchcase(tag, pattern) for pattern in self.filters)
        listed = "MUTABLE_WITH_EXCLUSION" if excluded else "IMMUTABLE_WITH_EXCLUSION"
        return self.mutability in ("IMMUTABLE", listed)

    def forget(self, digest: str) -> None:
        """Delete an image, and the layers that only it needed."""
        image = self.images.pop(digest)
        self.pulled.discard(digest)
        self.layers -= {layer for layer in image.blobs if not self.is_used(layer)}


def check_setting(mutability: str, filters: Sequence[str]) -> None:
    wants_filters = mutability.endswith("_WITH_EXCLUSION")
    if wants_filters != bool(filters) or any(each.count("*") > 2 for each in filters):
        raise Refused("InvalidParameterException")


class PlainEcr:
    """One registry."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}

    def _repository(self, name: str) -> Repository:
        if name not in self.repositories:
            raise Refused("RepositoryNotFoundException")
        return self.repositories[name]

    def create(self, name: str, mutability: str = "MUTABLE", filters: Sequence[str] = ()) -> str:
        check_setting(mutability, filters)
        if name in self.repositories:
            raise Refused("RepositoryAlreadyExistsException")
        self.repositories[name] = Repository(mutability, tuple(filters))
        return mutability

    def delete(self, name: str, force: bool) -> str:
        if self._repository(name).images and not force:
            raise Refused("RepositoryNotEmptyException")
        return self.repositories.pop(name).mutability

    def change_mutability(self, name: str, mutability: str, filters: Sequence[str] = ()) -> str:
        repository = self._repository(name)
        check_setting(mutability, filters)
        repository.mutability, repository.filters = mutability, tuple(filters)
        return mutability

    def upload(self, name: str, layer: bytes) -> str:
        """All calls of an upload in one."""
        repository, digest = self._repository(name), digest_of(layer)
        if not layer:
            raise Refused("EmptyUploadException")
        if digest in repository.layers:
            raise Refused("LayerAlreadyExistsException")
        repository.layers.add(digest)
        return digest

    def availability(self, name: str, digests: Iterable[str]) -> dict[str, str]:
        layers = self._repository(name).layers
        return {each: "AVAILABLE" if each in layers else "UNAVAILABLE" for each in digests}

    def download(self, name: str, digest: str) -> str:
        repository = self._repository(name)
        if digest not in repository.layers:
            raise Refused("LayersNotFoundException")
        if not repository.is_used(digest):
            raise Refused("LayerInaccessibleException")
        return digest

    def put(self, name: str, text: str, tag: str | None = None, digest: str | None = None) -> Pair:
        if tag is not None and not TAG.fullmatch(tag):
            raise Refused("InvalidParameterException")
        repository, image = self._repository(name), read(text)
        if digest not in (None, image.digest):
            raise Refused("ImageDigestDoesNotMatchException")
        if not set(image.blobs) <= repository.layers:
            raise Refused("LayersNotFoundException")
        if not set(image.children) <= set(repository.images):
            raise Refused("ReferencedImagesNotFoundException")
        self._check_tag(repository, image.digest, tag)
        repository.images[image.digest] = image
        if tag is not None:
            repository.tags[tag] = image.digest
        return image.digest, tag

    @staticmethod
    def _check_tag(repository: Repository, digest: str, tag: str | None) -> None:
        present = repository.tags.get(tag) if tag is not None else None
        is_same = digest in repository.images if tag is None else present == digest
        if is_same:
            raise Refused("ImageAlreadyExistsException")
        if tag is not None and present is not None and repository.is_fixed(tag):
            raise Refused("ImageTagAlreadyExistsException")

    def listed(self, name: str, tag_status: str | None = None) -> list[Pair]:
        repository = self._repository(name)
        pairs = [pair for digest in repository.images for pair in repository.pairs_of(digest)]
        return [pair for pair in pairs if _is_wanted(pair[1] is not None, tag_status)]

    def describe(
        self, name: str, ids: Sequence[Mapping[str, str]] | None = None, status: str | None = None
    ) -> dict[str, dict[str, Any]]:
        repository = self._repository(name)
        found = list(repository.images)
        if ids is not None:
            found = [self._described(repository, each) for each in ids]
        return {
            digest: {
                "tags": repository.tags_of(digest),
                "size": repository.size_of(digest),
                "media_type": repository.images[digest].media_type,
                "pulled": digest in repository.pulled,
            }
            for digest in found
            if _is_wanted(bool(repository.tags_of(digest)), status)
        }

    def _described(self, repository: Repository, image_id: Mapping[str, str]) -> str:
        failure, digest = _meant(repository, image_id)
        if failure in ("ImageNotFound", "ImageTagDoesNotMatchDigest"):
            raise Refused("ImageNotFoundException")
        if failure:
            raise Refused("InvalidParameterException")
        return digest

    def get(self, name: str, ids: Sequence[Mapping[str, str]]) -> Batch:
        repository = self._repository(name)
        found: set[Pair] = set()
        failures = []
        for image_id in ids:
            failure, digest = _meant(repository, image_id)
            if failure:
                failures.append((failure, image_id))
                continue
            tag = image_id.get("imageTag")
            found |= {(digest, tag)} if tag is not None else set(repository.pairs_of(digest))
            repository.pulled.add(digest)
        return found, failures

    def remove(self, name: str, ids: Sequence[Mapping[str, str]]) -> Batch:
        """BatchDeleteImage. Source: reference api.md §5.7."""
        repository = self._repository(name)
        gone: set[Pair] = set()
        failures = []
        for image_id in ids:
            failure, digest = _meant(repository, image_id)
            if failure == "ImageNotFound" and _was_deleted(image_id, gone):
                continue
            if not failure:
                failure = self._remove_one(repository, digest, image_id.get("imageTag"), gone)
            if failure:
                failures.append((failure, image_id))
        return gone, failures

    @staticmethod
    def _remove_one(repository: Repository, digest: str, tag: str | None, gone: set[Pair]) -> str:
        tags = repository.tags_of(digest)
        goes = tag is None or tags == [tag]
        if goes and repository.indexes_of(digest):
            return "ImageReferencedByManifestList"
        gone |= {(digest, tag)} if tag is not None else set(repository.pairs_of(digest))
        for each in tags if tag is None else [tag]:
            del repository.tags[each]
        if goes:
            repository.forget(digest)
        return ""


def _is_wanted(is_tagged: bool, tag_status: str | None) -> bool:
    return tag_status in (None, "ANY", "TAGGED" if is_tagged else "UNTAGGED")


def _meant(repository: Repository, image_id: Mapping[str, str]) -> tuple[str, str]:
    """Return a failure code or nothing, and the digest. Source: reference api.md §5.4."""
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    if digest is None and tag is None:
        return "MissingDigestAndTag", ""
    if digest is not None and not DIGEST.fullmatch(digest):
        return "InvalidImageDigest", ""
    if tag is not None and not TAG.fullmatch(tag):
        return "InvalidImageTag", ""
    tagged = repository.tags.get(tag) if tag is not None else digest
    if tagged is not None and digest not in (None, tagged):
        return "ImageTagDoesNotMatchDigest", ""
    if tagged is None or tagged not in repository.images:
        return "ImageNotFound", ""
    return "", tagged


def _was_deleted(image_id: Mapping[str, str], gone: set[Pair]) -> bool:
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    return any(digest in (None, pair[0]) and tag in (None, pair[1]) for pair in gone)
