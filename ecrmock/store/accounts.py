"""What accounts hold, counted, and the state of one account forgotten."""

from collections import Counter
from typing import Any

from ecrmock.store.store import RegistryState, Store
from ecrmock.values.names import AccountId, Region

_IDENTITIES = ("users", "groups", "roles", "policies")


def count_accounts(store: Store) -> dict[AccountId, dict[str, Any]]:
    """Return the accounts that hold anything, in their order.

    Of each it says what every region holds, and the identities, access keys and sessions, which have none.
    """
    keys = Counter(key.account for key in store.keys.values())
    sessions = Counter(session.caller.account for session in store.sessions.values())
    counted: dict[AccountId, dict[str, Any]] = {}
    for account in sorted({*store.accounts, *keys, *sessions}):
        regions = _count_regions(store, account)
        identities = {
            **_count_identities(store, account),
            "access_keys": keys[account],
            "sessions": sessions[account],
        }
        if regions or any(identities.values()):
            counted[account] = {"regions": regions, "identities": identities}
    return counted


def _count_regions(store: Store, account: AccountId) -> dict[Region, dict[str, int]]:
    state = store.accounts.get(account)
    registries = () if state is None else sorted(state.regions.items())
    return {region: _count(registry) for region, registry in registries if registry.is_used}


def _count(registry: RegistryState) -> dict[str, int]:
    states = registry.repositories.values()
    return {
        "repositories": len(states),
        "images": sum(len(state.images) for state in states),
        "uploads": sum(len(state.uploads) for state in states),
    }


def _count_identities(store: Store, account: AccountId) -> dict[str, int]:
    state = store.accounts.get(account)
    identities = None if state is None else state.identities
    return {
        name: 0 if identities is None else len(getattr(identities, name)) for name in _IDENTITIES
    }


def clear_account(store: Store, account: AccountId) -> None:
    """Forget all that an account holds; blobs that nobody else holds are freed at the next ``collect``."""
    state = store.accounts.get(account)
    if state is not None:
        for registry in state.regions.values():
            registry.clear()
        if state.identities is not None:
            state.identities.clear()
    for key, row in tuple(store.keys.items()):
        if row.account == account:
            store.keys.remove(key)
    for key, session in tuple(store.sessions.items()):
        if session.caller.account == account:
            store.sessions.remove(key)
    for alias in store.public_aliases.of_account(account):
        store.public_aliases.remove(alias.name)
