"""Which tags may move. Source: reference api.md §4.3."""

from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, content_of, push

FILTERS = [{"filterType": "WILDCARD", "filter": "dev-*"}]


def set_mutability(ecr: Any, mutability: str, *wildcards: str) -> dict[str, Any]:
    filters = [{"filterType": "WILDCARD", "filter": wildcard} for wildcard in wildcards]
    more = {"imageTagMutabilityExclusionFilters": filters} if filters else {}
    return ecr.put_image_tag_mutability(repositoryName="app", imageTagMutability=mutability, **more)


def moves(ecr: Any, tag: str) -> bool:
    """Tell whether a tag can be moved from one image to another."""
    push(ecr, b"old", tag)
    try:
        push(ecr, b"new", tag)
    except ecr.exceptions.ImageTagAlreadyExistsException:
        return False
    return True


@pytest.mark.parametrize(
    ("mutability", "wildcards", "tag", "may_move"),
    [
        ("MUTABLE", (), "1.0", True),
        ("IMMUTABLE", (), "1.0", False),
        ("IMMUTABLE_WITH_EXCLUSION", ("dev-*",), "dev-1", True),
        ("IMMUTABLE_WITH_EXCLUSION", ("dev-*",), "1.0", False),
        ("MUTABLE_WITH_EXCLUSION", ("v*",), "v1", False),
        ("MUTABLE_WITH_EXCLUSION", ("v*",), "latest", True),
        ("IMMUTABLE_WITH_EXCLUSION", ("latest", "dev-*"), "latest", True),
        ("IMMUTABLE_WITH_EXCLUSION", ("DEV-*",), "dev-1", False),
        ("IMMUTABLE_WITH_EXCLUSION", ("1.*",), "1x0", False),
        ("IMMUTABLE_WITH_EXCLUSION", ("ev-*",), "dev-1", False),
    ],
)
def test_mutability_and_filters_say_which_tags_move(
    ecr: Any, mutability: str, wildcards: tuple[str, ...], tag: str, may_move: bool
) -> None:
    set_mutability(ecr, mutability, *wildcards)
    assert moves(ecr, tag) is may_move


def test_the_new_setting_is_the_answer(ecr: Any) -> None:
    answer = set_mutability(ecr, "IMMUTABLE")
    assert content_of(answer) == {
        "registryId": ACCOUNT,
        "repositoryName": "app",
        "imageTagMutability": "IMMUTABLE",
    }


def test_filters_are_part_of_the_answer_when_there_are_any(ecr: Any) -> None:
    answer = set_mutability(ecr, "IMMUTABLE_WITH_EXCLUSION", "dev-*")
    assert answer["imageTagMutabilityExclusionFilters"] == FILTERS


def test_filters_are_described_with_the_repository(ecr: Any) -> None:
    set_mutability(ecr, "IMMUTABLE_WITH_EXCLUSION", "dev-*")
    (described,) = ecr.describe_repositories()["repositories"]
    assert described["imageTagMutabilityExclusionFilters"] == FILTERS


def test_a_plain_setting_drops_the_filters(ecr: Any) -> None:
    """Inferred: reference api.md §4.3."""
    set_mutability(ecr, "IMMUTABLE_WITH_EXCLUSION", "dev-*")
    set_mutability(ecr, "MUTABLE")
    (described,) = ecr.describe_repositories()["repositories"]
    assert "imageTagMutabilityExclusionFilters" not in described


def test_filters_can_be_given_when_a_repository_is_made(ecr: Any) -> None:
    made = ecr.create_repository(
        repositoryName="other",
        imageTagMutability="MUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=FILTERS,
    )
    assert made["repository"]["imageTagMutabilityExclusionFilters"] == FILTERS


def test_an_immutable_tag_can_be_deleted_and_given_anew(ecr: Any) -> None:
    """Immutability forbids to move a tag, not to delete it. Inferred: reference api.md §4.3."""
    set_mutability(ecr, "IMMUTABLE")
    push(ecr, b"old", "1.0")
    ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    new = push(ecr, b"new", "1.0")
    assert ecr.describe_images(repositoryName="app")["imageDetails"][0]["imageDigest"] == new


def test_an_immutable_repository_takes_one_more_tag_for_an_image(ecr: Any) -> None:
    set_mutability(ecr, "IMMUTABLE")
    push(ecr, b"layer", "1.0", "1.0.1")
    (detail,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert detail["imageTags"] == ["1.0", "1.0.1"]
