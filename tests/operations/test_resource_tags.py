"""Resource tags of a repository. Source: reference api.md §7."""

import pytest

from ecrmock.operations.resource_tags import list_tags_for_resource, tag_resource, untag_resource
from ecrmock.values.errors import AccessDeniedError, InvalidParameterError
from ecrmock.values.repositories import (
    InvalidTagParameterError,
    RepositoryNotFoundError,
    ResourceTag,
    TooManyTagsError,
)
from ecrmock.values.settings import Quotas

ARN = "arn:aws:ecr:us-east-1:123456789012:repository/app"
CALLS = [
    pytest.param(tag_resource, {"tags": ()}, id="tag"),
    pytest.param(untag_resource, {"tag_keys": ()}, id="untag"),
    pytest.param(list_tags_for_resource, {}, id="list"),
]


def resource_tags(**values):
    return tuple(ResourceTag(key=key, value=value) for key, value in values.items())


def numbered(count, start=0):
    return resource_tags(**{f"key-{number}": "" for number in range(start, start + count)})


def tag(registry, *tags, arn=ARN):
    return registry(tag_resource, resource_arn=arn, tags=tags)


def untag(registry, *keys):
    return registry(untag_resource, resource_arn=ARN, tag_keys=keys)


def listed(registry, arn=ARN):
    return registry(list_tags_for_resource, resource_arn=arn).tags


def test_a_new_repository_has_no_resource_tags(app):
    assert listed(app) == ()


def test_a_repository_has_the_resource_tags_that_it_was_made_with(registry):
    registry.create(tags=resource_tags(team="a"))
    assert listed(registry) == resource_tags(team="a")


def test_resource_tags_are_listed_as_they_were_added(app):
    tag(app, *resource_tags(team="a", stage=""))
    tag(app, *resource_tags(Team="b"))
    assert listed(app) == resource_tags(team="a", stage="", Team="b")


def test_a_key_that_is_there_takes_the_new_value(app):
    tag(app, *resource_tags(team="a", stage="b"))
    tag(app, *resource_tags(team="c"))
    assert listed(app) == resource_tags(team="c", stage="b")


def test_resource_tags_are_taken_away_by_their_keys(app):
    tag(app, *resource_tags(team="a", stage="b", owner="c"))
    untag(app, "team", "owner")
    assert listed(app) == resource_tags(stage="b")


def test_a_key_that_is_not_there_is_taken_away_too(app):
    tag(app, *resource_tags(team="a"))
    untag(app, "Team", "none", "none")
    assert listed(app) == resource_tags(team="a")


@pytest.mark.parametrize("call", [tag, untag])
def test_nothing_to_add_or_to_take_away_changes_nothing(app, call):
    """Inferred: reference api.md §7."""
    tag(app, *resource_tags(team="a"))
    assert call(app) is None
    assert listed(app) == resource_tags(team="a")


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "app",
        "arn:aws:ecr:us-east-1:123456789012:repository/A",
        "arn:aws:ecr:us-east-1:123456789012:registry/app",
        "arn:aws:ecr:eu-west-1:123456789012:repository/app",
        "arn:aws-cn:ecr:us-east-1:123456789012:repository/app",
        "arn:aws:ecr-public::123456789012:repository/app",
        "arn:aws:s3:us-east-1:123456789012:repository/app",
    ],
)
@pytest.mark.parametrize(("operation", "more"), CALLS)
def test_what_names_no_repository_of_the_region_is_refused(app, operation, more, arn):
    with pytest.raises(InvalidParameterError) as caught:
        app(operation, resource_arn=arn, **more)
    assert caught.value.message == (
        "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'"
    )


@pytest.mark.parametrize(("operation", "more"), CALLS)
def test_a_repository_of_another_account_is_out_of_reach(app, operation, more):
    """Also one that does not exist. Inferred: reference api.md §2.6, §7."""
    with pytest.raises(AccessDeniedError):
        app(operation, resource_arn=ARN.replace("123456789012", "210987654321"), **more)


def test_the_denial_names_caller_action_and_repository(app):
    """Source: reference iam.md §7."""
    arn = ARN.replace("123456789012", "210987654321")
    with pytest.raises(AccessDeniedError) as caught:
        tag(app, arn=arn)
    assert caught.value.message == (
        "User: arn:aws:iam::123456789012:root is not authorized to perform: ecr:TagResource "
        f"on resource: {arn} because no resource-based policy allows the ecr:TagResource action"
    )


@pytest.mark.parametrize(("operation", "more"), CALLS)
def test_a_missing_repository_is_named_with_its_registry(registry, operation, more):
    with pytest.raises(RepositoryNotFoundError) as caught:
        registry(operation, resource_arn=ARN, **more)
    assert caught.value.message == (
        "The repository with name 'app' does not exist in the registry with id '123456789012'"
    )


@pytest.mark.parametrize(
    "tags",
    [
        resource_tags(**{"": "v"}),
        resource_tags(**{"aws:a": "v"}),
        resource_tags(**{"AWS:a": "v"}),
        resource_tags(**{"k" * 129: "v"}),
        resource_tags(a="v" * 257),
        resource_tags(**{"a*": "v"}),
        resource_tags(a="1") + resource_tags(a="2"),
    ],
    ids=["empty", "reserved", "capitals", "long key", "long value", "character", "duplicate"],
)
def test_bad_resource_tags_are_refused_and_change_nothing(app, tags):
    tag(app, *resource_tags(team="a"))
    with pytest.raises(InvalidTagParameterError) as caught:
        tag(app, *resource_tags(stage="b"), *tags)
    assert caught.value.message == "Tag parameters are invalid"
    assert listed(app) == resource_tags(team="a")


def test_a_missing_repository_is_reported_before_bad_resource_tags(registry):
    """Source: reference api.md §3.6."""
    with pytest.raises(RepositoryNotFoundError):
        tag(registry, *resource_tags(**{"": "v"}))


@pytest.mark.parametrize("key", ["", "aws:a", "AWS:a"])
def test_a_key_that_no_tag_can_have_is_not_taken_away(app, key):
    """Inferred: reference api.md §25."""
    tag(app, *resource_tags(team="a"))
    with pytest.raises(InvalidTagParameterError):
        untag(app, "team", key)
    assert listed(app) == resource_tags(team="a")


def test_a_repository_has_50_resource_tags(app):
    tag(app, *numbered(30))
    tag(app, *numbered(20, start=30))
    assert len(listed(app)) == 50


def test_the_51st_resource_tag_is_too_many(app):
    tag(app, *numbered(50))
    with pytest.raises(TooManyTagsError):
        tag(app, *resource_tags(one="more"))
    assert len(listed(app)) == 50


def test_51_resource_tags_at_once_are_too_many(app):
    with pytest.raises(TooManyTagsError):
        tag(app, *numbered(51))


def test_50_resource_tags_can_take_new_values(app):
    """They are counted after the merge."""
    tag(app, *numbered(50))
    tag(app, ResourceTag(key="key-0", value="new"))
    assert listed(app)[0].value == "new"


def test_the_limit_is_a_quota(registry_with):
    registry = registry_with(quotas=Quotas(resource_tags=1))
    tag(registry, *numbered(1))
    with pytest.raises(TooManyTagsError):
        tag(registry, *numbered(1, start=1))


def test_the_same_name_in_another_region_is_another_repository(app):
    tag(app, *resource_tags(team="a"))
    app.in_account("123456789012", "eu-west-1").create()
    assert listed(app, ARN.replace("us-east-1", "eu-west-1")) == ()
