"""The images of a state as one OCI layout, in which each manifest and each blob is once.

Source: OCI image specification, "image layout".
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecrmock.backend import Backend
from ecrmock.values.manifests import OCI_INDEX
from ecrmock.values.names import PUBLIC, PUBLIC_HOST, AccountId, Digest, Region, registry_host

_REFERENCE = "org.opencontainers.image.ref.name"
_ALIASES = "public_aliases"
_NO_REGISTRIES = ("iam", _ALIASES)  # what an account has beside them
_VERSION = b'{"imageLayoutVersion": "1.0.0"}'


@dataclass(frozen=True, slots=True)
class LayoutFile:
    """A file of a layout, by its path in there."""

    name: str
    size: int
    chunks: Iterable[bytes | memoryview]


def layout_files(backend: Backend, state: Mapping[str, Any]) -> Iterator[LayoutFile]:
    """Yield the files of the layout, the index last: a layout without it is none. Raises: ValueError."""
    listed: list[Mapping[str, Any]] = []
    written: set[str] = set()
    for registry, repository in _repositories(state):
        held = {blob["digest"] for blob in repository["blobs"]}
        for image in repository["images"]:
            listed += _descriptors(registry, repository, image)
            if image["image_digest"] not in written:
                written.add(image["image_digest"])
                yield _file(_blob(image["image_digest"]), image["image_manifest"].encode())
            for digest in held.intersection(image["references"]) - written:
                written.add(digest)
                yield from _content(backend, digest)
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
    yield _file("oci-layout", _VERSION)
    yield _file("index.json", json.dumps(index, indent=2).encode())


def write_layout(folder: Path, files: Iterable[LayoutFile]) -> None:
    """Write a layout; what is there and complete stays. Raises: OSError, ValueError."""
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial")
        with partial.open("wb") as target:
            for chunk in file.chunks:
                target.write(chunk)
        partial.replace(path)


def _repositories(state: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each repository, with what stands before its name in a reference of AWS's."""
    for account, content in state.items():
        for region, registry in content.items():
            if region in _NO_REGISTRIES:
                continue
            private = registry_host(AccountId(account), Region(region))
            host = _public_host(content) if region == PUBLIC else private
            for repository in registry["repositories"]:
                yield host, repository


def _public_host(account: Mapping[str, Any]) -> str:
    names = [each["name"] for each in account[_ALIASES] if each["primary_registry_alias"]]
    return "/".join([PUBLIC_HOST, *names])


def _descriptors(
    registry: str, repository: Mapping[str, Any], image: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Yield an entry of the index for each name of an image; one for an image without tags."""
    described = {
        "mediaType": image["image_manifest_media_type"],
        "digest": image["image_digest"],
        "size": len(image["image_manifest"].encode()),
    }
    name = f"{registry}/{repository['repository']['repository_name']}"
    tags = [
        tag["image_tag"]
        for tag in repository["tags"]
        if tag["image_digest"] == image["image_digest"]
    ]
    for tag in tags:
        yield {**described, "annotations": {_REFERENCE: f"{name}:{tag}"}}
    if not tags:
        yield described


def _content(backend: Backend, digest: str) -> Iterator[LayoutFile]:
    try:
        reader = backend.open_blob(Digest(digest))
    except KeyError:
        raise ValueError("an image was deleted while it was exported; export again") from None
    try:
        yield LayoutFile(_blob(digest), reader.size, reader.chunks())
    finally:
        reader.close()


def _blob(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _file(name: str, content: bytes) -> LayoutFile:
    return LayoutFile(name, len(content), (content,))
