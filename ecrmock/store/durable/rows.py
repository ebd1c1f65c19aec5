"""Rows as JSON: which table, which key, and the row, so that any change can be written down and made again.

What is written is the whole row as it is after the change, null when it is gone. So to make changes again
that were made already does no harm, as long as all of them follow.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from ecrmock.store.codec import decode, encode
from ecrmock.store.journal import Address
from ecrmock.store.repository import RepositoryState
from ecrmock.store.snapshot import load_repository, repository_document
from ecrmock.store.store import RegistryState, Store
from ecrmock.store.table import Table
from ecrmock.values import events, scan_events
from ecrmock.values.events import Event
from ecrmock.values.findings import FindingsOnDemand
from ecrmock.values.iam import Group, ManagedPolicy, Role, Session, User, UserKey
from ecrmock.values.images import Image, Tagging
from ecrmock.values.layers import HeldBlob, Upload
from ecrmock.values.lifecycle import LifecyclePreview
from ecrmock.values.names import AccountId, Region, RepositoryName
from ecrmock.values.public_gallery import PublicAlias
from ecrmock.values.registry_settings import RegistrySettings
from ecrmock.values.repositories import Repository, RepositoryNotFoundError
from ecrmock.values.scans import ImageScans
from ecrmock.values.signer import SigningJob, SigningProfile

Row = tuple[Address, Any, Any]  # the table, the key, and the row; None says that it is gone
Take = Callable[[Any, Any], None]  # makes a change in what is no table: a key, and a document

_OF_REPOSITORY: Mapping[str, tuple[str, type]] = MappingProxyType(
    {
        "images": ("images", Image),
        "tags": ("tags", Tagging),
        "held_blobs": ("blobs", HeldBlob),
        "uploads": ("uploads", Upload),
        "scans": ("scans", ImageScans),
    }
)
_OF_REGISTRY: Mapping[str, type] = MappingProxyType(
    {"scan_starts": datetime, "findings_on_demand": FindingsOnDemand}
)
_OF_ACCOUNT: Mapping[str, type] = MappingProxyType(
    {"users": User, "groups": Group, "roles": Role, "policies": ManagedPolicy}
)
_OF_SIGNER: Mapping[str, tuple[str, type]] = MappingProxyType(
    {"signing_profiles": ("profiles", SigningProfile), "signing_jobs": ("jobs", SigningJob)}
)
_OF_STORE: Mapping[str, type] = MappingProxyType(
    {"keys": UserKey, "sessions": Session, "public_aliases": PublicAlias}
)
_MEMBERS: Mapping[str, type] = MappingProxyType(
    {
        "last_sequence": int,
        "repository": Repository,
        "lifecycle_preview": LifecyclePreview,
        "_settings": RegistrySettings,
    }
)


def frozen(value: Any) -> Any:
    """Return a row that does not change any more: the state of a repository as a document."""
    return repository_document(value) if isinstance(value, RepositoryState) else value


def to_json(row: Row) -> list[Any]:
    """Return a frozen row as JSON can hold it."""
    (kind, place), key, value = row
    return [[kind, *place], key, _encode(value)]


def _encode(value: Any) -> Any:
    if isinstance(value, Event):
        return {"kind": type(value).__name__, **encode(value)}
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return encode(value)


def read_event(document: dict[str, Any]) -> Event:
    """Return the event that a document was made of."""
    name = document["kind"]
    kind: type[Event] = getattr(events if hasattr(events, name) else scan_events, name)
    return decode(kind, {name: value for name, value in document.items() if name != "kind"})


class Loader:
    """Makes changes again that were written down, in a store and, by ``others``, beside it."""

    def __init__(self, store: Store, others: Mapping[str, Take]) -> None:
        self._store, self._others = store, others

    def take(self, row: list[Any]) -> None:
        """Make one change; in a repository that is gone by the end of its unit there is none to make.

        Raises: LookupError, TypeError, ValueError when it cannot be a change.
        """
        (kind, *place), key, document = row
        with suppress(RepositoryNotFoundError):
            self._take(kind, place, key, document)

    def _take(self, kind: str, place: list[str], key: Any, document: Any) -> None:
        if kind in self._others:
            self._others[kind](key, document)
            return
        found = self._table(kind, place)
        if found is None:
            self._take_whole(kind, place, key, document)
        else:
            self._put(*found, key, document)

    def _table(self, kind: str, place: list[str]) -> tuple[Table[Any, Any], type] | None:
        """Return the table that has the rows of a kind, and what they are; None when none has."""
        if kind in _OF_REPOSITORY:
            name, value_kind = _OF_REPOSITORY[kind]
            return getattr(self._repository(place), name), value_kind
        if kind in _OF_REGISTRY:
            return getattr(self._registry(place), kind), _OF_REGISTRY[kind]
        if kind in _OF_ACCOUNT:
            return getattr(self._store.identities(AccountId(*place)), kind), _OF_ACCOUNT[kind]
        if kind in _OF_SIGNER:
            name, value_kind = _OF_SIGNER[kind]
            return getattr(self._registry(place).signer, name), value_kind
        if kind in _OF_STORE:
            return getattr(self._store, kind), _OF_STORE[kind]
        return None

    @staticmethod
    def _put(table: Table[Any, Any], kind: type, key: Any, document: Any) -> None:
        table.restore(key, None if document is None else decode(kind, document))

    def _take_whole(self, kind: str, place: list[str], key: str, document: Any) -> None:
        registry = self._registry(place)
        if kind == "repositories":
            self._take_repository(registry.repositories, registry.new_state, key, document)
            return
        owner = registry if kind == "registry" else self._repository(place)
        owner.restore(key, None if document is None else decode(_MEMBERS[key], document))

    @staticmethod
    def _take_repository(
        table: Table[RepositoryName, RepositoryState],
        new_state: Callable[[Repository], RepositoryState],
        key: str,
        document: Any,
    ) -> None:
        name = RepositoryName(key)
        table.restore(name, None)
        if document is not None:
            table.restore(name, new_state(decode(Repository, document["repository"])))
            state = table.get(name)
            if state is not None:
                load_repository(document, state)

    def _registry(self, place: list[str]) -> RegistryState:
        return self._store.registry(AccountId(place[0]), Region(place[1]))

    def _repository(self, place: list[str]) -> RepositoryState:
        _, _, name = place
        return self._registry(place).repository(RepositoryName(name))


def all_rows(store: Store) -> list[tuple[Address, list[tuple[Any, Any]]]]:
    """Return every table with its rows, in an order in which they can be loaded. Quick: it copies lists."""
    blobs = [(digest, described(content)) for digest, content in store.blobs.items()]
    found: list[tuple[Address, list[tuple[Any, Any]]]] = [(store.blobs.address, [*blobs])]
    for account in store.accounts.values():
        for registry in account.regions.values():
            found += _of_registry(registry)
        if account.identities is not None:
            found += _tables_of(account.identities, _OF_ACCOUNT)
    return [*found, *((table.address, list(table.items())) for table in store.tables())]


def _of_registry(registry: RegistryState) -> Iterator[tuple[Address, list[tuple[Any, Any]]]]:
    if registry.is_used:
        members = ("last_sequence", "_settings")
        yield registry.address, [(each, registry.get(each)) for each in members]
        yield from _tables_of(registry, _OF_REGISTRY)
        yield from _of_repositories(registry.repositories)
    if registry.used_signer is not None:
        yield from _tables_of(registry.used_signer, [name for name, _ in _OF_SIGNER.values()])


def _tables_of(
    owner: object, names: Iterable[str]
) -> Iterator[tuple[Address, list[tuple[Any, Any]]]]:
    for name in names:
        table = getattr(owner, name)
        yield table.address, list(table.items())


def _of_repositories(
    table: Table[RepositoryName, RepositoryState],
) -> Iterator[tuple[Address, list[tuple[Any, Any]]]]:
    """Yield repositories without what is in them, and then that."""
    for name, state in table.items():
        empty = {"repository": encode(state.repository), "last_sequence": state.last_sequence}
        preview = encode(state.lifecycle_preview)
        lists: dict[str, list[Any]] = {attribute: [] for attribute, _ in _OF_REPOSITORY.values()}
        yield table.address, [(name, {**empty, "lifecycle_preview": preview, **lists})]
        for attribute, _ in _OF_REPOSITORY.values():
            rows = getattr(state, attribute)
            yield rows.address, list(rows.items())


def described(content: Any) -> tuple[Any, ...] | None:
    """Return what is written down of a content: its file, its size and its other name."""
    return None if content is None else (content.name, content.size, content.alias)
