"""Images from files: an OCI layout folder, or the archive that ``docker save`` writes.

Source: OCI image specification, "image layout"; Docker image specification v1.2, "combined image JSON".
"""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecrmock.rules.image_building import BuiltImage
from ecrmock.values.manifests import DOCKER_CONFIG, DOCKER_MANIFEST, parse_manifest
from ecrmock.values.names import sha256_of

_DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
_REFERENCE = "org.opencontainers.image.ref.name"
_DIGESTS = ("sha256:", "sha512:")

Read = Callable[[str], bytes]


def read_image(path: Path, name: str | None = None) -> BuiltImage:
    """Return the image in a layout folder or an archive; ``name`` chooses one of several, or a digest does.

    Raises: ValueError when there is none, or several and no name; OSError when it cannot be read.
    """
    try:
        return _read_image(path, name)
    except (LookupError, TypeError, AttributeError, RecursionError):  # JSON, but of another shape
        raise ValueError(f"{path} does not list images as OCI or docker do") from None


def _read_image(path: Path, name: str | None) -> BuiltImage:
    if path.is_dir():
        return _from_layout(lambda member: (path / member).read_bytes(), path, name)
    if not tarfile.is_tarfile(path):
        raise ValueError(f"{path} is neither an OCI layout folder nor a tar archive of an image")
    with tarfile.open(path) as archive:
        members = set(archive.getnames())

        def read(member: str) -> bytes:
            file = archive.extractfile(member) if member in members else None
            if file is None:
                raise ValueError(f"{path} has no file {member}")
            return file.read()

        if "manifest.json" in members:
            return _from_docker_archive(read, path, name)
        return _from_layout(read, path, name)


def _from_docker_archive(read: Read, path: Path, name: str | None) -> BuiltImage:
    entries = json.loads(read("manifest.json"))
    entry = _choose(entries, path, name, lambda entry: entry.get("RepoTags") or [])
    config = read(entry["Config"])
    layers = [read(member) for member in entry["Layers"]]
    document = {
        "schemaVersion": 2,
        "mediaType": DOCKER_MANIFEST,
        "config": _descriptor(DOCKER_CONFIG, config),
        "layers": [_descriptor(_layer_type(layer), layer) for layer in layers],
    }
    text = json.dumps(document, separators=(",", ":"))
    return BuiltImage(manifest=text, media_type=DOCKER_MANIFEST, blobs=(config, *layers))


def _from_layout(read: Read, path: Path, name: str | None) -> BuiltImage:
    try:
        index = json.loads(read("index.json"))
    except (FileNotFoundError, ValueError):
        raise ValueError(f"{path} is no OCI layout: it has no index.json") from None
    listed = index["manifests"]
    if name is not None and name.startswith(_DIGESTS):  # listed once for each of its names
        listed = [entry for entry in listed if entry["digest"] == name][:1]
        name = None if listed else name
    entry = _choose(
        listed,
        path,
        name,
        lambda entry: [(entry.get("annotations") or {}).get(_REFERENCE)],
    )
    return _from_descriptor(read, entry)


def _from_descriptor(read: Read, descriptor: dict[str, Any]) -> BuiltImage:
    text = _blob(read, descriptor["digest"]).decode()
    manifest = parse_manifest(text, descriptor.get("mediaType"))
    children = json.loads(text)["manifests"] if manifest.is_index else []
    return BuiltImage(
        manifest=text,
        media_type=manifest.media_type,
        blobs=tuple(_blob(read, blob.digest) for blob in manifest.blobs if not blob.has_urls),
        children=tuple(_from_descriptor(read, child) for child in children),
    )


def _blob(read: Read, digest: str) -> bytes:
    algorithm, _, encoded = digest.partition(":")
    return read(f"blobs/{algorithm}/{encoded}")


def _choose(
    entries: list[dict[str, Any]],
    path: Path,
    name: str | None,
    names_of: Callable[[dict[str, Any]], list[str | None]],
) -> dict[str, Any]:
    """Return the entry of a name, or the only one. Raises: ValueError."""
    found = [entry for entry in entries if name is None or name in names_of(entry)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(str(known) for entry in entries for known in names_of(entry))
    asked = "" if name is None else f" of the name {name}"
    raise ValueError(f"{path} has {len(found)} images{asked}, not one; it names: {known or 'none'}")


def _layer_type(layer: bytes) -> str:
    return f"{_DOCKER_LAYER}.gzip" if layer.startswith(b"\x1f\x8b") else _DOCKER_LAYER


def _descriptor(media_type: str, content: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": sha256_of(content), "size": len(content)}
