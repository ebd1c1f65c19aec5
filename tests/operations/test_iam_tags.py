"""Resource tags of users, roles and managed policies. Source: reference iam.md §13."""

import pytest

from ecrmock.operations import iam_policies, iam_service_linked_roles, iam_tags
from ecrmock.values.iam_errors import (
    AwsPolicyError,
    DuplicateTagKeysError,
    IamLimitExceededError,
    IdentityNotFoundError,
    PolicyNotFoundError,
)
from tests.documents import identity_policy
from tests.operations.conftest import ACTORS, READ_ONLY, of, resource_tags

OWN = "arn:aws:iam::123456789012:policy/own"
TEAM = {"tags": resource_tags(team="a")}
CHANGES = [(iam_tags.tag_policy, TEAM), (iam_tags.untag_policy, {"tag_keys": ("team",)})]


def tagged(entity, **more):
    return {tag.key: tag.value for tag in entity("List{}Tags", **more).tags}


@of(*ACTORS)
def test_tags_are_added_changed_and_taken_away(entity):
    """The case of keys does not count. Source: reference iam.md §13.2."""
    entity("Tag{}", tags=resource_tags(team="a", stage="b"))
    entity("Tag{}", tags=resource_tags(Team="c"))
    assert tagged(entity) == {"Team": "c", "stage": "b"}
    entity("Untag{}", tag_keys=("TEAM", "none"))
    assert tagged(entity) == {"stage": "b"}


@of(*ACTORS)
def test_tags_are_listed_by_key_in_pages(entity):
    entity("Tag{}", tags=resource_tags(b="2", A="1", c="3"))
    first = entity("List{}Tags", max_items=2)
    assert [tag.key for tag in first.tags] == ["A", "b"]
    assert tagged(entity, marker=first.marker) == {"c": "3"}


@of(*ACTORS)
def test_a_tag_is_given_once_in_a_call(entity):
    with pytest.raises(DuplicateTagKeysError):
        entity("Tag{}", tags=resource_tags(team="a", Team="b"))


@of(*ACTORS)
def test_a_51st_tag_is_one_too_many(entity):
    """Source: reference iam.md §13.2; the text is inferred."""
    entity("Tag{}", tags=resource_tags(**{f"k{number}": "" for number in range(50)}))
    with pytest.raises(IamLimitExceededError) as caught:
        entity("Tag{}", tags=resource_tags(one="more"))
    assert caught.value.message == "The number of tags has reached the maximum limit."


def test_a_policy_has_tags_too(registry):
    registry(iam_policies.create_policy, policy_name="own", policy_document=identity_policy())
    registry(iam_tags.tag_policy, policy_arn=OWN, tags=resource_tags(team="a", stage="b"))
    registry(iam_tags.untag_policy, policy_arn=OWN, tag_keys=("stage",))
    assert registry(iam_tags.list_policy_tags, policy_arn=OWN).tags == resource_tags(team="a")


def test_a_policy_of_aws_has_no_tags(registry):
    assert registry(iam_tags.list_policy_tags, policy_arn=READ_ONLY).tags == ()


@of(*ACTORS)
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [("Tag{}", TEAM), ("Untag{}", {"tag_keys": ("team",)}), ("List{}Tags", {})],
)
def test_whose_tags_are_meant_must_exist(entity, operation, parameters):
    with pytest.raises(IdentityNotFoundError) as caught:
        entity(operation, "none", **parameters)
    assert caught.value.message == f"The {entity.kind} with name none cannot be found."


@pytest.mark.parametrize(("operation", "parameters"), [*CHANGES, (iam_tags.list_policy_tags, {})])
def test_the_policy_whose_tags_are_meant_must_exist(registry, operation, parameters):
    with pytest.raises(PolicyNotFoundError):
        registry(operation, policy_arn=OWN, **parameters)


@pytest.mark.parametrize(("operation", "parameters"), CHANGES)
def test_nobody_tags_a_policy_of_aws(registry, operation, parameters):
    with pytest.raises(AwsPolicyError):
        registry(operation, policy_arn=READ_ONLY, **parameters)


def test_the_role_of_a_service_takes_tags(registry):
    """Source: reference iam.md §11.2: what only AWS may change are its policies."""
    service = {"aws_service_name": "ecr.amazonaws.com"}
    name = registry(iam_service_linked_roles.create_service_linked_role, **service).role.role_name
    registry(iam_tags.tag_role, role_name=name, **TEAM)
    assert registry(iam_tags.list_role_tags, role_name=name).tags == TEAM["tags"]
