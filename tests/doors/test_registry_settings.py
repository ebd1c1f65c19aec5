"""What is set for a registry as a whole, and what follows from it. Source: reference api.md §11, §14, §16."""

from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, OTHER_ACCOUNT, START, Door, content_of, push

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/scanner"
MOUNTING = {"name": "BLOB_MOUNTING", "value": "ENABLED"}


def exclude(client: Any, arn: str = ROLE) -> dict[str, Any]:
    return content_of(client.register_pull_time_update_exclusion(principalArn=arn))


def test_a_registry_is_described_without_replication(door: Door) -> None:
    described = content_of(door.client().describe_registry())
    expected = {"registryId": ACCOUNT, "replicationConfiguration": {"rules": []}}
    assert described == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASIC_SCAN_TYPE_VERSION", "AWS_NATIVE"),
        ("REGISTRY_POLICY_SCOPE", "V2"),
        ("BLOB_MOUNTING", "DISABLED"),
    ],
)
def test_a_setting_has_a_default(door: Door, name: str, value: str) -> None:
    found = content_of(door.client().get_account_setting(name=name))
    assert found == {"name": name, "value": value}


def test_a_setting_is_kept(door: Door) -> None:
    client = door.client()
    assert content_of(client.put_account_setting(**MOUNTING)) == MOUNTING
    assert content_of(client.get_account_setting(name="BLOB_MOUNTING")) == MOUNTING


@pytest.mark.parametrize("place", [{"account": OTHER_ACCOUNT}, {"region": "eu-west-1"}])
def test_a_setting_holds_for_one_account_in_one_region(door: Door, place: dict[str, str]) -> None:
    door.client().put_account_setting(**MOUNTING)
    found = door.client(**place).get_account_setting(name="BLOB_MOUNTING")
    assert found["value"] == "DISABLED"


@pytest.mark.parametrize(
    "setting",
    [
        {"name": "NO_SETTING", "value": "ENABLED"},
        {"name": "BLOB_MOUNTING", "value": "PERHAPS"},
        {"name": "BASIC_SCAN_TYPE_VERSION", "value": "CLAIR"},
    ],
)
def test_another_name_or_value_is_refused(door: Door, setting: dict[str, str]) -> None:
    client = door.client()
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.put_account_setting(**setting)


def test_a_principal_is_excluded_and_listed(door: Door) -> None:
    client = door.client()
    excluded = exclude(client)
    assert (excluded["principalArn"], excluded["createdAt"]) == (ROLE, START)
    listed = content_of(client.list_pull_time_update_exclusions())
    assert listed == {"pullTimeUpdateExclusions": [ROLE]}


def test_excluded_principals_come_in_pages(door: Door) -> None:
    client = door.client()
    arns = [f"{ROLE}-{number}" for number in range(3)]
    for arn in arns:
        exclude(client, arn)
    first = client.list_pull_time_update_exclusions(maxResults=2)
    rest = client.list_pull_time_update_exclusions(nextToken=first["nextToken"])
    pages = [first["pullTimeUpdateExclusions"], rest["pullTimeUpdateExclusions"]]
    assert pages == [arns[:2], arns[2:]]


def test_a_principal_is_excluded_once(door: Door) -> None:
    client = door.client()
    exclude(client)
    with pytest.raises(client.exceptions.ExclusionAlreadyExistsException):
        exclude(client)


def test_an_exclusion_that_ends_is_gone(door: Door) -> None:
    client = door.client()
    exclude(client)
    ended = client.deregister_pull_time_update_exclusion(principalArn=ROLE)
    assert content_of(ended) == {"principalArn": ROLE}
    with pytest.raises(client.exceptions.ExclusionNotFoundException):
        client.deregister_pull_time_update_exclusion(principalArn=ROLE)


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/scanner/session",
        f"arn:aws:iam::{ACCOUNT}:role/" + "x" * 200,
    ],
)
def test_only_a_role_or_user_can_be_excluded(door: Door, arn: str) -> None:
    """Source: API shape ``PrincipalArn``."""
    client = door.client()
    with pytest.raises(client.exceptions.InvalidParameterException):
        exclude(client, arn)


def test_a_pull_by_somebody_else_is_recorded_all_the_same(door: Door, ecr: Any) -> None:
    digest = push(ecr, b"layer", "1.0")
    exclude(ecr)
    ecr.batch_get_image(repositoryName="app", imageIds=[{"imageDigest": digest}])
    (shown,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert shown["lastRecordedPullTime"] == START


def test_scan_on_push_can_be_switched(ecr: Any) -> None:
    """Source: reference api.md §4.6."""
    configuration = {"imageScanningConfiguration": {"scanOnPush": True}}
    answer = ecr.put_image_scanning_configuration(repositoryName="app", **configuration)
    assert content_of(answer) == {"registryId": ACCOUNT, "repositoryName": "app", **configuration}
    (shown,) = ecr.describe_repositories()["repositories"]
    assert shown["imageScanningConfiguration"] == {"scanOnPush": True}
