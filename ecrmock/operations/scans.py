"""StartImageScan, DescribeImageScanFindings, and the steps of a scan.

A scan takes long, so it has three steps: what it needs is read under the lock, the image is looked through
without it (``reactions/scanning.py``), and what came out is saved under it, if it is still wanted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.follow_ups import plan_scan, save_scans, scan_start, scan_view
from ecrmock.operations.operation import Context, operation
from ecrmock.rules.findings_on_demand import fitting
from ecrmock.rules.image_contents import check_readable, contents_of
from ecrmock.rules.images import check_image_id
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, cut, decode_token, encode_token
from ecrmock.rules.scans import (
    WantedScan,
    after_look,
    after_pick_up,
    after_scan,
    after_start,
    changed_findings,
    is_over,
    is_picked_up,
    next_look,
    shown,
    wanted,
    with_scan,
)
from ecrmock.store.repository import RepositoryState
from ecrmock.values.findings import ImageScanFindings
from ecrmock.values.images import Image, ImageIdentifier
from ecrmock.values.names import AccountId, Digest, RepositoryName
from ecrmock.values.scan_events import FindingChanged, ImageInspected, ImageScanned
from ecrmock.values.scanning import ENHANCED
from ecrmock.values.scans import (
    COMPLETE,
    IN_PROGRESS,
    ImageScans,
    ImageScanStatus,
    ScanningDisabledError,
    ScanNotFoundError,
    ScanResult,
    ScanTask,
)

_LISTING = "scan-findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedScan:
    """Answer of StartImageScan."""

    registry_id: AccountId
    repository_name: RepositoryName
    image_id: ImageIdentifier
    image_scan_status: ImageScanStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFindingsPage:
    """Answer of DescribeImageScanFindings; each page has the status and the counts of all."""

    registry_id: AccountId
    repository_name: RepositoryName
    image_id: ImageIdentifier
    image_scan_status: ImageScanStatus
    image_scan_findings: ImageScanFindings | None
    next_token: str | None = None


@operation("ecr", "StartImageScan")
def start_image_scan(
    context: Context, *, repository_name: RepositoryName, image_id: ImageIdentifier
) -> StartedScan:
    """Start a basic scan of an image.

    Raises: InvalidParameterError, ScanningDisabledError, RepositoryNotFoundError, ImageNotFoundError,
    UnsupportedImageTypeError, ImageArchivedError, LimitExceededError. Source: reference api.md §10.1.
    """
    check_image_id(image_id)
    if context.registry.settings.scanning_configuration.scan_type == ENHANCED:
        raise ScanningDisabledError
    state = context.registry.repository(repository_name)
    image = context.image(state, image_id)
    check_readable(image)
    before = state.scans.get(image.image_digest) or ImageScans(image_digest=image.image_digest)
    save_scans(context, state, before, after_start(before, scan_start(context)))
    return StartedScan(
        registry_id=context.account,
        repository_name=repository_name,
        image_id=_found_by(image, image_id),
        image_scan_status=ImageScanStatus(status=IN_PROGRESS),
    )


def _found_by(image: Image, image_id: ImageIdentifier) -> ImageIdentifier:
    return ImageIdentifier(image_digest=image.image_digest, image_tag=image_id.image_tag)


@operation("ecr", "DescribeImageScanFindings")
def describe_image_scan_findings(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_id: ImageIdentifier,
    next_token: str | None = None,
    max_results: int | None = None,
) -> ScanFindingsPage:
    """Return how the scan of an image stands, and what it found, page by page.

    Raises: InvalidParameterError, RepositoryNotFoundError, ImageNotFoundError, ScanNotFoundError.
    Source: reference api.md §10.2.
    """
    check_image_id(image_id)
    state = context.registry.repository(repository_name)
    image = context.image(state, image_id)
    after = decode_token(_LISTING, next_token)
    found = shown(image, state.scans.get(image.image_digest), scan_view(context, state))
    if found is None:
        raise ScanNotFoundError(image_id, repository_name, context.account)
    page, last = _page(found.findings, after, max_results or DEFAULT_PAGE_SIZE)
    return ScanFindingsPage(
        registry_id=context.account,
        repository_name=repository_name,
        image_id=_found_by(image, image_id),
        image_scan_status=found.status,
        image_scan_findings=page,
        next_token=encode_token(_LISTING, last),
    )


def _page(
    found: ImageScanFindings | None, after: int, size: int
) -> tuple[ImageScanFindings | None, int | None]:
    """Return some of the findings after a place, and the place of the last one when there are more."""
    if found is None:
        return None, None
    basic, enhanced = found.findings, found.enhanced_findings
    count = len(basic or enhanced or ())
    places, last = cut(range(after + 1, count), size, lambda place: place)
    part = slice(after + 1, after + 1 + len(places))
    page = replace(
        found,
        findings=basic[part] if basic is not None else None,
        enhanced_findings=enhanced[part] if enhanced is not None else None,
    )
    return page, last


# The steps of a scan


@operation("ecrmock", "ReadScan", action="ecr:StartImageScan")
def read_scan(
    context: Context, *, repository_name: RepositoryName, image_digest: Digest, scan_id: str
) -> ScanTask | None:
    """Return what a scan that is due needs; None when it is not wanted any more.

    The image may be gone or in the archive, another scan may have begun, and enhanced scanning may not be
    about the repository any more. Raises: RepositoryNotFoundError.
    """
    state = context.registry.repository(repository_name)
    due = wanted(state.images.get(image_digest), state.scans.get(image_digest), scan_id)
    view = scan_view(context, state)
    if due is None or (due.scan_type == ENHANCED and not view.is_inspected):
        return None
    tags, where = state.tags.of_image(image_digest), {"repository_name": repository_name}
    demands = context.registry.findings_on_demand.values()
    return ScanTask(
        scan_type=due.scan_type,
        contents=contents_of(
            due.image,
            tags,
            state.blobs,
            registry_id=context.account,
            region=context.region,
            **where,
            now=context.now,
        ),
        demands=fitting(
            demands, due.scan_type, **where, image_digest=image_digest, image_tags=tags
        ),
        is_over=due.scan_type == ENHANCED and is_over(due.scan, due.image, view),
    )


@operation("ecrmock", "CompleteScan", action="ecr:StartImageScan")
def complete_scan(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_digest: Digest,
    scan_id: str,
    scan_result: ScanResult,
    is_regular: bool,
) -> None:
    """Keep what a scan found, and tell of it, unless it is not wanted any more.

    Raises: RepositoryNotFoundError. Source: reference features.md §2.6, §11.4 to §11.6.
    """
    state = context.registry.repository(repository_name)
    due = wanted(state.images.get(image_digest), state.scans.get(image_digest), scan_id)
    if due is None:
        return
    if due.scan_type == ENHANCED:
        _complete_look(context, state, due, scan_result, is_regular=is_regular)
        return
    scan = after_scan(due.scan, scan_result)
    state.scans.put(image_digest, with_scan(due.scans, due.scan_type, scan))
    context.publish(_scanned(context, state, ImageScanned, scan_result, due))


def _complete_look(
    context: Context,
    state: RepositoryState,
    due: WantedScan,
    result: ScanResult,
    *,
    is_regular: bool,
) -> None:
    view = scan_view(context, state)
    scan = after_look(due.scan, result, view.frequency)
    state.scans.put(due.image.image_digest, with_scan(due.scans, due.scan_type, scan))
    again = next_look(scan, due.image, view)
    if is_regular and again is not None:
        plan_scan(context, state, due.image.image_digest, scan.scan_id, again)
    if due.scan.is_under_way and result.status == COMPLETE:
        context.publish(_scanned(context, state, ImageInspected, result, due))
    arn = f"{state.repository.repository_arn}/{due.image.image_digest}"
    for finding in changed_findings(due.scan, scan, context.now):
        context.publish(
            FindingChanged(
                account=context.account,
                region=context.region,
                time=context.now,
                image_arn=arn,
                finding=finding,
            )
        )


def _scanned(
    context: Context,
    state: RepositoryState,
    kind: type[ImageScanned],
    result: ScanResult,
    due: WantedScan,
) -> ImageScanned:
    digest, found = due.image.image_digest, result.findings
    return kind(
        account=context.account,
        region=context.region,
        time=context.now,
        repository_name=state.repository.repository_name,
        repository_arn=state.repository.repository_arn,
        image_digest=digest,
        image_tags=state.tags.of_image(digest),
        scan_status=result.status,
        finding_severity_counts=found.finding_severity_counts if found is not None else {},
    )


# Enhanced scanning begins


@operation("ecrmock", "FindImagesToInspect", action="ecr:StartImageScan")
def find_images_to_inspect(
    context: Context, *, repository_name: RepositoryName
) -> tuple[Digest, ...]:
    """Return the images at which enhanced scanning looks when it begins: those of the last days.

    Raises: RepositoryNotFoundError. Source: reference features.md §2.6.
    """
    state = context.registry.repository(repository_name)
    if not scan_view(context, state).is_inspected:
        return ()
    return tuple(
        image.image_digest
        for image in state.images.values()
        if is_picked_up(image, state.scans.get(image.image_digest), context.now)
    )


@operation("ecrmock", "InspectImages", action="ecr:StartImageScan")
def inspect_images(
    context: Context, *, repository_name: RepositoryName, image_digests: Sequence[Digest]
) -> None:
    """Have enhanced scanning look at images that were there before it. Raises: RepositoryNotFoundError."""
    state = context.registry.repository(repository_name)
    if not scan_view(context, state).is_inspected:
        return
    for image in filter(None, map(state.images.get, image_digests)):
        digest = image.image_digest
        before = state.scans.get(digest) or ImageScans(image_digest=digest)
        if is_picked_up(image, before, context.now):
            after = after_pick_up(before, image, scan_start(context))
            save_scans(context, state, before, after)
