"""Resource tags of identities and managed policies. Source: reference iam.md §13.2, §13.3."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.iam_tags import with_tags, without_tags
from ecrmock.values.iam import User
from ecrmock.values.iam_errors import DuplicateTagKeysError, IamLimitExceededError
from ecrmock.values.repositories import ResourceTag

CREATED = datetime(2026, 1, 2, tzinfo=UTC)


def tags(**values):
    return tuple(ResourceTag(key=key, value=value) for key, value in values.items())


def user(**values):
    made = {"name": "ci", "unique_id": "AIDA", "arn": "arn:ci", "create_date": CREATED}
    return User(**made, resource_tags=tags(**values))


def test_a_new_key_comes_last_and_a_known_one_is_replaced_where_it_stands():
    tagged = with_tags(user(team="a", stage="b"), tags(size="c", Team="d"))
    assert tagged.resource_tags == tags(Team="d", stage="b", size="c")


def test_no_tags_change_nothing():
    assert with_tags(user(team="a"), ()) == user(team="a")


def test_the_keys_of_one_request_are_told_apart_by_more_than_case():
    with pytest.raises(DuplicateTagKeysError) as caught:
        with_tags(user(), tags(team="a", TEAM="b"))
    assert caught.value.message == (
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    )


def test_there_may_be_fifty_tags():
    full = with_tags(user(), tags(**{f"k{number}": "" for number in range(50)}))
    assert len(with_tags(full, tags(K7="changed")).resource_tags) == 50
    with pytest.raises(IamLimitExceededError):
        with_tags(full, tags(more=""))


@pytest.mark.parametrize(
    ("keys", "left"),
    [(("TEAM",), tags(stage="b")), (("none",), tags(team="a", stage="b")), (("team", "stage"), ())],
)
def test_keys_are_taken_away_whatever_their_case_and_may_be_absent(keys, left):
    assert without_tags(user(team="a", stage="b"), keys).resource_tags == left
