"""What operations need from upstreams: fetched without the lock, once for all callers who want it.

A flight is on from the moment an operation asks for it until what it brought is saved, both under the
backend's lock; so whoever does not find a thing here joins the flight that brings it, and none begins twice.
Source: DESIGN.md section 2; docs/decisions/0016-pull-through-cache.md.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any, Protocol

from ecrmock.dispatch.call import Call
from ecrmock.dispatch.neighbours import Neighbours, role_may
from ecrmock.rules.access_targets import Target
from ecrmock.rules.pull_through_cache import check_source
from ecrmock.store.blobs import BlobStore
from ecrmock.store.content import Content
from ecrmock.store.store import Store
from ecrmock.values.authorization import CACHE_SERVICE, ServicePrincipal
from ecrmock.values.creation_templates import PULL_THROUGH_CACHE
from ecrmock.values.errors import EcrError
from ecrmock.values.manifests import parse_manifest
from ecrmock.values.names import Digest, Region, UploadId, algorithm_of
from ecrmock.values.pull_through_cache import (
    ACCESS_DENIED,
    CREDENTIALS_REFUSED,
    IMAGE,
    LAYER,
    LOGIN,
    NOT_FOUND,
    NOT_PERMITTED,
    REFERRERS,
    UNAVAILABLE,
    Fetch,
    Fetched,
    FetchedManifest,
    UpstreamError,
    UpstreamSource,
)
from ecrmock.values.referrers import ImageReferrer
from ecrmock.values.settings import Settings
from ecrmock.world.world import World

_log = logging.getLogger("ecrmock")
_IMPORT = "ecr:BatchImportUpstreamImage"
_CACHE = ServicePrincipal(CACHE_SERVICE)


class Upstream(Protocol):
    """Where images come from: a registry outside, or one of this emulator. All raise UpstreamError."""

    def manifest(
        self, source: UpstreamSource, reference: str, known: Digest | None
    ) -> FetchedManifest | None:
        """Return a manifest; None when it is the known one."""

    def layer(
        self, source: UpstreamSource, digest: Digest
    ) -> AbstractContextManager[Iterator[bytes] | Iterator[memoryview]]:
        """Open a blob."""

    def referrers(self, source: UpstreamSource, subject: Digest) -> tuple[ImageReferrer, ...]:
        """Return what refers to a manifest. Raises: InvalidManifestError, too, for what is no list of that."""

    def login(self, source: UpstreamSource) -> None:
        """Find out whether it answers and lets the source in."""


class Flight:
    """One fetch, for which its leader and perhaps others wait; ``outcome`` says how it ended."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.outcome = Fetched()
        self.is_led = False
        self.landed = threading.Event()


class Fetching:
    """The flights of one backend.

    ``perform`` makes a call inside another one: nothing waits for what it sets off. It runs its last
    argument, if there is one, under the lock right after the operation.
    """

    def __init__(
        self,
        perform: Callable[..., Any],
        blobs: BlobStore,
        lock: threading.Lock,
        make_upstream: Callable[[bool], Upstream],
        new_id: Callable[[], str],
    ) -> None:
        self._perform, self._blobs, self._lock = perform, blobs, lock
        self._make_upstream, self._new_id = make_upstream, new_id
        self._flights: dict[Fetch, Flight] = {}

    def join(self, fetch: Fetch) -> Flight:
        """Return the flight that brings something. Called under the lock."""
        return self._flights.setdefault(fetch, Flight(fetch))

    def end(self, flight: Flight, *, is_announced: bool) -> Fetched:
        """Fly, or wait for who does; return how it ended: without a failure what was wanted is here.

        ``is_announced``: that an image cannot be had is told as an event.
        """
        with self._lock:
            leads, flight.is_led = not flight.is_led, True
        if not leads:
            flight.landed.wait()
            return flight.outcome
        broke_off = UpstreamError(UNAVAILABLE, "the fetch broke off")  # should there be a bug
        flight.outcome = Fetched(failure=broke_off)
        try:
            flight.outcome = self._fly(flight)
            failure = flight.outcome.failure
            if failure is not None and is_announced and flight.fetch.kind == IMAGE:
                self._announce(flight.fetch, failure)
        finally:
            with self._lock:
                self._leave(flight)
            flight.landed.set()
        return flight.outcome

    def _leave(self, flight: Flight) -> None:
        if self._flights.get(flight.fetch) is flight:
            del self._flights[flight.fetch]

    def _fly(self, flight: Flight) -> Fetched:
        fetch, source = flight.fetch, flight.fetch.source
        bring = {
            IMAGE: self._bring_image,
            LAYER: self._bring_layer,
            REFERRERS: self._bring_referrers,
            LOGIN: self._log_in,
        }[fetch.kind]
        try:
            return bring(flight)
        except UpstreamError as error:
            failure = _seen_by(source, error)
        except EcrError as error:  # what came cannot be kept: no manifest, a quota
            reason = f"what the upstream sent cannot be kept: {error.message}"
            failure = UpstreamError(UNAVAILABLE, reason)
        _log.log(
            logging.INFO if failure.code == NOT_FOUND else logging.WARNING,
            "pull through cache: %s %s of %s: %s: %s",
            *(fetch.kind, fetch.reference, source.upstream_name, failure.code, failure.reason),
        )
        return Fetched(failure=failure)

    def _bring_image(self, flight: Flight) -> Fetched:
        fetch = flight.fetch
        came = self._upstream(fetch.source).manifest(fetch.source, fetch.reference, fetch.known)
        if came is None:
            self._keep(flight, "ConfirmUpstreamTag", image_tag=fetch.image_tag, known=fetch.known)
            return Fetched()
        parse_manifest(came.text, came.media_type)  # before there is a repository for it
        if not self._call(fetch, "CreateRepositoryByTemplate", scenario=PULL_THROUGH_CACHE):
            reason = "the creation template needs a customRoleArn, or the rule is gone"
            raise UpstreamError(NOT_FOUND, reason)
        self._keep(
            flight,
            "ImportUpstreamImage",
            image_manifest=came.text,
            image_manifest_media_type=came.media_type,
            image_tag=fetch.image_tag,
            known=fetch.known,
            ecr_repository_prefix=fetch.source.ecr_repository_prefix,
            upstream_registry_url=fetch.source.upstream_registry_url,
        )
        return Fetched()

    def _bring_layer(self, flight: Flight) -> Fetched:
        source, digest = flight.fetch.source, Digest(flight.fetch.reference)
        with self._incoming() as content, self._upstream(source).layer(source, digest) as pieces:
            if algorithm_of(digest) != "sha256":
                content.hash_also(algorithm_of(digest))
            for piece in pieces:
                content.write(piece)
            if content.digest_by(algorithm_of(digest)) != digest:
                raise UpstreamError(UNAVAILABLE, f"what the upstream sent is not {digest}")
            self._keep(flight, "ImportUpstreamLayer", layer_digest=digest, content=content)
        return Fetched()

    def _bring_referrers(self, flight: Flight) -> Fetched:
        source, subject = flight.fetch.source, Digest(flight.fetch.reference)
        try:
            told = self._upstream(source).referrers(source, subject)
        except UpstreamError as error:
            if error.code != NOT_FOUND:
                raise
            told = ()  # where there is no such repository, nothing refers to anything
        return Fetched(referrers=tuple({each.digest: each for each in told}.values()))

    def _log_in(self, flight: Flight) -> Fetched:
        self._upstream(flight.fetch.source).login(flight.fetch.source)
        return Fetched()

    @contextmanager
    def _incoming(self) -> Iterator[Content]:
        """Give a content to fill, which goes unless it has become a blob."""
        upload_id = UploadId(self._new_id())
        with self._lock:
            content = self._blobs.incoming(upload_id)
        try:
            yield content
        finally:
            with self._lock:
                self._blobs.end_upload(upload_id)
                self._blobs.collect()

    def _upstream(self, source: UpstreamSource) -> Upstream:
        check_source(source)
        return self._outside if source.address else self._inside

    @cached_property
    def _outside(self) -> Upstream:
        return self._make_upstream(True)

    @cached_property
    def _inside(self) -> Upstream:
        return self._make_upstream(False)

    def _keep(self, flight: Flight, operation: str, **parameters: Any) -> None:
        """Save what came, and take the flight off in the same locked step."""
        self._call(flight.fetch, operation, lambda: self._leave(flight), **parameters)

    def _announce(self, fetch: Fetch, failure: UpstreamError) -> None:
        source = fetch.source
        self._call(
            fetch,
            "AnnounceUpstreamFailure",
            reference=fetch.reference,
            ecr_repository_prefix=source.ecr_repository_prefix,
            upstream_registry_url=source.upstream_registry_url,
            failure_code=failure.code,
            failure_reason=failure.reason,
        )

    def _call(
        self,
        fetch: Fetch,
        operation: str,
        then: Callable[[], None] | None = None,
        **parameters: Any,
    ) -> Any:
        """Make a call as the service that imports, in the registry of the cache. Raises: EcrError."""
        source = fetch.source
        call = Call(
            service="ecrmock",
            operation=operation,
            parameters={"repository_name": source.repository_name, **parameters},
            credentials=_CACHE,
            region=source.region,
            account=source.account,
            request_id=self._new_id(),
        )
        return self._perform(call, then=then)


def _seen_by(source: UpstreamSource, error: UpstreamError) -> UpstreamError:
    """Return a failure as the puller is told it: refused credentials are the rule's fault.

    Inferred: reference api.md §12.3.
    """
    has_login = source.credentials is not None or source.custom_role_arn is not None
    if error.code == ACCESS_DENIED and has_login:
        return UpstreamError(CREDENTIALS_REFUSED, error.reason)
    return error


def import_actions(fetch: Fetch, *, exists: bool) -> tuple[str, ...]:
    """Return what a caller must be allowed to for a fetch. Source: reference features.md §4.5.

    What an image lacks that is here already, nobody needs another permission for.
    """
    if fetch.kind != IMAGE:
        return ()
    return (_IMPORT,) if exists else (_IMPORT, "ecr:CreateRepository")


def not_permitted(reason: str) -> UpstreamError:
    """Return the failure of a caller who may not import."""
    return UpstreamError(NOT_PERMITTED, reason)


def refused(fetch: Fetch, *, is_outer: bool) -> UpstreamError | None:
    """Return the failure of a call inside another one: a cache does not fetch for a cache.

    So no fetch waits for itself, however rules lead in circles.
    """
    if is_outer:
        return None
    return UpstreamError(UNAVAILABLE, f"{fetch.source.repository_name} is a cache itself")


def make_fetching(
    perform: Callable[..., Any],
    store: Store,
    lock: threading.Lock,
    world: World,
    settings: Settings,
    *,
    enforces_iam: Callable[[], bool],
) -> Fetching:
    """Return the flights of a backend, to registries outside and to its own."""

    def may_role(role: str, target: Target, region: Region) -> bool:
        with lock:
            return not enforces_iam() or role_may(store, role, target, region, world.clock.now())

    def make_upstream(is_outside: bool) -> Upstream:
        if is_outside:
            from ecrmock.world.upstream import Upstreams  # noqa: PLC0415 - loads a client of HTTP

            return Upstreams(settings.upstream_timeout.total_seconds())
        return Neighbours(perform, may_role, world.ids.uuid)

    return Fetching(perform, store.blobs, lock, make_upstream, world.ids.uuid)
