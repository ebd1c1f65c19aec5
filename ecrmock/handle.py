"""The Python door: what ``mock_ecr`` hands out.

Everything here goes through the corridor as a call of the account's root, so it meets the same rules as
boto3 and docker do.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call, CallRecord
from ecrmock.values.authorization import AccessKey
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.layers import LayerAlreadyExistsError
from ecrmock.values.manifests import OCI_CONFIG, OCI_MANIFEST
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, sha256_of
from ecrmock.values.repositories import RepositoryAlreadyExistsError

_LAYER = "application/vnd.oci.image.layer.v1.tar"
_GZIP_MAGIC = b"\x1f\x8b"


class ClockHandle:
    """The backend's clock; when it moves, the work that has fallen due is done before the call returns."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def now(self) -> datetime:
        """Return the backend's time."""
        return self._backend.world.clock.now()

    def set(self, time: datetime) -> None:
        """Move to a time, which needs a time zone. Raises: ValueError."""
        self._backend.world.clock.set(time)
        self._backend.settle()

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Move forward by a span."""
        self._backend.world.clock.advance(timedelta(days=days, hours=hours, seconds=seconds))
        self._backend.settle()

    def freeze(self) -> None:
        """Let time stand still."""
        self._backend.world.clock.freeze()

    def resume(self) -> None:
        """Let time go on."""
        self._backend.world.clock.resume()


class Ecr:
    """A backend as a test sees it."""

    def __init__(self, backend: Backend) -> None:
        self.clock = ClockHandle(backend)
        self._backend = backend

    @property
    def account(self) -> AccountId:
        """The default account."""
        return self._backend.settings.account

    @property
    def region(self) -> Region:
        """The default region."""
        return self._backend.settings.region

    @property
    def events(self) -> tuple[dict[str, object], ...]:
        """The EventBridge envelopes that ECR sent, the oldest first."""
        return self._backend.events()

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """The last calls of every door, the oldest first, with the decision about each."""
        return self._backend.calls()

    def settle(self) -> None:
        """Do the work that is due."""
        self._backend.settle()

    def reset(self) -> None:
        """Forget all accounts, repositories, events and calls, and go back to the real time."""
        self._backend.reset()

    def push_image(
        self, repository: str, *, tag: str | None = None, layers: Sequence[bytes] = ()
    ) -> ImageIdentifier:
        """Push a real image, as docker would, and return its digest and tag.

        Each layer is the bytes of a tar file, gzipped or not, and is stored as it is; without layers the
        image gets one with a single empty file. The repository is made when it is missing.

        Raises: EcrError, as the API does, for example when the tag is immutable.
        """
        self._create_if_missing(repository)
        blobs = tuple(layers) or (_small_layer(),)
        config = _config(blobs)
        for blob in (config, *blobs):
            self._upload(repository, blob)
        manifest = _manifest(config, blobs)
        image = self._call(
            "PutImage",
            repository_name=RepositoryName(repository),
            image_manifest=manifest,
            **({} if tag is None else {"image_tag": tag}),
        ).image
        identifier: ImageIdentifier = image.image_id
        return identifier

    def _create_if_missing(self, repository: str) -> None:
        try:
            self._call("CreateRepository", repository_name=RepositoryName(repository))
        except RepositoryAlreadyExistsError:
            return

    def _upload(self, repository: str, blob: bytes) -> None:
        name = RepositoryName(repository)
        upload_id = self._call("InitiateLayerUpload", repository_name=name).upload_id
        upload = {"repository_name": name, "upload_id": upload_id}
        self._call("UploadLayerPart", **upload, layer_part_blob=blob)
        try:
            self._call("CompleteLayerUpload", **upload, layer_digests=(sha256_of(blob),))
        except LayerAlreadyExistsError:
            self._call("CancelLayerUpload", service="ecrmock", **upload)

    def _call(self, operation: str, *, service: str = "ecr", **parameters: Any) -> Any:
        return self._backend.dispatcher.dispatch(
            Call(
                service=service,
                operation=operation,
                parameters=parameters,
                credentials=AccessKey(self.account),
                region=self.region,
                request_id=self._backend.world.ids.uuid(),
            )
        )


def _small_layer() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("ecrmock"))
    return file.getvalue()


def _config(layers: Sequence[bytes]) -> bytes:
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
    except (OSError, EOFError):  # bytes that only begin like gzip are stored as they are
        return layer


def _manifest(config: bytes, layers: Sequence[bytes]) -> str:
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": _descriptor(OCI_CONFIG, config),
        "layers": [_descriptor(_layer_type(layer), layer) for layer in layers],
    }
    return json.dumps(document, separators=(",", ":"))


def _layer_type(layer: bytes) -> str:
    return f"{_LAYER}+gzip" if layer.startswith(_GZIP_MAGIC) else _LAYER


def _descriptor(media_type: str, content: bytes) -> Mapping[str, object]:
    digest: Digest = sha256_of(content)
    return {"mediaType": media_type, "digest": digest, "size": len(content)}
