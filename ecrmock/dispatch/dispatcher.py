"""The dispatcher: identify → authorize → fault → run → record, for every call from every door.

An operation runs under the backend's one lock, as a unit of work: it succeeds with all that it saved and
published, or leaves no trace. Bytes never move under the lock: what a request brings is written to its
content between two short locked steps, and what it takes is opened in the locked step and sent later.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from ecrmock.dispatch.authorize import NOT_ENFORCED, Authorization
from ecrmock.dispatch.call import Call, CallRecord
from ecrmock.dispatch.faults import Faults
from ecrmock.dispatch.history import History
from ecrmock.dispatch.identify import Identification
from ecrmock.operations.operation import Context, Needs, Operation
from ecrmock.operations.table import OPERATIONS
from ecrmock.store.content import BlobReader, Content
from ecrmock.store.store import Store
from ecrmock.values.authorization import Caller, Decision, ServicePrincipal
from ecrmock.values.errors import (
    AccessDeniedError,
    ConnectionDroppedError,
    EcrError,
    OperationNotImplementedError,
    ServerError,
)
from ecrmock.values.events import Event
from ecrmock.values.names import PUBLIC, endpoint_region
from ecrmock.values.settings import MANUAL, Settings
from ecrmock.world.world import World

if TYPE_CHECKING:
    from ecrmock.dispatch.fetching import Fetching
    from ecrmock.values.pull_through_cache import Fetch, Fetched, UpstreamError

# Too large for the record: bytes, and what goes from an evaluation to its application. And secrets.
_NOT_KEPT = frozenset(
    {
        *("layer_part_blob", "content", "candidates", "preview_results", "scan_result"),
        "access_token",
    }
)

T = TypeVar("T")

_log = logging.getLogger("ecrmock")


class Dispatcher:
    """The corridor of one backend."""

    def __init__(self, store: Store, world: World, settings: Settings) -> None:
        self.operations = OPERATIONS
        self.history = History()
        self.faults = Faults(world, settings)
        self.identification = Identification(store, settings, world)
        self.authorization = Authorization(store, is_enforced=settings.enforce_iam)
        self._store, self._world, self._settings = store, world, settings
        self._settles_itself = settings.settle != MANUAL
        self._wake: Callable[[], None] | None = None  # the worker's, where there is one
        self._lock = threading.Lock()
        self._is_durable = store.journal.is_durable

    @property
    def enforces_iam(self) -> bool:
        """Whether policies are asked about every call, and only known keys are let in."""
        return self.authorization.is_enforced

    @enforces_iam.setter
    def enforces_iam(self, is_enforced: bool) -> None:
        self.authorization.is_enforced = self.identification.is_strict = is_enforced

    def dispatch(self, call: Call) -> Any:
        """Make a call and return the operation's answer. Raises: EcrError."""
        return self._perform(call, opens=False)[0]

    def open(self, call: Call) -> BlobReader:
        """Make a call whose answer allows a blob to be read, and open that blob. Raises: EcrError."""
        reader: BlobReader = self._perform(call, opens=True)[1]
        return reader

    def refuse(self, call: Call, error: EcrError) -> None:
        """Record a call that its door refused, and raise the error."""
        self._record(call, self._world.clock.now(), None, None, error)
        raise error

    def hand_over(self, wake: Callable[[], None] | None) -> None:
        """Have a worker do what calls set off: they wake it and do not wait. None: they do it again."""
        self._wake = wake

    def settle(self) -> None:
        """Deliver what was published and do the work that is due, in the order in which it falls due."""
        scheduler, events, journal = self._world.scheduler, self._world.events, self._store.journal
        while True:
            taken = journal.taken
            is_done = events.drain()
            with self._lock:
                if is_done:
                    journal.delivered(taken)
                event = scheduler.take_due(self._world.clock.now())
                if event is None:
                    return
                journal.commit_taken()
                events.append((event,))

    def exclusively(self, work: Callable[[], T]) -> T:
        """Return what something makes of the whole state, between two calls."""
        with self._lock:
            return work()

    def perform_within(
        self, call: Call, *, opens: bool = False, then: Callable[[], None] | None = None
    ) -> Any:
        """Make a call inside another one, which follows up what this one sets off. Raises: EcrError.

        ``then`` runs right after the operation, under the same lock. With ``opens`` it returns the opened blob
        of the answer. It fetches nothing itself: a cache does not fetch for a cache.
        """
        answer, reader = self._perform(call, opens=opens, then=then or _nothing)
        return reader if opens else answer

    def transact(self, work: Callable[[], None]) -> None:
        """Run something that changes the whole state between two calls: all of it, or nothing."""
        store = self._store
        with self._lock:
            try:
                work()
            except BaseException:
                store.journal.rollback()
                raise
            store.journal.commit()
            store.blobs.collect()
            ticket = store.journal.promise(None, is_soft=False)
        store.journal.wait(ticket)

    def _perform(
        self, call: Call, *, opens: bool, then: Callable[[], None] | None = None
    ) -> tuple[Any, Any]:
        caller: Caller | None = None
        decision: Decision | None = None
        context: Context | None = None
        now, is_outer = call.time or self._world.clock.now(), then is None
        if self._wake is None and is_outer:
            self._settle_what_is_due(now)
        try:
            operation = _find(call)
            caller = self.identification.identify(call, now, is_open=operation.is_open)
            if call.registry_region == PUBLIC:
                call = self._addressed(call, caller)
            context, parameters = self._prepare(call, caller, now)
            decision = self._authorize(operation, call, context)
            if not decision.allowed:
                raise AccessDeniedError(decision.reason)
            if self.faults.active:
                self.faults.check(call, context.account)
            outcome = self._run(operation, call, context, parameters, opens=opens, then=then)
        except (EcrError, ConnectionDroppedError) as error:
            self._record(call, now, caller, decision, error)
            if context is not None and context.fetched and is_outer:
                self._follow_up(context, context.now)
            raise
        self._record(call, now, caller, decision, None)
        if is_outer:
            self._follow_up(context, context.now if context.fetched else now)
        return outcome

    def _follow_up(self, context: Context, now: datetime) -> None:
        """Do what a call has set off, or leave it to the worker."""
        if self._wake is None:
            if context.events or context.fetched:  # who published nothing waits for no reaction
                self._world.events.drain()
            self._settle_what_is_due(now)
        elif context.events or context.fetched or self._comes_next(context.later):
            self._wake()

    def _comes_next(self, later: Iterable[tuple[datetime, Event]]) -> bool:
        """Tell whether something that a call planned falls due before all else that the worker waits for."""
        due = self._world.scheduler.next_due
        return due is not None and any(planned <= due for planned, _ in later)

    def _authorize(self, operation: Operation, call: Call, context: Context) -> Decision:
        """Return whether the caller may make a call; what is enforced is looked up under the lock."""
        if not self.enforces_iam:
            return NOT_ENFORCED
        with self._lock:
            return self.authorization.authorize(
                call, operation.action, context.caller, account=context.account, now=context.now
            )

    def _settle_what_is_due(self, now: datetime) -> None:
        """Do what fell due before a call, so that it sees a finished world, and what it made due itself."""
        due = self._world.scheduler.next_due
        if due is not None and due <= now and self._settles_itself:
            self.settle()

    def _addressed(self, call: Call, caller: Caller) -> Call:
        """Return a call about a public registry with the account whose it is, which an alias may name."""
        from ecrmock.dispatch.public_gallery import account_of  # noqa: PLC0415 - loaded when needed

        with self._lock:
            return replace(call, account=account_of(self._store, call, caller))

    def _prepare(self, call: Call, caller: Caller, now: datetime) -> tuple[Context, dict[str, Any]]:
        """Return what the operation gets: the registry that is meant, and its parameters."""
        parameters = dict(call.parameters)
        account = parameters.pop("registry_id", None)
        context = Context(
            store=self._store,
            world=self._world,
            settings=self._settings,
            caller=caller,
            account=call.account or account or caller.account,
            region=call.registry_region,
            now=now,
        )
        if self.enforces_iam:
            context.refusal = partial(
                self.authorization.refusal, call, caller=caller, account=context.account, now=now
            )
        return context, parameters

    def _run(
        self,
        operation: Operation,
        call: Call,
        context: Context,
        parameters: dict[str, Any],
        *,
        opens: bool,
        then: Callable[[], None] | None,
    ) -> tuple[Any, BlobReader | None]:
        """Run an operation, after what it needs from upstreams has been fetched without the lock."""
        if operation.stage is not None:
            return self._run_with_content(operation, operation.stage, context, parameters), None
        while True:
            with self._lock:
                try:
                    outcome = self._transact(operation, context, parameters, opens)
                except Needs as needs:
                    wanted = needs.fetch
                    end = self._begin(wanted, call, context, is_outer=then is None)
                else:
                    if then is not None:
                        then()
                    break
            context.fetched[wanted] = end()
            context.now = self._world.clock.now()  # it may have taken a while
        if self._is_durable:
            self._wait_until_safe(context, outcome[1])
        return outcome

    def _begin(
        self, fetch: "Fetch", call: Call, context: Context, *, is_outer: bool
    ) -> "Callable[[], Fetched]":
        """Return what fetches something, or waits for it, and says how it ended. Called under the lock."""
        from ecrmock.dispatch.fetching import refused  # noqa: PLC0415 - loaded when needed
        from ecrmock.values.pull_through_cache import Fetched  # noqa: PLC0415

        refusal = refused(fetch, is_outer=is_outer) or self._refused_import(fetch, call, context)
        if refusal is not None:
            return lambda: Fetched(failure=refusal)
        flight = self._fetching.join(fetch)
        is_asked_for = not isinstance(call.credentials, ServicePrincipal)
        return lambda: self._fetching.end(flight, is_announced=is_asked_for)

    def _refused_import(
        self, fetch: "Fetch", call: Call, context: Context
    ) -> "UpstreamError | None":
        """Return why the caller may not import, if policies say so. Source: reference features.md §4.5."""
        if not self.enforces_iam:
            return None
        from ecrmock.dispatch.fetching import import_actions, not_permitted  # noqa: PLC0415

        exists = fetch.source.repository_name in context.registry.repositories
        for action in import_actions(fetch, exists=exists):
            decision = self.authorization.authorize(
                call, action, context.caller, account=context.account, now=context.now
            )
            if not decision.allowed:
                return not_permitted(decision.reason)
        return None

    @cached_property
    def _fetching(self) -> "Fetching":
        from ecrmock.dispatch.fetching import make_fetching  # noqa: PLC0415 - loaded when needed

        return make_fetching(
            self.perform_within,
            self._store,
            self._lock,
            self._world,
            self._settings,
            enforces_iam=lambda: self.enforces_iam,
        )

    def _wait_until_safe(self, context: Context, reader: BlobReader | None = None) -> None:
        """Return when what a call saved, and what it saw, survives. Raises: ServerError."""
        try:
            self._store.journal.wait(context.ticket)
        except ServerError:
            if reader is not None:
                reader.close()
            raise

    def _run_with_content(
        self,
        operation: Operation,
        stage: Callable[..., Content],
        context: Context,
        parameters: dict[str, Any],
    ) -> Any:
        incoming = parameters.pop(operation.content)
        with self._lock:
            content = stage(context, **parameters)
            content.begin_part()
        kept = False
        try:
            _receive(incoming, content)
            content.persist()
            parameters[operation.content] = content
            context.now = self._world.clock.now()  # it may have taken a while
            with self._lock:
                answer, _ = self._transact(operation, context, parameters, opens=False)
                content.end_part(keep=True)
                kept = True
        except OSError as error:
            _log.error("cannot keep what was uploaded: %s", error.strerror or error)
            raise ServerError from error
        finally:
            if not kept:
                with self._lock:
                    content.end_part(keep=False)
        if self._is_durable:
            self._wait_until_safe(context)
        return answer

    def _transact(
        self, operation: Operation, context: Context, parameters: Mapping[str, Any], opens: bool
    ) -> tuple[Any, BlobReader | None]:
        store = self._store
        reader = None
        try:
            answer = operation.function(context, **parameters)
            if context.caller.access_key_id:
                self._note_use(context, operation.service)
            if opens and operation.opens is not None:
                reader = store.blobs.open(operation.opens(answer))
            for due, event in context.later:
                self._world.scheduler.publish_at(due, event)
        except BaseException:
            store.journal.rollback()
            store.blobs.collect()
            raise
        store.journal.commit()
        store.blobs.collect()
        if self._is_durable:
            self._promise(operation, context)
        else:
            self._world.events.append(context.events)
        return answer, reader

    def _promise(self, operation: Operation, context: Context) -> None:
        """Have the call wait for what it saved, and its events go out when that is safe."""
        events = tuple(context.events)
        publish = partial(self._world.events.append, events) if events else None
        journal = self._store.journal
        context.ticket = journal.promise(publish, is_soft=operation.only_looks)

    def _note_use(self, context: Context, service: str) -> None:
        """Remember when a long-term key was last used, and for what; as GetAccessKeyLastUsed tells."""
        keys = self._store.keys
        key = keys.get(context.caller.access_key_id)
        if key is not None:
            used = replace(
                key.access_key_last_used,
                last_used_date=context.now,
                service_name=service,
                region=endpoint_region(context.region),
            )
            keys.put(key.access_key_id, replace(key, access_key_last_used=used))

    def _record(
        self,
        call: Call,
        now: datetime,
        caller: Caller | None,
        decision: Decision | None,
        error: EcrError | ConnectionDroppedError | None,
    ) -> None:
        if not _NOT_KEPT.isdisjoint(call.parameters):
            kept = {
                name: None if name in _NOT_KEPT else value
                for name, value in call.parameters.items()
            }
            call = replace(call, parameters=kept)
        code = None if error is None else error.code_in(call.service)
        self.history.add(CallRecord(now, call, caller, decision, code))


def _nothing() -> None:
    """What runs after a call made inside another one, unless that one says."""


def _find(call: Call) -> Operation:
    try:
        return OPERATIONS[call.service, call.operation]
    except KeyError:
        raise OperationNotImplementedError(call.service, call.operation) from None


def _receive(incoming: bytes | Iterable[bytes | memoryview], content: Content) -> None:
    chunks = (incoming,) if isinstance(incoming, bytes) else incoming
    for chunk in chunks:
        content.write(chunk)
        if content.most is not None and content.size > content.most:
            return  # it is refused, and may have no end
