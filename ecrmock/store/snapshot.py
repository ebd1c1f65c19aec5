"""The whole store as one JSON document and back. The bytes of blobs are not in it.

Of each account it has a registry for each region, the public one and its aliases, and ``iam`` for what no
region divides.
"""

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any

from ecrmock.store.codec import decode, encode
from ecrmock.store.repository import RepositoryState
from ecrmock.store.store import AccountState, RegistryState, Store
from ecrmock.store.table import Table
from ecrmock.values.findings import FindingsOnDemand
from ecrmock.values.iam import Group, ManagedPolicy, Role, Session, User, UserKey
from ecrmock.values.images import Image, Tagging
from ecrmock.values.layers import HeldBlob, Upload
from ecrmock.values.lifecycle import LifecyclePreview
from ecrmock.values.names import AccountId, Region
from ecrmock.values.public_gallery import PublicAlias
from ecrmock.values.registry_settings import RegistrySettings
from ecrmock.values.repositories import Repository
from ecrmock.values.scans import ImageScans
from ecrmock.values.signer import SigningJob, SigningProfile

# Tables of a repository: attribute, kind of row, member that is the key.
_ROWS = (
    ("images", Image, "image_digest"),
    ("tags", Tagging, "image_tag"),
    ("blobs", HeldBlob, "digest"),
    ("uploads", Upload, "upload_id"),
    ("scans", ImageScans, "image_digest"),
)


_IAM, _ALIASES = "iam", "public_aliases"
# Tables of an account's identities: attribute, kind of row, member that is the key.
_IDENTITIES = (
    ("users", User, "name"),
    ("groups", Group, "name"),
    ("roles", Role, "name"),
    ("policies", ManagedPolicy, "arn"),
)
# Tables of AWS Signer in a region: attribute, kind of row, member that is the key.
_SIGNER = (("profiles", SigningProfile, "profile_name"), ("jobs", SigningJob, "job_id"))
_KEY = "access_key_id"


def to_document(store: Store) -> dict[str, Any]:
    """Return the state as JSON can hold it; registries that were never used are left out."""
    keys = [(key.account, key) for key in store.keys.values()]
    sessions = [(session.caller.account, session) for session in store.sessions.values()]
    aliased = [(alias.registry_id, alias) for alias in store.public_aliases.values()]
    owners = (account for account, _ in (*keys, *sessions, *aliased))
    accounts = dict.fromkeys((*store.accounts, *owners))
    documents = {}
    for account in accounts:
        state = store.accounts.get(account) or AccountState()
        iam = {
            **_identities_document(state),
            "keys": _of_account(account, keys),
            "sessions": _of_account(account, sessions),
        }
        aliases = [encode(alias) for alias in store.public_aliases.of_account(account)]
        documents[account] = {
            **_regions_document(state),
            **_named(_IAM, {name: rows for name, rows in iam.items() if rows}),
            **_named(_ALIASES, aliases),
        }
    return {account: document for account, document in documents.items() if document}


def _named(name: str, document: Any) -> dict[str, Any]:
    return {name: document} if document else {}


def _regions_document(state: AccountState) -> dict[str, Any]:
    return {
        region: _registry_document(registry)
        for region, registry in state.regions.items()
        if registry.is_used
    }


def _identities_document(state: AccountState) -> dict[str, Any]:
    if state.identities is None:
        return {}
    return {name: _rows(getattr(state.identities, name), key) for name, _, key in _IDENTITIES}


def _of_account(account: AccountId, rows: Iterable[tuple[AccountId, Any]]) -> list[Any]:
    return sorted((encode(row) for owner, row in rows if owner == account), key=itemgetter(_KEY))


def load_document(document: dict[str, Any], store: Store) -> None:
    """Fill an empty store with the state of a document."""
    for account, content in document.items():
        for region, registry in content.items():
            if region not in (_IAM, _ALIASES):
                _load_registry(registry, store.registry(AccountId(account), Region(region)))
        if _IAM in content:
            _load_iam(content[_IAM], store, AccountId(account))
        for row in content.get(_ALIASES, ()):
            store.public_aliases.put(row["name"], decode(PublicAlias, row))
    store.journal.commit()


def _load_iam(document: dict[str, Any], store: Store, account: AccountId) -> None:
    for name, kind, _ in _IDENTITIES:
        table: Any = getattr(store.identities(account), name)
        for row in document.get(name, ()):
            table.save(decode(kind, row))
    for row in document.get("keys", ()):
        store.keys.put(row[_KEY], decode(UserKey, row))
    for row in document.get("sessions", ()):
        store.sessions.put(row[_KEY], decode(Session, row))


def _registry_document(registry: RegistryState) -> dict[str, Any]:
    return {
        "last_sequence": registry.last_sequence,
        "settings": encode(registry.settings),
        "scan_starts": {name: encode(time) for name, time in registry.scan_starts.items()},
        "findings_on_demand": [encode(each) for each in registry.findings_on_demand.values()],
        "repositories": [repository_document(state) for state in registry.repositories.values()],
        **_signer_document(registry),
    }


def _signer_document(registry: RegistryState) -> dict[str, Any]:
    signer = registry.used_signer
    if signer is None:
        return {}
    tables = {name: _rows(getattr(signer, name), key) for name, _, key in _SIGNER}
    return {"signer": tables} if any(tables.values()) else {}


def repository_document(state: RepositoryState) -> dict[str, Any]:
    """Return a repository with all that is in it."""
    return {
        "repository": encode(state.repository),
        "last_sequence": state.last_sequence,
        "lifecycle_preview": encode(state.lifecycle_preview),
        **{name: _rows(getattr(state, name), key) for name, _, key in _ROWS},
    }


def _rows(table: Table[Any, Any], key: str) -> list[Any]:
    return sorted((encode(row) for row in table.values()), key=itemgetter(key))


def _load_registry(document: dict[str, Any], registry: RegistryState) -> None:
    registry.last_sequence = document["last_sequence"]
    registry.change(decode(RegistrySettings, document["settings"]))
    for name, time in document["scan_starts"].items():
        registry.scan_starts.put(name, decode(datetime, time))
    for row in document["findings_on_demand"]:
        demand = decode(FindingsOnDemand, row)
        registry.findings_on_demand.put(demand.key, demand)
    for content in document["repositories"]:
        repository = decode(Repository, content["repository"])
        registry.add(repository)
        load_repository(content, registry.repository(repository.repository_name))
    if "signer" in document:
        for name, kind, key in _SIGNER:
            _load_rows(getattr(registry.signer, name), kind, key, document["signer"][name])


def load_repository(document: dict[str, Any], state: RepositoryState) -> None:
    """Fill an empty repository with what is in a document."""
    state.last_sequence = document["last_sequence"]
    if document["lifecycle_preview"] is not None:
        state.lifecycle_preview = decode(LifecyclePreview, document["lifecycle_preview"])
    for name, kind, key in _ROWS:
        _load_rows(getattr(state, name), kind, key, document[name])


def _load_rows(table: Table[Any, Any], kind: type, key: str, rows: Iterable[Any]) -> None:
    for row in rows:
        value: Any = decode(kind, row)
        table.restore(getattr(value, key), value)
