"""Findings on demand over HTTP: what scans find in place of what images contain."""

from collections.abc import Iterable, Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.admin.registries import Where, registry_of
from ecrmock.values.findings import FindingsOnDemand
from ecrmock.values.findings_on_demand import demand_document, read_demand

_WHERE = frozenset({"account", "region"})
_USAGE = 'the registry is said by any of "account", of 12 digits, and "region"'


def show(backend: Backend, query: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is asked for, in its order. Raises: AdminError."""
    return _told(backend.call_own("ListFindingsOnDemand", **_only_where(query)))


def put(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Have scans find what is asked for; the members are those of ``ecr.scan_findings``. Raises: AdminError."""
    where = _where(document)
    try:
        demand = read_demand({name: document[name] for name in document.keys() - _WHERE})
    except ValueError as error:
        raise AdminError(str(error)) from None
    backend.call_own("PutFindingsOnDemand", {"demand": demand}, **where)
    return demand_document(demand)


def clear(backend: Backend, query: Mapping[str, Any]) -> Mapping[str, Any]:
    """Have scans find what images contain, and return what was asked for. Raises: AdminError."""
    return _told(backend.call_own("ClearFindingsOnDemand", **_only_where(query)))


def _told(demands: Iterable[FindingsOnDemand]) -> Mapping[str, Any]:
    return {"findings": [demand_document(demand) for demand in demands]}


def _only_where(query: Mapping[str, Any]) -> Where:
    if not _WHERE.issuperset(query):
        raise AdminError(_USAGE)
    return _where(query)


def _where(document: Mapping[str, Any]) -> Where:
    """Return the registry that is meant. Raises: AdminError."""
    for given in (document.get("account"), document.get("region")):
        if given is not None and (not isinstance(given, str) or not given):
            raise AdminError(_USAGE)
    return registry_of(document, _USAGE)
