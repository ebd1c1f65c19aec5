"""PutReplicationConfiguration, DescribeImageReplicationStatus, and the steps of a copy.

A copy is read in one registry and put in another, each in a unit of work of its own; the reaction
(``reactions/replication.py``) goes from one to the other. No byte moves: the store shares the blobs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.follow_ups import link_role
from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import check_image_id
from ecrmock.rules.replication import check_configuration, ended, may_receive
from ecrmock.store.repository import RepositoryState
from ecrmock.values.events import ImageReplicated, LayerGraceEnded
from ecrmock.values.images import Image, ImageIdentifier
from ecrmock.values.layers import HeldBlob
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, repository_arn
from ecrmock.values.replication import (
    REPLICATION_SERVICE,
    ImageReplicationStatus,
    Replica,
    ReplicationConfiguration,
    ReplicationDestination,
)


@dataclass(frozen=True, slots=True)
class PutConfiguration:
    """Answer of PutReplicationConfiguration."""

    replication_configuration: ReplicationConfiguration


@dataclass(frozen=True, slots=True)
class ReplicationStatuses:
    """Answer of DescribeImageReplicationStatus."""

    repository_name: RepositoryName
    image_id: ImageIdentifier
    replication_statuses: tuple[ImageReplicationStatus, ...]


@operation("ecr", "PutReplicationConfiguration")
def put_replication_configuration(
    context: Context, *, replication_configuration: ReplicationConfiguration
) -> PutConfiguration:
    """Replace what is copied where; only what is pushed from now on is copied, by a role of the service.

    Raises: InvalidParameterError. Source: reference api.md §11.
    """
    check_configuration(replication_configuration, context.account, context.region)
    registry = context.registry
    changed = replace(registry.settings, replication_configuration=replication_configuration)
    registry.change(changed)
    if replication_configuration.rules:
        link_role(context, REPLICATION_SERVICE)
    return PutConfiguration(replication_configuration)


@operation("ecr", "DescribeImageReplicationStatus")
def describe_image_replication_status(
    context: Context, *, repository_name: RepositoryName, image_id: ImageIdentifier
) -> ReplicationStatuses:
    """Return how far the copies of an image are, one entry for each destination.

    Raises: InvalidParameterError, RepositoryNotFoundError, ImageNotFoundError. Source: reference api.md §11.
    """
    check_image_id(image_id)
    state = context.registry.repository(repository_name)
    image = context.image(state, image_id)
    return ReplicationStatuses(repository_name, image_id, image.replication_statuses)


# The steps of a copy


@operation("ecrmock", "ReadReplica", action="ecr:BatchGetImage")
def read_replica(
    context: Context, *, repository_name: RepositoryName, image_digest: Digest
) -> Replica | None:
    """Return an image as it is copied, with what it lists; None when it is gone, or in the archive.

    From there it is copied when it is restored. Raises: RepositoryNotFoundError.
    Source: reference features.md §7.2.
    """
    state = context.registry.repository(repository_name)
    image = state.images.get(image_digest)
    if image is None or not image.is_active:
        return None
    children = tuple(_replica(state, child) for child in state.listed(image))
    return replace(_replica(state, image), children=children)


def _replica(state: RepositoryState, image: Image) -> Replica:
    """Return an image as it is copied, alone."""
    held = (state.blobs.get(reference) for reference in image.references)
    return Replica(
        image_digest=image.image_digest,
        image_manifest=image.image_manifest,
        image_manifest_media_type=image.image_manifest_media_type,
        blobs=tuple(blob for blob in held if blob is not None),
    )


@operation("ecrmock", "MayReceiveReplica", action="")
def may_receive_replica(
    context: Context, *, repository_name: RepositoryName, source_account: AccountId
) -> bool:
    """Tell whether the registry's policy lets an account copy into it; its own always may.

    Source: reference features.md §3.3.
    """
    if source_account == context.account:
        return True
    state = context.registry.repositories.get(repository_name)
    actions = ["ecr:ReplicateImage"]
    if state is None:
        actions.append("ecr:CreateRepository")
    text = context.registry.settings.registry_policy_text
    arn = repository_arn(context.account, context.region, repository_name)
    tags = () if state is None else state.repository.resource_tags
    return all(
        may_receive(text, action, arn, source_account, now=context.now, tags=tags)
        for action in actions
    )


@operation("ecrmock", "HoldReplicaBlobs", action="ecr:PutImage")
def hold_replica_blobs(
    context: Context, *, repository_name: RepositoryName, blobs: Sequence[HeldBlob]
) -> None:
    """Hold the blobs of a copy that is about to be put, for their time of grace as after an upload.

    A blob that nobody holds any more is left out: the copy then fails. Raises: RepositoryNotFoundError.
    """
    state = context.registry.repository(repository_name)
    due = context.now + context.settings.upload_lifetime
    for blob in blobs:
        if blob.digest in state.blobs or blob.digest not in context.store.blobs:
            continue
        state.blobs.put(blob.digest, replace(blob, held_since=context.now))
        ended_grace = context.event(LayerGraceEnded, repository_name, layer_digest=blob.digest)
        context.publish_at(due, ended_grace)


@operation("ecrmock", "AnnounceReplica", action="")
def announce_replica(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_id: ImageIdentifier,
    source_account: AccountId,
    source_region: Region,
    is_success: bool,
) -> None:
    """Tell that a copy came in, or could not, unless its source is gone meanwhile, perhaps with everything.

    Source: reference features.md §11.7.
    """
    digest = image_id.image_digest
    if digest is None or not context.store.holds_image(
        source_account, source_region, repository_name, digest
    ):
        return
    event = context.event(
        ImageReplicated,
        repository_name,
        repository_arn=repository_arn(context.account, context.region, repository_name),
        image_digest=digest,
        image_tag=image_id.image_tag,
        source_account=source_account,
        source_region=source_region,
        is_success=is_success,
    )
    context.publish(event)


@operation("ecrmock", "CompleteReplication", action="ecr:PutImage")
def complete_replication(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_digest: Digest,
    destination: ReplicationDestination,
    failure_code: str | None,
) -> None:
    """Note how a copy ended; an image that is gone meanwhile stays so. Raises: RepositoryNotFoundError."""
    state = context.registry.repository(repository_name)
    image = state.images.get(image_digest)
    if image is not None:
        statuses = ended(image.replication_statuses, destination, failure_code)
        state.images.put(image_digest, replace(image, replication_statuses=statuses))
