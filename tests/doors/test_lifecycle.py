"""Lifecycle policies: put, previewed and evaluated day by day. Source: reference api.md §9, features.md §10."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doors.conftest import (
    ACCOUNT,
    OTHER_ACCOUNT,
    START,
    Door,
    content_of,
    digest_of,
    index_of,
    manifest_of,
    push,
)

DAY = timedelta(days=1)
APP = {"repositoryName": "app"}
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}


def rule(number: int, status: str, action: Any = EXPIRE, **selection: Any) -> dict[str, Any]:
    selected = {"tagStatus": status, **selection}
    return {"rulePriority": number, "selection": selected, "action": action}


def more_than(count: int) -> dict[str, Any]:
    return {"countType": "imageCountMoreThan", "countNumber": count}


def since(what: str, days: int) -> dict[str, Any]:
    return {"countType": f"sinceImage{what}", "countUnit": "days", "countNumber": days}


def policy(*rules: Any) -> dict[str, str]:
    return {**APP, "lifecyclePolicyText": json.dumps({"rules": list(rules)}, indent=2)}


KEEP_ONE = policy(rule(1, "any", **more_than(1)))


def tags(client: Any) -> list[str]:
    return [image.get("imageTag", "") for image in client.list_images(**APP)["imageIds"]]


def evaluated_at(client: Any) -> datetime:
    return client.get_lifecycle_policy(**APP)["lastEvaluatedAt"]


@pytest.fixture
def two(door: Door, ecr: Any) -> Any:
    """A client of a repository with the images ``old`` and, a second younger, ``new``."""
    push(ecr, b"old", "old")
    door.ecr.clock.advance(seconds=1)
    push(ecr, b"new", "new")
    return ecr


# Put, get, delete


def test_a_policy_is_put_got_and_deleted(ecr: Any) -> None:
    text = json.dumps(json.loads(KEEP_ONE["lifecyclePolicyText"]), separators=(",", ":"))
    policy_of_app = {**APP, "registryId": ACCOUNT, "lifecyclePolicyText": text}
    assert content_of(ecr.put_lifecycle_policy(**KEEP_ONE)) == policy_of_app
    never = {**policy_of_app, "lastEvaluatedAt": datetime(1970, 1, 1, tzinfo=UTC)}
    assert content_of(ecr.get_lifecycle_policy(**APP)) == never
    assert content_of(ecr.delete_lifecycle_policy(**APP)) == never


@pytest.mark.parametrize(
    "call",
    ["get_lifecycle_policy", "delete_lifecycle_policy", "start_lifecycle_policy_preview"],
)
def test_a_repository_without_a_policy_says_so(ecr: Any, call: str) -> None:
    with pytest.raises(ecr.exceptions.LifecyclePolicyNotFoundException):
        getattr(ecr, call)(**APP)


@pytest.mark.parametrize("call", ["put_lifecycle_policy", "start_lifecycle_policy_preview"])
def test_a_bad_policy_is_refused_with_ecrs_words(ecr: Any, call: str) -> None:
    """Source: reference api.md §9.3."""
    bad = policy(rule(0, "any", **more_than(1)))
    with pytest.raises(ecr.exceptions.InvalidParameterException) as caught:
        getattr(ecr, call)(**bad)
    assert caught.value.response["Error"]["Message"] == (
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy "
        "validation failure: numeric instance is lower than the required minimum (minimum: 1, found: 0)"
    )


def test_a_lone_surrogate_in_a_text_is_no_trouble(ecr: Any) -> None:
    """JSON can say it, UTF-8 cannot."""
    text = KEEP_ONE["lifecyclePolicyText"].replace("any", "any\\ud800")
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.put_lifecycle_policy(**APP, lifecyclePolicyText=text)
    described = [{"description": "DESCRIPTION", **rule(1, "any", **more_than(1))}]
    text = json.dumps({"rules": described}).replace("DESCRIPTION", "\\ud800")
    ecr.put_lifecycle_policy(**APP, lifecyclePolicyText=text)
    assert ecr.get_lifecycle_policy(**APP)["lifecyclePolicyText"]


def test_a_short_policy_is_refused_by_its_length(http_door: Door) -> None:
    """botocore would refuse it itself. Source: reference api.md §9.1."""
    from botocore.config import Config

    from tests.doors.conftest import SESSION

    made = {"endpoint_url": http_door.endpoint_url, "region_name": "us-east-1"}
    keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any"}
    client = SESSION.client("ecr", **made, **keys, config=Config(parameter_validation=False))
    http_door.clients.append(client)
    with pytest.raises(client.exceptions.InvalidParameterException, match="or equal to 100"):
        client.put_lifecycle_policy(**APP, lifecyclePolicyText="{}")


# Runs


def test_putting_a_policy_deletes_nothing(two: Any) -> None:
    two.put_lifecycle_policy(**KEEP_ONE)
    assert tags(two) == ["old", "new"]


def test_a_policy_is_evaluated_a_day_later_and_every_day_from_then_on(door: Door, two: Any) -> None:
    """Inferred: reference features.md §10."""
    put_at = door.ecr.clock.now()
    two.put_lifecycle_policy(**KEEP_ONE)
    door.ecr.clock.advance(hours=23)
    assert tags(two) == ["old", "new"]
    door.ecr.clock.advance(hours=1)
    assert (tags(two), evaluated_at(two)) == (["new"], put_at + DAY)
    door.ecr.clock.advance(days=2.5)
    assert evaluated_at(two) == put_at + 3 * DAY


def test_a_clock_that_jumps_runs_day_by_day(door: Door, two: Any) -> None:
    """Each run is of its own day, so what was archived early is long enough in the archive."""
    in_archive = {"storageClass": "archive", **since("Transitioned", 90)}
    archive = rule(1, "any", ARCHIVE, **since("Pushed", 10))
    two.put_lifecycle_policy(**policy(archive, rule(2, "any", **in_archive)))
    door.ecr.clock.advance(days=12)
    shown = two.describe_images(**APP, filter={"imageStatus": "ARCHIVED"})["imageDetails"]
    archived_at = {image["imageTags"][0]: image["lastArchivedAt"] for image in shown}
    put_at = START + timedelta(seconds=1)
    assert archived_at == {"old": put_at + 10 * DAY, "new": put_at + 11 * DAY}
    door.ecr.clock.advance(days=100)
    assert two.describe_images(**APP, filter={"imageStatus": "ANY"})["imageDetails"] == []


def test_a_run_is_announced_as_if_by_hand(door: Door, two: Any) -> None:
    """Inferred: reference features.md §10."""
    two.put_lifecycle_policy(**KEEP_ONE)
    door.ecr.clock.advance(days=1)
    event = door.ecr.events[-1]
    assert event["time"] == "2026-01-03T03:04:06Z"
    assert (event["detail"]["action-type"], event["detail"]["image-tag"]) == ("DELETE", "old")


def test_a_policy_that_is_put_again_starts_anew(door: Door, two: Any) -> None:
    two.put_lifecycle_policy(**KEEP_ONE)
    door.ecr.clock.advance(hours=23)
    two.put_lifecycle_policy(**KEEP_ONE)
    door.ecr.clock.advance(hours=23)
    assert tags(two) == ["old", "new"]
    door.ecr.clock.advance(hours=1)
    assert tags(two) == ["new"]


def test_a_deleted_policy_is_not_evaluated(door: Door, two: Any) -> None:
    two.put_lifecycle_policy(**KEEP_ONE)
    two.delete_lifecycle_policy(**APP)
    door.ecr.clock.advance(days=3)
    assert tags(two) == ["old", "new"]


def test_a_new_repository_does_not_inherit_the_policy_of_its_name(door: Door, two: Any) -> None:
    two.put_lifecycle_policy(**KEEP_ONE)
    two.delete_repository(**APP, force=True)
    two.create_repository(**APP)
    push(two, b"old", "old")
    push(two, b"new", "new")
    door.ecr.clock.advance(days=3)
    assert tags(two) == ["old", "new"]


def test_a_policy_is_of_one_registry(door: Door, two: Any) -> None:
    other = door.client(account=OTHER_ACCOUNT)
    other.create_repository(**APP)
    push(other, b"old", "old")
    push(other, b"new", "new")
    two.put_lifecycle_policy(**KEEP_ONE)
    door.ecr.clock.advance(days=1)
    assert (tags(two), tags(other)) == (["new"], ["old", "new"])


def test_a_policy_acts_in_the_registry_of_its_repository(door: Door) -> None:
    other = door.client(account=OTHER_ACCOUNT, region="eu-west-1")
    other.create_repository(**APP)
    push(other, b"old")
    push(other, b"new")
    other.put_lifecycle_policy(**KEEP_ONE)
    door.ecr.clock.advance(days=1)
    assert len(tags(other)) == 1


def test_images_of_an_index_go_after_it(door: Door, ecr: Any) -> None:
    push(ecr, b"child")
    ecr.put_image(**APP, imageManifest=index_of(manifest_of(b"child")), imageTag="index")
    untagged = rule(1, "untagged", **since("Pushed", 1))
    ecr.put_lifecycle_policy(**policy(untagged))
    door.ecr.clock.advance(days=3)
    assert len(tags(ecr)) == 2
    tagged = rule(2, "tagged", tagPatternList=["*"], **since("Pushed", 1))
    ecr.put_lifecycle_policy(**policy(untagged, tagged))
    door.ecr.clock.advance(days=1)
    assert tags(ecr) == []


def test_referrers_follow_a_day_after_their_subject(door: Door, ecr: Any) -> None:
    subject = push(ecr, b"layer", "1.0")
    about = {"mediaType": "application/x", "digest": subject, "size": 1}
    ecr.put_image(**APP, imageManifest=manifest_of(b"layer", subject=about))
    ecr.put_lifecycle_policy(**policy(rule(1, "any", **since("Pushed", 1))))
    door.ecr.clock.advance(days=2)
    assert len(tags(ecr)) == 1
    door.ecr.clock.advance(days=1)
    assert tags(ecr) == []


def test_a_pull_keeps_an_image_from_the_archive(door: Door, two: Any) -> None:
    door.ecr.clock.advance(days=40)
    two.batch_get_image(**APP, imageIds=[{"imageTag": "old"}])
    two.put_lifecycle_policy(**policy(rule(1, "any", ARCHIVE, **since("Pulled", 30))))
    door.ecr.clock.advance(days=1)
    assert tags(two) == ["old"]


def test_an_image_on_its_way_back_is_left_alone(door: Door, two: Any) -> None:
    image_id = {**APP, "imageId": {"imageTag": "old"}}
    two.update_image_storage_class(**image_id, targetStorageClass="ARCHIVE")
    two.put_lifecycle_policy(**KEEP_ONE)
    two.update_image_storage_class(**image_id, targetStorageClass="STANDARD")
    door.ecr.run_lifecycle()
    shown = two.describe_images(**APP, imageIds=[{"imageTag": "old"}])["imageDetails"]
    assert shown[0]["imageStatus"] == "ACTIVATING"


# On request


@pytest.mark.parametrize("name", [None, "app"])
def test_a_policy_is_evaluated_on_request(door: Door, two: Any, name: str | None) -> None:
    two.put_lifecycle_policy(**KEEP_ONE)
    assert door.ecr.run_lifecycle(name) == ("app",)
    assert (tags(two), evaluated_at(two)) == (["new"], door.ecr.clock.now())


def test_a_run_on_request_leaves_the_daily_one_its_time(door: Door, two: Any) -> None:
    put_at = door.ecr.clock.now()
    two.put_lifecycle_policy(**KEEP_ONE)
    door.ecr.clock.advance(hours=5)
    door.ecr.run_lifecycle()
    door.ecr.clock.advance(hours=20)
    assert evaluated_at(two) == put_at + DAY


def test_a_policy_explains_what_it_would_do(door: Door, two: Any) -> None:
    two.put_lifecycle_policy(**KEEP_ONE)
    old, new = door.ecr.explain_lifecycle("app")
    assert (old.applied_rule_priority, old.action.type) == (1, "expire")
    assert old.reason == "it is number 2 of 2 from the youngest, and 1 are kept"
    (spared,) = new.spared
    assert spared.reason == "it is number 1 of 2 from the youngest, and 1 are kept"
    assert tags(two) == ["old", "new"]


# Previews


def test_a_preview_shows_what_would_happen(door: Door, two: Any) -> None:
    started = content_of(two.start_lifecycle_policy_preview(**KEEP_ONE))
    assert started == {**KEEP_ONE, "registryId": ACCOUNT, "status": "IN_PROGRESS"}
    two.get_waiter("lifecycle_policy_preview_complete").wait(**APP)
    result = {
        "imageTags": ["old"],
        "imageDigest": digest_of(manifest_of(b"old")),
        "imagePushedAt": START,
        "action": {"type": "EXPIRE"},
        "appliedRulePriority": 1,
        "storageClass": "STANDARD",
    }
    assert content_of(two.get_lifecycle_policy_preview(**APP)) == {
        **started,
        "status": "COMPLETE",
        "previewResults": [result],
        "summary": {"expiringImageTotalCount": 1},
    }
    assert tags(two) == ["old", "new"]


def test_a_preview_counts_what_would_be_archived(two: Any) -> None:
    two.start_lifecycle_policy_preview(**policy(rule(1, "any", ARCHIVE, **more_than(1))))
    got = two.get_lifecycle_policy_preview(**APP)
    assert got["summary"] == {
        "expiringImageTotalCount": 0,
        "transitioningImageTotalCounts": [{"targetStorageClass": "ARCHIVE", "imageTotalCount": 1}],
    }
    (result,) = got["previewResults"]
    assert result["action"] == {"type": "TRANSITION", "targetStorageClass": "ARCHIVE"}


def test_an_untagged_image_of_a_preview_has_no_tags(ecr: Any) -> None:
    push(ecr, b"one")
    push(ecr, b"two")
    ecr.start_lifecycle_policy_preview(**KEEP_ONE)
    (result,) = ecr.get_lifecycle_policy_preview(**APP)["previewResults"]
    assert "imageTags" not in result


def test_a_preview_is_paged_by_boto3(ecr: Any) -> None:
    for number in range(5):
        push(ecr, b"%d" % number)
    ecr.start_lifecycle_policy_preview(**KEEP_ONE)
    paginator = ecr.get_paginator("get_lifecycle_policy_preview")
    pages = list(paginator.paginate(**APP, PaginationConfig={"PageSize": 2}))
    assert [len(page["previewResults"]) for page in pages] == [2, 2]


def test_a_preview_of_no_start_is_not_found(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.LifecyclePolicyPreviewNotFoundException):
        ecr.get_lifecycle_policy_preview(**APP)


def test_a_preview_expires_after_a_day(door: Door, two: Any) -> None:
    two.start_lifecycle_policy_preview(**KEEP_ONE)
    door.ecr.clock.advance(days=1)
    got = two.get_lifecycle_policy_preview(**APP)
    assert (got["status"], "previewResults" in got) == ("EXPIRED", False)
