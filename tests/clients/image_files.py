"""Write images as files that docker, podman and skopeo read, without any of these programs."""

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def random_layer(size_in_bytes: int = 1000) -> bytes:
    """Make a layer (a tar file) that no other image has."""
    content = os.urandom(size_in_bytes)
    return _tar({f"file-{content[:8].hex()}": content})


def write_docker_archive(path: Path, reference: str, layers: Sequence[bytes]) -> Path:
    """Write what `docker save` writes, for `docker load` and skopeo's `docker-archive:`."""
    config = _config("amd64", layers)
    names = [f"{_sha256(layer)}/layer.tar" for layer in layers]
    manifest = [{"Config": "config.json", "RepoTags": [reference], "Layers": names}]
    files = {"config.json": config, "manifest.json": _json(manifest)}
    path.write_bytes(_tar({**files, **dict(zip(names, layers, strict=True))}))
    return path


def write_oci_layout(folder: Path, tag: str, layers: Sequence[bytes]) -> Path:
    """Write an image of one platform as an OCI layout, for skopeo's `oci:`."""
    manifest = _write_image(folder, "amd64", layers)
    return _finish_layout(folder, tag, manifest)


def write_multi_arch_layout(folder: Path, tag: str, images: Mapping[str, Sequence[bytes]]) -> Path:
    """Write an OCI layout whose tag names an index with one image for each architecture."""
    manifests = [
        {
            **_write_image(folder, architecture, layers),
            "platform": {"os": "linux", "architecture": architecture},
        }
        for architecture, layers in images.items()
    ]
    index = _json({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})
    return _finish_layout(folder, tag, _write_blob(folder, INDEX, index))


def _write_image(folder: Path, architecture: str, layers: Sequence[bytes]) -> dict[str, Any]:
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _write_blob(folder, CONFIG, _config(architecture, layers)),
        "layers": [
            _write_blob(folder, LAYER, gzip.compress(layer, 1, mtime=0)) for layer in layers
        ],
    }
    return _write_blob(folder, MANIFEST, _json(manifest))


def _finish_layout(folder: Path, tag: str, descriptor: dict[str, Any]) -> Path:
    tagged = {**descriptor, "annotations": {"org.opencontainers.image.ref.name": tag}}
    (folder / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    (folder / "index.json").write_bytes(_json({"schemaVersion": 2, "manifests": [tagged]}))
    return folder


def _write_blob(folder: Path, media_type: str, content: bytes) -> dict[str, Any]:
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    (blobs / _sha256(content)).write_bytes(content)
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def _config(architecture: str, layers: Sequence[bytes]) -> bytes:
    rootfs = {"type": "layers", "diff_ids": [digest_of(layer) for layer in layers]}
    history = [{"created_by": "ecrmock's tests"} for _ in layers]
    platform = {"architecture": architecture, "os": "linux"}
    return _json({**platform, "config": {}, "rootfs": rootfs, "history": history})


def contents_of(saved: Path) -> set[str]:
    """Return the digests of all files in a folder or tar file; what is compressed is unpacked first."""
    if saved.is_dir():
        contents = [file.read_bytes() for file in saved.rglob("*") if file.is_file()]
    else:
        with tarfile.open(saved) as tar:
            files = [tar.extractfile(member) for member in tar if member.isfile()]
            contents = [file.read() for file in files if file is not None]
    return {
        digest_of(gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content)
        for content in contents
    }


def digest_of(content: bytes) -> str:
    """Name a content by its digest."""
    return f"sha256:{_sha256(content)}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _tar(files: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return output.getvalue()
