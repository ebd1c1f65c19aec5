"""Public registries of a seed as calls to ECR Public. What is there already gets what the seed says."""

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from ecrmock.seeding.identities import resource_tags, text_of
from ecrmock.seeding.images import push_images
from ecrmock.seeding.stage import Stage
from ecrmock.seeding.times import read_time
from ecrmock.values.names import PUBLIC, RepositoryName, repository_arn
from ecrmock.values.public_gallery import ACTIVE, CatalogDataInput
from ecrmock.values.repositories import RepositoryAlreadyExistsError, ResourceTag


def fill(stage: Stage, registry: Mapping[str, Any]) -> None:
    """Give the public registry of an account its aliases and its repositories, with their images."""
    for name, alias in registry.get("aliases", {}).items():
        stage.at("aliases", name).call(
            "PutPublicAlias",
            service="ecrmock",
            name=name,
            status=alias.get("status", ACTIVE),
            is_primary=alias.get("primary", False),
            is_default=alias.get("default", False),
        )
    for name, repository in registry.get("repositories", {}).items():
        at = stage.at("repositories", name)
        _make_repository(at, name, repository)
        push_images(at.at("images"), name, repository.get("images", ()))


def protect(stage: Stage, registry: Mapping[str, Any]) -> None:
    """Put what is said of the registry, and the policies of its repositories."""
    if "display_name" in registry:
        name = registry["display_name"]
        stage.at("display_name").call("PutRegistryCatalogData", display_name=name)
    for name, repository in registry.get("repositories", {}).items():
        if "repository_policy" in repository:
            text = text_of(repository["repository_policy"])
            at = stage.at("repositories", name, "repository_policy")
            put = {"repository_name": name, "policy_text": text, "force": True}
            at.call("SetRepositoryPolicy", **put)


def _make_repository(stage: Stage, name: str, repository: Mapping[str, Any]) -> None:
    tags = resource_tags(repository.get("resource_tags", {}))
    said = _catalog_data(stage.at("catalog_data"), repository.get("catalog_data"))
    at = stage
    if "created_at" in repository:
        with stage.at("created_at").watched("reading a time"):
            now = stage.backend.world.clock.now()
            at = stage.at(time=read_time(repository["created_at"], now))
    made = at.call(
        "CreateRepository",
        unless=(RepositoryAlreadyExistsError,),
        repository_name=name,
        catalog_data=said,
        tags=tags,
    )
    if made is None:
        _change_repository(stage, name, said, tags)


def _change_repository(
    stage: Stage, name: str, said: CatalogDataInput | None, tags: Sequence[ResourceTag]
) -> None:
    """Give a repository that is there what the seed says of it."""
    if said is not None:
        stage.at("catalog_data").call(
            "PutRepositoryCatalogData", repository_name=name, catalog_data=said
        )
    if tags:
        arn = repository_arn(stage.account, PUBLIC, RepositoryName(name))
        stage.at("resource_tags").call("TagResource", resource_arn=arn, tags=tags)


def _catalog_data(stage: Stage, said: Mapping[str, Any] | None) -> CatalogDataInput | None:
    if said is None:
        return None
    members: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    logo = members.pop("logo", None)
    with stage.at("logo").watched("reading a logo"):
        try:
            members["logo_image_blob"] = None if logo is None else b64decode(logo, validate=True)
        except binascii.Error:
            raise ValueError("a logo is the base64 of a PNG") from None
    return CatalogDataInput(**members)
