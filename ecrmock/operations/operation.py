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
    LifecycleRunDue,
    ReplicationDue,
    RepositoryCreated,
    RepositoryEvent,
    ScanDue,
    SigningDue,
    SubjectLeft,
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
from ecrmock.values.replication import REPLICATION_SERVICE
from ecrmock.values.settings import Settings
from ecrmock.world.world import World

if TYPE_CHECKING:
    from ecrmock.rules.scans import ScanView, Start
    from ecrmock.store.identities import Identities
    from ecrmock.store.repository import RepositoryState
    from ecrmock.values.images import Image, ImageIdentifier
    from ecrmock.values.manifests import Manifest
    from ecrmock.values.pull_through_cache import (
        Fetch,
        Fetched,
        PullThroughCacheRule,
        UpstreamError,
        UpstreamSource,
    )
    from ecrmock.values.referrers import ImageReferrer
    from ecrmock.values.repositories import Repository
    from ecrmock.values.scans import ImageScans

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

    def plan_lifecycle_run(self, name: RepositoryName, due_at: datetime | None = None) -> None:
        """Have the lifecycle policy of a repository evaluated at a time, a day from now without one."""
        due_at = due_at or self.now + self.settings.lifecycle_interval
        policy_id = self.registry.repository(name).repository.lifecycle_policy_id or ""
        self.publish_at(
            due_at, self.event(LifecycleRunDue, name, policy_id=policy_id, due_at=due_at)
        )

    def replicated(self, name: RepositoryName, image: "Image", tag: Tag | None) -> "Image":
        """Return an image with the copies of it that begin now, and have them made.

        What comes in as a copy itself goes no further. Source: reference features.md §3.2.
        """
        configuration = self.registry.settings.replication_configuration
        if not configuration.rules or self.caller.arn == REPLICATION_SERVICE:
            return image
        from ecrmock.rules.replication import begun, destinations  # noqa: PLC0415 - loaded when needed

        targets = destinations(configuration, name)
        for target in targets:
            due = self.event(
                ReplicationDue,
                name,
                image_digest=image.image_digest,
                image_tag=tag,
                destination_account=target.registry_id,
                destination_region=target.region,
            )
            self.publish_at(self.now + self.settings.delay, due)
        return replace(image, replication_statuses=begun(targets))

    def link_role(self, service: str) -> None:
        """Have a service of ECR's get its role in the account, on the first use of what takes it.

        Source: reference iam.md §11.2.
        """
        from ecrmock.rules import service_linked_roles as rules  # noqa: PLC0415 - loaded when needed
        from ecrmock.rules.access_keys import ROLE_ID, unique_id  # noqa: PLC0415

        roles = self.identities.roles
        if roles.find(rules.role_name_of(service) or "") is None:
            role = rules.service_linked_role(
                service,
                partition=self.partition,
                account=self.account,
                unique_id=unique_id(ROLE_ID, self.world.ids.bits),
                now=self.now,
            )
            roles.save(role)

    def signed(self, name: RepositoryName, image: "Image", manifest: "Manifest") -> "Image":
        """Return an image with the signatures of it that begin now, and have them made.

        A copy comes with its signatures, and these are not signed. Source: reference features.md §3.2, §6.
        """
        configuration = self.registry.settings.signing_configuration
        if configuration is None or self.caller.arn == REPLICATION_SERVICE:
            return image
        from ecrmock.rules.signing import begun, is_signature, profiles_for  # noqa: PLC0415

        if is_signature(manifest):
            return image
        statuses, wanted = begun(image.signing_statuses, profiles_for(configuration, name))
        for arn in wanted:
            due = self.event(
                SigningDue,
                name,
                image_digest=image.image_digest,
                signing_profile_arn=arn,
                job_id=self.world.ids.uuid(),
                job_invoker=self.caller.account,
                requested_by=self.caller.arn,
                refusal=self.refusal and self.refusal("signer:SignPayload", arn),
            )
            self.publish_at(self.now + self.settings.delay, due)
        return replace(image, signing_statuses=statuses)

    def scan_on_push(
        self, state: "RepositoryState", image: "Image", *, is_back: bool = False
    ) -> None:
        """Have an image scanned that came in, if the registry's rules or the repository's flag want it.

        ``is_back``: it was in the archive, and what was found before is forgotten. It saves, so it comes last.
        Source: reference features.md §1.1, §2.3, §7.1.
        """
        configuration = self.registry.settings.scanning_configuration
        flag = state.repository.image_scanning_configuration.scan_on_push
        known = state.scans.get(image.image_digest)
        if known is None and not configuration.rules and not flag:
            return
        from ecrmock.rules.scans import after_push, without_findings  # noqa: PLC0415
        from ecrmock.values.scans import ImageScans  # noqa: PLC0415

        before = known or ImageScans(image_digest=image.image_digest)
        kept = without_findings(before) if is_back else before
        after = after_push(kept, image, self.scan_view(state), self.scan_start())
        self.save_scans(state, before, after)

    def scan_view(self, state: "RepositoryState") -> "ScanView":
        """Return how and when the scans of a repository are looked at."""
        from ecrmock.rules.scanning import scanning_of  # noqa: PLC0415 - loaded when needed
        from ecrmock.rules.scans import ScanView  # noqa: PLC0415

        configuration = self.registry.settings.scanning_configuration
        frequency = scanning_of(configuration, state.repository).scan_frequency
        return ScanView(configuration.scan_type, frequency, self.settings, self.now)

    def scan_start(self) -> "Start":
        """Return the scan that could begin now."""
        from ecrmock.rules.scans import DAY, Start  # noqa: PLC0415 - loaded when needed

        quotas = self.settings.quotas
        return Start(
            scan_id=self.world.ids.uuid(),
            now=self.now,
            per_image=quotas.scans_per_image,
            is_quota_used=self.registry.has_scanned(quotas.scans, since=self.now - DAY),
        )

    def save_scans(
        self, state: "RepositoryState", before: "ImageScans", after: "ImageScans"
    ) -> None:
        """Save the scans of an image, and have those done that have begun."""
        if after == before:
            return
        from ecrmock.rules.scans import DAY, begun  # noqa: PLC0415 - loaded when needed

        state.scans.put(after.image_digest, after)
        for scan in begun(before, after):
            if scan is after.basic:
                most = self.settings.quotas.scans
                self.registry.count_scan(scan.scan_id, self.now, since=self.now - DAY, most=most)
            self.plan_scan(state, after.image_digest, scan.scan_id, self.now + self.settings.delay)

    def plan_scan(
        self, state: "RepositoryState", digest: Digest, scan_id: str, due_at: datetime
    ) -> None:
        """Have an image scanned at a time, unless another scan has taken the place of this one by then."""
        name = state.repository.repository_name
        due = self.event(ScanDue, name, image_digest=digest, scan_id=scan_id)
        self.publish_at(due_at, due)

    def fetch(self, wanted: "Fetch") -> "UpstreamError | None":
        """Have something fetched before the call goes on; return why that was not possible, else None.

        Raises: Needs. So it comes before anything is saved. Source: DESIGN.md section 2.
        """
        return self._fetched(wanted).failure

    def _fetched(self, wanted: "Fetch") -> "Fetched":
        if wanted not in self.fetched:
            raise Needs(wanted)
        return self.fetched[wanted]

    def source(self, name: RepositoryName) -> "UpstreamSource | None":
        """Return where the images of a repository come from; None for one that no cache rule is about."""
        settings = self.registry.settings
        if not settings.pull_through_cache_rules:
            return None
        from ecrmock.rules.pull_through_cache import matching_rule  # noqa: PLC0415

        rule = matching_rule(settings.pull_through_cache_rules, name)
        return None if rule is None else self.source_by(rule, name)

    def source_by(self, rule: "PullThroughCacheRule", name: RepositoryName) -> "UpstreamSource":
        """Return where the images of a repository come from by a cache rule.

        The name is empty where only the upstream is meant. Public registries of this emulator are those whose
        alias somebody has here.
        """
        from ecrmock.rules import pull_through_cache as rules  # noqa: PLC0415 - loaded when needed

        is_own = False
        if rules.asks_public_registry(rule):
            alias, _ = rules.public_alias(rules.upstream_name(rule, name))
            aliases = self.store.public_aliases
            is_own = aliases.account_of(alias) is not None if name else len(aliases) > 0
        return rules.source_of(
            rule,
            name,
            self.region,
            addresses=self.settings.upstreams,
            secrets=(
                *self.registry.settings.upstream_secrets,
                *self.settings.upstream_secrets,
            ),
            is_offline=self.settings.offline,
            is_own=is_own,
        )

    def fetch_image(
        self, name: RepositoryName, image_id: "ImageIdentifier"
    ) -> "UpstreamError | None":
        """Have an image of a cache repository fetched that is not here, or that is a day old.

        Raises: Needs. Source: reference features.md §4.4.
        """
        if not self.registry.settings.pull_through_cache_rules:
            return None
        from ecrmock.rules.images import malformed  # noqa: PLC0415 - loaded when needed
        from ecrmock.rules.pull_through_cache import image_fetch, must_be_fetched  # noqa: PLC0415

        state = self.registry.repositories.get(name)
        tag, digest, tagging = image_id.image_tag, image_id.image_digest, None
        if state is not None and tag is not None:
            tagging = state.tags.get(tag)
            digest = tagging.image_digest if tagging is not None else digest
        is_wanted = must_be_fetched(
            image_id,
            tagging=tagging,
            image=state.images.get(digest) if state is not None and digest is not None else None,
            repository=state.repository if state is not None else None,
            fresh_since=self.now - self.settings.upstream_interval,
        )
        source = self.source(name) if is_wanted and not malformed(image_id) else None
        return None if source is None else self.fetch(image_fetch(source, image_id, tagging))

    def fetch_layer(self, name: RepositoryName, digest: Digest) -> "UpstreamError | None":
        """Have a blob fetched that an image of a cache repository names and that is not here yet.

        Raises: Needs. Source: reference features.md §4.4.
        """
        state = self.registry.repositories.get(name)
        if state is None or digest in state.blobs or not state.images.uses_blob(digest):
            return None
        source = self.source(name)
        if source is None:
            return None
        from ecrmock.values.pull_through_cache import LAYER, Fetch  # noqa: PLC0415 - loaded when needed

        return self.fetch(Fetch(kind=LAYER, source=source, reference=digest))

    def fetch_referrers(self, name: RepositoryName, subject: Digest) -> "tuple[ImageReferrer, ...]":
        """Return the referrers that the upstream of a cache repository tells; they are kept nowhere.

        Raises: Needs, UnableToListUpstreamImageReferrersError. Source: reference features.md §4.4.
        """
        source = self.source(name)
        if source is None:
            return ()
        from ecrmock.values import pull_through_cache as values  # noqa: PLC0415 - loaded when needed

        wanted = values.Fetch(kind=values.REFERRERS, source=source, reference=subject)
        fetched = self._fetched(wanted)
        if fetched.failure is not None:
            raise values.UnableToListUpstreamImageReferrersError(fetched.failure.reason)
        return fetched.referrers

    def let_referrers_follow(self, state: "RepositoryState", subject: Digest) -> None:
        """Have the referrers of an image that was deleted or archived follow it within a day.

        Source: reference api.md §5.7.
        """
        if state.images.has_referrers(subject):
            name = state.repository.repository_name
            left = self.event(SubjectLeft, name, subject_digest=subject)
            self.publish_at(self.now + self.settings.referrer_delay, left)


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
