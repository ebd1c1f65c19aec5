"""Source: reference api.md §7."""

import pytest

from ecrmock.rules.resource_tags import check_keys, merged, repository_of, without
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.repositories import InvalidTagParameterError, ResourceTag

REGION = "us-east-1"
ARN = f"arn:aws:ecr:{REGION}:123456789012:repository/team/app"


def tags(**values: str) -> tuple[ResourceTag, ...]:
    return tuple(ResourceTag(key=key, value=value) for key, value in values.items())


def test_an_arn_names_account_and_repository() -> None:
    assert repository_of(ARN, REGION) == ("123456789012", "team/app")


@pytest.mark.parametrize(
    ("arn", "region"),
    [("", REGION), ("app", REGION), (ARN, "eu-west-1"), (ARN.replace("ecr", "s3"), REGION)],
)
def test_what_names_no_repository_of_the_region_is_refused(arn: str, region: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        repository_of(arn, region)
    assert caught.value.message == (
        "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'"
    )


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ({}, {"a": "1", "b": "2"}),
        ({"c": "3"}, {"a": "1", "b": "2", "c": "3"}),
        ({"a": "4", "c": "3"}, {"a": "4", "b": "2", "c": "3"}),
        ({"A": "4"}, {"a": "1", "b": "2", "A": "4"}),
    ],
)
def test_a_key_takes_the_new_value_and_keeps_its_place(
    added: dict[str, str], expected: dict[str, str]
) -> None:
    assert merged(tags(a="1", b="2"), tags(**added)) == tags(**expected)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [((), {"a": "1", "b": "2"}), (("a",), {"b": "2"}), (("A", "none"), {"a": "1", "b": "2"})],
)
def test_the_tags_of_some_keys_go(keys: tuple[str, ...], expected: dict[str, str]) -> None:
    assert without(tags(a="1", b="2"), keys) == tags(**expected)


@pytest.mark.parametrize("keys", [("",), ("aws:a",), ("a", "AWS:a")])
def test_a_key_that_no_tag_can_have_is_refused(keys: tuple[str, ...]) -> None:
    """Inferred: reference api.md §25."""
    with pytest.raises(InvalidTagParameterError):
        check_keys(keys)


def test_every_other_key_may_be_named() -> None:
    check_keys(("a", "a", "k" * 200))
