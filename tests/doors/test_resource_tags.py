"""Resource tags of repositories. Source: reference api.md §7."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.doors.conftest import ACCOUNT, OTHER_ACCOUNT, REGION, Door, content_of

ARN = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app"
APP = {"resourceArn": ARN}
CALLS = [
    ("tag_resource", {"tags": []}),
    ("untag_resource", {"tagKeys": []}),
    ("list_tags_for_resource", {}),
]


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def listed(ecr: Any) -> list[dict[str, str]]:
    return ecr.list_tags_for_resource(**APP)["tags"]


def refused(call: Any, code: str, **parameters: Any) -> str:
    """Return the text with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response["Error"]["Message"]


def test_a_repository_without_resource_tags_has_an_empty_list(ecr: Any) -> None:
    assert content_of(ecr.list_tags_for_resource(**APP)) == {"tags": []}


def test_resource_tags_are_listed_with_keys_and_values(ecr: Any) -> None:
    """Both calls answer ``{}``. Source: AWS CLI, example of list-tags-for-resource."""
    assert content_of(ecr.tag_resource(**APP, tags=tags(Stage="Integ", Empty=""))) == {}
    assert content_of(ecr.untag_resource(**APP, tagKeys=["Empty", "none"])) == {}
    assert content_of(ecr.list_tags_for_resource(**APP)) == {"tags": tags(Stage="Integ")}


def test_the_arn_of_a_description_can_be_tagged(ecr: Any) -> None:
    (described,) = ecr.describe_repositories()["repositories"]
    ecr.tag_resource(resourceArn=described["repositoryArn"], tags=tags(team="a"))
    assert listed(ecr) == tags(team="a")


def test_a_repository_keeps_the_resource_tags_that_it_was_made_with(door: Door) -> None:
    ecr = door.client()
    ecr.create_repository(repositoryName="app", tags=tags(team="a", stage="b"))
    ecr.tag_resource(**APP, tags=tags(team="c"))
    assert listed(ecr) == tags(team="c", stage="b")


@pytest.mark.parametrize(
    "arn",
    [
        "app",
        f"arn:aws:ecr:{REGION}:{ACCOUNT}:registry/app",
        f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/app",
        f"arn:aws:s3:{REGION}:{ACCOUNT}:repository/app",
    ],
)
@pytest.mark.parametrize(("operation", "more"), CALLS)
def test_what_names_no_repository_of_the_region_is_refused(
    ecr: Any, operation: str, more: dict[str, Any], arn: str
) -> None:
    text = refused(getattr(ecr, operation), "InvalidParameterException", resourceArn=arn, **more)
    assert text == "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'"


@pytest.mark.parametrize(("operation", "more"), CALLS)
def test_a_missing_repository_is_named(ecr: Any, operation: str, more: dict[str, Any]) -> None:
    arn = ARN.replace("app", "gone")
    text = refused(getattr(ecr, operation), "RepositoryNotFoundException", resourceArn=arn, **more)
    assert text == (
        f"The repository with name 'gone' does not exist in the registry with id '{ACCOUNT}'"
    )


@pytest.mark.parametrize(("operation", "more"), CALLS)
def test_another_account_cannot_be_reached(ecr: Any, operation: str, more: dict[str, Any]) -> None:
    """Inferred: reference api.md §7."""
    arn = ARN.replace(ACCOUNT, OTHER_ACCOUNT)
    assert refused(getattr(ecr, operation), "AccessDeniedException", resourceArn=arn, **more)


def test_an_account_tags_its_own_repositories(door: Door) -> None:
    ecr = door.client(account=OTHER_ACCOUNT)
    ecr.create_repository(repositoryName="app")
    arn = ARN.replace(ACCOUNT, OTHER_ACCOUNT)
    ecr.tag_resource(resourceArn=arn, tags=tags(team="a"))
    assert ecr.list_tags_for_resource(resourceArn=arn)["tags"] == tags(team="a")


@pytest.mark.parametrize("key", ["", "aws:a", "AWS:a", "k" * 129, "a*"])
def test_a_bad_key_is_refused(ecr: Any, key: str) -> None:
    code = "InvalidTagParameterException"
    text = refused(ecr.tag_resource, code, **APP, tags=[{"Key": key, "Value": ""}])
    assert text == "Tag parameters are invalid"


def test_a_reserved_key_cannot_be_taken_away(ecr: Any) -> None:
    """Inferred: reference api.md §25."""
    assert refused(ecr.untag_resource, "InvalidTagParameterException", **APP, tagKeys=["aws:a"])


def test_a_repository_has_at_most_50_resource_tags(ecr: Any) -> None:
    fifty = {f"key-{number}": "" for number in range(50)}
    ecr.tag_resource(**APP, tags=tags(**fifty))
    ecr.tag_resource(**APP, tags=tags(**{"key-0": "new"}))
    assert refused(ecr.tag_resource, "TooManyTagsException", **APP, tags=tags(one="more"))
    assert len(listed(ecr)) == 50
