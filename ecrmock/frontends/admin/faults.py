"""Faults over HTTP: put in force, shown with how often they struck, and ended."""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.faults import ActiveFault
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.values.faults import FaultError, read_fault


def show(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the faults that are in force, in the order in which they came."""
    return _told(backend.dispatcher.faults.active)


def add(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put a fault in force; the members are those of ``ecr.fault``. Raises: AdminError."""
    try:
        return _document(backend.dispatcher.faults.add(read_fault(document)))
    except FaultError as error:
        raise AdminError(str(error)) from None


def clear(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """End all faults, and say how often each has struck."""
    return _told(backend.dispatcher.faults.remove())


def stop(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """End one fault, by its number. Raises: AdminError when there is no such fault."""
    given = document["id"]
    number = int(given) if given.isdecimal() and given.isascii() else 0
    ended = backend.dispatcher.faults.remove(frozenset({number}))
    if not ended:
        raise AdminError(f"there is no fault {given}", 404)
    return _document(ended[0])


def _told(faults: tuple[ActiveFault, ...]) -> Mapping[str, Any]:
    return {"faults": [_document(each) for each in faults]}


def _document(active: ActiveFault) -> Mapping[str, Any]:
    return {
        "id": active.number,
        "description": active.fault.describe(),
        "times": active.times,
        "fault": active.fault.document(),
    }
