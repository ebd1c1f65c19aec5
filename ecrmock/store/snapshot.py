"""The whole store as one JSON document and back. The bytes of blobs are not in it."""

from operator import itemgetter
from typing import Any

from ecrmock.store.codec import decode, encode
from ecrmock.store.repository import RepositoryState
from ecrmock.store.store import RegistryState, Store
from ecrmock.store.table import Table
from ecrmock.values.images import Image, Tagging
from ecrmock.values.layers import HeldBlob, Upload
from ecrmock.values.lifecycle import LifecyclePreview
from ecrmock.values.names import AccountId, Region
from ecrmock.values.registry_settings import RegistrySettings
from ecrmock.values.repositories import Repository

# Tables of a repository: attribute, kind of row, member that is the key.
_ROWS = (
    ("images", Image, "image_digest"),
    ("tags", Tagging, "image_tag"),
    ("blobs", HeldBlob, "digest"),
    ("uploads", Upload, "upload_id"),
)


def to_document(store: Store) -> dict[str, Any]:
    """Return the state as JSON can hold it; registries that were never used are left out."""
    return {
        account: {
            region: _registry_document(registry)
            for region, registry in state.regions.items()
            if _is_used(registry)
        }
        for account, state in store.accounts.items()
        if any(map(_is_used, state.regions.values()))
    }


def _is_used(registry: RegistryState) -> bool:
    return registry.last_sequence > 0 or registry.settings != RegistrySettings()


def load_document(document: dict[str, Any], store: Store) -> None:
    """Fill an empty store with the state of a document."""
    for account, regions in document.items():
        for region, content in regions.items():
            _load_registry(content, store.registry(AccountId(account), Region(region)))
    store.journal.commit()


def _registry_document(registry: RegistryState) -> dict[str, Any]:
    return {
        "last_sequence": registry.last_sequence,
        "settings": encode(registry.settings),
        "repositories": [_repository_document(state) for state in registry.repositories.values()],
    }


def _repository_document(state: RepositoryState) -> dict[str, Any]:
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
    for content in document["repositories"]:
        repository = decode(Repository, content["repository"])
        registry.add(repository)
        _load_repository(content, registry.repository(repository.repository_name))


def _load_repository(document: dict[str, Any], state: RepositoryState) -> None:
    state.last_sequence = document["last_sequence"]
    if document["lifecycle_preview"] is not None:
        state.lifecycle_preview = decode(LifecyclePreview, document["lifecycle_preview"])
    for name, kind, key in _ROWS:
        table: Table[Any, Any] = getattr(state, name)
        for row in document[name]:
            value = decode(kind, row)
            table.restore(getattr(value, key), value)
