"""The scanner of one backend: what is in an image, and who knows what is wrong with that."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from uuid import UUID

from ecrmock.values.advisories import Vulnerability
from ecrmock.values.image_contents import ImageContents
from ecrmock.values.inventory import Inventory, UnreadableImageError, UnsupportedImageError
from ecrmock.values.manifests import OCI_INDEX
from ecrmock.values.names import Digest
from ecrmock.values.settings import Settings
from ecrmock.world.advisories import Advisories, sample_advisories
from ecrmock.world.inventory.cache import LayerInventories, Stored, pieces
from ecrmock.world.inventory.images import read_image
from ecrmock.world.other_scanners import OtherScanner
from ecrmock.world.sbom import cyclonedx_json

_LARGEST_CONFIG = 4 * 1024 * 1024  # bytes; beyond it nothing is read of it


class OpenBlob(Protocol):
    """Opens a blob of the store."""

    def __call__(self, digest: Digest, /) -> Stored:
        """Raises: KeyError when it is gone."""
        ...


class Scanner:
    """Reads images without the backend's lock; what it knows of a layer it keeps by the layer's digest."""

    def __init__(self, open_blob: OpenBlob, settings: Settings) -> None:
        self._open_blob, self._settings = open_blob, settings
        self._layers = LayerInventories(lambda digest: open_blob(Digest(digest)))

    def inventory(self, contents: ImageContents) -> Inventory:
        """Return what is installed in an image.

        Raises: UnreadableImageError, UnsupportedImageError, MissingExtraError.
        """
        if contents.foreign_media_type is not None:
            raise UnsupportedImageError(f"a layer has media type '{contents.foreign_media_type}'")
        with _whole():
            return read_image(contents.layers, self._layers)

    def bill_of_materials(self, contents: ImageContents, *, name: str, serial_number: str) -> str:
        """Return what is installed in an image of a name as CycloneDX JSON. Raises: as ``inventory``."""
        return cyclonedx_json(
            self.inventory(contents),
            name=name,
            digest=contents.image_digest,
            created_at=contents.read_at,
            serial_number=UUID(serial_number),
        )

    def config(self, contents: ImageContents) -> dict[str, Any]:
        """Return the configuration of an image, empty where it cannot be read."""
        if contents.config is None:
            return {}
        try:
            with closing(self._open_blob(contents.config)) as stored:
                text = b"".join(map(bytes, _bounded(pieces(stored))))
            document = json.loads(text)
        except (KeyError, ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    @cached_property
    def advisories(self) -> Advisories:
        """The advisories of the settings, or the few that come with ecrmock."""
        path = self._settings.advisories
        return Advisories(Path(path)) if path is not None else sample_advisories()

    @property
    def has_other(self) -> bool:
        """Whether another scanner is asked in place of the advisories."""
        return self._settings.scanner is not None

    def ask_other(self, contents: ImageContents) -> tuple[Vulnerability, ...]:
        """Return what another scanner finds in an image. Raises: ScannerFailedError, UnreadableImageError."""
        other = OtherScanner(self._settings.scanner or "")
        with TemporaryDirectory(prefix="ecrmock-scan-") as folder:
            with _whole():
                self._write_layout(Path(folder), contents)
            return other.scan(Path(folder))

    def updated_at(self, contents: ImageContents) -> datetime:
        """Return when what is known of vulnerabilities was updated, which is not after it was used."""
        if self.has_other:
            return contents.read_at
        updated_at = datetime.fromtimestamp(self.advisories.updated_at, UTC)
        return min(updated_at, contents.read_at)

    def _write_layout(self, folder: Path, contents: ImageContents) -> None:
        """Write an image as other scanners read it. Source: OCI image specification, "image layout"."""
        text = contents.image_manifest.encode()
        described = {
            "mediaType": contents.image_manifest_media_type,
            "digest": contents.image_digest,
            "size": len(text),
        }
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [described]}
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        (folder / "index.json").write_text(json.dumps(index))
        _path(folder, contents.image_digest).write_bytes(text)
        blobs = (*contents.layers, *((contents.config,) if contents.config is not None else ()))
        for digest in dict.fromkeys(blobs):
            with (
                closing(self._open_blob(digest)) as stored,
                _path(folder, digest).open("wb") as file,
            ):
                for chunk in pieces(stored):
                    file.write(chunk)


def _path(folder: Path, digest: str) -> Path:
    algorithm, _, name = digest.partition(":")
    (folder / "blobs" / algorithm).mkdir(parents=True, exist_ok=True)
    return folder / "blobs" / algorithm / name


def _bounded(chunks: Iterator[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > _LARGEST_CONFIG:
            raise ValueError(f"the configuration has more than {_LARGEST_CONFIG} bytes")
        yield chunk


@contextmanager
def _whole() -> Iterator[None]:
    """Say of an image that lost a layer while it was read that it cannot be read."""
    try:
        yield
    except KeyError:
        raise UnreadableImageError("a layer was deleted while the image was read") from None
