"""The backend as a whole: health, version, reset, due work and events."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError


def health(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say that the server answers, and what it holds."""
    return {
        "status": "ok",
        "version": version("ecrmock"),
        "account": backend.settings.account,
        "region": backend.settings.region,
        "registry": _registry(backend),
        "public_registry": backend.world.addresses.public_host,
        "enforce_iam": backend.dispatcher.enforces_iam,
        "usage": backend.usage(),
    }


def versions(_: Backend, __: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say what a report of a bug should name."""
    return {
        "version": version("ecrmock"),
        "python": platform.python_version(),
        "botocore": version("botocore"),
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
