"""Registries and repositories of a seed as calls to ECR. What is there already gets what the seed says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ecrmock.seeding.identities import resource_tags, text_of
from ecrmock.seeding.images import Pushed, push_images
from ecrmock.seeding.signing import put_rules
from ecrmock.seeding.signing_profiles import make_profiles
from ecrmock.seeding.stage import Stage
from ecrmock.seeding.times import read_time
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.findings_on_demand import read_demand
from ecrmock.values.image_contents import ImageArchivedError
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.names import RepositoryName, repository_arn
from ecrmock.values.pull_time_exclusions import ExclusionAlreadyExistsError
from ecrmock.values.repositories import (
    EncryptionConfiguration,
    ImageScanningConfiguration,
    ImageTagMutabilityExclusionFilter,
    RepositoryAlreadyExistsError,
)
from ecrmock.values.scanning import RegistryScanningRule, ScanningRepositoryFilter
from ecrmock.values.scans import ScanningDisabledError
from ecrmock.values.storage_classes import ARCHIVE, STANDARD

_WILDCARD = "WILDCARD"


def fill(stage: Stage, region: Mapping[str, Any]) -> None:
    """Make the signing profiles of a region, and its repositories with their images."""
    make_profiles(stage, region)
    for name, repository in region.get("repositories", {}).items():
        at = stage.at("repositories", name)
        _make_repository(at, name, repository)
        pushed = push_images(at.at("images"), name, repository.get("images", ()))
        _age(name, pushed)


def protect(stage: Stage, region: Mapping[str, Any]) -> None:
    """Put the settings and policies of a region, by which nothing of the seed is judged."""
    _set_registry(stage.at("registry"), region.get("registry", {}))
    for name, repository in region.get("repositories", {}).items():
        at, named = stage.at("repositories", name), {"repository_name": name}
        _settle_mutability(at, name, repository)
        if "repository_policy" in repository:
            text = text_of(repository["repository_policy"])
            put = {**named, "policy_text": text, "force": True}
            at.at("repository_policy").call("SetRepositoryPolicy", **put)
        if "lifecycle_policy" in repository:
            text = text_of(repository["lifecycle_policy"])
            put = {**named, "lifecycle_policy_text": text}
            at.at("lifecycle_policy").call("PutLifecyclePolicy", **put)


def _make_repository(stage: Stage, name: str, repository: Mapping[str, Any]) -> None:
    scanning = ImageScanningConfiguration(scan_on_push=repository.get("scan_on_push", False))
    tags = resource_tags(repository.get("resource_tags", {}))
    encryption = repository.get("encryption", {"type": "AES256"})
    created_at = repository.get("created_at")
    made = _at_time(stage, created_at).call(
        "CreateRepository",
        unless=(RepositoryAlreadyExistsError,),
        repository_name=name,
        image_scanning_configuration=scanning,
        encryption_configuration=EncryptionConfiguration(
            encryption_type=encryption["type"], kms_key=encryption.get("kms_key")
        ),
        tags=tags,
    )
    if made is None:
        _change_repository(stage, name, repository, scanning)


def _change_repository(
    stage: Stage, name: str, repository: Mapping[str, Any], scanning: ImageScanningConfiguration
) -> None:
    """Give a repository that is there what the seed says of it; its encryption stays, as in ECR."""
    if "scan_on_push" in repository:
        stage.call(
            "PutImageScanningConfiguration",
            repository_name=name,
            image_scanning_configuration=scanning,
        )
    if "resource_tags" in repository:
        arn = repository_arn(stage.account, stage.region, RepositoryName(name))
        tags = resource_tags(repository["resource_tags"])
        stage.at("resource_tags").call("TagResource", resource_arn=arn, tags=tags)


def _settle_mutability(stage: Stage, name: str, repository: Mapping[str, Any]) -> None:
    """Put the mutability last, so that a seed may move a tag that is immutable from then on."""
    if "tag_mutability" not in repository and "tag_mutability_exclusions" not in repository:
        return
    wildcards = repository.get("tag_mutability_exclusions")
    filters = None if wildcards is None else tuple(map(_exclusion, wildcards))
    stage.at("tag_mutability").call(
        "PutImageTagMutability",
        repository_name=name,
        image_tag_mutability=repository.get("tag_mutability", "MUTABLE"),
        image_tag_mutability_exclusion_filters=filters,
    )


def _exclusion(wildcard: str) -> ImageTagMutabilityExclusionFilter:
    return ImageTagMutabilityExclusionFilter(filter_type=_WILDCARD, filter=wildcard)


def _age(name: str, images: Sequence[Pushed]) -> None:
    """Pull, scan, archive and restore images as of their times; an index leaves before what it lists."""
    for image in images:
        if "pulled_at" in image.entry:
            at = _at_time(image.stage.at("pulled_at"), image.entry["pulled_at"])
            asked = (ImageIdentifier(image_digest=image.image_id.image_digest),)
            at.call("BatchGetImage", repository_name=name, image_ids=asked)
    scanned = [image for image in images if "scanned_at" in image.entry]
    for image in scanned:
        if not _is_scanned_late(image):
            _scan(name, image)
    for member, target in (("archived_at", ARCHIVE), ("restored_at", STANDARD)):
        for image in reversed(images):
            if member in image.entry:
                at = _at_time(image.stage.at(member), image.entry[member])
                at.call(
                    "UpdateImageStorageClass",
                    repository_name=name,
                    image_id=ImageIdentifier(image_digest=image.image_id.image_digest),
                    target_storage_class=target,
                )
    for image in scanned:
        if _is_scanned_late(image):
            _scan(name, image)


def _is_scanned_late(image: Pushed) -> bool:
    """Tell whether the scan of an image came after its time in the archive."""
    if "restored_at" not in image.entry:
        return False
    scanned_at, archived_at = (
        _time(image.stage.at(member), image.entry[member])
        for member in ("scanned_at", "archived_at")
    )
    return scanned_at > archived_at


def _scan(name: str, image: Pushed) -> None:
    """Scan an image that is there to be scanned.

    What its push has started, or enhanced scanning does by itself, is as good.
    """
    at = _at_time(image.stage.at("scanned_at"), image.entry["scanned_at"])
    at.call(
        "StartImageScan",
        unless=(ImageArchivedError, LimitExceededError, ScanningDisabledError),
        repository_name=name,
        image_id=ImageIdentifier(image_digest=image.image_id.image_digest),
    )


def _at_time(stage: Stage, text: str | None) -> Stage:
    return stage if text is None else stage.at(time=_time(stage, text))


def _time(stage: Stage, text: str) -> datetime:
    with stage.watched("reading a time"):
        return read_time(text, stage.backend.world.clock.now())


def _set_registry(stage: Stage, registry: Mapping[str, Any]) -> None:
    for name, value in registry.get("account_settings", {}).items():
        at = stage.at("account_settings", name)
        at.call("PutAccountSetting", name=name, value=value)
    if "scanning" in registry:
        scanning = registry["scanning"]
        stage.at("scanning").call(
            "PutRegistryScanningConfiguration",
            scan_type=scanning.get("type", "BASIC"),
            rules=tuple(map(_scanning_rule, scanning.get("rules", ()))),
        )
    put_rules(stage, registry)
    for number, demand in enumerate(registry.get("findings", ())):
        at = stage.at("findings", number)
        with at.watched("reading findings"):
            asked = read_demand(demand)
        at.call("PutFindingsOnDemand", service="ecrmock", demand=asked)
    for number, arn in enumerate(registry.get("pull_time_exclusions", ())):
        unless = (ExclusionAlreadyExistsError,)
        at = stage.at("pull_time_exclusions", number)
        at.call("RegisterPullTimeUpdateExclusion", unless=unless, principal_arn=arn)
    if "registry_policy" in registry:
        text = text_of(registry["registry_policy"])
        stage.at("registry_policy").call("PutRegistryPolicy", policy_text=text)


def _scanning_rule(rule: Mapping[str, Any]) -> RegistryScanningRule:
    filters = (
        ScanningRepositoryFilter(filter=wildcard, filter_type=_WILDCARD)
        for wildcard in rule["repositories"]
    )
    return RegistryScanningRule(scan_frequency=rule["frequency"], repository_filters=tuple(filters))
