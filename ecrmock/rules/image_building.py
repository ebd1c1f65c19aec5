"""An image from its layers: the config and the manifest that docker would make of them.

Source: OCI image specification, "image configuration" and "image manifest".
"""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Mapping, Sequence

from ecrmock.values.manifests import OCI_CONFIG, OCI_MANIFEST
from ecrmock.values.names import Digest, sha256_of

_LAYER = "application/vnd.oci.image.layer.v1.tar"
_GZIP_MAGIC = b"\x1f\x8b"


def small_layer() -> bytes:
    """Return a layer with a single empty file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("ecrmock"))
    return file.getvalue()


def config(layers: Sequence[bytes]) -> bytes:
    """Return an image configuration for linux/amd64 (OCI image spec, "image configuration")."""
    diff_ids = ["sha256:" + hashlib.sha256(_unpacked(layer)).hexdigest() for layer in layers]
    document = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _unpacked(layer: bytes) -> bytes:
    try:
        return gzip.decompress(layer) if layer.startswith(_GZIP_MAGIC) else layer
    except (
        OSError,
        EOFError,
        zlib.error,
    ):  # bytes that only begin like gzip are stored as they are
        return layer


def manifest(config: bytes, layers: Sequence[bytes]) -> str:
    """Return the OCI image manifest of a config and its layers."""
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": _descriptor(OCI_CONFIG, config),
        "layers": [_descriptor(_layer_type(layer), layer) for layer in layers],
    }
    return json.dumps(document, separators=(",", ":"))


def _layer_type(layer: bytes) -> str:
    return _LAYER if _unpacked(layer) is layer else f"{_LAYER}+gzip"


def _descriptor(media_type: str, content: bytes) -> Mapping[str, object]:
    digest: Digest = sha256_of(content)
    return {"mediaType": media_type, "digest": digest, "size": len(content)}
