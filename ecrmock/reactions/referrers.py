"""Referrers follow their subject within a day: they are deleted or archived after it.

Source: reference api.md §5.7, §9.4; features.md §7.1.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from ecrmock.reactions.reaction import Internal
from ecrmock.values.events import SubjectLeft
from ecrmock.values.names import Digest
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus

if TYPE_CHECKING:
    from ecrmock.values.referrers import ImageReferrer

_PAGE = 50
_Call = Callable[..., Any]  # an operation in the repository of the event


def subscribe(bus: EventBus, internal: Internal) -> None:
    """Take referrers along when their subject has been away for a day, and still is."""

    def on_subject_left(event: SubjectLeft) -> None:
        call = partial(internal, event, repository_name=event.repository_name)
        with suppress(RepositoryNotFoundError):
            _follow(call, event.subject_digest)

    bus.subscribe(SubjectLeft, on_subject_left)


def _follow(call: _Call, subject: Digest) -> None:
    from ecrmock.values.images import ARCHIVED, ImageIdentifier  # noqa: PLC0415 - loaded when needed

    status = _status(call, subject)
    if status not in (None, ARCHIVED):
        return
    for referrer in _referrers(call, subject):
        image_id = ImageIdentifier(image_digest=referrer.digest)
        if status is None:
            call("ecr", "BatchDeleteImage", image_ids=(image_id,))
        elif referrer.artifact_status != ARCHIVED:
            _archive(call, image_id)


def _status(call: _Call, subject: Digest) -> str | None:
    """Return the status of the subject, None when it is not there."""
    from ecrmock.values.images import ImageIdentifier, ImageNotFoundError  # noqa: PLC0415

    try:
        found = call("ecr", "DescribeImages", image_ids=(ImageIdentifier(image_digest=subject),))
    except ImageNotFoundError:
        return None
    status: str = found.image_details[0].image_status
    return status


def _referrers(call: _Call, subject: Digest) -> "Iterator[ImageReferrer]":
    """Yield the referrers that are here in any status; a page is read before any of it goes away."""
    from ecrmock.values import referrers  # noqa: PLC0415 - loaded when needed

    wanted = referrers.ListImageReferrersFilter(artifact_status="ANY")
    subject_id = referrers.SubjectIdentifier(image_digest=subject)
    parameters = {"subject_id": subject_id, "filter": wanted, "max_results": _PAGE}
    page = call("ecrmock", "ListHeldReferrers", **parameters)
    yield from page.referrers
    while page.next_token is not None:
        page = call("ecrmock", "ListHeldReferrers", **parameters, next_token=page.next_token)
        yield from page.referrers


def _archive(call: _Call, image_id: object) -> None:
    from ecrmock.values import storage_classes  # noqa: PLC0415 - loaded when needed

    with suppress(storage_classes.ImageStorageClassUpdateNotSupportedError):
        call(
            "ecr",
            "UpdateImageStorageClass",
            image_id=image_id,
            target_storage_class=storage_classes.ARCHIVE,
        )
