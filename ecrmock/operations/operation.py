"""What every operation gets, and how it is marked.

An operation takes a Context and the members of its request, keyword-only and named in snake_case. It
looks up, decides, saves and publishes, in this order, and returns a value from which the AWS door picks
what the output shape names. It runs under the backend's lock and takes microseconds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from ecrmock.store.content import Content
from ecrmock.store.store import RegistryState, Store
from ecrmock.values.authorization import Caller
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.events import (
    Event,
    ImageEvent,
    RepositoryCreated,
    RepositoryEvent,
)
from ecrmock.values.names import (
    PUBLIC,
    AccountId,
    Digest,
    Region,
    RepositoryName,
    Tag,
    partition_of,
)
from ecrmock.values.settings import Settings
from ecrmock.world.world import World

if TYPE_CHECKING:
    from ecrmock.store.identities import Identities
    from ecrmock.store.repository import RepositoryState
    from ecrmock.values.images import Image, ImageIdentifier
    from ecrmock.values.pull_through_cache import (
        Fetch,
        Fetched,
    )
    from ecrmock.values.repositories import Repository

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R", bound=RepositoryEvent)
I = TypeVar("I", bound=ImageEvent)  # noqa: E741 - an image event
_MARK = "_ecrmock_operations"
_LOOKING = ("Batch", "Check", "Describe", "Find", "Get", "List", "Locate", "May", "Open", "Read")


class Needs(Exception):
    """An operation cannot go on without something from an upstream; it has saved nothing yet.

    Source: DESIGN.md section 2.
    """

    def __init__(self, fetch: "Fetch") -> None:
        super().__init__(fetch.reference)
        self.fetch = fetch


@dataclass(slots=True, kw_only=True)
class Context:
    """One call: who asks, which registry is meant, and what it may touch.

    Events are collected here and go out when the call has succeeded, so a failed one leaves no trace.
    ``refusal`` says of an action and a resource why the caller may not do what the call asks for besides
    itself; None where nobody is asked.
    """

    store: Store
    world: World
    settings: Settings
    caller: Caller
    account: AccountId
    region: Region
    now: datetime
    events: list[Event] = field(default_factory=list)
    later: list[tuple[datetime, Event]] = field(default_factory=list)
    fetched: "dict[Fetch, Fetched]" = field(default_factory=dict)  # how what was needed came
    refusal: Callable[[str, str], str | None] | None = None
    ticket: int = 0  # of what has to be safe before the call answers

    @property
    def registry(self) -> RegistryState:
        """The registry that is meant: the private one of a region, or the public one."""
        return self.store.registry(self.account, self.region)

    @property
    def identities(self) -> "Identities":
        """The identities of the account that is meant."""
        return self.store.identities(self.account)

    @property
    def partition(self) -> str:
        """The name of the partition that the region belongs to."""
        return partition_of(self.region).name

    def repository_uri(self, name: RepositoryName) -> str:
        """Return the address of a repository of the registry, as clients of this emulator write it."""
        addresses = self.world.addresses
        if self.region != PUBLIC:
            return addresses.repository_uri(self.account, self.region, name)
        alias = self.store.public_aliases.primary_of(self.account)
        return f"{addresses.public_registry(alias)}/{name}"

    def image(self, state: "RepositoryState", image_id: "ImageIdentifier") -> "Image":
        """Return the image of a repository that an identifier means. Raises: ImageNotFoundError."""
        from ecrmock.rules.images import resolve  # noqa: PLC0415 - operations on images have loaded it
        from ecrmock.values.images import Image, ImageNotFoundError  # noqa: PLC0415

        image = resolve(image_id, state.image_of, state.images.get)
        if not isinstance(image, Image):
            raise ImageNotFoundError(image_id, state.repository.repository_name, self.account)
        return image

    def at(self, time: datetime) -> "Context":
        """Return a context in which it is another time; what it publishes goes out with this one's."""
        return replace(self, now=time)

    def event(self, kind: type[R], repository_name: RepositoryName, **members: Any) -> R:
        """Return an event of this call's registry and time, in a repository."""
        return kind(
            account=self.account,
            region=self.region,
            time=self.now,
            repository_name=repository_name,
            **members,
        )

    def image_event(
        self,
        kind: type[I],
        repository_name: RepositoryName,
        image: "Image",
        image_tag: Tag | None,
        **members: Any,
    ) -> I:
        """Return an event about an image under one tag, or without a tag."""
        return self.event(
            kind,
            repository_name,
            image_digest=image.image_digest,
            image_tag=image_tag,
            manifest_media_type=image.image_manifest_media_type,
            artifact_media_type=image.artifact_media_type,
            is_referrer=image.subject_manifest_digest is not None,
            **members,
        )

    def publish(self, event: Event) -> None:
        """Have an event delivered once the call has succeeded."""
        self.events.append(event)

    def publish_at(self, due: datetime, event: Event) -> None:
        """Have an event published once the clock has reached ``due``."""
        self.later.append((due, event))

    def add_repository(self, repository: "Repository") -> "Repository":
        """Save a new repository of the registry, and return it with its place. Raises: LimitExceededError."""
        registry, quotas = self.registry, self.settings.quotas
        limit = quotas.public_repositories if self.region == PUBLIC else quotas.repositories
        if len(registry.repositories) >= limit:
            raise LimitExceededError(
                f"The registry with id '{self.account}' already has the maximum allowed number of "
                f"repositories which is '{limit}'"
            )
        placed = replace(repository, sequence=registry.next_sequence())
        registry.add(placed)
        self.publish(self.event(RepositoryCreated, repository.repository_name))
        return placed

    def fetch(self, wanted: "Fetch") -> "Fetched":
        """Have something fetched before the call goes on, and return how that ended.

        Raises: Needs. So it comes before anything is saved. Source: DESIGN.md section 2.
        """
        if wanted not in self.fetched:
            raise Needs(wanted)
        return self.fetched[wanted]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a service, with the permission it takes.

    ``stage`` says where the bytes of the request go: it is called with the same members before they are
    read, may refuse them, and returns the content to write to. ``content`` is the member that has them.
    ``opens`` names the blob of the answer whose bytes the door is going to send. ``is_open``: nobody needs to
    sign the request.
    """

    service: str
    name: str
    function: Callable[..., Any]
    action: str
    stage: Callable[..., Content] | None = None
    content: str = ""
    opens: Callable[[Any], Digest] | None = None
    is_open: bool = False

    @property
    def only_looks(self) -> bool:
        """Whether all it may save is when something was last used, which nobody is promised."""
        return self.name.startswith(_LOOKING)


def operation(
    service: str,
    name: str,
    *,
    action: str | None = None,
    stage: Callable[..., Content] | None = None,
    content: str = "",
    opens: Callable[[Any], Digest] | None = None,
    is_open: bool = False,
) -> Callable[[F], F]:
    """Mark a function as an operation.

    ``action`` is its IAM action when that has another name; an empty one needs no permission.
    """

    def mark(function: F) -> F:
        made = Operation(
            service,
            name,
            function,
            f"{service}:{name}" if action is None else action,
            stage,
            content,
            opens,
            is_open,
        )
        marks: list[Operation] = function.__dict__.setdefault(_MARK, [])
        marks.append(made)
        return function

    return mark


def collect(modules: Iterable[ModuleType]) -> Mapping[tuple[str, str], Operation]:
    """Return the marked operations of some modules by service and name."""
    marked = (
        made
        for module in modules
        for function in vars(module).values()
        for made in getattr(function, "__dict__", {}).get(_MARK, ())
    )
    return MappingProxyType({(made.service, made.name): made for made in marked})
