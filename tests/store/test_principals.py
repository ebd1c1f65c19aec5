"""Principals over all accounts, and the policies that name them. Source: reference iam.md §3.2, §9.2."""

import json
from dataclasses import replace

import pytest

from ecrmock.store.principals import is_missing, rewrite_policies
from ecrmock.store.store import Store
from tests.store.changes import ACCOUNT, a_store, a_user

ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
OTHER = "111122223333"


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (ALICE, False),
        (ALICE.replace("Alice", "Bob"), True),
        (ALICE.replace("user", "role"), True),
        (ALICE.replace(ACCOUNT, OTHER), False),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/none/session", False),
        (f"arn:aws:iam::{ACCOUNT}:root", False),
        ("*", False),
        ("AIDAAAAAAAAAAAAAAAAAA", True),
    ],
)
def test_a_principal_is_missing_when_that_is_sure(principal: str, expected: bool) -> None:
    """Source: reference iam.md §9.2 (emulator)."""
    store = Store()
    store.identities(ACCOUNT).users.save(a_user("Alice"))
    assert is_missing(store, principal) is expected


def test_of_the_own_account_everything_is_sure() -> None:
    assert is_missing(Store(), ALICE, own=ACCOUNT)
    assert not is_missing(Store(), ALICE, own=OTHER)


def test_texts_that_do_not_change_are_not_saved() -> None:
    store = a_store()
    rewrite_policies(store, lambda text: text)
    assert store.journal._changes == []


def test_an_id_is_looked_for_in_every_account() -> None:
    store, unique_id = Store(), "AIDA" + "Q" * 17
    store.identities(OTHER).users.save(replace(a_user("Alice"), unique_id=unique_id))
    assert not is_missing(store, unique_id)


def test_a_change_reaches_the_policies_of_repositories_registries_and_roles() -> None:
    store = a_store()
    rewrite_policies(store, lambda text: json.dumps({"was": text}))
    assert all(text.startswith('{"was": ') for text in policy_texts(store))


def policy_texts(store: Store) -> list[str]:
    """Return every policy text in a store that names principals; there is one of each kind."""
    found: list[str | None] = []
    for account in store.accounts.values():
        for registry in account.regions.values():
            found.append(registry.settings.registry_policy_text)
            found += [
                state.repository.repository_policy_text for state in registry.repositories.values()
            ]
        roles = account.identities.roles.values() if account.identities is not None else ()
        found += [role.assume_role_policy_document for role in roles]
    texts = [text for text in found if text is not None]
    assert texts
    return texts
