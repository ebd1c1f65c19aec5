"""What IAM keeps. Source: reference iam.md §1, §11.2, §13.2."""

from datetime import UTC, datetime

import pytest

from ecrmock.values.iam import (
    AttachedPermissionsBoundary,
    Group,
    ManagedPolicy,
    Page,
    PolicyVersion,
    Role,
    User,
    iam_arn,
)
from ecrmock.values.iam_errors import PolicyVersionNotFoundError
from ecrmock.values.repositories import ResourceTag

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MADE = {"name": "Ci", "unique_id": "ID", "arn": "arn:ci", "create_date": NOW}
TAGS = (ResourceTag(key="team", value="a"),)
USER = User(**MADE)
ROLE = Role(**MADE, assume_role_policy_document="{}")
GROUP = Group(**MADE)


def policy(*version_ids: str, default: str = "v1") -> ManagedPolicy:
    versions = [
        PolicyVersion(version_id=each, document=each, create_date=NOW) for each in version_ids
    ]
    return ManagedPolicy(
        policy_name="pull",
        policy_id="ANPA",
        arn="arn:pull",
        create_date=NOW,
        update_date=NOW,
        versions=tuple(versions),
        default_version_id=default,
    )


@pytest.mark.parametrize(
    ("kind", "path", "arn"),
    [
        ("user", "/", "arn:aws-cn:iam::123456789012:user/ci"),
        ("role", "/a/b/", "arn:aws-cn:iam::123456789012:role/a/b/ci"),
    ],
)
def test_an_arn_has_no_region_and_the_path(kind: str, path: str, arn: str) -> None:
    assert iam_arn("aws-cn", "123456789012", kind, path, "ci") == arn


def test_names_are_compared_whatever_their_case() -> None:
    assert {each.key for each in (USER, ROLE, GROUP)} == {"ci"}


def test_each_kind_shows_name_and_id_under_members_of_its_own() -> None:
    assert (USER.user_name, USER.user_id) == ("Ci", "ID")
    assert (ROLE.role_name, ROLE.role_id) == ("Ci", "ID")
    assert (GROUP.group_name, GROUP.group_id) == ("Ci", "ID")


@pytest.mark.parametrize(
    ("path", "is_protected"), [("/", False), ("/aws-service-role/ecr.amazonaws.com/", True)]
)
def test_only_aws_changes_the_role_of_a_service(path: str, is_protected: bool) -> None:
    assert Role(**MADE, path=path, assume_role_policy_document="{}").is_protected is is_protected
    assert not User(**MADE, path=path).is_protected


def test_no_tags_are_not_shown() -> None:
    """A client that sees an empty list takes it for one. Source: reference iam.md §13.2."""
    assert (USER.tags, policy("v1").tags) == (None, None)
    assert User(**MADE, resource_tags=TAGS).tags == TAGS


def test_a_listing_shows_neither_tags_nor_boundary() -> None:
    bound = AttachedPermissionsBoundary(permissions_boundary_arn="arn:b")
    assert User(**MADE, resource_tags=TAGS, permissions_boundary=bound).listed() == USER


def test_the_document_of_a_policy_is_that_of_the_version_in_force() -> None:
    assert policy("v1", "v3", default="v3").document == "v3"


def test_a_version_that_is_not_there_is_named() -> None:
    with pytest.raises(PolicyVersionNotFoundError, match="arn:pull version v2"):
        policy("v1").version("v2")


@pytest.mark.parametrize(("marker", "is_truncated"), [(None, False), ("", True), ("x", True)])
def test_a_page_with_a_marker_is_not_the_last(marker: str | None, is_truncated: bool) -> None:
    assert Page(marker).is_truncated is is_truncated
