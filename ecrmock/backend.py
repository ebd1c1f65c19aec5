"""Backend, the composition root: one store, one world, the reactions, one dispatcher."""

from typing import TYPE_CHECKING, Any

from ecrmock.dispatch.call import Call, CallRecord
from ecrmock.dispatch.dispatcher import Dispatcher
from ecrmock.reactions import layers, lifecycle, referrers, storage_classes
from ecrmock.rules.event_envelopes import envelope
from ecrmock.store.journal import Journal
from ecrmock.store.store import Store
from ecrmock.values.authorization import ServicePrincipal
from ecrmock.values.events import Event
from ecrmock.values.names import AccountId, Region, RepositoryName
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from ecrmock.world.world import make_world

if TYPE_CHECKING:
    from ecrmock.world.authority import Authority

_ECR = ServicePrincipal("ecr.amazonaws.com")


class Backend:
    """An emulated ECR: accounts, regions, registries. Two backends in one process never meet."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.world = make_world(self.settings, clock=clock, ids=ids)
        self._store = Store(journal, self.settings.memory_limit)
        self.dispatcher = Dispatcher(self._store, self.world, self.settings)
        for reaction in (layers, lifecycle, referrers, storage_classes):
            reaction.subscribe(self.world.events, self._internal)

    def calls(self) -> tuple[CallRecord, ...]:
        """Return the last calls of every door, the oldest first."""
        return self.dispatcher.history.calls()

    def events(self) -> tuple[dict[str, object], ...]:
        """Return the last EventBridge envelopes, the oldest first. Source: reference features.md §11."""
        made = (envelope(event) for event in self.world.events.published())
        return tuple(event for event in made if event is not None)

    def settle(self) -> None:
        """Do the work that is due."""
        self.dispatcher.settle()

    def run_lifecycle(
        self,
        repository: str | None = None,
        *,
        account: AccountId | None = None,
        region: Region | None = None,
    ) -> tuple[RepositoryName, ...]:
        """Evaluate the lifecycle policy of a repository, or all of a registry, and do what they say.

        Without an account or region it is the default one. Returns the repositories that have a policy.
        Raises: RepositoryNotFoundError, LifecyclePolicyNotFoundError.
        """
        named = {} if repository is None else {"repository_name": RepositoryName(repository)}
        call = Call(
            service="ecrmock",
            operation="RunLifecyclePolicies",
            parameters=named,
            credentials=_ECR,
            region=region or self.settings.region,
            account=account or self.settings.account,
            request_id=self.world.ids.uuid(),
        )
        ran: tuple[RepositoryName, ...] = self.dispatcher.dispatch(call)
        return ran

    def state(self) -> dict[str, Any]:
        """Return all state as JSON can hold it, without the bytes of blobs."""
        from ecrmock.store.snapshot import to_document  # noqa: PLC0415 - loads every kind of row

        documents: list[dict[str, Any]] = []
        self.dispatcher.exclusively(lambda: documents.append(to_document(self._store)))
        return documents[0]

    def usage(self) -> dict[str, int]:
        """Return how many blobs there are, their bytes by place, and the descriptors they keep open."""
        usage = self._store.blobs.usage
        return {
            "blobs": len(self._store.blobs),
            "memory_bytes": usage.memory,
            "disk_bytes": usage.disk,
            "descriptors": usage.descriptors,
        }

    def make_authority(self) -> "Authority":
        """Make the authority that issues this emulator's certificates. Raises: MissingExtraError."""
        from ecrmock.world.authority import Authority  # noqa: PLC0415 - loads when it is needed

        self.world.authority = Authority(Clock().now())
        return self.world.authority

    def reset(self) -> None:
        """Forget everything but the settings and the secret that tokens are signed with."""
        self.dispatcher.exclusively(self._clear)

    def close(self) -> None:
        """Free all blobs; the backend is not used any more."""
        self.dispatcher.exclusively(self._store.clear)

    def _clear(self) -> None:
        self._store.clear()
        self.world.events.clear()
        self.world.scheduler.clear()
        self.world.clock.reset()
        self.dispatcher.history.clear()

    def _internal(self, event: Event, service: str, operation: str, **parameters: Any) -> Any:
        """Make a call as ECR itself, in the registry where an event happened."""
        call = Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=_ECR,
            region=event.region,
            account=event.account,
            request_id=self.world.ids.uuid(),
        )
        return self.dispatcher.dispatch(call)
