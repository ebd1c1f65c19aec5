"""Accounts and regions are apart. Source: DESIGN.md section 3."""

from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, OTHER_ACCOUNT, Door, push


@pytest.fixture
def other(door: Door) -> Any:
    """A client of another account."""
    return door.client(account=OTHER_ACCOUNT)


def test_an_access_key_of_twelve_digits_is_an_account(door: Door, other: Any) -> None:
    made = other.create_repository(repositoryName="app")["repository"]
    uri = f"{door.registry(OTHER_ACCOUNT)}/app"
    assert (made["registryId"], made["repositoryUri"]) == (OTHER_ACCOUNT, uri)


def test_any_other_access_key_is_the_default_account(door: Door) -> None:
    client = door.client(account="AKIAIOSFODNN7EXAMPLE")
    assert client.create_repository(repositoryName="app")["repository"]["registryId"] == ACCOUNT


def test_an_account_does_not_see_the_repositories_of_another(ecr: Any, other: Any) -> None:
    assert other.describe_repositories()["repositories"] == []


def test_two_accounts_have_a_repository_of_the_same_name_each(ecr: Any, other: Any) -> None:
    other.create_repository(repositoryName="app")
    push(other, b"layer", "1.0")
    assert ecr.list_images(repositoryName="app")["imageIds"] == []


def test_a_region_does_not_see_the_repositories_of_another(door: Door, ecr: Any) -> None:
    elsewhere = door.client(region="eu-west-1")
    assert elsewhere.describe_repositories()["repositories"] == []


def test_a_repository_of_another_region_has_its_address(door: Door) -> None:
    client = door.client(region="eu-west-1")
    made = client.create_repository(repositoryName="app")["repository"]
    arn = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/app"
    uri = f"{door.registry(region='eu-west-1')}/app"
    assert (made["repositoryArn"], made["repositoryUri"]) == (arn, uri)


def test_an_arn_of_china_has_the_partition_of_china(door: Door) -> None:
    """Source: reference api.md §20."""
    client = door.client(region="cn-north-1")
    made = client.create_repository(repositoryName="app")["repository"]
    assert made["repositoryArn"] == f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/app"


def test_registry_id_means_the_registry_of_another_account(ecr: Any, other: Any) -> None:
    found = other.describe_repositories(registryId=ACCOUNT)["repositories"]
    assert [each["registryId"] for each in found] == [ACCOUNT]


def test_registry_id_is_echoed(ecr: Any, other: Any) -> None:
    """Source: reference api.md §3.4."""
    digest = push(ecr, b"layer", "1.0")
    wanted = {"registryId": ACCOUNT, "repositoryName": "app"}
    (image,) = other.batch_get_image(**wanted, imageIds=[{"imageDigest": digest}])["images"]
    assert image["registryId"] == ACCOUNT


def test_a_missing_repository_is_missing_in_the_registry_that_was_named(
    ecr: Any, other: Any
) -> None:
    """Source: reference api.md §4.5."""
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match=OTHER_ACCOUNT):
        ecr.list_images(registryId=OTHER_ACCOUNT, repositoryName="app")


def test_a_layer_is_of_its_repository_alone(ecr: Any) -> None:
    """Source: reference registry.md §5.2."""
    push(ecr, b"layer", "1.0")
    (image,) = ecr.batch_get_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])["images"]
    ecr.create_repository(repositoryName="other")
    with pytest.raises(ecr.exceptions.LayersNotFoundException):
        ecr.put_image(repositoryName="other", imageManifest=image["imageManifest"])
