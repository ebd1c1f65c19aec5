"""Images that are copied to other regions and accounts. Source: reference features.md §3, api.md §11."""

import json
from typing import Any

import pytest

from tests.doors.conftest import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Door,
    content_of,
    index_of,
    manifest_of,
    push,
)

WEST = {"region": "eu-west-1", "registryId": ACCOUNT}
THERE = {"region": "us-east-1", "registryId": OTHER_ACCOUNT}
APP = {"repositoryName": "app"}
DONE = {"status": "COMPLETE"}


def replicate(client: Any, *destinations: dict[str, str], **more: Any) -> Any:
    rules = [{"destinations": list(destinations), **more}] if destinations else []
    return client.put_replication_configuration(replicationConfiguration={"rules": rules})


def statuses(client: Any, tag: str = "1") -> list[dict[str, str]]:
    answer = client.describe_image_replication_status(**APP, imageId={"imageTag": tag})
    return answer["replicationStatuses"]


def tags(client: Any) -> list[list[str]]:
    details = client.describe_images(**APP)["imageDetails"]
    return [image.get("imageTags", []) for image in details]


def let_in(door: Door, *actions: str) -> None:
    """Let the default account copy into the other one."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": list(actions),
        "Resource": f"arn:aws:ecr:us-east-1:{OTHER_ACCOUNT}:repository/*",
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    door.client(account=OTHER_ACCOUNT).put_registry_policy(policyText=text)


def test_a_configuration_is_answered_and_described(ecr: Any) -> None:
    filters = [{"filter": "prod", "filterType": "PREFIX_MATCH"}]
    answer = replicate(ecr, WEST, repositoryFilters=filters)
    expected = {"rules": [{"destinations": [WEST], "repositoryFilters": filters}]}
    assert content_of(answer) == {"replicationConfiguration": expected}
    assert ecr.describe_registry()["replicationConfiguration"] == expected


def test_an_image_that_is_pushed_is_copied_to_another_region(ecr: Any, door: Door) -> None:
    replicate(ecr, WEST)
    digest = push(ecr, b"layer", "1")
    assert statuses(ecr) == [{**WEST, **DONE}]
    west = door.client(region="eu-west-1")
    (image,) = west.batch_get_image(**APP, imageIds=[{"imageTag": "1"}])["images"]
    assert image["imageId"]["imageDigest"] == digest


def test_no_byte_is_stored_twice(ecr: Any, door: Door) -> None:
    replicate(ecr, WEST)
    push(ecr, b"layer", "1")
    assert door.ecr._backend.usage()["memory_bytes"] == len(b"layer" + b"{}")


def test_what_was_there_before_is_not_copied(ecr: Any) -> None:
    push(ecr, b"layer", "1")
    replicate(ecr, WEST)
    assert statuses(ecr) == []


def test_a_rule_is_about_the_repositories_of_its_filters(ecr: Any) -> None:
    replicate(ecr, WEST, repositoryFilters=[{"filter": "prod", "filterType": "PREFIX_MATCH"}])
    push(ecr, b"layer", "1")
    assert statuses(ecr) == []


def test_another_account_has_to_let_copies_in(ecr: Any) -> None:
    replicate(ecr, THERE)
    push(ecr, b"layer", "1")
    failed = {"status": "FAILED", "failureCode": "DESTINATION_REGISTRY_ACCESS_DENIED"}
    assert statuses(ecr) == [{**THERE, **failed}]


def test_another_account_gets_the_image_by_its_registry_policy(ecr: Any, door: Door) -> None:
    let_in(door, "ecr:ReplicateImage", "ecr:CreateRepository")
    replicate(ecr, THERE)
    push(ecr, b"layer", "1")
    assert (statuses(ecr), tags(door.client(account=OTHER_ACCOUNT))) == (
        [{**THERE, **DONE}],
        [["1"]],
    )


def test_without_the_right_to_create_the_repository_must_be_there(ecr: Any, door: Door) -> None:
    """Source: reference features.md §3.3."""
    let_in(door, "ecr:ReplicateImage")
    replicate(ecr, THERE)
    push(ecr, b"layer", "1")
    assert statuses(ecr)[0]["status"] == "FAILED"
    door.client(account=OTHER_ACCOUNT).create_repository(**APP)
    push(ecr, b"other", "2")
    assert statuses(ecr, "2") == [{**THERE, **DONE}]


def test_an_index_takes_along_what_it_lists(ecr: Any, door: Door) -> None:
    push(ecr, b"layer", "1")
    replicate(ecr, WEST)
    index = index_of(manifest_of(b"layer"))
    ecr.put_image(**APP, imageManifest=index, imageTag="all")
    assert tags(door.client(region="eu-west-1")) == [[], ["all"]]


def test_referrers_are_copied_too(ecr: Any, door: Door) -> None:
    """Source: reference features.md §3.2."""
    replicate(ecr, WEST)
    digest = push(ecr, b"layer", "1")
    door.ecr.push_artifact("app", "application/vnd.example.sbom", subject="1")
    found = door.client(region="eu-west-1").list_image_referrers(
        **APP, subjectId={"imageDigest": digest}
    )
    assert [each["artifactType"] for each in found["referrers"]] == ["application/vnd.example.sbom"]


def test_a_copy_goes_no_further(ecr: Any, door: Door) -> None:
    west = door.client(region="eu-west-1")
    replicate(ecr, WEST)
    replicate(west, {"region": "eu-central-1", "registryId": ACCOUNT})
    push(ecr, b"layer", "1")
    assert statuses(west) == []
    assert door.client(region="eu-central-1").describe_repositories()["repositories"] == []


def test_deletions_are_not_copied(ecr: Any, door: Door) -> None:
    replicate(ecr, WEST)
    push(ecr, b"layer", "1")
    ecr.delete_repository(**APP, force=True)
    assert tags(door.client(region="eu-west-1")) == [["1"]]


def test_where_a_tag_may_not_move_the_image_comes_without_it(ecr: Any, door: Door) -> None:
    west = door.client(region="eu-west-1")
    west.create_repository(**APP, imageTagMutability="IMMUTABLE")
    push(west, b"theirs", "1")
    replicate(ecr, WEST)
    push(ecr, b"layer", "1")
    assert (statuses(ecr), tags(west)) == ([{**WEST, **DONE}], [["1"], []])


def test_where_a_tag_may_move_it_moves(ecr: Any, door: Door) -> None:
    west = door.client(region="eu-west-1")
    replicate(ecr, WEST)
    push(ecr, b"layer", "1")
    push(ecr, b"other", "1")
    assert tags(west) == [[], ["1"]]


def archive(client: Any, storage_class: str = "ARCHIVE") -> None:
    change = {"imageId": {"imageTag": "1"}, "targetStorageClass": storage_class}
    client.update_image_storage_class(**APP, **change)


def test_an_image_that_is_restored_is_copied(ecr: Any, door: Door) -> None:
    """Source: reference features.md §3.2: pushed or restored after the configuration was set."""
    push(ecr, b"layer", "1")
    archive(ecr)
    replicate(ecr, WEST)
    archive(ecr, "STANDARD")
    door.ecr.clock.advance(hours=1)
    assert (statuses(ecr), tags(door.client(region="eu-west-1"))) == ([{**WEST, **DONE}], [["1"]])


def test_what_is_archived_at_the_destination_is_restored_by_a_copy(ecr: Any, door: Door) -> None:
    """Source: reference features.md §3.2."""
    west = door.client(region="eu-west-1")
    replicate(ecr, WEST)
    push(ecr, b"layer", "1")
    archive(west)
    assert tags(west) == []
    ecr.batch_delete_image(**APP, imageIds=[{"imageTag": "1"}])
    push(ecr, b"layer", "1")
    assert tags(west) == [["1"]]


def test_what_is_archived_at_the_source_stays_at_the_destination(ecr: Any, door: Door) -> None:
    """Source: reference features.md §3.2."""
    replicate(ecr, WEST)
    push(ecr, b"layer", "1")
    archive(ecr)
    assert tags(door.client(region="eu-west-1")) == [["1"]]


def test_what_a_cache_imports_counts_as_pushed(ecr: Any, door: Door) -> None:
    """Source: reference features.md §3.2."""
    south = door.client(region="sa-east-1")
    south.create_repository(**APP)
    digest = push(south, b"layer", "1")
    ecr.create_pull_through_cache_rule(
        ecrRepositoryPrefix="south",
        upstreamRegistryUrl=f"{ACCOUNT}.dkr.ecr.sa-east-1.amazonaws.com",
    )
    replicate(ecr, WEST)
    cached = {"repositoryName": "south/app", "imageIds": [{"imageTag": "1"}]}
    ecr.batch_get_image(**cached)
    door.ecr.settle()
    (image,) = door.client(region="eu-west-1").batch_get_image(**cached)["images"]
    assert image["imageId"]["imageDigest"] == digest


def test_the_repository_is_made_by_the_template_of_the_destination(ecr: Any, door: Door) -> None:
    west = door.client(region="eu-west-1")
    west.create_repository_creation_template(
        prefix="ROOT", appliedFor=["REPLICATION"], imageTagMutability="IMMUTABLE"
    )
    replicate(ecr, WEST)
    push(ecr, b"layer", "1")
    (made,) = west.describe_repositories()["repositories"]
    assert made["imageTagMutability"] == "IMMUTABLE"


def test_a_template_that_needs_a_role_lets_the_copy_fail(ecr: Any, door: Door) -> None:
    door.client(region="eu-west-1").create_repository_creation_template(
        prefix="ROOT", appliedFor=["REPLICATION"], resourceTags=[{"Key": "a", "Value": "b"}]
    )
    replicate(ecr, WEST)
    push(ecr, b"layer", "1")
    assert statuses(ecr)[0]["failureCode"] == "DESTINATION_REPOSITORY_CREATION_FAILED"


def test_a_copy_is_told_in_the_destination(ecr: Any, door: Door) -> None:
    """Source: reference features.md §11.7."""
    replicate(ecr, WEST)
    digest = push(ecr, b"layer", "1")
    (event,) = [each for each in door.ecr.events if each["detail-type"] == "ECR Replication Action"]
    arn = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/app"
    assert (event["region"], event["resources"]) == ("eu-west-1", [arn])
    assert event["detail"] == {
        "result": "SUCCESS",
        "repository-name": "app",
        "image-digest": digest,
        "source-account": ACCOUNT,
        "action-type": "REPLICATE",
        "source-region": "us-east-1",
        "image-tag": "1",
    }


def test_an_image_that_is_not_there_has_no_status(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.ImageNotFoundException):
        statuses(ecr)
