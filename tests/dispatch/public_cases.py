"""The calls of ECR Public for the tests of units of work: operation, what was done before, parameters."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ecrmock.values.images import ImageIdentifier
from ecrmock.values.public_gallery import CatalogDataInput
from ecrmock.values.repositories import ResourceTag
from tests.dispatch.conftest import Corridor, digest_of, manifest_of
from tests.documents import png

SERVICE = "ecr-public"
NAME = {"repository_name": "app"}
NOTHING: Mapping[str, Any] = MappingProxyType({})
LAYER = digest_of(b"layer")
TEAM = ResourceTag(key="team", value="a")
ARN = {"resource_arn": "arn:aws:ecr-public::123456789012:repository/app"}
STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "ecr-public:*"}
POLICY = {**NAME, "policy_text": json.dumps({"Statement": STATEMENT})}
LOCK_OUT = {**NAME, "policy_text": json.dumps({"Statement": {**STATEMENT, "Effect": "Deny"}})}
SAID = {"catalog_data": CatalogDataInput(description="a tool", logo_image_blob=png(60, 60))}
NO_LOGO = {"catalog_data": CatalogDataInput(logo_image_blob=b"GIF89a")}
PUT = {**NAME, "image_manifest": manifest_of(b"layer"), "image_tag": "latest"}
BY_TAG = {**NAME, "image_ids": (ImageIdentifier(image_tag="latest"),)}
DIGESTS = {**NAME, "layer_digests": (LAYER,)}


def nothing(corridor: Corridor) -> None:
    pass


def app(corridor: Corridor) -> None:
    corridor.create(service=SERVICE)


def layers(corridor: Corridor) -> None:
    app(corridor)
    for blob in (b"{}", b"layer"):
        corridor.upload(blob, service=SERVICE)


def image(corridor: Corridor) -> None:
    layers(corridor)
    corridor("PutImage", service=SERVICE, **PUT)


def upload(content: bytes | None) -> Callable[[Corridor], dict[str, Any]]:
    def prepare(corridor: Corridor) -> dict[str, Any]:
        app(corridor)
        started = corridor.start(service=SERVICE)
        if content is not None:
            corridor.part({**started, "service": SERVICE}, content)
        return started

    return prepare


def after(operation: str, **parameters: Any) -> Callable[[Corridor], None]:
    """Make one more call in the repository ``app``."""

    def prepare(corridor: Corridor) -> None:
        app(corridor)
        corridor(operation, service=SERVICE, **parameters)

    return prepare


described = after("PutRepositoryCatalogData", **NAME, **SAID)
policy = after("SetRepositoryPolicy", **POLICY)
tagged = after("TagResource", **ARN, tags=(TEAM,))


def alias(corridor: Corridor) -> None:
    """Give the registry an alias beside its default one."""
    app(corridor)
    corridor("PutPublicAlias", service="ecrmock", region="public", name="acme")


def logo(corridor: Corridor) -> dict[str, Any]:
    described(corridor)
    shown = corridor("GetRepositoryCatalogData", service=SERVICE, **NAME).catalog_data
    return {"logo": shown.logo_name}


PUBLIC_CASES: list[tuple[str, Callable[[Corridor], Any], Mapping[str, Any]]] = [
    ("CreateRepository", nothing, {**NAME, **SAID, "tags": (TEAM,)}),
    ("CreateRepository", alias, {"repository_name": "second"}),
    ("DescribeRepositories", app, NOTHING),
    ("DeleteRepository", image, {**NAME, "force": True}),
    ("DescribeRegistries", app, NOTHING),
    ("GetAuthorizationToken", nothing, NOTHING),
    ("GetRegistryCatalogData", app, NOTHING),
    ("PutRegistryCatalogData", app, {"display_name": "Example Inc."}),
    ("GetRepositoryCatalogData", described, NAME),
    ("PutRepositoryCatalogData", described, {**NAME, **SAID}),
    ("SetRepositoryPolicy", app, POLICY),
    ("GetRepositoryPolicy", policy, NAME),
    ("DeleteRepositoryPolicy", policy, NAME),
    ("TagResource", tagged, {**ARN, "tags": (TEAM,)}),
    ("UntagResource", tagged, {**ARN, "tag_keys": ("team",)}),
    ("ListTagsForResource", tagged, ARN),
    ("BatchCheckLayerAvailability", layers, DIGESTS),
    ("InitiateLayerUpload", app, NAME),
    ("UploadLayerPart", upload(None), {"layer_part_blob": b"layer"}),
    ("CompleteLayerUpload", upload(b"layer"), {"layer_digests": (LAYER,)}),
    ("PutImage", layers, PUT),
    ("PutImage", image, {**PUT, "image_tag": "more"}),
    ("DescribeImages", image, NAME),
    ("DescribeImageTags", image, NAME),
    ("BatchDeleteImage", image, BY_TAG),
]
PUBLIC_REFUSED: list[tuple[str, Callable[[Corridor], Any], Mapping[str, Any]]] = [
    ("CreateRepository", app, NAME),
    ("CreateRepository", nothing, {**NAME, **NO_LOGO}),
    ("CreateRepository", nothing, {**NAME, "tags": (TEAM, TEAM)}),
    ("DescribeRepositories", nothing, {"repository_names": ("app",)}),
    ("DescribeRegistries", nothing, {"next_token": "nonsense"}),
    ("DeleteRepository", image, NAME),
    ("GetRepositoryCatalogData", nothing, NAME),
    ("PutRepositoryCatalogData", described, {**NAME, **NO_LOGO}),
    ("SetRepositoryPolicy", policy, LOCK_OUT),
    ("DeleteRepositoryPolicy", app, NAME),
    ("TagResource", tagged, {**ARN, "tags": (TEAM, TEAM)}),
    ("UntagResource", tagged, {**ARN, "tag_keys": ("",)}),
    ("InitiateLayerUpload", nothing, NAME),
    ("InitiateLayerUpload", app, {**NAME, "registry_id": "nobody"}),
    ("BatchDeleteImage", image, {**BY_TAG, "registry_id": "nobody"}),
    ("DescribeImages", image, {**NAME, "registry_id": "111122223333"}),
    ("PutImage", app, PUT),
    ("PutImage", image, PUT),
    ("CompleteLayerUpload", upload(None), {"layer_digests": (LAYER,)}),
    ("DescribeImageTags", nothing, NAME),
]
