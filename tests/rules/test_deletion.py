"""What must be gone before an identity is deleted. Source: reference iam.md §13.3; the order is inferred."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.deletion import check_deletable
from ecrmock.values.iam import InlinePolicy, User
from ecrmock.values.iam_errors import DeleteConflictError

ATTACHED = {"attached_policy_arns": ("arn:aws:iam::aws:policy/x",)}
INLINE = {"inline_policies": (InlinePolicy(policy_name="p", policy_document="{}"),)}
KEYS, MEMBER = {"has_keys": True}, {"has_memberships": True}


def user(**members):
    created = datetime(2026, 1, 2, tzinfo=UTC)
    return User(name="ci", unique_id="AIDA", arn="arn:ci", create_date=created, **members)


@pytest.mark.parametrize(
    ("members", "more", "remedy"),
    [
        (ATTACHED, {}, "detach all policies"),
        (INLINE, {}, "delete policies"),
        ({}, KEYS, "delete access keys"),
        ({}, MEMBER, "remove users from group"),
        (ATTACHED | INLINE, KEYS | MEMBER, "detach all policies"),
        (INLINE, KEYS | MEMBER, "delete policies"),
        ({}, KEYS | MEMBER, "delete access keys"),
    ],
)
def test_the_first_thing_that_depends_on_an_identity_is_told(members, more, remedy):
    with pytest.raises(DeleteConflictError) as caught:
        check_deletable(user(**members), **more)
    assert caught.value.message == f"Cannot delete entity, must {remedy} first."


def test_who_has_nothing_is_deletable_also_with_groups_of_its_own_and_tags():
    check_deletable(user(group_keys=("devs",)))
