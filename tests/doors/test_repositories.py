"""The life of a repository, from creation to deletion."""

from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, REGION, START, Door, content_of, push, upload


def repository(door: Door, name: str, **more: Any) -> dict[str, Any]:
    """Return what the API says of a new repository. Source: reference api.md §4.1."""
    return {
        "repositoryArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}",
        "registryId": ACCOUNT,
        "repositoryName": name,
        "repositoryUri": f"{door.registry()}/{name}",
        "createdAt": START,
        "imageTagMutability": "MUTABLE",
        "imageScanningConfiguration": {"scanOnPush": False},
        "encryptionConfiguration": {"encryptionType": "AES256"},
        **more,
    }


def test_a_new_repository_has_the_defaults_of_ecr(door: Door) -> None:
    answer = door.client().create_repository(repositoryName="team/app")
    assert content_of(answer) == {"repository": repository(door, "team/app")}


def test_a_new_repository_has_the_settings_that_it_was_given(door: Door) -> None:
    made = door.client().create_repository(
        repositoryName="app",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
    )["repository"]
    settings = {"imageScanningConfiguration": {"scanOnPush": True}}
    assert made == repository(door, "app", imageTagMutability="IMMUTABLE", **settings)


def test_a_kms_key_is_shown_by_its_arn(door: Door) -> None:
    """Without a key ECR takes its own, and shows that one's ARN. Source: reference api.md §4.1."""
    made = door.client().create_repository(
        repositoryName="app", encryptionConfiguration={"encryptionType": "KMS"}
    )["repository"]
    key = made["encryptionConfiguration"]["kmsKey"]
    assert key.startswith(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/")


def test_repositories_are_described_as_they_were_created(door: Door) -> None:
    ecr = door.client()
    for name in ("b", "a0"):
        ecr.create_repository(repositoryName=f"team/{name}")
    listed = content_of(ecr.describe_repositories())
    expected = [repository(door, "team/b"), repository(door, "team/a0")]
    assert listed == {"repositories": expected}


def test_a_registry_without_repositories_gives_an_empty_list(door: Door) -> None:
    """``{"repositories":[]}`` is the whole body. Source: reference api.md §2.2."""
    assert content_of(door.client().describe_repositories()) == {"repositories": []}


def test_a_repository_is_described_by_its_name(door: Door, ecr: Any) -> None:
    ecr.create_repository(repositoryName="other")
    found = ecr.describe_repositories(repositoryNames=["app"])
    assert content_of(found) == {"repositories": [repository(door, "app")]}


def test_a_name_that_is_asked_for_twice_gives_one_entry(ecr: Any) -> None:
    found = ecr.describe_repositories(repositoryNames=["app", "app"])["repositories"]
    assert len(found) == 1


def test_one_missing_name_fails_the_whole_description(ecr: Any) -> None:
    """There is no partial result. Source: reference api.md §4.4."""
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match="'gone'"):
        ecr.describe_repositories(repositoryNames=["app", "gone"])


def test_deletion_answers_with_the_repository_as_it_was(door: Door, ecr: Any) -> None:
    answer = ecr.delete_repository(repositoryName="app")
    assert content_of(answer) == {"repository": repository(door, "app")}


def test_a_deleted_repository_is_not_listed(ecr: Any) -> None:
    ecr.delete_repository(repositoryName="app")
    assert ecr.describe_repositories()["repositories"] == []


def test_a_layer_without_an_image_does_not_keep_a_repository(ecr: Any) -> None:
    """Inferred: reference api.md §4.5."""
    upload(ecr, b"layer")
    ecr.delete_repository(repositoryName="app")
    assert ecr.describe_repositories()["repositories"] == []


def test_force_deletes_a_repository_with_its_images(ecr: Any) -> None:
    push(ecr, b"layer", "1.0")
    ecr.delete_repository(repositoryName="app", force=True)
    assert ecr.describe_repositories()["repositories"] == []


def test_a_repository_that_is_made_again_is_empty(ecr: Any) -> None:
    push(ecr, b"layer", "1.0")
    ecr.delete_repository(repositoryName="app", force=True)
    ecr.create_repository(repositoryName="app")
    assert ecr.list_images(repositoryName="app")["imageIds"] == []
