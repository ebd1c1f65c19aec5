"""Registries of this emulator as upstreams of each other: read by calls, without any network.

The account with the rule asks, in which its service-linked role may read its own registries; another account's
registry has to grant it, and where policies are enforced the rule's custom role has to allow it as well.
Public registries let everybody pull.
Source: reference features.md §4.5, "ECR-to-ECR".
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ecrmock.dispatch.access import decide_about
from ecrmock.dispatch.assuming import decide_assuming
from ecrmock.dispatch.call import Call
from ecrmock.operations.table import OPERATIONS
from ecrmock.rules.access_targets import Target, origin_keys
from ecrmock.rules.pull_through_cache import public_alias
from ecrmock.store.store import Store
from ecrmock.values.authorization import (
    CACHE_SERVICE,
    HERE,
    AccountRoot,
    Anonymous,
    Caller,
    ServicePrincipal,
)
from ecrmock.values.errors import AccessDeniedError, ConnectionDroppedError, EcrError
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.names import (
    PUBLIC,
    PUBLIC_HOST,
    AccountId,
    Digest,
    Region,
    Tag,
    parse_registry_host,
    repository_arn,
)
from ecrmock.values.permissions import AccessRequest, Permissions
from ecrmock.values.pull_through_cache import (
    ACCESS_DENIED,
    NOT_FOUND,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    FetchedManifest,
    UpstreamError,
    UpstreamSource,
)
from ecrmock.values.referrers import ImageReferrer, SubjectIdentifier

_LOGS_IN = "ecr:GetAuthorizationToken"
_PAGE = 50  # referrers that are read at once
# Of errors that only faults cause; all others say that there is no such thing.
_CODES: Mapping[str, str] = MappingProxyType(
    {"ThrottlingException": TOO_MANY_REQUESTS, "ServerException": UNAVAILABLE}
)
_ROLE = ServicePrincipal(CACHE_SERVICE)  # whose role has been decided about


class Neighbours:
    """The registries of one backend, as an upstream. ``perform`` makes a call inside another one."""

    def __init__(
        self,
        perform: Callable[..., Any],
        decide: Callable[[str, Target, Region], bool],
        new_id: Callable[[], str],
    ) -> None:
        self._perform, self._decide, self._new_id = perform, decide, new_id

    def manifest(
        self, source: UpstreamSource, reference: str, known: Digest | None
    ) -> FetchedManifest | None:
        """Return a manifest; None when it is the known one. Raises: UpstreamError."""
        is_digest = ":" in reference
        image_id = ImageIdentifier(
            image_digest=Digest(reference) if is_digest else None,
            image_tag=None if is_digest else Tag(reference),
        )
        answer = self._call(source, "BatchGetImage", image_ids=(image_id,))
        if answer.failures:
            raise UpstreamError(NOT_FOUND, answer.failures[0].failure_reason)
        image = answer.images[0]
        digest = image.image_id.image_digest
        if digest == known:
            return None
        return FetchedManifest(
            text=image.image_manifest,
            media_type=image.image_manifest_media_type,
            image_digest=digest,
        )

    @contextmanager
    def layer(self, source: UpstreamSource, digest: Digest) -> Iterator[Iterator[memoryview]]:
        """Open a blob. Raises: UpstreamError."""
        reader = self._call(source, "GetDownloadUrlForLayer", opens=True, layer_digest=digest)
        try:
            yield reader.chunks()
        finally:
            reader.close()

    def referrers(self, source: UpstreamSource, subject: Digest) -> tuple[ImageReferrer, ...]:
        """Return the referrers that a registry has: a cache does not ask for a cache. Raises: UpstreamError."""
        found: list[ImageReferrer] = []
        asked: dict[str, Any] = {
            "subject_id": SubjectIdentifier(image_digest=subject),
            "max_results": _PAGE,
        }
        while True:
            page = self._call(source, "ListHeldReferrers", service="ecrmock", **asked)
            found += page.referrers
            if page.next_token is None:
                return tuple(found)
            asked["next_token"] = page.next_token

    def login(self, source: UpstreamSource) -> None:
        """Find out whether the rule's role may log in; every registry of the emulator answers.

        Raises: UpstreamError. Source: reference features.md §4.2, §4.5.
        """
        if source.custom_role_arn is not None:
            self._check(source.custom_role_arn, Target(_LOGS_IN, "*"), _registry(source)[1])

    def _call(
        self,
        source: UpstreamSource,
        operation: str,
        *,
        service: str = "ecr",
        opens: bool = False,
        **parameters: Any,
    ) -> Any:
        is_public = source.upstream_registry_url == PUBLIC_HOST
        make = self._public_call if is_public else self._private_call
        call = make(source, service, operation, parameters)
        try:
            return self._perform(call, opens=opens)
        except AccessDeniedError as error:
            raise UpstreamError(ACCESS_DENIED, error.message) from None
        except ConnectionDroppedError:
            raise UpstreamError(UNAVAILABLE, "the upstream broke the connection off") from None
        except EcrError as error:
            raise UpstreamError(_CODES.get(error.code, NOT_FOUND), error.message) from None

    def _private_call(
        self, source: UpstreamSource, service: str, operation: str, parameters: Mapping[str, Any]
    ) -> Call:
        account, region = _registry(source)
        action = OPERATIONS[service, operation].action
        self._check_role(source, action, account, region)
        return Call(
            service=service,
            operation=operation,
            parameters={"repository_name": source.upstream_name, **parameters},
            credentials=_ROLE if source.custom_role_arn else AccountRoot(source.account),
            region=region,
            account=account,
            request_id=self._new_id(),
        )

    def _public_call(
        self, source: UpstreamSource, service: str, operation: str, parameters: Mapping[str, Any]
    ) -> Call:
        """Return the call of nobody in particular, by the alias in the name: everybody may pull."""
        alias, name = public_alias(source.upstream_name)
        return Call(
            service=service,
            operation=operation,
            parameters={"registry_id": alias, "repository_name": name, **parameters},
            credentials=Anonymous(),
            region=PUBLIC,
            request_id=self._new_id(),
        )

    def _check_role(
        self, source: UpstreamSource, action: str, account: AccountId, region: Region
    ) -> None:
        role = source.custom_role_arn
        target = Target(action, repository_arn(account, region, source.upstream_name))
        if role is not None:
            self._check(role, target, region)

    def _check(self, role: str, target: Target, region: Region) -> None:
        if not self._decide(role, target, region):
            may_not = f"{role} may not {target.action} on {target.resource}"
            raise UpstreamError(ACCESS_DENIED, f"{may_not}, or does not trust {CACHE_SERVICE}")


def _registry(source: UpstreamSource) -> tuple[AccountId, Region]:
    registry = parse_registry_host(source.upstream_registry_url)
    if registry is None:
        raise UpstreamError(NOT_FOUND, f"{source.upstream_registry_url} is no registry of ECR's")
    return registry


def role_may(store: Store, role: str, target: Target, region: Region, now: datetime) -> bool:
    """Tell whether a role may do something for the service; one that does not exist may nothing.

    It has to trust the service. Called under the lock. Source: reference features.md §4.5.
    """
    try:
        decision = decide_about(store, role, target, {}, region=region, now=now)
        return decision.allowed and _trusts(store, role, region, now)
    except (ValueError, EcrError):  # the ARN of nobody, or of no role
        return False


def _trusts(store: Store, role: str, region: Region, now: datetime) -> bool:
    account = AccountId(role.split(":")[4])
    request = AccessRequest(
        caller=Caller(account=account, arn=CACHE_SERVICE, user_id=CACHE_SERVICE),
        principal_arn=CACHE_SERVICE,
        action="sts:AssumeRole",
        resource=role,
        resource_account=account,
        keys={**origin_keys(HERE, region, now), "aws:sourceaccount": (account,)},
    )
    return decide_assuming(store, request, Permissions(), {}).allowed
