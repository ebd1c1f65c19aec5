"""Copies that are under way. Source: reference features.md §3.2."""

from ecrmock.values.images import ImageIdentifier
from ecrmock.values.replication import (
    NO_REPLICATION,
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from tests.dispatch.conftest import Corridor

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


def test_what_is_deleted_meanwhile_is_not_copied() -> None:
    corridor = Corridor(settle="manual")
    pushed(corridor)
    corridor("DeleteRepository", repository_name="app", force=True)
    corridor.backend.settle()
    assert corridor("DescribeRepositories", region="us-west-2").repositories == ()
