"""The hook: a class-level patch of botocore's ``BaseClient._make_request``, and of aiobotocore's.

It sits above signing and transport, so that it reaches clients made before it, and without credentials;
``Stubber`` acts earlier and still wins, and moto acts later and keeps every other service. aiobotocore is
patched when it is loaded, or as soon as it is: its client is a subclass of botocore's.
"""

import inspect
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from botocore.client import BaseClient
from botocore.model import OperationModel

from ecrmock.backend import Backend
from ecrmock.inprocess import active, answering, transport

_IDENTITY_SERVICES = frozenset({"sts", "iam"})
_COVERED = "_ecrmock_covered"
_NAME = "_make_request"


def install() -> None:
    """Put the patch in place. It remembers the functions that it covers, whoever they belong to."""
    _cover(BaseClient)
    aiobotocore = sys.modules.get("aiobotocore.client")
    if aiobotocore is not None:
        _cover(aiobotocore.AioBaseClient)
    BaseClient.__init_subclass__ = classmethod(_on_subclass)


def remove() -> None:
    """Take the patch away; one that somebody has covered since stays, and lets every call through."""
    if "__init_subclass__" in vars(BaseClient):
        del BaseClient.__init_subclass__
    _uncover(BaseClient)
    aiobotocore = sys.modules.get("aiobotocore.client")
    if aiobotocore is not None:
        _uncover(aiobotocore.AioBaseClient)


def _on_subclass(made: type) -> None:
    """Cover a class of clients that sends requests in a way of its own: aiobotocore's."""
    if _NAME in vars(made):
        _cover(made)


def _cover(kind: Any) -> None:
    covered = vars(kind)[_NAME]
    is_async = inspect.iscoroutinefunction(covered)
    patch = _async_patch(covered) if is_async else _patch(covered)
    setattr(patch, _COVERED, (patch, covered))  # a wrapper of somebody's may copy the attribute
    setattr(kind, _NAME, patch)


def _uncover(kind: Any) -> None:
    present = vars(kind)[_NAME]
    patch, covered = getattr(present, _COVERED, (None, None))
    if patch is present:
        setattr(kind, _NAME, covered)


def _patch(covered: Callable[..., answering.Answer]) -> Callable[..., answering.Answer]:
    def make_request(
        client: BaseClient,
        operation: OperationModel,
        request: dict[str, Any],
        context: dict[str, Any],
    ) -> answering.Answer:
        backend = _answering_backend(operation, request)
        if backend is None:
            return covered(client, operation, request, context)
        if _goes_all_the_way(backend, client, operation):
            transport.prepare(client, is_async=False)
            return covered(client, operation, request, context)
        return answering.answer(backend, client, operation, request)

    return make_request


def _async_patch(covered: Callable[..., Any]) -> Callable[..., Any]:
    async def make_request(
        client: BaseClient,
        operation: OperationModel,
        request: dict[str, Any],
        context: dict[str, Any],
    ) -> Any:
        backend = _answering_backend(operation, request)
        if backend is None:
            return await covered(client, operation, request, context)
        if _goes_all_the_way(backend, client, operation):
            transport.prepare(client, is_async=True)
            return await covered(client, operation, request, context)
        return answering.answer(backend, client, operation, request)

    return make_request


def _goes_all_the_way(backend: Backend, client: BaseClient, operation: OperationModel) -> bool:
    """Tell whether a request has to be signed and sent.

    So it is when its signature is verified, when user code watches it, and while faults are to be retried.
    """
    if backend.dispatcher.faults.active:
        return True
    key = answering.access_key_id(client) or ""
    return backend.dispatcher.identification.verifies(key) or transport.is_needed(client, operation)


def _answering_backend(operation: OperationModel, request: dict[str, Any]) -> Backend | None:
    """Return the backend that answers a request, or None when it is not ours to answer."""
    backend = active.innermost()
    service = operation.service_model.service_name
    if backend is None:
        return None
    url, prefix = request["url"], request.get("host_prefix")
    enforces_iam = backend.dispatcher.enforces_iam
    return backend if is_ours(service, url, enforces_iam, host_prefix=prefix or "") else None


def is_ours(service: str, url: str, enforces_iam: bool = False, *, host_prefix: str = "") -> bool:
    """Tell whether a call to a service at an address is answered in-process. Source: DESIGN.md §4.

    Identities are moto's while it is active, unless policies about ours are enforced.
    """
    if service in transport.OWN_SERVICES:
        return not _is_loopback(url, host_prefix)
    is_free = enforces_iam or not transport.moto_is_active()
    return service in _IDENTITY_SERVICES and is_free and not _is_loopback(url, host_prefix)


def _is_loopback(url: str, host_prefix: str) -> bool:
    """Tell whether an endpoint is on this machine: then a test means a server, and gets it.

    ``host_prefix`` is what an operation has put before the host: ``data-`` of GetRevocationStatus.
    """
    if ".amazonaws." in url:
        return False
    host = (urlsplit(url).hostname or "").removeprefix(host_prefix)
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")
