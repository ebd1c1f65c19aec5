"""UpdateImageStorageClass, and the end of a restore. Source: reference features.md §7."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from ecrmock.operations.follow_ups import let_referrers_follow, replicated, scan_on_push
from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import back_from_archive, check_image_id
from ecrmock.rules.storage_classes import activating, archived, due_since
from ecrmock.store.repository import RepositoryState
from ecrmock.values.events import ActivationDue, ImageActivated, ImageArchived
from ecrmock.values.images import Image, ImageIdentifier
from ecrmock.values.names import Digest, RepositoryName
from ecrmock.values.storage_classes import (
    ARCHIVE,
    ImageStorageClassUpdateNotSupportedError,
    UpdatedStorageClass,
)

if TYPE_CHECKING:
    from ecrmock.values.lifecycle import LifecycleCandidate


@operation("ecr", "UpdateImageStorageClass")
def update_image_storage_class(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_id: ImageIdentifier,
    target_storage_class: str,
) -> UpdatedStorageClass:
    """Archive an image with all of its tags, or start to restore it, which takes its time.

    Raises: InvalidParameterError, RepositoryNotFoundError, ImageNotFoundError,
    ImageStorageClassUpdateNotSupportedError. Source: reference api.md §17, features.md §7.1.
    """
    check_image_id(image_id)
    state = context.registry.repository(repository_name)
    image = context.image(state, image_id)
    change = _archive if target_storage_class == ARCHIVE else _restore
    changed = change(context, state, image)
    return UpdatedStorageClass(
        registry_id=context.account,
        repository_name=repository_name,
        image_id=ImageIdentifier(image_digest=image.image_digest, image_tag=image_id.image_tag),
        image_status=changed.image_status,
    )


def _archive(context: Context, state: RepositoryState, image: Image) -> Image:
    digest = image.image_digest
    indexes = map(state.images.get, state.images.indexes_of(digest))
    changed = archived(image, indexes, context.now)
    state.images.put(digest, changed)
    event = context.image_event(
        ImageArchived,
        state.repository.repository_name,
        image,
        None,
    )
    context.publish(event)
    let_referrers_follow(context, state, digest)
    return changed


@operation("ecrmock", "ArchiveImages", action="ecr:UpdateImageStorageClass")
def archive_images(
    context: Context,
    *,
    repository_name: RepositoryName,
    policy_id: str,
    candidates: "Sequence[LifecycleCandidate]",
    at: datetime,
) -> None:
    """Archive what a lifecycle policy acts on, but for what has changed since it was evaluated.

    The images are archived as of the time at which the run was due. What may not be archived is left
    (reference api.md §17). Raises: RepositoryNotFoundError.
    """
    from ecrmock.rules.lifecycle import unchanged  # noqa: PLC0415 - no other operation here needs it

    state = context.registry.repository(repository_name)
    if state.repository.lifecycle_policy_id != policy_id:
        return
    then = context.at(at)
    for image in unchanged(candidates, state.images.get, state.tags.of_image):
        with suppress(ImageStorageClassUpdateNotSupportedError):
            _archive(then, state, image)


def _restore(context: Context, state: RepositoryState, image: Image) -> Image:
    activates_at = context.now + context.settings.activation_time
    changed = activating(image, activates_at)
    state.images.put(image.image_digest, changed)
    due = context.event(
        ActivationDue,
        state.repository.repository_name,
        image_digest=image.image_digest,
    )
    context.publish_at(activates_at, due)
    return changed


@operation("ecrmock", "CompleteActivation", action="ecr:UpdateImageStorageClass")
def complete_activation(
    context: Context, *, repository_name: RepositoryName, image_digest: Digest
) -> None:
    """Make an image active whose restore has had its time; one that a push restored, or that is gone, stays.

    Raises: RepositoryNotFoundError.
    """
    state = context.registry.repository(repository_name)
    image = state.images.get(image_digest)
    at = due_since(image, context.now) if image is not None else None
    if image is None or at is None:
        return
    back = back_from_archive(image, at)
    for tag in state.tags.of_image(image_digest) or (None,):
        back = replicated(context, repository_name, back, tag)
    state.images.put(image_digest, back)
    scan_on_push(context, state, back, is_back=True)
    event = context.image_event(
        ImageActivated,
        repository_name,
        image,
        None,
        last_activated_at=at,
    )
    context.publish(event)
