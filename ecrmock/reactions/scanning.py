"""Images are scanned when that is due: what they contain is looked at without the lock.

Source: reference features.md §2; DESIGN.md section 2.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from ecrmock.reactions.reaction import Internal
from ecrmock.values.events import EnhancedScanningBegan, ScanDue
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus

if TYPE_CHECKING:
    from ecrmock.values.advisories import Vulnerability
    from ecrmock.values.image_contents import ImageContents
    from ecrmock.values.inventory import Inventory
    from ecrmock.values.scans import ScanResult, ScanTask
    from ecrmock.world.scanner import Scanner

_BATCH = 100  # images for each call that has them looked at
_Call = Callable[..., Any]  # an operation of ecrmock, in the repository of the event
_log = logging.getLogger("ecrmock")


def subscribe(bus: EventBus, internal: Internal, scanner: "Callable[[], Scanner]") -> None:
    """Do the scans that are due; ``scanner`` gives the backend's, which loads with the first one."""

    def on_scan_due(event: ScanDue) -> None:
        call = partial(internal, event, "ecrmock", repository_name=event.repository_name)
        with suppress(RepositoryNotFoundError):
            _scan(call, event, scanner)

    def on_enhanced_scanning_began(event: EnhancedScanningBegan) -> None:
        call = partial(internal, event, "ecrmock", repository_name=event.repository_name)
        with suppress(RepositoryNotFoundError):
            _inspect(call)

    bus.subscribe(ScanDue, on_scan_due)
    bus.subscribe(EnhancedScanningBegan, on_enhanced_scanning_began)


def _inspect(call: _Call) -> None:
    digests = call("FindImagesToInspect")
    for start in range(0, len(digests), _BATCH):
        call("InspectImages", image_digests=digests[start : start + _BATCH])


def _scan(call: _Call, event: ScanDue, scanner: "Callable[[], Scanner]") -> None:
    which = {"image_digest": event.image_digest, "scan_id": event.scan_id}
    task = call("ReadScan", **which)
    if task is not None:
        result = _result(task, scanner)
        call("CompleteScan", **which, scan_result=result, is_regular=event.is_regular)


def _result(task: "ScanTask", scanner: "Callable[[], Scanner]") -> "ScanResult":
    """Return how a scan ends: with findings, or with why there are none."""
    from ecrmock.rules.scan_results import EXPIRED, failed, unsupported  # noqa: PLC0415
    from ecrmock.values.errors import MissingExtraError  # noqa: PLC0415 - loaded when needed
    from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError  # noqa: PLC0415
    from ecrmock.world.other_scanners import ScannerFailedError  # noqa: PLC0415

    if task.is_over:
        return EXPIRED
    try:
        return _look(task, scanner())
    except UnsupportedImageError as error:
        return unsupported(error)
    except UnreadableImageError as error:
        return failed(error)
    except (ScannerFailedError, MissingExtraError, OSError) as error:
        _log.warning("%s was not scanned: %s", _name(task.contents), error)
        return failed(error)


def _look(task: "ScanTask", scanner: "Scanner") -> "ScanResult":
    """Return what a scan finds: what is demanded, what another scanner says, or what advisories say.

    Raises: UnreadableImageError, UnsupportedImageError, ScannerFailedError, MissingExtraError, OSError.
    """
    from ecrmock.rules import findings_on_demand, scan_results  # noqa: PLC0415 - loaded when needed
    from ecrmock.rules.findings import image_scan_findings  # noqa: PLC0415
    from ecrmock.world.severities import rate  # noqa: PLC0415

    contents, config = task.contents, scanner.config(task.contents)
    demand = findings_on_demand.demanded(task.demands, _package_names(task, scanner))
    if demand is not None and demand.status is not None:
        return scan_results.ended(demand.status)
    if demand is not None:
        image = scan_results.scanned_image(contents, config, None)
        demanded = findings_on_demand.demanded_findings(demand, task.scan_type, image)
        return scan_results.complete(demanded)
    system = None
    if scanner.has_other:
        vulnerabilities = scanner.ask_other(contents)
    else:
        inventory = scanner.inventory(contents)
        refusal = scan_results.refused(inventory, task.scan_type)
        if refusal is not None:
            return refusal
        system = inventory.operating_system
        vulnerabilities = _known(contents, inventory, scanner)
    found = image_scan_findings(
        vulnerabilities,
        rate,
        scan_results.scanned_image(contents, config, system),
        scan_type=task.scan_type,
        source_updated_at=scanner.updated_at(contents),
    )
    return scan_results.complete(found)


def _package_names(task: "ScanTask", scanner: "Scanner") -> frozenset[str]:
    """Return the packages of an image where a demand is about one; none of an image that cannot be read."""
    from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError  # noqa: PLC0415

    if not any(demand.package_name for demand in task.demands):
        return frozenset()
    try:
        packages = scanner.inventory(task.contents).packages
    except (UnreadableImageError, UnsupportedImageError):
        return frozenset()
    return frozenset(name for each in packages for name in (each.name, each.source_name) if name)


def _known(
    contents: "ImageContents", inventory: "Inventory", scanner: "Scanner"
) -> "tuple[Vulnerability, ...]":
    """Return what advisories say of the packages of an image. Raises: MissingExtraError, OSError."""
    from ecrmock.rules.advisories import vulnerabilities_in  # noqa: PLC0415 - loaded when needed
    from ecrmock.world.versions import compare  # noqa: PLC0415

    advisories = scanner.advisories
    matches = vulnerabilities_in(inventory, advisories.about, advisories.by_id, compare)
    for package, advisory, reason in matches.undecided:
        _log.info("%s: %s and %s: %s", _name(contents), package, advisory, reason)
    return matches.vulnerabilities


def _name(contents: "ImageContents") -> str:
    return f"{contents.repository_name}@{contents.image_digest}"
