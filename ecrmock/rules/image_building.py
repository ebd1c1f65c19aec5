"""An image from its parts: the config, manifest and index that docker would make of them.

Source: OCI image specification, "image configuration", "image manifest" and "image index".
"""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ecrmock.values.manifests import OCI_CONFIG, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST
from ecrmock.values.names import Digest, sha256_of

_LAYER = "application/vnd.oci.image.layer.v1.tar"
_GZIP_MAGIC = b"\x1f\x8b"
_EMPTY = b"{}"

Layer = bytes | Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltImage:
    """A manifest with the blobs that it names, config first, and the images that it lists."""

    manifest: str
    media_type: str = OCI_MANIFEST
    blobs: tuple[bytes, ...] = ()
    children: tuple["BuiltImage", ...] = field(default=())

    @property
    def digest(self) -> Digest:
        """The digest of the manifest's text."""
        return sha256_of(self.manifest.encode())


def build_image(
    layers: Sequence[Layer],
    *,
    platform: str = "linux/amd64",
    base: BuiltImage | None = None,
    annotations: Mapping[str, str] | None = None,
) -> BuiltImage:
    """Return an image of some layers, on top of those of ``base``.

    A layer is the bytes of a tar file, gzipped or not, or the files that it is made of. Without any, the
    image has one layer with a single empty file. Raises: ValueError for a platform like ``linux``, and
    for a base that is an index.
    """
    if base is not None and base.children:
        raise ValueError("an index is no base; name one of its images by digest")
    below = base.blobs[1:] if base is not None else ()
    above = tuple(map(_tar, layers)) or (() if below else (_tar({"ecrmock": b""}),))
    contents = (*below, *above)
    configuration = _config(contents, platform)
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": _descriptor(OCI_CONFIG, configuration),
        "layers": [_descriptor(_layer_type(content), content) for content in contents],
    }
    return _built(document, annotations, blobs=(configuration, *contents))


def build_index(
    manifests: Sequence[tuple[Mapping[str, object], str]],
    annotations: Mapping[str, str] | None = None,
) -> BuiltImage:
    """Return an index of some manifests: descriptor and platform of each; without one the latter is empty."""
    listed = [
        {**descriptor, **({"platform": _platform(name)} if name else {})}
        for descriptor, name in manifests
    ]
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
    return _built(document, annotations, media_type=OCI_INDEX)


def build_artifact(
    artifact_type: str,
    contents: Sequence[bytes],
    *,
    media_type: str | None = None,
    subject: Mapping[str, object] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> BuiltImage:
    """Return an artifact with an empty config, as OCI 1.1 has it, perhaps about another manifest.

    ``media_type`` is that of its contents; without it they have the type of the artifact.
    """
    blobs = tuple(contents) or (_EMPTY,)
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": artifact_type,
        "config": _descriptor(OCI_EMPTY, _EMPTY),
        "layers": [
            _descriptor((media_type or artifact_type) if blob != _EMPTY else OCI_EMPTY, blob)
            for blob in blobs
        ],
        **({"subject": subject} if subject is not None else {}),
    }
    return _built(document, annotations, blobs=(_EMPTY, *blobs))


def _built(
    document: Mapping[str, object],
    annotations: Mapping[str, str] | None,
    *,
    media_type: str = OCI_MANIFEST,
    blobs: tuple[bytes, ...] = (),
) -> BuiltImage:
    whole = {**document, **({"annotations": annotations} if annotations else {})}
    text = json.dumps(whole, separators=(",", ":"))
    return BuiltImage(manifest=text, media_type=media_type, blobs=blobs)


def _tar(layer: Layer) -> bytes:
    if isinstance(layer, bytes):
        return layer
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in layer.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def _config(layers: Sequence[bytes], platform: str) -> bytes:
    diff_ids = ["sha256:" + hashlib.sha256(_unpacked(layer)).hexdigest() for layer in layers]
    document = {
        **_platform(platform),
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _platform(name: str) -> Mapping[str, str]:
    """Read a platform as docker writes it: ``linux/arm64`` or ``linux/arm/v7``."""
    system, *rest = name.split("/")
    if not system or not 1 <= len(rest) <= 2 or not all(rest):
        raise ValueError(f"a platform is like linux/amd64 or linux/arm/v7, not {name!r}")
    return dict(zip(("os", "architecture", "variant"), (system, *rest), strict=False))


def _unpacked(layer: bytes) -> bytes:
    try:
        return gzip.decompress(layer) if layer.startswith(_GZIP_MAGIC) else layer
    except (OSError, EOFError, zlib.error):  # they only begin like gzip: stored as they are
        return layer


def _layer_type(layer: bytes) -> str:
    return _LAYER if _unpacked(layer) is layer else f"{_LAYER}+gzip"


def _descriptor(media_type: str, content: bytes) -> Mapping[str, object]:
    return {"mediaType": media_type, "digest": sha256_of(content), "size": len(content)}
