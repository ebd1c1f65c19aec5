"""Decide first, save last: a call succeeds with all that it saved, or leaves no trace.

Source: DESIGN.md section 2. A journal that fails stands for whatever can go wrong while an operation saves.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from ecrmock.operations.table import OPERATIONS
from ecrmock.rules.lifecycle import candidates, preview_results, verdicts_about
from ecrmock.store.content import Content, Usage
from ecrmock.store.journal import Journal
from ecrmock.values.errors import EcrError
from ecrmock.values.findings import Finding, FindingsOnDemand, ImageScanFindings
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.layers import HeldBlob
from ecrmock.values.names import AccountId, Tag
from ecrmock.values.referrers import SubjectIdentifier
from ecrmock.values.replication import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecrmock.values.repositories import ImageScanningConfiguration, ResourceTag
from ecrmock.values.scanning import (
    CONTINUOUS_SCAN,
    ENHANCED,
    SCAN_ON_PUSH,
    RegistryScanningRule,
    ScanningRepositoryFilter,
)
from ecrmock.values.scans import ScanResult
from ecrmock.values.signing import SigningConfiguration, SigningRule
from tests.dispatch.conftest import OCI_MANIFEST, START, Corridor, digest_of, manifest_of
from tests.dispatch.iam_cases import IAM_CASES, IAM_REFUSED, KNOWN_KEY
from tests.dispatch.iam_cases import user as iam_user
from tests.dispatch.public_cases import PUBLIC_CASES, PUBLIC_REFUSED
from tests.dispatch.public_cases import alias as public_alias
from tests.dispatch.public_cases import image as public_image
from tests.dispatch.public_cases import logo as public_logo
from tests.dispatch.signer_cases import SIGNER_CASES, SIGNER_REFUSED
from tests.store.changes import a_job

LAYER = digest_of(b"layer")
NAME = {"repository_name": "app"}
OCI_INDEX = "application/vnd.oci.image.index.v1+json"


class SaveFailed(Exception):
    """The save that a test asked to fail."""


class FailingJournal(Journal):
    """Counts saves, and fails at the one that a test names."""

    def __init__(self) -> None:
        super().__init__()
        self.saves, self.fail_at = 0, 0

    def note(self, table: Any, key: Any, old: Any) -> None:
        self.saves += 1
        if self.saves == self.fail_at:
            raise SaveFailed
        super().note(table, key, old)


class Case(NamedTuple):
    """A call, and what was done before it; ``prepare`` may return more parameters of the call."""

    operation: tuple[str, str]
    prepare: Callable[[Corridor], dict[str, Any] | None]
    parameters: Mapping[str, Any] = MappingProxyType({})


def nothing(corridor: Corridor) -> None:
    pass


def app(corridor: Corridor) -> None:
    corridor.create()


def layer(corridor: Corridor) -> None:
    corridor.create().upload(b"layer")


def config_and_layer(corridor: Corridor) -> None:
    layer(corridor)
    corridor.upload(b"{}")


def image(*tags: str | None) -> Callable[[Corridor], None]:
    def prepare(corridor: Corridor) -> None:
        config_and_layer(corridor)
        for tag in tags:
            corridor("PutImage", **NAME, image_manifest=manifest_of(b"layer"), image_tag=tag)

    return prepare


def image_and_other(corridor: Corridor) -> None:
    image("latest")(corridor)
    corridor.upload(b"other")


def archived(*tags: str | None) -> Callable[[Corridor], None]:
    def prepare(corridor: Corridor) -> None:
        image(*tags)(corridor)
        corridor("UpdateImageStorageClass", **TO_ARCHIVE)

    return prepare


def restoring(corridor: Corridor) -> None:
    """Leave an image whose restore is due; the reaction that would complete it is not."""
    archived("latest")(corridor)
    corridor("UpdateImageStorageClass", **TO_STANDARD)
    corridor.backend.world.scheduler.clear()
    corridor.clock.advance(corridor.backend.settings.activation_time)


def subject(corridor: Corridor) -> None:
    """Push an image, and a manifest about it."""
    image("latest")(corridor)
    about = {"mediaType": OCI_MANIFEST, "digest": BY_DIGEST.image_digest, "size": 1}
    manifest = json.dumps(json.loads(manifest_of(b"layer")) | {"subject": about})
    corridor("PutImage", **NAME, image_manifest=manifest)


def mountable(corridor: Corridor) -> None:
    """Leave an image in ``source`` whose layer ``app`` does not have."""
    corridor("PutAccountSetting", **MOUNTING)
    corridor.create().create("source").push(b"layer", "latest", "source")


def ended_session(corridor: Corridor) -> None:
    """Leave credentials that ended long ago."""
    corridor("AssumeRole", service="sts", **ROLE_SESSION)
    corridor.clock.advance(timedelta(days=2))


def excluded(corridor: Corridor) -> None:
    corridor("RegisterPullTimeUpdateExclusion", **ROLE)


def upload(content: bytes | None) -> Callable[[Corridor], dict[str, Any]]:
    def prepare(corridor: Corridor) -> dict[str, Any]:
        started = corridor.create().start()
        if content is not None:
            corridor.part(started, content)
        return started

    return prepare


def old_layer(corridor: Corridor) -> None:
    """Leave a layer whose time of grace is over; the reaction that would drop it is not due."""
    layer(corridor)
    corridor.backend.world.scheduler.clear()
    corridor.clock.advance(corridor.backend.settings.upload_lifetime)


def repository_policy(corridor: Corridor) -> None:
    corridor.create()("SetRepositoryPolicy", **NAME, policy_text=POLICY)


def registry_policy(corridor: Corridor) -> None:
    corridor("PutRegistryPolicy", policy_text=REGISTRY_POLICY)


def resource_tags(corridor: Corridor) -> None:
    corridor.create()("TagResource", **ARN, tags=(TEAM,))


def lifecycle_policy(corridor: Corridor) -> None:
    image("latest")(corridor)
    corridor("PutLifecyclePolicy", **LIFECYCLE_POLICY)


def lifecycle_run(corridor: Corridor) -> dict[str, Any]:
    lifecycle_policy(corridor)
    view = corridor("ReadLifecyclePolicy", service="ecrmock", **NAME)
    return {"policy_id": view.policy_id, "evaluated_at": view.now, "is_daily": True}


def lifecycle_candidates(corridor: Corridor) -> dict[str, Any]:
    """Leave a policy, and return what a run found: an image with two tags and a referrer."""
    subject(corridor)
    corridor("PutImage", **PUT, image_tag="another")
    corridor("PutLifecyclePolicy", **LIFECYCLE_POLICY)
    view = corridor("ReadLifecyclePolicy", service="ecrmock", **NAME)
    found = candidates(view.images, view.taggings)[:1]
    return {"policy_id": view.policy_id, "candidates": found, "at": view.now}


def lifecycle_preview(corridor: Corridor) -> None:
    """Leave a preview that is complete."""
    waiting_preview(corridor)
    corridor.backend.settle()


def started_preview(corridor: Corridor) -> dict[str, Any]:
    """Leave a preview in progress, and return what it found."""
    waiting_preview(corridor)
    view = corridor("ReadLifecyclePolicyPreview", service="ecrmock", **NAME)
    found = preview_results(verdicts_about(view, view.now + timedelta(days=2)))
    return {"preview_id": view.policy_id, "preview_results": found}


def waiting_preview(corridor: Corridor) -> None:
    image("latest")(corridor)
    corridor("StartLifecyclePolicyPreview", **LIFECYCLE_POLICY)


def layer_url(corridor: Corridor) -> dict[str, Any]:
    image("latest")(corridor)
    answer = corridor("GetDownloadUrlForLayer", **NAME, layer_digest=LAYER)
    return {"layer_url": answer.download_url}


def ids(*image_ids: ImageIdentifier) -> dict[str, Any]:
    return {**NAME, "image_ids": image_ids}


BY_DIGEST = ImageIdentifier(image_digest=digest_of(manifest_of(b"layer")))
BY_TAG = ImageIdentifier(image_tag="latest")
STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}
POLICY = json.dumps({"Statement": STATEMENT})
LOCK_OUT = json.dumps({"Statement": {**STATEMENT, "Effect": "Deny"}})
REGISTRY_POLICY = json.dumps({"Statement": {**STATEMENT, "Resource": "*"}})
ARN = {"resource_arn": "arn:aws:ecr:us-east-1:123456789012:repository/app"}
TEAM, STAGE = ResourceTag(key="team", value="a"), ResourceTag(key="stage", value="b")
PUT = {**NAME, "image_manifest": manifest_of(b"layer")}
PUT_OTHER = {**NAME, "image_manifest": manifest_of(b"other")}

TO_ARCHIVE = {**NAME, "image_id": BY_DIGEST, "target_storage_class": "ARCHIVE"}
TO_STANDARD = {**NAME, "image_id": BY_DIGEST, "target_storage_class": "STANDARD"}
ROLE = {"principal_arn": "arn:aws:iam::123456789012:role/scanner"}
SOURCE = {**NAME, "source_repository_name": "source", "layer_digest": LAYER}
ABOUT = {**NAME, "subject_id": SubjectIdentifier(image_digest=BY_DIGEST.image_digest)}
SCANNING_RULE = RegistryScanningRule(
    scan_frequency=SCAN_ON_PUSH,
    repository_filters=(ScanningRepositoryFilter(filter="*", filter_type="WILDCARD"),),
)
ENHANCED_SCANNING = {
    "scan_type": ENHANCED,
    "rules": (replace(SCANNING_RULE, scan_frequency=CONTINUOUS_SCAN),),
}
FOUND = ImageScanFindings(
    image_scan_completed_at=datetime(2026, 1, 2, tzinfo=UTC),
    finding_severity_counts={"HIGH": 1},
    findings=(Finding(name="CVE-2022-37434", severity="HIGH"),),
)
DEMAND = FindingsOnDemand(image_tag=Tag("latest"), findings=FOUND.findings)
SCAN_END = {
    "scan_result": ScanResult(status="COMPLETE", description="done", findings=FOUND),
    "is_regular": True,
}
SCANNING = {**NAME, "image_scanning_configuration": ImageScanningConfiguration(scan_on_push=True)}
ROLE_SESSION = {
    "role_arn": "arn:aws:iam::111122223333:role/deploy",
    "role_session_name": "ci",
}
WEB_SESSION = {**ROLE_SESSION, "web_identity_token": "token"}
MOUNTING = {"name": "BLOB_MOUNTING", "value": "ENABLED"}
SHA512 = {"algorithm": "sha512", "layer_part_blob": b""}

SELECTION = {"tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "days"}
LIFECYCLE_RULE = {"selection": {**SELECTION, "countNumber": 1}, "action": {"type": "expire"}}
LIFECYCLE_TEXT = json.dumps({"rules": [{"rulePriority": 1, **LIFECYCLE_RULE}]})
LIFECYCLE_POLICY = {**NAME, "lifecycle_policy_text": LIFECYCLE_TEXT}
BAD_LIFECYCLE_POLICY = {**NAME, "lifecycle_policy_text": "{}"}

ON_PUSH = {"prefix": "ROOT", "applied_for": ("CREATE_ON_PUSH",)}
WEST = ReplicationDestination(region="eu-west-1", registry_id="123456789012")
REPLICATION = ReplicationConfiguration(rules=(ReplicationRule(destinations=(WEST,)),))
HELD = HeldBlob(digest=LAYER, size=5, held_since=datetime(2026, 1, 2, tzinfo=UTC))
REPLICATED = {
    **NAME,
    "image_id": BY_DIGEST,
    "source_account": AccountId("123456789012"),
    "source_region": "us-east-1",
    "is_success": True,
}
COPIED = {"image_digest": BY_DIGEST.image_digest, "destination": WEST, "failure_code": None}


def template(corridor: Corridor) -> None:
    corridor("CreateRepositoryCreationTemplate", **ON_PUSH, lifecycle_policy=LIFECYCLE_TEXT)


def replicating(corridor: Corridor) -> None:
    config_and_layer(corridor)
    corridor("PutReplicationConfiguration", replication_configuration=REPLICATION)


def copying(corridor: Corridor) -> None:
    replicating(corridor)
    corridor("PutImage", **PUT)


def elsewhere(corridor: Corridor) -> None:
    """Leave a layer in another repository."""
    layer(corridor)
    corridor.create("other")


SIGNS = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/signs"
SIGNING = {
    "signing_configuration": SigningConfiguration(rules=(SigningRule(signing_profile_arn=SIGNS),))
}
TO_SIGN = {**NAME, "image_digest": BY_DIGEST.image_digest, "signing_profile_arn": SIGNS}
SIGNING_ORDER = {**TO_SIGN, "job_id": "00000000-0000-4000-8000-000000000007", "refusal": None}


def signing_rules(corridor: Corridor) -> None:
    config_and_layer(corridor)
    corridor("PutSigningConfiguration", **SIGNING)


def signing(corridor: Corridor) -> None:
    """Leave an image with a subject that is to be signed."""
    subject(corridor)
    corridor("PutSigningConfiguration", **SIGNING)
    corridor("PutImage", **PUT, image_tag="signed")


def signed_in_the_archive(corridor: Corridor) -> None:
    signing(corridor)
    corridor("UpdateImageStorageClass", **TO_ARCHIVE)


def scanning_on_push(corridor: Corridor) -> None:
    """Leave a repository in which each push is scanned, with the blobs of an image."""
    config_and_layer(corridor)
    corridor("PutImageScanningConfiguration", **SCANNING)


def scan_begun(corridor: Corridor) -> dict[str, Any]:
    """Leave a scan that is due, and return what names it."""
    image("latest")(corridor)
    corridor("StartImageScan", **NAME, image_id=BY_TAG)
    return due_scan(corridor)


def due_scan(corridor: Corridor) -> dict[str, Any]:
    (entry,) = (
        entry.event
        for entry in corridor.backend.world.scheduler.entries()
        if type(entry.event).__name__ == "ScanDue"
    )
    return {"image_digest": entry.image_digest, "scan_id": entry.scan_id}


def scanned(corridor: Corridor) -> None:
    """Leave an image whose basic scan is complete, with a finding."""
    corridor("CompleteScan", service="ecrmock", **NAME, **scan_begun(corridor), **SCAN_END)


def scanned_and_archived(corridor: Corridor) -> None:
    scanned(corridor)
    corridor("UpdateImageStorageClass", **TO_ARCHIVE)


def scanned_and_restoring(corridor: Corridor) -> None:
    """Leave an image that was scanned and whose restore is due, in a repository that scans what comes."""
    scanned_and_archived(corridor)
    corridor("PutImageScanningConfiguration", **SCANNING)
    corridor("UpdateImageStorageClass", **TO_STANDARD)
    corridor.backend.world.scheduler.clear()
    corridor.clock.advance(timedelta(days=2))


def demanded(corridor: Corridor) -> None:
    """Leave an image that was scanned, and findings that somebody asked for."""
    scanned(corridor)
    corridor("PutFindingsOnDemand", service="ecrmock", demand=DEMAND)


def inspected(corridor: Corridor) -> dict[str, Any]:
    """Leave an image at which enhanced scanning is about to look, and return what names the scan."""
    corridor("PutRegistryScanningConfiguration", **ENHANCED_SCANNING)
    image("latest")(corridor)
    return due_scan(corridor)


def inspected_later(corridor: Corridor) -> None:
    """Leave an image that was there before enhanced scanning."""
    image("latest")(corridor)
    corridor("PutRegistryScanningConfiguration", **ENHANCED_SCANNING)


CACHE_RULE = {
    "ecr_repository_prefix": "west",
    "upstream_registry_url": "123456789012.dkr.ecr.us-west-2.amazonaws.com",
}
CACHE = {"ecr_repository_prefix": "west"}
EVERYTHING = {**CACHE_RULE, "ecr_repository_prefix": "ROOT"}
IMPORTED = {**NAME, "image_tag": "latest", **EVERYTHING}
IMPORT = {**IMPORTED, "image_manifest": manifest_of(b"layer")}
IMPORT_TYPED = {**IMPORT, "image_manifest_media_type": OCI_MANIFEST}
OTHER_CONFIG = b"{%s}" % b"other".hex().encode()
MOVED = {**IMPORT_TYPED, "known": digest_of(manifest_of(b"other", config=OTHER_CONFIG))}
FAILED_IMPORT = {**NAME, **EVERYTHING, "reference": "latest", "failure_reason": "it is down"}
UPSTREAM_SECRET = {
    "secret_id": "ecr-pullthroughcache/hub",
    "username": "user",
    "access_token": "token",
}


def cache_rule(corridor: Corridor) -> None:
    corridor("CreatePullThroughCacheRule", **CACHE_RULE)


def importing(arrange: Callable[[Corridor], Any]) -> Callable[[Corridor], Any]:
    """Leave a rule for all names, and what something else leaves."""

    def arrange_both(corridor: Corridor) -> Any:
        corridor("CreatePullThroughCacheRule", **EVERYTHING)
        return arrange(corridor)

    return arrange_both


def index_alone(corridor: Corridor) -> None:
    """Leave an index that came from an upstream before what it lists, and another image."""
    corridor.create().push(b"other", "latest")
    child = {"mediaType": OCI_MANIFEST, "digest": BY_DIGEST.image_digest, "size": 1}
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [child]}
    imported = {**IMPORTED, "image_manifest": json.dumps(index), "image_tag": "index"}
    corridor(
        "ImportUpstreamImage",
        service="ecrmock",
        **imported,
        image_manifest_media_type=OCI_INDEX,
    )


def incoming_layer(corridor: Corridor) -> dict[str, Any]:
    """Leave an image whose blobs are still upstream, and return one that has come."""
    corridor.create()("ImportUpstreamImage", service="ecrmock", **IMPORT_TYPED)
    content = Content(Usage())
    content.write(b"layer")
    return {"layer_digest": LAYER, "content": content}


CASES = [
    *(Case(("ecr-public", name), *how) for name, *how in PUBLIC_CASES),
    Case(("ecrmock", "PutPublicAlias"), public_alias, {"region": "public", "name": "other"}),
    Case(("ecrmock", "ReadLogo"), public_logo, {"region": "public"}),
    Case(("ecr", "CreatePullThroughCacheRule"), nothing, CACHE_RULE),
    Case(("ecr", "DescribePullThroughCacheRules"), cache_rule),
    Case(
        ("ecr", "UpdatePullThroughCacheRule"), cache_rule, {**CACHE, "custom_role_arn": "arn:role"}
    ),
    Case(("ecr", "DeletePullThroughCacheRule"), cache_rule, CACHE),
    Case(("ecr", "ValidatePullThroughCacheRule"), cache_rule, CACHE),
    Case(("ecrmock", "PutUpstreamSecret"), nothing, UPSTREAM_SECRET),
    Case(("ecrmock", "ImportUpstreamImage"), importing(app), IMPORT_TYPED),
    Case(("ecrmock", "ImportUpstreamImage"), importing(index_alone), MOVED),
    Case(("ecrmock", "ImportUpstreamImage"), importing(archived("latest")), IMPORT_TYPED),
    Case(("ecrmock", "ImportUpstreamLayer"), importing(incoming_layer), NAME),
    Case(
        ("ecrmock", "ConfirmUpstreamTag"),
        image("latest"),
        {**NAME, "image_tag": "latest", "known": BY_DIGEST.image_digest},
    ),
    Case(
        ("ecrmock", "CompleteUpstreamImport"),
        image("latest"),
        {**IMPORTED, "image_digest": BY_DIGEST.image_digest},
    ),
    Case(("ecrmock", "AnnounceUpstreamFailure"), importing(nothing), FAILED_IMPORT),
    Case(("ecr", "CreateRepositoryCreationTemplate"), nothing, ON_PUSH),
    Case(("ecr", "DeleteRepositoryCreationTemplate"), template, {"prefix": "ROOT"}),
    Case(("ecr", "DescribeRepositoryCreationTemplates"), template),
    Case(
        ("ecr", "UpdateRepositoryCreationTemplate"),
        template,
        {"prefix": "ROOT", "description": "new"},
    ),
    Case(("ecrmock", "CreateRepositoryByTemplate"), template, NAME),
    Case(
        ("ecr", "PutReplicationConfiguration"),
        nothing,
        {"replication_configuration": REPLICATION},
    ),
    Case(("ecr", "PutImage"), replicating, PUT),
    Case(("ecr", "DescribeImageReplicationStatus"), copying, {**NAME, "image_id": BY_DIGEST}),
    Case(("ecrmock", "ReadReplica"), copying, {**NAME, "image_digest": BY_DIGEST.image_digest}),
    Case(
        ("ecrmock", "MayReceiveReplica"), app, {**NAME, "source_account": AccountId("123456789012")}
    ),
    Case(
        ("ecrmock", "HoldReplicaBlobs"), elsewhere, {"repository_name": "other", "blobs": (HELD,)}
    ),
    Case(("ecrmock", "AnnounceReplica"), image("latest"), REPLICATED),
    Case(("ecrmock", "PutFindingsOnDemand"), scanned, {"demand": DEMAND}),
    Case(("ecrmock", "PutFindingsOnDemand"), demanded, {"demand": DEMAND}),
    Case(("ecrmock", "ClearFindingsOnDemand"), demanded),
    Case(("ecrmock", "ListFindingsOnDemand"), demanded),
    Case(("ecr", "StartImageScan"), image("latest"), {**NAME, "image_id": BY_TAG}),
    Case(("ecr", "DescribeImageScanFindings"), scanned, {**NAME, "image_id": BY_TAG}),
    Case(("ecr", "BatchDeleteImage"), scanned, ids(BY_DIGEST)),
    Case(("ecr", "PutImage"), scanning_on_push, {**PUT, "image_tag": "latest"}),
    Case(("ecr", "PutImage"), scanned_and_archived, {**PUT, "image_tag": "latest"}),
    Case(("ecr", "PutRegistryScanningConfiguration"), scanned, ENHANCED_SCANNING),
    Case(
        ("ecrmock", "CompleteActivation"),
        scanned_and_restoring,
        {**NAME, "image_digest": BY_DIGEST.image_digest},
    ),
    Case(("ecrmock", "ReadScan"), scan_begun, NAME),
    Case(("ecrmock", "CompleteScan"), scan_begun, {**NAME, **SCAN_END}),
    Case(("ecrmock", "CompleteScan"), inspected, {**NAME, **SCAN_END}),
    Case(("ecrmock", "FindImagesToInspect"), inspected_later, NAME),
    Case(
        ("ecrmock", "InspectImages"),
        inspected_later,
        {**NAME, "image_digests": (BY_DIGEST.image_digest,)},
    ),
    Case(("ecrmock", "ReadImageContents"), image("latest"), {**NAME, "image_id": BY_TAG}),
    Case(("ecrmock", "CompleteReplication"), copying, {**NAME, **COPIED}),
    Case(("ecr", "PutSigningConfiguration"), nothing, SIGNING),
    Case(("ecr", "GetSigningConfiguration"), signing_rules),
    Case(("ecr", "DeleteSigningConfiguration"), signing_rules),
    Case(("ecr", "PutImage"), signing_rules, PUT),
    Case(("ecr", "DescribeImageSigningStatus"), signing, {**NAME, "image_id": BY_DIGEST}),
    Case(("ecrmock", "ReadSigningOrder"), signing, SIGNING_ORDER),
    Case(("ecrmock", "CompleteSigning"), signing, {**TO_SIGN, "outcome": a_job()}),
    Case(("ecrmock", "CompleteSigning"), signed_in_the_archive, {**TO_SIGN, "outcome": a_job()}),
    Case(("ecrmock", "ListRevokedCertificates"), signing),
    *(Case(("iam", name), *how) for name, *how in IAM_CASES),
    *(Case(("signer", name), *how) for name, *how in SIGNER_CASES),
    Case(("ecrmock", "PutAccessKey"), iam_user, KNOWN_KEY),
    Case(("ecr", "BatchCheckLayerAvailability"), layer, {**NAME, "layer_digests": (LAYER,)}),
    Case(("ecr", "BatchDeleteImage"), image("latest", "1"), ids(BY_TAG, BY_DIGEST)),
    Case(("ecr", "BatchDeleteImage"), image(None), ids(BY_DIGEST)),
    Case(("ecr", "BatchDeleteImage"), subject, ids(BY_DIGEST)),
    Case(("ecr", "BatchDeleteImage"), archived("latest"), ids(BY_DIGEST)),
    Case(("ecr", "BatchGetImage"), image("latest", "1"), ids(BY_DIGEST)),
    Case(("ecr", "CompleteLayerUpload"), upload(b"layer"), {"layer_digests": (LAYER,)}),
    Case(("ecr", "CreateRepository"), nothing, NAME),
    Case(("ecr", "DeleteRepository"), image("latest", "1"), {**NAME, "force": True}),
    Case(("ecr", "DeregisterPullTimeUpdateExclusion"), excluded, ROLE),
    Case(("ecr", "DescribeImages"), image("latest"), NAME),
    Case(("ecr", "DescribeRegistry"), nothing),
    Case(("ecr", "DescribeRepositories"), app),
    Case(("ecr", "GetAccountSetting"), nothing, {"name": "BLOB_MOUNTING"}),
    Case(("ecr", "GetAuthorizationToken"), nothing),
    Case(("ecr", "GetDownloadUrlForLayer"), image("latest"), {**NAME, "layer_digest": LAYER}),
    Case(("ecr", "InitiateLayerUpload"), app, NAME),
    Case(("ecr", "ListImageReferrers"), subject, ABOUT),
    Case(("ecrmock", "ListHeldReferrers"), subject, ABOUT),
    Case(("ecr", "ListImages"), image("latest"), NAME),
    Case(("ecr", "ListPullTimeUpdateExclusions"), excluded),
    Case(("ecr", "PutAccountSetting"), nothing, MOUNTING),
    Case(("ecr", "PutImage"), config_and_layer, {**PUT, "image_tag": "latest"}),
    Case(("ecr", "PutImage"), config_and_layer, PUT),
    Case(("ecr", "PutImage"), image_and_other, {**PUT_OTHER, "image_tag": "latest"}),
    Case(("ecr", "PutImage"), image("latest"), {**PUT, "image_tag": "another"}),
    Case(("ecr", "PutImage"), archived("latest"), {**PUT, "image_tag": "latest"}),
    Case(("ecr", "PutImage"), archived("latest"), {**PUT, "image_tag": "another"}),
    Case(("ecr", "PutImage"), archived(None), PUT),
    Case(("ecr", "PutImageScanningConfiguration"), app, SCANNING),
    Case(("ecr", "PutRegistryScanningConfiguration"), nothing, {"rules": (SCANNING_RULE,)}),
    Case(("ecr", "GetRegistryScanningConfiguration"), nothing),
    Case(("ecr", "BatchGetRepositoryScanningConfiguration"), app, {"repository_names": ("app",)}),
    Case(("ecr", "PutImageTagMutability"), app, {**NAME, "image_tag_mutability": "IMMUTABLE"}),
    Case(("ecr", "RegisterPullTimeUpdateExclusion"), nothing, ROLE),
    Case(("ecr", "UpdateImageStorageClass"), image("latest"), TO_ARCHIVE),
    Case(("ecr", "UpdateImageStorageClass"), subject, TO_ARCHIVE),
    Case(("ecr", "UpdateImageStorageClass"), archived("latest"), TO_STANDARD),
    Case(("ecr", "SetRepositoryPolicy"), app, {**NAME, "policy_text": POLICY}),
    Case(("ecr", "SetRepositoryPolicy"), repository_policy, {**NAME, "policy_text": POLICY}),
    Case(("ecr", "GetRepositoryPolicy"), repository_policy, NAME),
    Case(("ecr", "DeleteRepositoryPolicy"), repository_policy, NAME),
    Case(("ecr", "PutRegistryPolicy"), nothing, {"policy_text": REGISTRY_POLICY}),
    Case(("ecr", "GetRegistryPolicy"), registry_policy),
    Case(("ecr", "DeleteRegistryPolicy"), registry_policy),
    Case(("ecr", "TagResource"), resource_tags, {**ARN, "tags": (TEAM, STAGE)}),
    Case(("ecr", "UntagResource"), resource_tags, {**ARN, "tag_keys": ("team",)}),
    Case(("ecr", "ListTagsForResource"), resource_tags, ARN),
    Case(("ecr", "UploadLayerPart"), upload(None), {"layer_part_blob": b"layer"}),
    Case(("ecr", "UploadLayerPart"), upload(b"first"), {"layer_part_blob": b"layer"}),
    Case(("ecrmock", "CancelLayerUpload"), upload(b"layer")),
    Case(("ecrmock", "CheckBearerToken"), nothing),
    Case(("ecrmock", "CheckLogin"), nothing),
    Case(("ecrmock", "IssueBearerToken"), nothing),
    Case(("ecrmock", "FindGalleryRepositories"), public_image),
    Case(("ecrmock", "ReadGalleryRegistry"), public_image, {"region": "public"}),
    Case(("ecrmock", "ReadGalleryRepository"), public_image, {"region": "public", **NAME}),
    Case(
        ("ecrmock", "CountPublicPull"),
        public_image,
        {"region": "public", **NAME, "source_ip": "127.0.0.1"},
    ),
    Case(
        ("ecrmock", "CompleteActivation"),
        restoring,
        {**NAME, "image_digest": BY_DIGEST.image_digest},
    ),
    Case(("ecr", "PutLifecyclePolicy"), app, LIFECYCLE_POLICY),
    Case(("ecr", "PutLifecyclePolicy"), lifecycle_policy, LIFECYCLE_POLICY),
    Case(("ecr", "GetLifecyclePolicy"), lifecycle_policy, NAME),
    Case(("ecr", "DeleteLifecyclePolicy"), lifecycle_policy, NAME),
    Case(("ecr", "StartLifecyclePolicyPreview"), app, LIFECYCLE_POLICY),
    Case(("ecr", "StartLifecyclePolicyPreview"), lifecycle_policy, NAME),
    Case(("ecr", "StartLifecyclePolicyPreview"), lifecycle_preview, LIFECYCLE_POLICY),
    Case(("ecr", "GetLifecyclePolicyPreview"), lifecycle_preview, NAME),
    Case(("ecrmock", "ArchiveImages"), lifecycle_candidates, NAME),
    Case(("ecrmock", "CompleteLifecyclePolicyPreview"), started_preview, NAME),
    Case(("ecrmock", "CompleteLifecycleRun"), lifecycle_run, NAME),
    Case(("ecrmock", "ExpireImages"), lifecycle_candidates, NAME),
    Case(("ecrmock", "ReadLifecyclePolicy"), lifecycle_policy, NAME),
    Case(("ecrmock", "ReadLifecyclePolicyPreview"), lifecycle_preview, NAME),
    Case(("ecrmock", "RunLifecyclePolicies"), app),
    Case(("ecrmock", "MayMountLayer"), mountable, SOURCE),
    Case(("ecrmock", "MayPutImage"), app, NAME),
    Case(("ecrmock", "RemoveImageTag"), image("latest"), {**NAME, "image_tag": "latest"}),
    Case(("ecrmock", "RemoveImageTag"), image("latest", "1"), {**NAME, "image_tag": "latest"}),
    Case(("ecrmock", "ListTags"), image("latest"), {**NAME, "last": "", "max_results": 10}),
    Case(("ecrmock", "LocateRepository"), app, NAME),
    Case(("ecrmock", "FindLayer"), layer, {**NAME, "layer_digest": LAYER}),
    Case(("ecrmock", "DeleteLayer"), layer, {**NAME, "layer_digest": LAYER}),
    Case(("ecrmock", "HashLayerUpload"), upload(b"layer"), SHA512),
    Case(("ecrmock", "MountLayer"), mountable, SOURCE),
    Case(("ecrmock", "DescribeLayerUpload"), upload(b"layer")),
    Case(("ecrmock", "ExpireLayerUpload"), upload(b"layer")),
    Case(("ecrmock", "OpenLayerUrl"), layer_url),
    Case(("ecrmock", "DropUnclaimedLayer"), old_layer, {**NAME, "layer_digest": LAYER}),
    Case(("sts", "AssumeRole"), nothing, {**ROLE_SESSION, "tags": (TEAM,)}),
    Case(("sts", "AssumeRole"), ended_session, ROLE_SESSION),
    Case(("sts", "AssumeRoleWithWebIdentity"), nothing, WEB_SESSION),
    Case(("sts", "GetAccessKeyInfo"), nothing, {"access_key_id": "AKIARTX3GSDSQAAAAAAA"}),
    Case(("sts", "GetCallerIdentity"), nothing),
    Case(("sts", "GetFederationToken"), nothing, {"name": "bob"}),
    Case(("sts", "GetSessionToken"), nothing),
]


def prepared(case: Case) -> tuple[Corridor, Callable[[], Any], FailingJournal]:
    """Return a corridor before a call, the call, and the journal with its count at zero."""
    journal = FailingJournal()
    corridor = Corridor(journal, settle="manual")  # so that a call saves nothing but its own
    more = case.prepare(corridor) or {}
    journal.saves = 0
    service, name = case.operation
    return corridor, lambda: corridor(name, service=service, **case.parameters, **more), journal


def trace(corridor: Corridor) -> tuple[Any, ...]:
    """Return all that a call can leave behind; rows have no order, but the tags of an image have."""
    backend = corridor.backend
    events, planned = corridor.published, backend.world.scheduler.entries()
    return without_order(backend.state()), shown(corridor), events, planned, backend.usage()


def without_order(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_order(value) for key, value in document.items()}
    if isinstance(document, list):
        return sorted(map(without_order, document), key=str)
    return document


def shown(corridor: Corridor) -> Any:
    """Return what the API shows of images, or why it shows nothing."""
    try:
        return corridor("DescribeImages", **NAME), corridor("ListImages", **NAME)
    except EcrError as error:
        return error.code


def saves_of(case: Case) -> int:
    _, call, journal = prepared(case)
    call()
    return journal.saves


FAILING = [
    pytest.param(case, save, id=f"{case.operation[1]}-{number}-save-{save}")
    for number, case in enumerate(CASES)
    for save in range(1, saves_of(case) + 1)
]


UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEY_ID, SECRET = r"A(?:KI|SI|ID|RO|GP|NP)A[A-Z2-7]{16,17}", r"(?<=(?:_key|oken)': ')[A-Za-z0-9/+=]+"
VERSION = r"(?<=profile_version': ')[A-Za-z0-9]{10}"
ALIAS = r"(?<='name': ')[a-z][a-z0-9]{7}(?=')"


def without_ids(corridor: Corridor) -> str:
    """Return the state without ids and versions that are drawn: the failed call has used one up."""
    state = str(without_order(corridor.backend.state()))
    return re.sub(f"{UUID}|{KEY_ID}|{SECRET}|{VERSION}|{ALIAS}", "id", state)


def test_every_operation_has_a_case() -> None:
    assert {case.operation for case in CASES} == set(OPERATIONS)


@pytest.mark.parametrize(("case", "save"), FAILING)
def test_a_call_whose_save_fails_leaves_no_trace(case: Case, save: int) -> None:
    corridor, call, journal = prepared(case)
    before = trace(corridor)
    journal.fail_at = save
    with pytest.raises(SaveFailed):
        call()
    assert trace(corridor) == before


@pytest.mark.parametrize(("case", "save"), FAILING)
def test_a_call_whose_save_failed_can_be_made_again(case: Case, save: int) -> None:
    """What the failure left behind would get in the way: a busy upload, a wrong index."""
    corridor, call, journal = prepared(case)
    undisturbed, same_call, _ = prepared(case)
    journal.fail_at = save
    with pytest.raises(SaveFailed):
        call()
    call()
    same_call()
    assert without_ids(corridor) == without_ids(undisturbed)


NO_RUN = {"policy_id": "no", "evaluated_at": START, "is_daily": True}
RUN_OF_NOTHING = {**NAME, **NO_RUN}

REFUSED = [
    *(Case(("iam", name), *how) for name, *how in IAM_REFUSED),
    *(Case(("signer", name), *how) for name, *how in SIGNER_REFUSED),
    *(Case(("ecr-public", name), *how) for name, *how in PUBLIC_REFUSED),
    Case(("ecr", "CreateRepository"), app, NAME),
    Case(("ecr", "DeleteRepository"), nothing, NAME),
    Case(("ecr", "DeleteRepository"), image(None), NAME),
    Case(("ecr", "DescribeRepositories"), nothing, {"repository_names": ("app",)}),
    Case(("ecr", "PutImage"), app, {**NAME, "image_manifest": "no manifest"}),
    Case(("ecr", "PutImage"), app, PUT),
    Case(("ecr", "PutImage"), config_and_layer, {**PUT, "image_digest": LAYER}),
    Case(("ecr", "PutImage"), config_and_layer, {**PUT, "image_tag": "no tag"}),
    Case(("ecr", "PutImage"), image("latest"), {**PUT, "image_tag": "latest"}),
    Case(("ecr", "PutImageTagMutability"), nothing, {**NAME, "image_tag_mutability": "MUTABLE"}),
    Case(
        ("ecr", "PutImageTagMutability"),
        app,
        {**NAME, "image_tag_mutability": "MUTABLE_WITH_EXCLUSION"},
    ),
    Case(("ecr", "SetRepositoryPolicy"), nothing, {**NAME, "policy_text": POLICY}),
    Case(("ecr", "SetRepositoryPolicy"), repository_policy, {**NAME, "policy_text": "{}"}),
    Case(("ecr", "SetRepositoryPolicy"), repository_policy, {**NAME, "policy_text": LOCK_OUT}),
    Case(("ecr", "DeleteRepositoryPolicy"), app, NAME),
    Case(("ecr", "PutRegistryPolicy"), registry_policy, {"policy_text": POLICY}),
    Case(("ecr", "DeleteRegistryPolicy"), nothing),
    Case(("ecr", "TagResource"), resource_tags, {**ARN, "tags": (TEAM, TEAM)}),
    Case(("ecr", "UntagResource"), resource_tags, {**ARN, "tag_keys": ("",)}),
    Case(("ecr", "BatchGetImage"), nothing, ids(BY_TAG)),
    Case(("ecr", "DescribeImages"), app, ids(BY_TAG)),
    Case(("ecr", "GetAccountSetting"), nothing, {"name": "NO_SETTING"}),
    Case(("ecr", "PutAccountSetting"), nothing, {**MOUNTING, "value": "PERHAPS"}),
    Case(("ecr", "PutImageScanningConfiguration"), nothing, SCANNING),
    Case(("ecr", "PutRegistryScanningConfiguration"), nothing, {"rules": (SCANNING_RULE,) * 2}),
    Case(("ecr", "RegisterPullTimeUpdateExclusion"), excluded, ROLE),
    Case(("ecr", "DeregisterPullTimeUpdateExclusion"), nothing, ROLE),
    Case(("ecr", "ListPullTimeUpdateExclusions"), nothing, {"next_token": "nonsense"}),
    Case(("ecr", "ListImageReferrers"), nothing, ABOUT),
    Case(("ecrmock", "ListHeldReferrers"), nothing, ABOUT),
    Case(
        ("ecr", "PutSigningConfiguration"),
        nothing,
        {
            "signing_configuration": SigningConfiguration(
                rules=(SigningRule(signing_profile_arn=SIGNS.replace("east", "west")),)
            )
        },
    ),
    Case(("ecr", "GetSigningConfiguration"), nothing),
    Case(("ecr", "DeleteSigningConfiguration"), nothing),
    Case(("ecr", "DescribeImageSigningStatus"), app, {**NAME, "image_id": BY_DIGEST}),
    Case(("ecrmock", "ReadSigningOrder"), nothing, SIGNING_ORDER),
    Case(("ecrmock", "CompleteSigning"), nothing, {**TO_SIGN, "outcome": a_job()}),
    Case(("ecr", "UpdateImageStorageClass"), app, TO_ARCHIVE),
    Case(("ecr", "UpdateImageStorageClass"), image(None), TO_STANDARD),
    Case(("ecr", "UpdateImageStorageClass"), archived(None), TO_ARCHIVE),
    Case(("ecrmock", "MountLayer"), nothing, SOURCE),
    Case(("ecr", "PutLifecyclePolicy"), nothing, LIFECYCLE_POLICY),
    Case(("ecr", "PutLifecyclePolicy"), lifecycle_policy, BAD_LIFECYCLE_POLICY),
    Case(("ecr", "GetLifecyclePolicy"), app, NAME),
    Case(("ecr", "DeleteLifecyclePolicy"), app, NAME),
    Case(("ecr", "StartLifecyclePolicyPreview"), app, NAME),
    Case(("ecr", "StartLifecyclePolicyPreview"), app, BAD_LIFECYCLE_POLICY),
    Case(("ecr", "StartLifecyclePolicyPreview"), waiting_preview, LIFECYCLE_POLICY),
    Case(("ecr", "GetLifecyclePolicyPreview"), app, NAME),
    Case(("ecr", "GetLifecyclePolicyPreview"), lifecycle_preview, {**NAME, "next_token": "no"}),
    Case(("ecrmock", "RunLifecyclePolicies"), app, NAME),
    Case(("ecrmock", "ReadLifecyclePolicy"), app, NAME),
    Case(("ecrmock", "ReadLifecyclePolicyPreview"), app, NAME),
    Case(("ecrmock", "CompleteLifecycleRun"), nothing, RUN_OF_NOTHING),
    Case(("ecr", "ListImages"), app, {**NAME, "next_token": "nonsense"}),
    Case(("ecr", "InitiateLayerUpload"), nothing, NAME),
    Case(("ecr", "UploadLayerPart"), upload(None), {"part_first_byte": 7, "layer_part_blob": b"x"}),
    Case(
        ("ecr", "UploadLayerPart"),
        upload(None),
        {"part_first_byte": 0, "part_last_byte": 7, "layer_part_blob": b"x"},
    ),
    Case(("ecr", "CompleteLayerUpload"), upload(None), {"layer_digests": (LAYER,)}),
    Case(("ecr", "CompleteLayerUpload"), upload(b"other"), {"layer_digests": (LAYER,)}),
    Case(("ecr", "GetDownloadUrlForLayer"), app, {**NAME, "layer_digest": LAYER}),
    Case(("ecr", "GetDownloadUrlForLayer"), layer, {**NAME, "layer_digest": LAYER}),
    Case(("ecrmock", "OpenLayerUrl"), image("latest"), {"layer_url": "no"}),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.operation[1])
def test_an_error_comes_before_the_first_save(case: Case) -> None:
    _, call, journal = prepared(case)
    with pytest.raises(EcrError):
        call()
    assert journal.saves == 0


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.operation[1])
def test_a_refused_call_leaves_no_trace(case: Case) -> None:
    corridor, call, _ = prepared(case)
    before = trace(corridor)
    with pytest.raises(EcrError):
        call()
    assert trace(corridor) == before
