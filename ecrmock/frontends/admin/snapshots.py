"""Snapshots over HTTP: made, restored and let go by an id."""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError

_USAGE = 'what is restored is named by {"snapshot": "<the id that POST /_ecrmock/snapshot gave>"}'


def take(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make a snapshot and return its id. Raises: AdminError."""
    if document:
        raise AdminError("a snapshot takes no members")
    return {"snapshot": backend.keep_snapshot()}


def restore(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Go back to a snapshot. Raises: AdminError."""
    if set(document) != {"snapshot"} or not isinstance(document["snapshot"], str):
        raise AdminError(_USAGE)
    snapshot = backend.kept_snapshots.get(document["snapshot"])
    if snapshot is None:
        raise AdminError(f"there is no snapshot {document['snapshot']!r}", 404)
    try:
        backend.restore(snapshot)
    except ValueError as error:
        raise AdminError(str(error)) from None
    return {"status": "ok"}


def forget(backend: Backend, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let go of a snapshot, and of what is kept for it alone. Raises: AdminError."""
    if backend.kept_snapshots.pop(parameters["id"], None) is None:
        raise AdminError(f"there is no snapshot {parameters['id']!r}", 404)
    return {"status": "ok"}
