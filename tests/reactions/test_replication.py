"""Copies that are under way. Source: reference features.md §3.2."""

import json
from datetime import timedelta

import pytest

from ecrmock.values.events import ImageReplicated
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.replication import (
    NO_REPLICATION,
    ReplicaSource,
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecrmock.values.settings import Quotas
from tests.dispatch.conftest import Corridor
from tests.documents import digest_of
from tests.upstreams import OCI_INDEX

EMPTY = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []})
WEST = ReplicationDestination(region="us-west-2", registry_id="123456789012")


def replicate(corridor: Corridor, configuration: ReplicationConfiguration) -> None:
    corridor("PutReplicationConfiguration", replication_configuration=configuration)


def pushed(corridor: Corridor) -> dict[str, object]:
    """Push an image that is going to be copied, and return the members that name it."""
    replicate(corridor, ReplicationConfiguration(rules=(ReplicationRule(destinations=(WEST,)),)))
    corridor.create().push(tag="1")
    return {"repository_name": "app", "image_id": ImageIdentifier(image_tag="1")}


def status(corridor: Corridor, image: dict[str, object]) -> str:
    (found,) = corridor("DescribeImageReplicationStatus", **image).replication_statuses
    return found.status


def test_a_copy_that_is_under_way_is_made_although_the_rule_is_gone() -> None:
    corridor = Corridor(settle="manual")
    image = pushed(corridor)
    assert status(corridor, image) == "IN_PROGRESS"
    replicate(corridor, NO_REPLICATION)
    corridor.backend.settle()
    assert status(corridor, image) == "COMPLETE"


def test_what_is_archived_meanwhile_is_copied_when_it_is_restored() -> None:
    """Source: reference features.md §7.2."""
    corridor = Corridor(settle="manual")
    image = pushed(corridor)
    corridor("UpdateImageStorageClass", **image, target_storage_class="ARCHIVE")
    corridor.backend.settle()
    assert corridor("DescribeRepositories", region="us-west-2").repositories == ()
    assert status(corridor, image) == "IN_PROGRESS"
    corridor("UpdateImageStorageClass", **image, target_storage_class="STANDARD")
    corridor.clock.advance(timedelta(minutes=20))
    corridor.backend.settle()
    assert status(corridor, image) == "COMPLETE"


def test_what_is_deleted_meanwhile_is_not_copied() -> None:
    corridor = Corridor(settle="manual")
    pushed(corridor)
    corridor("DeleteRepository", repository_name="app", force=True)
    corridor.backend.settle()
    assert corridor("DescribeRepositories", region="us-west-2").repositories == ()


@pytest.mark.parametrize(
    ("quotas", "code"),
    [
        (Quotas(repositories=1), "DESTINATION_REPOSITORY_CREATION_FAILED"),
        (Quotas(images_per_repository=1), "DESTINATION_LIMITEXCEEDED"),
    ],
)
def test_a_full_destination_lets_the_copy_fail_and_not_the_push(quotas: Quotas, code: str) -> None:
    corridor = Corridor(quotas=quotas)
    corridor("CreateRepository", repository_name="other", region="us-west-2")
    if quotas.repositories > 1:
        corridor("CreateRepository", repository_name="app", region="us-west-2")
        corridor("PutImage", repository_name="app", image_manifest=EMPTY, region="us-west-2")
    image = pushed(corridor)
    (found,) = corridor("DescribeImageReplicationStatus", **image).replication_statuses
    assert (found.status, found.failure_code) == ("FAILED", code)
    (told,) = [event for event in corridor.published if isinstance(event, ImageReplicated)]
    assert not told.is_success


def test_no_step_of_a_copy_leaves_anything_when_its_source_is_gone() -> None:
    """As after a reset in the middle of a copy."""
    corridor, digest = Corridor(), digest_of(EMPTY)
    here = {"account": "123456789012", "region": "us-east-1"}
    there = {"service": "ecrmock", "region": "us-west-2", "repository_name": "app"}
    source = ReplicaSource(image_digest=digest, **here)
    call = "CreateRepositoryByTemplate"
    assert not corridor(call, **there, scenario="REPLICATION", copy_of=source)
    image_id = ImageIdentifier(image_digest=digest)
    told = {"source_account": here["account"], "source_region": here["region"]}
    corridor("AnnounceReplica", **there, image_id=image_id, **told, is_success=False)
    assert corridor("DescribeRepositories", region="us-west-2").repositories == ()
    assert corridor.published == ()
