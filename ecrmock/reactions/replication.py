"""Images are copied to other registries after a push. Source: reference features.md §3."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ecrmock.reactions.reaction import Internal
from ecrmock.values.errors import EcrError
from ecrmock.values.events import ReplicationDue
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus

if TYPE_CHECKING:
    from ecrmock.values.names import Tag
    from ecrmock.values.replication import Replica

_Call = Callable[
    ..., Any
]  # an operation in the repository of the event, in one of the two registries


def subscribe(bus: EventBus, internal: Internal) -> None:
    """Make the copies that are due; what is deleted by then is not copied."""

    def on_replication_due(event: ReplicationDue) -> None:
        there = replace(event, account=event.destination_account, region=event.destination_region)
        name = event.repository_name
        source = partial(internal, event, repository_name=name)
        destination = partial(internal, there, repository_name=name)
        with suppress(RepositoryNotFoundError):
            _replicate(source, destination, event)

    bus.subscribe(ReplicationDue, on_replication_due)


def _replicate(source: _Call, destination: _Call, event: ReplicationDue) -> None:
    from ecrmock.values.images import ImageIdentifier  # noqa: PLC0415 - loaded when needed
    from ecrmock.values.replication import ReplicationDestination  # noqa: PLC0415

    replica = source("ecrmock", "ReadReplica", image_digest=event.image_digest)
    if replica is None:
        return
    tag, failure_code = event.image_tag, _hindrance(destination, event)
    if failure_code is None:
        try:
            tag = _put(destination, replica, tag)
        except EcrError as error:  # a quota of images, for example
            failure_code = f"DESTINATION_{error.code.removesuffix('Exception').upper()}"
    destination(
        "ecrmock",
        "AnnounceReplica",
        image_id=ImageIdentifier(image_digest=event.image_digest, image_tag=tag),
        source_account=event.account,
        source_region=event.region,
        is_success=failure_code is None,
    )
    target = ReplicationDestination(
        region=event.destination_region, registry_id=event.destination_account
    )
    source(
        "ecrmock",
        "CompleteReplication",
        image_digest=event.image_digest,
        destination=target,
        failure_code=failure_code,
    )


def _hindrance(destination: _Call, event: ReplicationDue) -> str | None:
    """Return why nothing can be put into the destination; None when its repository is there."""
    from ecrmock.values.creation_templates import REPLICATION  # noqa: PLC0415 - loaded when needed
    from ecrmock.values.replication import (  # noqa: PLC0415
        ACCESS_DENIED,
        CREATION_FAILED,
        ReplicaSource,
    )

    if not destination("ecrmock", "MayReceiveReplica", source_account=event.account):
        return ACCESS_DENIED
    source = ReplicaSource(
        account=event.account, region=event.region, image_digest=event.image_digest
    )
    try:
        is_there = destination(
            "ecrmock", "CreateRepositoryByTemplate", scenario=REPLICATION, copy_of=source
        )
    except EcrError:  # the quota of repositories
        is_there = False
    return None if is_there else CREATION_FAILED


def _put(destination: _Call, replica: "Replica", tag: "Tag | None") -> "Tag | None":
    """Put an image after what it lists; where its tag may not move, it comes without it.

    Source: reference features.md §3.2.
    """
    from ecrmock.values.images import (  # noqa: PLC0415 - loaded when needed
        ImageAlreadyExistsError,
        ImageTagAlreadyExistsError,
    )

    for child in replica.children:
        _put(destination, child, None)
    destination("ecrmock", "HoldReplicaBlobs", blobs=replica.blobs)
    try:
        destination(
            "ecr",
            "PutImage",
            image_manifest=replica.image_manifest,
            image_manifest_media_type=replica.image_manifest_media_type,
            image_digest=replica.image_digest,
            image_tag=tag,
        )
    except ImageAlreadyExistsError:
        return tag
    except ImageTagAlreadyExistsError:
        return _put(destination, replica, None)
    return tag
