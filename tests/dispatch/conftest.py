"""A backend without a door: calls go straight into the corridor."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.store.journal import Journal
from ecrmock.values.authorization import AccessKey, Credentials
from ecrmock.values.names import AccountId, Region
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from tests.documents import descriptor, digest_of

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"


def manifest_of(*layers: bytes, config: bytes = b"{}") -> str:
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, config),
        "layers": [descriptor(OCI_LAYER, layer) for layer in layers],
    }
    return json.dumps(document)


class Corridor:
    """``corridor("CreateRepository", …)`` makes a call as a door does, and returns its answer."""

    def __init__(self, journal: Journal | None = None, **settings: Any) -> None:
        clock, ids = Clock(START), Ids(seed=1)
        self.backend = Backend(Settings(**settings), clock=clock, ids=ids, journal=journal)
        self.clock = clock

    def call(
        self,
        operation: str,
        *,
        service: str = "ecr",
        credentials: Credentials | None = None,
        region: str = "us-east-1",
        account: str | None = None,
        request_id: str = "request",
        **parameters: Any,
    ) -> Call:
        return Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=credentials or AccessKey("AKIAIOSFODNN7EXAMPLE"),
            region=Region(region),
            account=None if account is None else AccountId(account),
            request_id=request_id,
        )

    def __call__(self, operation: str, **how_and_parameters: Any) -> Any:
        return self.backend.dispatcher.dispatch(self.call(operation, **how_and_parameters))

    def open(self, operation: str, **how_and_parameters: Any) -> bytes:
        """Make a call whose answer allows a blob to be read, and read it."""
        reader = self.backend.dispatcher.open(self.call(operation, **how_and_parameters))
        content = b"".join(reader.chunks())
        reader.close()
        return content

    def create(self, name: str = "app", service: str = "ecr") -> "Corridor":
        self("CreateRepository", service=service, repository_name=name)
        return self

    def start(self, name: str = "app", service: str = "ecr") -> dict[str, str]:
        """Start an upload, and return the members that the other calls name it by."""
        started = self("InitiateLayerUpload", service=service, repository_name=name)
        return {"repository_name": name, "upload_id": started.upload_id}

    def part(self, upload: dict[str, str], content: Any, **span: int) -> Any:
        return self("UploadLayerPart", **upload, layer_part_blob=content, **span)

    def upload(self, content: bytes, name: str = "app", service: str = "ecr") -> str:
        upload = {**self.start(name, service), "service": service}
        self.part(upload, content)
        digests = (digest_of(content),)
        return self("CompleteLayerUpload", **upload, layer_digests=digests).layer_digest

    def push(self, layer: bytes = b"layer", tag: str | None = None, name: str = "app") -> str:
        """Push an image with one layer, whose blobs nobody pushed before, and return its digest."""
        for blob in (b"{%s}" % layer.hex().encode(), layer):
            self.upload(blob, name)
        manifest = manifest_of(layer, config=b"{%s}" % layer.hex().encode())
        self("PutImage", repository_name=name, image_manifest=manifest, image_tag=tag)
        return digest_of(manifest)

    @property
    def records(self) -> tuple[Any, ...]:
        return self.backend.calls()

    @property
    def published(self) -> tuple[Any, ...]:
        return self.backend.world.events.published()


@pytest.fixture
def corridor() -> Corridor:
    """The corridor of a new backend."""
    return Corridor()


@pytest.fixture
def app(corridor: Corridor) -> Corridor:
    """A corridor with the empty repository ``app``."""
    return corridor.create()


@pytest.fixture
def corridor_with() -> Callable[..., Corridor]:
    """Make a corridor with other settings, or with another journal."""
    return Corridor
