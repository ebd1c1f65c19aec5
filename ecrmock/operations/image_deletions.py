"""BatchDeleteImage, and the other ways in which tags and images go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ecrmock.operations.follow_ups import let_referrers_follow
from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import NOT_FOUND, failure, referenced_by, resolve
from ecrmock.store.repository import RepositoryState
from ecrmock.values.events import ImageDeleted
from ecrmock.values.images import Image, ImageFailure, ImageIdentifier
from ecrmock.values.names import RepositoryName, Tag

if TYPE_CHECKING:
    from ecrmock.values.lifecycle import LifecycleCandidate


@dataclass(frozen=True, slots=True)
class DeletedImages:
    """Answer of BatchDeleteImage."""

    image_ids: tuple[ImageIdentifier, ...]
    failures: tuple[ImageFailure, ...]


@operation("ecr", "BatchDeleteImage")
@operation("ecr-public", "BatchDeleteImage")
def batch_delete_image(
    context: Context, *, repository_name: RepositoryName, image_ids: Sequence[ImageIdentifier]
) -> DeletedImages:
    """Remove tags, and images with their last tag or by digest.

    Entries are taken in their order; what an earlier entry of the call deleted is no failure later.
    Source: reference api.md §5.4, §5.7.
    """
    state = context.registry.repository(repository_name)
    deleted: dict[ImageIdentifier, None] = {}
    failures: list[ImageFailure] = []
    for image_id in image_ids:
        image = resolve(image_id, state.image_of, state.images.get)
        if isinstance(image, Image):
            reason = _delete(context, state, image, image_id.image_tag, deleted)
        else:
            gone = image is NOT_FOUND and any(_means(entry, image_id) for entry in deleted)
            reason = None if gone else image
        if reason is not None:
            failures.append(failure(image_id, reason))
    return DeletedImages(tuple(deleted), tuple(failures))


@operation("ecrmock", "RemoveImageTag", action="ecr:BatchDeleteImage")
def remove_image_tag(
    context: Context, *, repository_name: RepositoryName, image_tag: Tag
) -> DeletedImages:
    """Remove a tag and nothing else, as the plain specification has it; the image stays, untagged.

    Source: OCI distribution spec, "deleting tags".
    """
    state = context.registry.repository(repository_name)
    image_id = ImageIdentifier(image_tag=image_tag)
    image = resolve(image_id, state.image_of, state.images.get)
    if not isinstance(image, Image):
        return DeletedImages((), (failure(image_id, image),))
    state.untag(image_tag)
    state.tags.remove(image_tag)
    context.publish(
        context.image_event(ImageDeleted, state.repository.repository_name, image, image_tag)
    )
    return DeletedImages(
        (ImageIdentifier(image_digest=image.image_digest, image_tag=image_tag),), ()
    )


def _means(entry: ImageIdentifier, asked: ImageIdentifier) -> bool:
    return asked.image_digest in (None, entry.image_digest) and asked.image_tag in (
        None,
        entry.image_tag,
    )


def _delete(
    context: Context,
    state: RepositoryState,
    image: Image,
    tag: Tag | None,
    deleted: dict[ImageIdentifier, None],
) -> tuple[str, str] | None:
    """Delete one tag, or an image with all of its tags; return why not, or None."""
    identifiers = state.identifiers(image, tag)
    is_last = tag is None or state.tags.count_of_image(image.image_digest) == 1
    if is_last and (indexes := state.images.indexes_of(image.image_digest)):
        return referenced_by(indexes)
    for identifier in identifiers:
        if identifier.image_tag is not None:
            state.tags.remove(identifier.image_tag)
        context.publish(
            context.image_event(
                ImageDeleted, state.repository.repository_name, image, identifier.image_tag
            )
        )
    if is_last:
        state.images.remove(image.image_digest)
        if image.image_digest in state.scans:
            state.scans.remove(image.image_digest)
        _let_go_of_blobs(state, image)
        let_referrers_follow(context, state, image.image_digest)
    deleted.update(dict.fromkeys(identifiers))
    return None


@operation("ecrmock", "ExpireImages", action="ecr:BatchDeleteImage")
def expire_images(
    context: Context,
    *,
    repository_name: RepositoryName,
    policy_id: str,
    candidates: "Sequence[LifecycleCandidate]",
    at: datetime,
) -> None:
    """Delete what a lifecycle policy acts on, but for what has changed since it was evaluated.

    The deletions are of the time at which the run was due. Raises: RepositoryNotFoundError.
    """
    from ecrmock.rules.lifecycle import unchanged  # noqa: PLC0415 - no other operation here needs it

    state = context.registry.repository(repository_name)
    if state.repository.lifecycle_policy_id != policy_id:
        return
    then = context.at(at)
    for image in unchanged(candidates, state.images.get, state.tags.of_image):
        _delete(then, state, image, None, {})


def _let_go_of_blobs(state: RepositoryState, image: Image) -> None:
    """Stop holding the blobs that no image of the repository needs any more."""
    for digest in dict.fromkeys(image.references):
        if digest in state.blobs and not state.images.uses_blob(digest):
            state.blobs.remove(digest)
