"""Findings on demand as a document: what ``ecr.scan_findings`` takes, and JSON of the same names."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ecrmock.values.api_documents import from_document, to_document
from ecrmock.values.findings import BASIC_SEVERITIES, EnhancedFinding, Finding, FindingsOnDemand
from ecrmock.values.names import is_digest, is_repository_name, is_tag
from ecrmock.values.scans import FAILED, FINDINGS_UNAVAILABLE, UNSUPPORTED_IMAGE

STATUSES = (
    FAILED,
    UNSUPPORTED_IMAGE,
    FINDINGS_UNAVAILABLE,
)  # with which a scan may be asked to end

_SELECTORS: Mapping[str, tuple[str, Callable[[str], bool]]] = MappingProxyType(
    {
        "repository": ("repository_name", is_repository_name),
        "tag": ("image_tag", is_tag),
        "digest": ("image_digest", is_digest),
        "package": ("package_name", bool),
    }
)
_KINDS: Mapping[str, Any] = MappingProxyType(
    {"findings": tuple[Finding, ...], "enhanced_findings": tuple[EnhancedFinding, ...]}
)


def read_demand(document: Mapping[str, object]) -> FindingsOnDemand:
    """Read a demand from what ``ecr.scan_findings`` takes, or the JSON of the same names.

    Findings have the names that AWS's API has for them. Raises: ValueError, naming what is wrong.
    """
    known = (*_SELECTORS, *_KINDS, "status")
    unknown = sorted(set(document) - set(known))
    if unknown:
        raise ValueError(f"findings on demand have no {unknown[0]!r}, but {', '.join(known)}")
    given = [name for name in (*_KINDS, "status") if document.get(name) is not None]
    if not given:
        raise ValueError(
            "say which findings: findings or enhanced_findings, [] for none; or status"
        )
    if "status" in given and len(given) > 1:
        raise ValueError("a scan that ends with a status of its own has no findings")
    demand = FindingsOnDemand(
        **{
            member: _selector(name, check, document.get(name))
            for name, (member, check) in _SELECTORS.items()
        },
        **{
            name: from_document(kind, document[name], name)
            for name, kind in _KINDS.items()
            if document.get(name) is not None
        },
        status=_selector("status", STATUSES.__contains__, document.get("status")),
    )
    for finding in demand.findings or ():
        if finding.severity not in BASIC_SEVERITIES:
            allowed = ", ".join(BASIC_SEVERITIES)
            raise ValueError(f"{finding.severity!r} is no severity; there are {allowed}")
    return demand


def _selector(name: str, is_valid: Callable[[str], bool], value: object) -> Any:
    if value is None or (isinstance(value, str) and is_valid(value)):
        return value
    raise ValueError(f"{value!r} is no {name}")


def demand_document(demand: FindingsOnDemand) -> dict[str, Any]:
    """Return what ``read_demand`` reads the same demand from."""
    document = {name: getattr(demand, member) for name, (member, _) in _SELECTORS.items()}
    told = {name: to_document(getattr(demand, name)) for name in (*_KINDS, "status")}
    return {name: value for name, value in (document | told).items() if value is not None}
