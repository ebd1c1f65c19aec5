"""Identities of an account. Source: reference iam.md §1.1."""

from dataclasses import replace

import pytest

from ecrmock.store.store import Store
from ecrmock.values.iam import Group, Role
from ecrmock.values.iam_errors import IdentityAlreadyExistsError, UnmodifiableEntityError
from tests.store.changes import ACCOUNT, TIME, a_user, rollback

ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
OTHER = "111122223333"


@pytest.fixture
def store() -> Store:
    """A store with the user Alice."""
    store = Store()
    store.identities(ACCOUNT).users.save(a_user("Alice"))
    store.journal.commit()
    return store


def a_role(**members: str) -> Role:
    found = {
        "name": "role",
        "unique_id": "AROA1",
        "arn": f"arn:aws:iam::{ACCOUNT}:role/role",
        "assume_role_policy_document": "{}",
    }
    return Role(create_date=TIME, **{**found, **members})


def test_the_identities_of_an_account_are_the_same_each_time(store: Store) -> None:
    assert store.identities(ACCOUNT) is store.identities(ACCOUNT)
    assert len(store.identities(OTHER)) == 0


def test_an_identity_is_found_whatever_the_case_of_its_name(store: Store) -> None:
    assert store.identities(ACCOUNT).users.named("aLICE").name == "Alice"


def test_a_change_can_be_taken_back(store: Store) -> None:
    users = store.identities(ACCOUNT).users
    users.rename(users.named("Alice"), a_user("Bob"))
    rollback(store)
    assert [user.name for user in users.values()] == ["Alice"]


def test_a_taken_name_is_refused_before_anything_is_saved(store: Store) -> None:
    users = store.identities(ACCOUNT).users
    users.save(a_user("Bob"))
    with pytest.raises(IdentityAlreadyExistsError):
        users.rename(users.named("Alice"), a_user("bob"))
    assert [user.name for user in users.values()] == ["Alice", "Bob"]


def test_a_service_linked_role_is_found_but_not_to_change_it(store: Store) -> None:
    roles = store.identities(ACCOUNT).roles
    roles.save(a_role(path="/aws-service-role/ecr.amazonaws.com/"))
    assert roles.named("role")
    with pytest.raises(UnmodifiableEntityError):
        roles.modifiable("role")


@pytest.mark.parametrize(
    "arn",
    [
        ALICE.replace("Alice", "alice"),
        ALICE.replace("user/", "user/team/"),
        ALICE.replace("user/", "role/"),
        ALICE.replace(":user/", ":"),
        f"arn:aws:iam::{ACCOUNT}:root",
        "ecr.amazonaws.com",
    ],
)
def test_another_arn_is_nobody_s(store: Store, arn: str) -> None:
    """ARNs are compared with their case and path. Source: reference iam.md §1.1."""
    assert store.identities(ACCOUNT).actor(arn) is None


def test_a_user_and_a_role_are_found_by_their_arns(store: Store) -> None:
    identities = store.identities(ACCOUNT)
    identities.roles.save(a_role(path="/a:b/", arn=f"arn:aws:iam::{ACCOUNT}:role/a:b/role"))
    arns = (ALICE, f"arn:aws:iam::{ACCOUNT}:role/a:b/role")
    found = [identities.actor(arn) for arn in arns]
    assert [actor.name for actor in found if actor is not None] == ["Alice", "role"]


def test_groups_of_a_user_come_in_its_order_without_those_that_are_gone(store: Store) -> None:
    identities = store.identities(ACCOUNT)
    for name in ("A", "B"):
        identities.groups.save(Group(name=name, unique_id=name, arn=name, create_date=TIME))
    user = replace(a_user("Alice"), group_keys=("b", "gone", "a"))
    assert [group.name for group in identities.groups_of(user)] == ["B", "A"]
