"""Findings that a test asks for, in place of what images contain; of ecrmock alone.

Scans that have ended and that a change is about are done once more, so that it does not matter whether an
image was scanned before the findings were asked for or after. Quotas do not count them.
"""

from collections.abc import Iterator

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.findings_on_demand import fitting, together
from ecrmock.store.repository import RepositoryState
from ecrmock.values.events import ScanDue
from ecrmock.values.findings import FindingsOnDemand
from ecrmock.values.names import Digest
from ecrmock.values.scanning import BASIC, ENHANCED
from ecrmock.values.scans import (
    ACTIVE,
    COMPLETE,
    FAILED,
    FINDINGS_UNAVAILABLE,
    UNSUPPORTED_IMAGE,
)

_ENDED = frozenset({COMPLETE, FAILED, UNSUPPORTED_IMAGE, FINDINGS_UNAVAILABLE, ACTIVE})


@operation("ecrmock", "ListFindingsOnDemand", action="")
def list_findings_on_demand(context: Context) -> tuple[FindingsOnDemand, ...]:
    """Return what the registry's scans are to find, in the order in which it was asked for."""
    return tuple(context.registry.findings_on_demand.values())


@operation("ecrmock", "PutFindingsOnDemand", action="")
def put_findings_on_demand(context: Context, *, demand: FindingsOnDemand) -> None:
    """Have scans find what is asked for from now on; it replaces a demand about the same images."""
    known = context.registry.findings_on_demand
    earlier = known.get(demand.key)
    if earlier is not None:
        known.remove(demand.key)  # the last one comes last
    known.put(demand.key, together(demand, earlier))
    _scan_again(context, demand)


@operation("ecrmock", "ClearFindingsOnDemand", action="")
def clear_findings_on_demand(context: Context) -> tuple[FindingsOnDemand, ...]:
    """Have scans find again what images contain, and return what was asked for."""
    known = context.registry.findings_on_demand
    cleared = tuple(known.values())
    known.clear()
    _scan_again(context, *cleared)
    return cleared


def _scan_again(context: Context, *demands: FindingsOnDemand) -> None:
    for state in context.registry.repositories.values():
        name = state.repository.repository_name
        for digest, scan_id in _ended(state, demands):
            due = context.event(
                ScanDue, name, image_digest=digest, scan_id=scan_id, is_regular=False
            )
            context.publish_at(context.now, due)


def _ended(
    state: RepositoryState, demands: tuple[FindingsOnDemand, ...]
) -> Iterator[tuple[Digest, str]]:
    """Yield the ended scans of a repository that demands are about: the images, and the scans' ids."""
    name = state.repository.repository_name
    for digest, scans in state.scans.items():
        tags = state.tags.of_image(digest)
        for scan_type, scan in ((BASIC, scans.basic), (ENHANCED, scans.enhanced)):
            if scan is None or scan.status not in _ENDED:
                continue
            if fitting(
                demands, scan_type, repository_name=name, image_digest=digest, image_tags=tags
            ):
                yield digest, scan.scan_id
