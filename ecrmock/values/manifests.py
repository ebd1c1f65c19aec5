"""Manifest, index and descriptor, read from the exact text that was pushed.

A manifest is kept as its text and read when its parts matter; nothing is ever written back, so the
digest stays that of the pushed bytes. Understood are Docker schema 2 and its lists, OCI image
manifests and indexes, artifact manifests with a ``subject``, and the legacy schema 1.

Source: OCI image specification (manifest, index, descriptor); ECR User Guide, "Container image
manifest format support"; reference api.md §5.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.names import Digest, is_digest
from ecrmock.values.referrers import ImageReferrer
from ecrmock.values.strict_json import strict_decoder

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+json"
DOCKER_SCHEMA_1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
ORAS_ARTIFACT = "application/vnd.cncf.oras.artifact.manifest.v1+json"
OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
MAXIMUM_SIZE = 4 * 1024 * 1024  # characters; API shape ``ImageManifest``
_SIZE_LIMIT = 1 << 63  # sizes are signed 64-bit numbers (OCI image spec, "descriptor")

_IMAGE_FORMS = frozenset({DOCKER_MANIFEST, OCI_MANIFEST})
_INDEX_FORMS = frozenset({DOCKER_LIST, OCI_INDEX})
_ARTIFACT_FORMS = frozenset({ORAS_ARTIFACT, OCI_ARTIFACT})
_SCHEMA_1_FORMS = frozenset({DOCKER_SCHEMA_1, DOCKER_SCHEMA_1_SIGNED})
MEDIA_TYPES = _IMAGE_FORMS | _INDEX_FORMS | _ARTIFACT_FORMS | _SCHEMA_1_FORMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """What a manifest says of a blob or of another manifest (OCI image spec, "descriptor").

    ``size`` is None where schema 1 does not tell it; a blob with ``urls`` may lie elsewhere.
    """

    digest: Digest
    size: int | None
    media_type: str = ""
    has_urls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parts of a manifest that ECR looks at. ``blobs`` is the config, if any, then the layers.

    ``artifact_type`` is what a descriptor of the manifest says, ``artifact_media_type`` what ECR shows.
    """

    media_type: str
    artifact_media_type: str | None = None
    blobs: tuple[Descriptor, ...] = ()
    layer_count: int = 0
    manifests: tuple[Descriptor, ...] = ()
    subject: Digest | None = None
    artifact_type: str | None = None
    annotations: tuple[tuple[str, str], ...] = ()

    @property
    def is_index(self) -> bool:
        """Whether this is an index (or Docker list), which names manifests and no blobs."""
        return self.media_type in _INDEX_FORMS

    @property
    def config(self) -> Descriptor | None:
        """The config, which artifact manifests and schema 1 do not have."""
        return self.blobs[0] if self.media_type in _IMAGE_FORMS else None

    @property
    def layers(self) -> tuple[Descriptor, ...]:
        """The layers, the lowest first; schema 1 names the highest first."""
        if self.media_type in _SCHEMA_1_FORMS:
            return self.blobs[::-1]
        return self.blobs[1:] if self.config is not None else self.blobs


class InvalidManifestError(InvalidParameterError):
    """The text is no manifest of a form that ECR knows. Source: reference api.md §5.1."""

    def __init__(self, constraint: str = "Invalid JSON syntax") -> None:
        super().__init__("ImageManifest", constraint)


def parse_manifest(text: str, media_type: str | None = None) -> Manifest:
    """Read a manifest; ``media_type`` is what the pusher called it, else its own ``mediaType`` holds.

    Raises: InvalidManifestError when the text is not JSON, has no known form, or contradicts
    ``media_type``.
    """
    document = _object(_load(text))
    own = document.get("mediaType")
    known = media_type or (None if own is None else _text(own))
    if known not in MEDIA_TYPES or (own is not None and own != known):
        raise InvalidManifestError
    if known in _INDEX_FORMS:
        return _index(known, document)
    if known in _ARTIFACT_FORMS:
        return _artifact(known, document)
    if known in _SCHEMA_1_FORMS:
        return _schema_1(known, document)
    return _image(known, document)


def parse_referrers(text: str) -> tuple[ImageReferrer, ...]:
    """Read the index in which a registry lists referrers.

    Raises: InvalidManifestError. Source: OCI distribution spec, "listing referrers".
    """
    listed = _list(_object(_load(text)).get("manifests"))
    return tuple(_referrer(_object(document)) for document in listed)


def _load(text: str) -> object:
    try:
        text.encode()  # what is no UTF-8 has no digest either
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise InvalidManifestError from None


_DECODER = strict_decoder()


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidManifestError
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidManifestError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidManifestError
    return value


def _digest(value: object) -> Digest:
    text = _text(value)
    if not is_digest(text):
        raise InvalidManifestError
    return Digest(text)


def _size(value: object) -> int:
    if type(value) is not int or not 0 <= value < _SIZE_LIMIT:
        raise InvalidManifestError
    return value


def _descriptor(value: object) -> Descriptor:
    document = _object(value)
    return Descriptor(
        digest=_digest(document.get("digest")),
        size=_size(document.get("size")),
        media_type=_text(document.get("mediaType")),
        has_urls=bool(document.get("urls")),
    )


def _descriptors(values: object) -> tuple[Descriptor, ...]:
    return tuple(map(_descriptor, _list(values)))


def _referrer(document: dict[str, Any]) -> ImageReferrer:
    return ImageReferrer(
        digest=_digest(document.get("digest")),
        media_type=_text(document.get("mediaType")),
        size=_size(document.get("size")),
        artifact_type=_artifact_type(document),
        annotations=dict(_annotations(document)) or None,
    )


def _subject(document: dict[str, Any]) -> Digest | None:
    subject = document.get("subject")
    return None if subject is None else _digest(_object(subject).get("digest"))


def _artifact_type(document: dict[str, Any]) -> str | None:
    """Return what the manifest calls itself (OCI distribution spec, "listing referrers")."""
    named = document.get("artifactType")
    return named if isinstance(named, str) and named else None


def _annotations(document: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the annotations; what is no text is left out, as nothing refuses it at a push."""
    named = document.get("annotations")
    pairs = named.items() if isinstance(named, dict) else ()
    return tuple((name, text) for name, text in pairs if isinstance(text, str))


def _check_version(document: dict[str, Any], expected: int) -> None:
    version = document.get("schemaVersion")
    if type(version) is not int or version != expected:
        raise InvalidManifestError


def _image(media_type: str, document: dict[str, Any]) -> Manifest:
    _check_version(document, 2)
    config = _descriptor(document.get("config"))
    layers = _descriptors(document.get("layers"))
    artifact_type = document.get("artifactType")
    is_artifact = artifact_type is not None and config.media_type == OCI_EMPTY
    return Manifest(
        media_type=media_type,
        # Inferred: reference api.md §5.2, the type of an OCI 1.1 artifact stands in its artifactType.
        artifact_media_type=_text(artifact_type) if is_artifact else config.media_type,
        blobs=(config, *layers),
        layer_count=len(layers),
        subject=_subject(document),
        artifact_type=_artifact_type(document) or config.media_type,
        annotations=_annotations(document),
    )


def _index(media_type: str, document: dict[str, Any]) -> Manifest:
    _check_version(document, 2)
    return Manifest(
        media_type=media_type,
        manifests=_descriptors(document.get("manifests")),
        subject=_subject(document),
        artifact_type=_artifact_type(document),
        annotations=_annotations(document),
    )


def _artifact(media_type: str, document: dict[str, Any]) -> Manifest:
    blobs = _descriptors(document.get("blobs") or [])
    return Manifest(
        media_type=media_type,
        artifact_media_type=_text(document.get("artifactType")),
        blobs=blobs,
        layer_count=len(blobs),
        subject=_subject(document),
        artifact_type=_artifact_type(document),
        annotations=_annotations(document),
    )


def _schema_1(media_type: str, document: dict[str, Any]) -> Manifest:
    _check_version(document, 1)
    digests = [_digest(_object(layer).get("blobSum")) for layer in _list(document.get("fsLayers"))]
    blobs = tuple(Descriptor(digest=digest, size=None) for digest in _unique(digests))
    return Manifest(media_type=media_type, blobs=blobs, layer_count=len(digests))


def _unique(digests: Iterable[Digest]) -> Iterable[Digest]:
    return dict.fromkeys(digests)
