"""Resource tags of signing profiles. Source: service model of signer."""

import pytest

from ecrmock.operations.signing_profile_tags import (
    list_tags_for_resource,
    tag_resource,
    untag_resource,
)
from ecrmock.operations.signing_profiles import put_signing_profile
from ecrmock.values.signer import NOTATION, SignerBadRequestError, TaggedProfileNotFoundError
from tests.operations.conftest import Registry, resource_tags

OPERATIONS = [
    (list_tags_for_resource, {}),
    (tag_resource, {"tags": resource_tags(a="b")}),
    (untag_resource, {"tag_keys": ("a",)}),
]


@pytest.fixture
def tagged(registry: Registry) -> Registry:
    """A registry with a profile whose ARN is in ``arn``, with two resource tags."""
    made = registry(
        put_signing_profile,
        profile_name="release",
        platform_id=NOTATION,
        tags=resource_tags(team="a", stage="b"),
    )
    registry.arn = {"resource_arn": made.arn}
    return registry


def tags(tagged: Registry) -> dict[str, str]:
    return tagged(list_tags_for_resource, **tagged.arn).tags


def test_a_profile_is_made_with_resource_tags(tagged):
    assert tags(tagged) == {"team": "a", "stage": "b"}


def test_a_key_that_is_there_takes_the_new_value(tagged):
    tagged(tag_resource, **tagged.arn, tags=resource_tags(team="c", more=""))
    assert tags(tagged) == {"team": "c", "stage": "b", "more": ""}


def test_resource_tags_are_taken_away_by_keys_that_may_be_absent(tagged):
    tagged(untag_resource, **tagged.arn, tag_keys=("team", "none"))
    assert tags(tagged) == {"stage": "b"}


def test_more_than_fifty_resource_tags_are_refused(tagged):
    many = resource_tags(**{f"k{number}": "" for number in range(49)})
    with pytest.raises(SignerBadRequestError):
        tagged(tag_resource, **tagged.arn, tags=many)


@pytest.mark.parametrize(("operation", "more"), OPERATIONS)
def test_a_profile_that_does_not_exist_is_not_found(tagged, operation, more):
    arn = tagged.arn["resource_arn"].replace("release", "other")
    with pytest.raises(TaggedProfileNotFoundError):
        tagged(operation, resource_arn=arn, **more)


@pytest.mark.parametrize(("operation", "more"), OPERATIONS)
def test_only_profiles_have_resource_tags(tagged, operation, more):
    with pytest.raises(SignerBadRequestError):
        tagged(operation, resource_arn="arn:aws:ecr:us-east-1:123456789012:repository/a", **more)
