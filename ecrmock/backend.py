"""Backend, the composition root: one store, one world, the reactions, one dispatcher."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ecrmock.dispatch.call import Call, CallRecord
from ecrmock.dispatch.dispatcher import Dispatcher
from ecrmock.dispatch.history import CallFollower
from ecrmock.dispatch.worker import Worker
from ecrmock.reactions import (
    layers,
    lifecycle,
    pull_through_cache,
    referrers,
    replication,
    scanning,
    signing,
    storage_classes,
)
from ecrmock.rules.event_envelopes import envelope
from ecrmock.store.content import BlobReader
from ecrmock.store.journal import Journal
from ecrmock.store.store import Store
from ecrmock.values.authorization import (
    CACHE_SERVICE,
    Decision,
    ServicePrincipal,
)
from ecrmock.values.events import Event
from ecrmock.values.names import AccountId, Digest, Region
from ecrmock.values.replication import REPLICATION_SERVICE
from ecrmock.values.settings import BACKGROUND, Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from ecrmock.world.world import make_world

if TYPE_CHECKING:
    from ecrmock.dispatch.snapshots import Snapshot, Snapshots
    from ecrmock.store.durable.files import Files
    from ecrmock.store.durable.keeper import Keeper
    from ecrmock.values.signing import Signed, SigningOrder
    from ecrmock.world.authority import Authority
    from ecrmock.world.scanner import Scanner

EventFollower = Callable[[int, dict[str, object]], None]

_ECR = ServicePrincipal("ecr.amazonaws.com")
_REPLICATION = ServicePrincipal(REPLICATION_SERVICE)
_CACHE = ServicePrincipal(CACHE_SERVICE)
_LONGEST_PAUSE = 3600.0  # seconds; more than a thread can wait in one go is refused by Python


class Backend:
    """An emulated ECR: accounts, regions, registries. Two backends in one process never meet."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        journal: Journal | None = None,
        files: "Files | None" = None,
    ) -> None:
        """Make a backend; ``files`` is what changes the disk, for a data folder.

        Raises: DataFolderError; ValueError, MissingExtraError when what scans are to use is not there.
        """
        self.settings = settings or Settings()
        if self.settings.advisories is not None or self.settings.scanner is not None:
            from ecrmock.world.scan_choices import check_choices  # noqa: PLC0415 - loaded when needed

            check_choices(self.settings)
        ids = ids or Ids()
        folder = self.settings.data
        self._keeper = None if folder is None else _keeper_of(folder, ids, files)
        secret = None if self._keeper is None else bytes.fromhex(self._keeper.head["secret"])
        self.world = make_world(self.settings, clock=clock, ids=ids, secret=secret)
        journal = journal if self._keeper is None else self._keeper.journal
        self._store = Store(journal, self.settings.memory_limit)
        self.world.scheduler.keep_notes(self._store.journal)
        self.dispatcher = Dispatcher(self._store, self.world, self.settings)
        self._worker: Worker | None = None
        self.kept_snapshots: dict[str, Snapshot] = {}
        self.world.events.before_first(self._react)
        if self._keeper is not None:
            self._load(self._keeper)

    def _react(self) -> None:
        """Have ECR do what it does unasked."""
        bus, by_ecr = self.world.events, partial(self._internal, _ECR)
        for reaction in (layers, referrers, storage_classes):
            reaction.subscribe(bus, by_ecr)
        lifecycle.subscribe(bus, by_ecr, self.world.traffic)
        replication.subscribe(bus, partial(self._internal, _REPLICATION))
        pull_through_cache.subscribe(bus, partial(self._internal, _CACHE))
        signing.subscribe(bus, by_ecr, self._sign)
        scanning.subscribe(bus, by_ecr, lambda: self.scanner)

    def _load(self, keeper: "Keeper") -> None:
        """Take up the state of a data folder, and keep it there. Raises: DataFolderError."""
        from ecrmock.dispatch.world_rows import WorldRows  # noqa: PLC0415 - loads every kind of row

        rows = WorldRows(self.world, keeper.journal.undelivered)
        keeper.load(self._store, rows.takes())
        keeper.begin(self.dispatcher.exclusively, rows)

    def calls(self) -> tuple[CallRecord, ...]:
        """Return the last calls of every door, the oldest first."""
        return self.dispatcher.history.calls()

    def events(self) -> tuple[dict[str, object], ...]:
        """Return the last EventBridge envelopes, the oldest first. Source: reference features.md §11."""
        made = (envelope(event) for event in self.world.events.published())
        return tuple(event for event in made if event is not None)

    def follow_calls(
        self, follower: CallFollower, *, after: int | None = None
    ) -> Callable[[], None]:
        """Tell a follower each call as it is made, until the returned function is called.

        The follower gets the call's number and its record, under a lock: it must only enqueue them.
        With ``after`` it first gets those that are kept and have a higher number.
        """
        return self.dispatcher.history.follow(follower, after=after)

    def follow_events(
        self, follower: EventFollower, *, after: int | None = None
    ) -> Callable[[], None]:
        """Tell a follower each envelope as it is made, until the returned function is called.

        The follower gets the event's number and the envelope, under the lock: it must only enqueue them.
        With ``after`` it first gets those that are kept and have a higher number.
        """

        def tell(event: Event) -> None:
            made = envelope(event)
            if made is not None:
                follower(event.sequence, made)

        return self.dispatcher.exclusively(lambda: self.world.events.tap(tell, after=after))

    def send_events(self) -> Callable[[], None]:
        """Send events to the sinks of the settings, until the returned function is called.

        That one gives the sinks a moment to take what is queued.
        """
        settings = self.settings
        if not (settings.events_file or settings.events_webhook or settings.events_endpoint):
            return lambda: None
        from ecrmock.world.event_delivery import deliver_to  # noqa: PLC0415 - loads when it is needed
        from ecrmock.world.event_sinks import sinks_of  # noqa: PLC0415 - loads when it is needed

        put, close = deliver_to(sinks_of(settings))
        end = self.follow_events(lambda _, envelope: put(envelope))

        def stop() -> None:
            end()
            close()

        return stop

    def settle(self) -> None:
        """Do the work that is due, or wait until the worker has done it."""
        if self._keeper is not None:
            self.dispatcher.transact(lambda: None)  # the clock may have been moved
        if self._worker is None:
            self.dispatcher.settle()
        else:
            self._worker.finish()

    def start_worker(self) -> None:
        """Have a thread do what AWS does later, if the settings ask for it: calls do not wait then."""
        if self.settings.settle == BACKGROUND and self._worker is None:
            self._worker = Worker(self.dispatcher.settle, self._pause)
            self.dispatcher.hand_over(self._worker.wake)
            self._worker.start()

    def stop_worker(self) -> None:
        """End the thread, if there is one; calls do again what they set off."""
        if self._worker is not None:
            self.dispatcher.hand_over(None)
            self._worker.stop()
            self._worker = None

    def _pause(self) -> float | None:
        """Return in how many seconds something falls due; None for never, also while time stands still."""
        due, clock = self.world.scheduler.next_due, self.world.clock
        if due is None or (clock.frozen and due > clock.now()):
            return None
        return min(max((due - clock.now()).total_seconds(), 0), _LONGEST_PAUSE)

    def call_own(
        self,
        operation: str,
        parameters: Mapping[str, Any] = MappingProxyType({}),
        *,
        account: AccountId | None = None,
        region: Region | None = None,
        only_looks: bool = False,
    ) -> Any:
        """Make a call of an operation that only ecrmock has, and see to what it sets off, unless it only looks.

        Without an account or region it is the default one. Raises: EcrError.
        """
        answer = self._call_by(
            _ECR, "ecrmock", operation, parameters, account=account, region=region
        )
        if self._worker is not None and not only_looks:
            self._worker.finish()
        return answer

    @contextmanager
    def enforcing_iam(self) -> Iterator[None]:
        """Ask policies about every call while the block runs, and let in only keys that are known."""
        before = self.dispatcher.enforces_iam
        self.dispatcher.enforces_iam = True
        try:
            yield
        finally:
            self.dispatcher.enforces_iam = before

    def explain_access(
        self,
        principal: str,
        action: str,
        resource: str,
        keys: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        *,
        region: Region | None = None,
    ) -> Decision:
        """Return whether a principal, an ARN or an account id, could take an action now, and why.

        ``keys`` are condition keys of the request to come. It does not matter whether policies are enforced.
        Raises: ValueError, with a sentence, when there is no such principal.
        """
        from ecrmock.dispatch.access import decide_about  # noqa: PLC0415 - loaded when needed
        from ecrmock.rules.access_targets import Target  # noqa: PLC0415

        lowered = {name.lower(): values for name, values in keys.items()}
        target, where = Target(action, resource), region or self.settings.region
        now = self.world.clock.now()
        return self.dispatcher.exclusively(
            lambda: decide_about(self._store, principal, target, lowered, region=where, now=now)
        )

    def state(self) -> dict[str, Any]:
        """Return all state as JSON can hold it, without the bytes of blobs."""
        from ecrmock.store.snapshot import to_document  # noqa: PLC0415 - loads every kind of row

        return self.dispatcher.exclusively(lambda: to_document(self._store))

    def accounts(self) -> dict[AccountId, dict[str, Any]]:
        """Return the accounts that hold anything, with counts of what they hold."""
        from ecrmock.store.accounts import count_accounts  # noqa: PLC0415 - loaded when needed

        return self.dispatcher.exclusively(lambda: count_accounts(self._store))

    def clear_account(self, account: AccountId) -> None:
        """Forget all that one account holds. Events, calls and tokens stay, and so does the clock."""
        from ecrmock.store.accounts import clear_account  # noqa: PLC0415 - loaded when needed

        self.dispatcher.transact(lambda: clear_account(self._store, account))

    def open_blob(self, digest: Digest) -> BlobReader:
        """Open a blob, whoever may read it; that is no call, and is not recorded. Raises: KeyError."""
        return self.dispatcher.exclusively(lambda: self._store.blobs.open(digest))

    def save(self) -> None:
        """Write the state of a data folder anew, as is done when its journal has grown. Raises: OSError."""
        if self._keeper is not None:
            self._keeper.compact()

    def usage(self) -> dict[str, int]:
        """Return how many blobs there are, their bytes by place, and the descriptors they keep open."""
        usage = self._store.blobs.usage
        return {
            "blobs": len(self._store.blobs),
            "memory_bytes": usage.memory,
            "disk_bytes": usage.disk,
            "descriptors": usage.descriptors,
        }

    def _sign(self, order: "SigningOrder", media_type: str) -> "Signed":
        return self.world.signer.sign(order, media_type)

    def make_authority(self) -> "Authority":
        """Make the authority that issues this emulator's certificates. Raises: MissingExtraError."""
        from ecrmock.world.authority import Authority  # noqa: PLC0415 - loads when it is needed

        self.world.authority = Authority(Clock().now())
        return self.world.authority

    def reset(self) -> None:
        """Forget everything but the settings and the secret that tokens are signed with.

        A snapshot that was made before can still be restored.
        """
        self.dispatcher.transact(self._clear)

    def snapshot(self) -> "Snapshot":
        """Return the present state, to be gone back to as long as the object is kept; nothing is copied."""
        if self._worker is not None:
            self._worker.finish()
        return self.dispatcher.exclusively(
            lambda: self.snapshots.take()  # noqa: PLW0108 - made under the lock, the first time
        )

    def restore(self, snapshot: "Snapshot") -> None:
        """Go back to a snapshot: repositories, identities, events, calls, due work and clock.

        Faults stay as they are. Raises: LeftBehindError, a ValueError, after an earlier one was restored.
        """
        if self._worker is not None:
            self._worker.finish()
        self.dispatcher.transact(lambda: self.snapshots.go_back(snapshot))

    def keep_snapshot(self) -> str:
        """Make a snapshot that is kept, by an id, until somebody lets it go."""
        name = self.world.ids.uuid()
        self.kept_snapshots[name] = self.snapshot()
        return name

    @cached_property
    def snapshots(self) -> "Snapshots":
        """What makes snapshots, once somebody wants one."""
        from ecrmock.dispatch.snapshots import Snapshots  # noqa: PLC0415 - loaded when needed

        return Snapshots(self._store, self.world, self.dispatcher.history)

    @cached_property
    def scanner(self) -> "Scanner":
        """What looks into images, once somebody wants that. It is used without the lock."""
        from ecrmock.world.scanner import Scanner  # noqa: PLC0415 - loaded when needed

        return Scanner(self.open_blob, self.settings)

    def close(self) -> None:
        """Free all blobs, or leave them in the data folder; the backend is not used any more."""
        if self._keeper is not None:
            self._keeper.close()
            return
        self.dispatcher.exclusively(self._store.clear)

    def _clear(self) -> None:
        self._store.reset()
        self.world.scheduler.clear()
        self.world.events.clear()
        self.world.clock.reset()
        self.world.pull_allowances.clear()
        self.dispatcher.history.clear()
        self.dispatcher.faults.reset()

    def _internal(
        self,
        principal: ServicePrincipal,
        event: Event,
        service: str,
        operation: str,
        **parameters: Any,
    ) -> Any:
        """Make a call as ECR itself, in the registry where an event happened."""
        return self._call_by(
            principal, service, operation, parameters, account=event.account, region=event.region
        )

    def _call_by(
        self,
        principal: ServicePrincipal,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        account: AccountId | None,
        region: Region | None,
    ) -> Any:
        """Make a call as a service of AWS, in a registry; without one, in the default one."""
        call = Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=principal,
            region=region or self.settings.region,
            account=account or self.settings.account,
            request_id=self.world.ids.uuid(),
        )
        return self.dispatcher.dispatch(call)


def _keeper_of(folder: str, ids: Ids, files: "Files | None") -> "Keeper":
    """Open a data folder; a new one gets a secret. Raises: DataFolderError."""
    from ecrmock.store.durable.keeper import Keeper  # noqa: PLC0415 - loads every kind of row

    def new_head() -> dict[str, Any]:
        return {"secret": ids.secret().hex()}

    return Keeper(Path(folder).absolute(), new_head, files=files)
