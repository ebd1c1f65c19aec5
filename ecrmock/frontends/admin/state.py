"""What is in the backend as a whole: health, reset, due work, events and calls."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import CallRecord
from ecrmock.frontends.admin.errors import AdminError


def health(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say that the server answers, and what it holds."""
    return {
        "status": "ok",
        "version": version("ecrmock"),
        "account": backend.settings.account,
        "region": backend.settings.region,
        "registry": _registry(backend),
        "usage": backend.usage(),
    }


def _registry(backend: Backend) -> str:
    """Return what stands before a repository's name in a reference, for the default registry."""
    settings = backend.settings
    return backend.world.addresses.registry(settings.account, settings.region)


def reset(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Forget everything but the settings."""
    backend.reset()
    return {"status": "ok"}


def settle(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Do the work that is due."""
    backend.settle()
    return {"status": "ok"}


def authority(backend: Backend, _: Mapping[str, Any]) -> bytes:
    """Return the certificate to trust. Raises: AdminError when the server has none of its own."""
    made = backend.world.authority
    if made is None:
        raise AdminError("this server has no certificate authority; start it with --tls", 404)
    return made.pem


def events(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the last EventBridge envelopes, the oldest first."""
    return {"events": list(backend.events())}


def calls(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the last calls of every door, the oldest first, with who made them and what they gave."""
    return {"calls": [_call(record) for record in backend.calls()]}


def _call(record: CallRecord) -> Mapping[str, Any]:
    return {
        "time": record.time.isoformat(),
        "requestId": record.request_id,
        "service": record.service,
        "operation": record.operation,
        "region": record.region,
        "principal": record.principal,
        "action": record.action or None,
        "decision": None if record.decision is None else record.decision.document(),
        "error": record.error,
    }
