"""Principals over all accounts: which are there, and the texts of policies that name them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ecrmock.store.identities import Directory
from ecrmock.store.store import RegistryState, Store
from ecrmock.values.iam import Role, User
from ecrmock.values.names import AccountId

_ACTOR_ARN = re.compile(r"arn:[a-z-]+:iam::([0-9]{12}):(?:user|role)/.+")
_UNIQUE_ID = re.compile(r"A(?:IDA|ROA)[A-Z2-7]{17}")


def is_missing(store: Store, principal: str, own: AccountId | None = None) -> bool:
    """Tell whether a principal of kind ``AWS`` is a user or role that surely is not there.

    Of accounts in which nobody has used IAM nothing is sure, but of the ``own`` one.
    Source: reference iam.md §9.2 (emulator), §13.3.
    """
    if _UNIQUE_ID.fullmatch(principal):
        return not any(principal == actor.unique_id for actor in _actors(store))
    match = _ACTOR_ARN.fullmatch(principal)
    if match is None:
        return False
    account = AccountId(match[1])
    state = store.accounts.get(account)
    identities = state.identities if state is not None else None
    if not identities:
        return account == own
    return identities.actor(principal) is None


def rewrite_policies(store: Store, change: Callable[[str], str]) -> None:
    """Put every policy text that names principals through a change: of repositories, registries and roles."""
    for account in store.accounts.values():
        for registry in account.regions.values():
            _rewrite_registry(registry, change)
        if account.identities is not None:
            _rewrite_roles(account.identities.roles, change)


def _rewrite_registry(registry: RegistryState, change: Callable[[str], str]) -> None:
    text = registry.settings.registry_policy_text
    changed = change(text) if text is not None else None
    if changed != text:
        registry.change(replace(registry.settings, registry_policy_text=changed))
    for state in registry.repositories.values():
        text = state.repository.repository_policy_text
        changed = change(text) if text is not None else None
        if changed != text:
            state.change(replace(state.repository, repository_policy_text=changed))


def _rewrite_roles(roles: Directory[Role], change: Callable[[str], str]) -> None:
    for role in tuple(roles.values()):
        changed = change(role.assume_role_policy_document)
        if changed != role.assume_role_policy_document:
            roles.save(replace(role, assume_role_policy_document=changed))


def _actors(store: Store) -> Iterator[User | Role]:
    for account in store.accounts.values():
        if account.identities is not None:
            yield from account.identities.actors()
