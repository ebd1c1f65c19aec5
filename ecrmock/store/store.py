"""Store: accounts, their regions, and one registry in each, with the blobs that all of them share."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecrmock.store.blobs import BlobStore
from ecrmock.store.journal import NOWHERE, Address, Journal
from ecrmock.store.ordered import Ordered
from ecrmock.store.repository import RepositoryState
from ecrmock.store.table import Table
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName
from ecrmock.values.repositories import Repository, RepositoryNotFoundError

if TYPE_CHECKING:
    from ecrmock.store.identities import Identities
    from ecrmock.store.public_gallery import PublicAliases
    from ecrmock.store.signer import SignerState
    from ecrmock.values.findings import FindingsOnDemand
    from ecrmock.values.iam import Session, UserKey
    from ecrmock.values.registry_settings import RegistrySettings
    from ecrmock.values.signer import SigningJob, SigningProfile


class Repositories(Table[RepositoryName, RepositoryState]):
    """The repositories of a registry by name, with their order."""

    __slots__ = ("_blobs", "_order")

    def __init__(self, journal: Journal, blobs: BlobStore, address: Address = NOWHERE) -> None:
        super().__init__(journal, address)
        self._blobs = blobs
        self._order: Ordered[RepositoryName] = Ordered()

    def after(self, sequence: int) -> Iterator[Repository]:
        """Yield the repositories after a place in the order of creation."""
        return (self._rows[name].repository for name in self._order.after(sequence))

    def _changed(
        self, key: RepositoryName, old: RepositoryState | None, new: RepositoryState | None
    ) -> None:
        if old is not None:
            self._order.discard(old.repository.sequence)
            self._let_go(old)
        if new is not None:
            self._order.add(new.repository.sequence, key)
            self._take_up(new)

    def _let_go(self, state: RepositoryState) -> None:
        for digest in state.blobs:
            self._blobs.release(digest)
        for upload_id in state.uploads:
            self._blobs.end_upload(upload_id)

    def _take_up(self, state: RepositoryState) -> None:
        for digest in state.blobs:
            self._blobs.retain(digest)
        for upload_id in state.uploads:
            self._blobs.resume_upload(upload_id)


class RegistryState:
    """The private registry of one account in one region, and what AWS Signer keeps beside it.

    Both number what they list by the same counter. Where the region is ``PUBLIC``, it is the public one.
    ``scan_starts`` are the times of basic scans by the scans' ids, for the quota of the registry; those that do
    not count any more stay until it is reached.
    """

    __slots__ = (
        "_blobs",
        "_journal",
        "_settings",
        "_signer",
        "account",
        "address",
        "findings_on_demand",
        "last_sequence",
        "region",
        "repositories",
        "scan_starts",
    )

    def __init__(
        self, account: AccountId, region: Region, journal: Journal, blobs: BlobStore
    ) -> None:
        self.account, self.region = account, region
        self.last_sequence = 0
        self._settings: RegistrySettings | None = None
        self._signer: SignerState | None = None
        place = (account, region)
        self.address: Address = ("registry", place)
        self.repositories = Repositories(journal, blobs, ("repositories", place))
        self.scan_starts: Table[str, datetime] = Table(journal, ("scan_starts", place))
        self.findings_on_demand: Table[str, FindingsOnDemand] = Table(
            journal, ("findings_on_demand", place)
        )
        self._journal, self._blobs = journal, blobs

    def repository(self, name: RepositoryName) -> RepositoryState:
        """Return a repository. Raises: RepositoryNotFoundError."""
        state = self.repositories.get(name)
        if state is None:
            raise RepositoryNotFoundError(name, self.account)
        return state

    def add(self, repository: Repository) -> None:
        """Save a new, empty repository."""
        self.repositories.put(repository.repository_name, self.new_state(repository))

    def new_state(self, repository: Repository) -> RepositoryState:
        """Return the state of a repository that is not saved yet."""
        return RepositoryState(repository, self._journal, self._blobs, self.address[1])

    def next_sequence(self) -> int:
        """Return a number greater than all before, for the next repository."""
        self._journal.note(self, "last_sequence", self.last_sequence)
        self.last_sequence += 1
        return self.last_sequence

    @property
    def settings(self) -> "RegistrySettings":
        """The settings of the registry; those that every registry begins with, until they change."""
        if self._settings is None:
            from ecrmock.values.registry_settings import RegistrySettings  # noqa: PLC0415 - many values

            self._settings = RegistrySettings()
        return self._settings

    def change(self, settings: "RegistrySettings") -> None:
        """Save other settings of the registry."""
        self._journal.note(self, "_settings", self._settings)
        self._settings = settings

    def has_scanned(self, number: int, *, since: datetime) -> bool:
        """Tell whether so many basic scans have begun after a time. Cheap unless it may be so."""
        starts = self.scan_starts
        return len(starts) >= number and sum(at > since for at in starts.values()) >= number

    def count_scan(self, scan_id: str, at: datetime, *, since: datetime, most: int) -> None:
        """Remember when a basic scan began; when it gets too many of them, forget those of before."""
        if len(self.scan_starts) >= most:
            for old in [name for name, time in self.scan_starts.items() if time <= since]:
                self.scan_starts.remove(old)
        self.scan_starts.put(scan_id, at)

    @property
    def signer(self) -> "SignerState":
        """The signing profiles and jobs of the account in the region."""
        if self._signer is None:
            from ecrmock.store.signer import SignerState  # noqa: PLC0415 - loaded when needed

            self._signer = SignerState(self._journal, (self.account, self.region))
        return self._signer

    @property
    def used_signer(self) -> "SignerState | None":
        """The same, None where nobody has asked for it yet."""
        return self._signer

    @property
    def is_used(self) -> bool:
        """Whether it ever had a repository or a signing profile, or has settings or findings of its own."""
        settings = self._settings
        is_set = settings is not None and settings != type(settings)()
        return self.last_sequence > 0 or is_set or len(self.findings_on_demand) > 0

    def clear(self) -> None:
        """Become as it was before it was used."""
        for name in tuple(self.repositories):
            self.repositories.remove(name)
        if self._signer is not None:
            self._signer.clear()
        self.scan_starts.clear()
        self.findings_on_demand.clear()
        self._journal.note(self, "last_sequence", self.last_sequence)
        self._journal.note(self, "_settings", self._settings)
        self.last_sequence, self._settings = 0, None

    def get(self, key: str) -> object:
        """Return what can be taken back: the last sequence number or the settings."""
        return getattr(self, key)

    def restore(self, key: str, old: object) -> None:
        """Take a sequence number or a change of settings back."""
        setattr(self, key, old)


class AccountState:
    """An account: its registries by region, and its identities, once somebody asks for them."""

    __slots__ = ("identities", "regions")

    def __init__(self) -> None:
        self.regions: dict[Region, RegistryState] = {}
        self.identities: Identities | None = None


class Store:
    """All state of one backend. Every change goes through its journal.

    Access keys and temporary credentials are by their ids, which say nothing sure of the account.
    """

    __slots__ = ("_public_aliases", "accounts", "blobs", "journal", "keys", "sessions")

    def __init__(self, journal: Journal | None = None, memory_limit: int | None = None) -> None:
        self.journal = journal or Journal()
        self.blobs = BlobStore(self.journal, memory_limit)
        self.accounts: dict[AccountId, AccountState] = {}
        self.keys: Table[str, UserKey] = Table(self.journal, ("keys", ()))
        self.sessions: Table[str, Session] = Table(self.journal, ("sessions", ()))
        self._public_aliases: PublicAliases | None = None

    @property
    def public_aliases(self) -> "PublicAliases":
        """The aliases of all public registries."""
        if self._public_aliases is None:
            from ecrmock.store.public_gallery import PublicAliases  # noqa: PLC0415 - loaded when needed

            self._public_aliases = PublicAliases(self.journal)
        return self._public_aliases

    def tables(self) -> "tuple[Table[str, Any], ...]":
        """Return the tables of what belongs to no registry and no account's identities."""
        aliases = self._public_aliases
        return (self.keys, self.sessions, *(() if aliases is None else (aliases,)))

    def identities(self, account: AccountId) -> "Identities":
        """Return the identities of an account; every account may have some."""
        state = self.accounts.setdefault(account, AccountState())
        if state.identities is None:
            from ecrmock.store.identities import Identities  # noqa: PLC0415 - loaded when needed

            state.identities = Identities(self.journal, account)
        return state.identities

    def keys_of(self, account: AccountId, user_name: str | None) -> "tuple[UserKey, ...]":
        """Return the access keys of a user, or of the root of an account when it has no name."""
        owner = (account, user_name)
        return tuple(key for key in self.keys.values() if (key.account, key.user_name) == owner)

    def registry(self, account: AccountId, region: Region) -> RegistryState:
        """Return the registry of an account in a region; every account has one everywhere."""
        regions = self.accounts.setdefault(account, AccountState()).regions
        registry = regions.get(region)
        if registry is None:
            registry = regions[region] = RegistryState(account, region, self.journal, self.blobs)
        return registry

    def holds_image(
        self, account: AccountId, region: Region, name: RepositoryName, digest: Digest
    ) -> bool:
        """Tell whether a repository of some registry is there, and has an image."""
        state = self.registry(account, region).repositories.get(name)
        return state is not None and digest in state.images

    def signing_profile(self, arn: str) -> "SigningProfile | None":
        """Return the signing profile of an ARN, whoever's it is; None when there is none.

        An ARN with a version names the profile only if it has that version.
        """
        from ecrmock.values.signer import parse_profile_arn  # noqa: PLC0415 - loaded when needed

        named = parse_profile_arn(arn)
        if named is None:
            return None
        profile = self.registry(named.account, named.region).signer.profiles.get(named.profile_name)
        if profile is None or named.version not in (None, profile.profile_version):
            return None
        return profile

    def signing_job(self, arn: str) -> "SigningJob | None":
        """Return the signing job of an ARN, whoever's it is; None when there is none."""
        from ecrmock.values.signer import parse_job_arn  # noqa: PLC0415 - loaded when needed

        named = parse_job_arn(arn)
        if named is None:
            return None
        return self.registry(named.account, named.region).signer.jobs.get(named.job_id)

    def reset(self) -> None:
        """Forget all state, as a unit of work: who has a mark can still go back."""
        for account in self.accounts.values():
            for registry in account.regions.values():
                registry.clear()
            if account.identities is not None:
                account.identities.clear()
        for table in self.tables():
            table.clear()

    def clear(self) -> None:
        """Forget all state and free all blobs, at once and for good."""
        self.journal.forget_marks()
        for account in self.accounts.values():
            for registry in account.regions.values():
                registry.repositories.clear()
        self.accounts.clear()
        for table in self.tables():
            table.clear()
        self.journal.commit()
        self.blobs.collect()
