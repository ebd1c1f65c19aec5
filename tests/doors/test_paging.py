"""Lists, page by page to the end. Source: reference api.md §3.7."""

from typing import Any

import pytest

from tests.doors.conftest import push

NAMES = [f"team/app-{number}" for number in range(5)]
TAGS = ["1", "2", "3", "4", "5"]


@pytest.fixture
def filled(ecr: Any) -> Any:
    """Five more repositories, and five images with a tag each in ``app``."""
    for name, tag in zip(NAMES, TAGS, strict=True):
        ecr.create_repository(repositoryName=name)
        push(ecr, f"layer {tag}".encode(), tag)
    return ecr


def pages(ecr: Any, operation: str, size: int, **parameters: str) -> list[dict[str, Any]]:
    paginator = ecr.get_paginator(operation)
    return list(paginator.paginate(**parameters, PaginationConfig={"PageSize": size}))


def test_all_repositories_come_once_in_pages(filled: Any) -> None:
    found = pages(filled, "describe_repositories", 4)
    names = [[each["repositoryName"] for each in page["repositories"]] for page in found]
    assert names == [["app", *NAMES[:3]], NAMES[3:]]


def test_all_images_are_listed_once_in_pages(filled: Any) -> None:
    found = pages(filled, "list_images", 2, repositoryName="app")
    tags = [[each["imageTag"] for each in page["imageIds"]] for page in found]
    assert tags == [TAGS[:2], TAGS[2:4], TAGS[4:]]


def test_all_images_are_described_once_in_pages(filled: Any) -> None:
    found = pages(filled, "describe_images", 2, repositoryName="app")
    tags = [[each["imageTags"] for each in page["imageDetails"]] for page in found]
    assert tags == [[["1"], ["2"]], [["3"], ["4"]], [["5"]]]


def test_the_last_page_has_no_token(filled: Any) -> None:
    """Never null, as the documentation says: the member is absent. Source: reference api.md §2.2."""
    assert "nextToken" not in filled.list_images(repositoryName="app", maxResults=5)


def test_a_page_has_a_hundred_entries_unless_asked_for_fewer(ecr: Any) -> None:
    for number in range(100):
        ecr.create_repository(repositoryName=f"repository-{number}")
    page = ecr.describe_repositories()
    assert (len(page["repositories"]), "nextToken" in page) == (100, True)


def test_a_page_after_a_deletion_goes_on_where_the_last_one_ended(filled: Any) -> None:
    first = filled.describe_repositories(maxResults=3)
    for name in NAMES[:2]:
        filled.delete_repository(repositoryName=name)
    rest = filled.describe_repositories(nextToken=first["nextToken"])["repositories"]
    assert [each["repositoryName"] for each in rest] == NAMES[2:]


def test_a_filter_holds_on_every_page(filled: Any) -> None:
    push(filled, b"untagged"), push(filled, b"another")
    paginator = filled.get_paginator("list_images")
    wanted = {"repositoryName": "app", "filter": {"tagStatus": "UNTAGGED"}}
    found = list(paginator.paginate(**wanted, PaginationConfig={"PageSize": 1}))
    assert [len(page["imageIds"]) for page in found] == [1, 1]


def test_the_token_of_another_list_is_refused(filled: Any) -> None:
    token = filled.describe_repositories(maxResults=1)["nextToken"]
    with pytest.raises(filled.exceptions.InvalidParameterException, match="next token"):
        filled.list_images(repositoryName="app", nextToken=token)
