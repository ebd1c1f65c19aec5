"""The Python door: what ``mock_ecr`` hands out.

Everything here goes through the corridor as a call of the account's root, so it meets the same rules as
boto3 and docker do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call, CallRecord
from ecrmock.values.authorization import AccessKey
from ecrmock.values.names import AccountId, Region, RepositoryName, sha256_of
from ecrmock.values.repositories import RepositoryAlreadyExistsError

if TYPE_CHECKING:
    from ecrmock.values.images import ImageIdentifier


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
    ) -> "ImageIdentifier":
        """Push a real image, as docker would, and return its digest and tag.

        Each layer is the bytes of a tar file, gzipped or not, and is stored as it is; without layers the
        image gets one with a single empty file. The repository is made when it is missing.

        Raises: EcrError, as the API does, for example when the tag is immutable.
        """
        from ecrmock.rules import image_building  # noqa: PLC0415 - loaded when first needed

        self._create_if_missing(repository)
        blobs = tuple(layers) or (image_building.small_layer(),)
        config = image_building.config(blobs)
        for blob in (config, *blobs):
            self._upload(repository, blob)
        manifest = image_building.manifest(config, blobs)
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
        from ecrmock.values.layers import LayerAlreadyExistsError  # noqa: PLC0415

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
