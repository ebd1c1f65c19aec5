"""Operations without a door and without dispatch: a store, a world that a test commands, and contexts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ecrmock.operations.image_listings import describe_images, list_images
from ecrmock.operations.images import put_image
from ecrmock.operations.layers import (
    complete_layer_upload,
    initiate_layer_upload,
    open_part,
    upload_layer_part,
)
from ecrmock.operations.operation import Context
from ecrmock.operations.repositories import create_repository
from ecrmock.operations.table import OPERATIONS
from ecrmock.store.store import Store
from ecrmock.values.authorization import Caller, root_of
from ecrmock.values.iam import ROLE
from ecrmock.values.images import ImageDetail, ImageIdentifier
from ecrmock.values.names import AccountId, Region, partition_of
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from ecrmock.world.world import make_world
from tests.documents import descriptor, digest_of, trust_policy

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"

KINDS, ACTORS = ("user", "group", "role"), ("user", "role")  # of identities of IAM
READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
POWER_USER = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser"


class Registry:
    """One registry: ``registry(operation, …)`` calls an operation with a context of its own.

    What the last call published is in ``events``, what it planned in ``later``.
    """

    def __init__(self, settings: Settings | None = None, *, seed: int = 1) -> None:
        self.settings = settings or Settings()
        self.clock = Clock(START)
        self.world = make_world(self.settings, clock=self.clock, ids=Ids(seed=seed))
        self.store = Store()
        self.account, self.region = self.settings.account, self.settings.region
        self.caller = root_of(self.settings.account, partition_of(self.region))

    def context(self) -> Context:
        return Context(
            store=self.store,
            world=self.world,
            settings=self.settings,
            caller=self.caller,
            account=self.account,
            region=self.region,
            now=self.clock.now(),
        )

    def __call__(self, operation: Callable[..., Any], **parameters: Any) -> Any:
        context = self.context()
        answer = operation(context, **parameters)
        self.store.journal.commit()
        self.store.blobs.collect()
        self.events, self.later = tuple(context.events), tuple(context.later)
        return answer

    def in_account(self, account: str, region: str | None = None) -> "Registry":
        """Make the next calls in another registry of the same store."""
        self.account, self.region = AccountId(account), Region(region or self.region)
        return self

    def by(self, caller: Caller) -> "Registry":
        """Make the next calls as another caller."""
        self.caller = caller
        return self

    def create(self, name: str = "app", **settings: Any) -> "Registry":
        self(create_repository, repository_name=name, **settings)
        return self

    def start(self, name: str = "app") -> str:
        return self(initiate_layer_upload, repository_name=name).upload_id

    def part(self, upload_id: str, content: bytes, *, name: str = "app", **span: Any) -> Any:
        """Send one part as dispatch does; without a range it goes where the upload stands."""
        upload = {"repository_name": name, "upload_id": upload_id, **span}
        stage = open_part(self.context(), **upload)
        stage.begin_part()
        stage.write(content)
        kept = False
        try:
            answer = self(upload_layer_part, **upload, layer_part_blob=stage)
            kept = True
        finally:
            stage.end_part(keep=kept)
        return answer

    def complete(self, upload_id: str, *digests: str, name: str = "app") -> Any:
        upload = {"repository_name": name, "upload_id": upload_id}
        return self(complete_layer_upload, **upload, layer_digests=digests)

    def upload(self, content: bytes, *, name: str = "app") -> str:
        """Upload a blob that the repository may hold already, and return its digest."""
        digest = digest_of(content)
        if digest in self.store.registry(self.account, self.region).repository(name).blobs:
            return digest
        upload_id = self.start(name)
        self.part(upload_id, content, name=name)
        return self.complete(upload_id, digest, name=name).layer_digest

    def manifest(
        self, *layers: bytes, config: bytes = b"{}", name: str = "app", **more: Any
    ) -> str:
        """Upload config and layers, and return a manifest that names them."""
        for blob in (config, *layers):
            self.upload(blob, name=name)
        document = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor(OCI_CONFIG, config),
            "layers": [descriptor(OCI_LAYER, layer) for layer in layers],
        }
        return json.dumps(document | more)

    def put(self, manifest: str, tag: str | None = None, *, name: str = "app", **more: Any) -> Any:
        parameters = {"repository_name": name, "image_manifest": manifest, "image_tag": tag}
        return self(put_image, **parameters, **more).image

    def push(self, layer: bytes = b"layer", *tags: str, name: str = "app", **more: Any) -> str:
        """Push an image with one layer under some tags, or untagged, and return its digest."""
        manifest = self.manifest(layer, name=name, **more)
        for tag in tags or (None,):
            self.put(manifest, tag, name=name)
        return digest_of(manifest)

    def index(self, *manifests: str, **more: Any) -> str:
        """Return an index of manifests."""
        children = [descriptor(OCI_MANIFEST, manifest) for manifest in manifests]
        return json.dumps(
            {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children} | more
        )

    def state(self, name: str = "app") -> Any:
        return self.store.registry(self.account, self.region).repository(name)


def by(digest: str | None = None, tag: str | None = None) -> ImageIdentifier:
    return ImageIdentifier(image_digest=digest, image_tag=tag)


def listed(app: Registry, **parameters: Any) -> list[tuple[str, str]]:
    page = app(list_images, repository_name="app", **parameters)
    return [(entry.image_digest, entry.image_tag) for entry in page.image_ids]


def details(app: Registry, **parameters: Any) -> tuple[ImageDetail, ...]:
    return app(describe_images, repository_name="app", **parameters).image_details


def detail(app: Registry, digest: str) -> ImageDetail:
    (found,) = details(app, image_ids=(by(digest),))
    return found


class Entity:
    """A user, a group or a role named ``Ci``; ``entity("Tag{}", …)`` calls the operation about its kind."""

    def __init__(self, registry: Registry, kind: str) -> None:
        self.registry, self.kind = registry, kind
        trust = {"assume_role_policy_document": trust_policy()} if kind == ROLE else {}
        self("Create{}", "Ci", **trust)

    def __call__(self, operation: str, name: str = "ci", **parameters: Any) -> Any:
        """Call an operation by its name with the kind left out, on the entity or on one of another name."""
        made = OPERATIONS["iam", operation.format(self.kind.capitalize())]
        return self.registry(made.function, **{f"{self.kind}_name": name}, **parameters)


def of(*kinds: str) -> pytest.MarkDecorator:
    """Run a test with an ``entity`` of each kind."""
    return pytest.mark.parametrize("entity", kinds, indirect=True)


def resource_tags(**values: str) -> tuple[ResourceTag, ...]:
    return tuple(ResourceTag(key=key, value=value) for key, value in values.items())


@pytest.fixture
def registry() -> Registry:
    """A registry without repositories."""
    return Registry()


@pytest.fixture
def app(registry: Registry) -> Registry:
    """A registry with the empty repository ``app``."""
    return registry.create()


@pytest.fixture
def registry_with() -> Callable[..., Registry]:
    """Make a registry with other settings, and the empty repository ``app`` in it."""
    return lambda **settings: Registry(Settings(**settings)).create()


@pytest.fixture
def entity(request: pytest.FixtureRequest, registry: Registry) -> Entity:
    """The entity of the kind that ``of`` names."""
    return Entity(registry, request.param)
