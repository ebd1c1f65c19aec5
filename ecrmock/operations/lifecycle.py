"""Put-, Get-, DeleteLifecyclePolicy, Start-, GetLifecyclePolicyPreview, and the steps of an evaluation.

An evaluation takes long where there are many images, so it has three steps: what there is is read under the
lock, the policy is evaluated without it (``reactions/lifecycle.py``), and what came out is applied under it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from ecrmock.operations.follow_ups import plan_lifecycle_run
from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import check_image_id
from ecrmock.rules.lifecycle import next_run, preview_summary
from ecrmock.rules.lifecycle_text import read_lifecycle_policy, write_lifecycle_policy
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, check_not_with, cut, decode_token, encode_token
from ecrmock.store.repository import RepositoryState
from ecrmock.values.events import LifecyclePreviewDue, LifecycleRunDue
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.lifecycle import (
    COMPLETE,
    EXPIRED,
    IN_PROGRESS,
    NEVER,
    LifecyclePolicyNotFoundError,
    LifecyclePolicyPreviewFilter,
    LifecyclePolicyPreviewInProgressError,
    LifecyclePolicyPreviewNotFoundError,
    LifecyclePolicyPreviewResult,
    LifecyclePolicyPreviewSummary,
    LifecyclePreview,
    LifecycleView,
)
from ecrmock.values.names import AccountId, RepositoryName

_LISTING = "lifecycle-preview"
_MOST_RUNS = 1000  # that a clock which jumps catches up with

_Place = tuple[int, LifecyclePolicyPreviewResult]


@dataclass(frozen=True, slots=True)
class RepositoryLifecyclePolicy:
    """Answer of the operations on a policy; PutLifecyclePolicy does not tell the last evaluation."""

    registry_id: AccountId
    repository_name: RepositoryName
    lifecycle_policy_text: str
    last_evaluated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """Answer of the operations on a preview; a page of results only once it is complete."""

    registry_id: AccountId
    repository_name: RepositoryName
    lifecycle_policy_text: str
    status: str
    preview_results: tuple[LifecyclePolicyPreviewResult, ...] | None = None
    summary: LifecyclePolicyPreviewSummary | None = None
    next_token: str | None = None


@operation("ecr", "PutLifecyclePolicy")
def put_lifecycle_policy(
    context: Context, *, repository_name: RepositoryName, lifecycle_policy_text: str
) -> RepositoryLifecyclePolicy:
    """Replace the lifecycle policy of a repository; it is first evaluated a day later.

    Raises: RepositoryNotFoundError, UnreadableLifecyclePolicyError, InvalidLifecyclePolicyError.
    Source: reference api.md §9.1.
    """
    state = context.registry.repository(repository_name)
    text = write_lifecycle_policy(read_lifecycle_policy(lifecycle_policy_text))
    changed = replace(
        state.repository,
        lifecycle_policy_text=text,
        lifecycle_policy_id=context.world.ids.uuid(),
        lifecycle_policy_evaluated_at=None,
    )
    state.change(changed)
    plan_lifecycle_run(context, repository_name)
    return RepositoryLifecyclePolicy(context.account, repository_name, text)


@operation("ecr", "GetLifecyclePolicy")
def get_lifecycle_policy(
    context: Context, *, repository_name: RepositoryName
) -> RepositoryLifecyclePolicy:
    """Return the lifecycle policy of a repository, with the epoch as long as it was never evaluated.

    Raises: RepositoryNotFoundError, LifecyclePolicyNotFoundError. Source: reference api.md §9.1.
    """
    repository = context.registry.repository(repository_name).repository
    return RepositoryLifecyclePolicy(
        context.account,
        repository_name,
        _policy_text(context, context.registry.repository(repository_name)),
        repository.lifecycle_policy_evaluated_at or NEVER,
    )


def _policy_text(context: Context, state: RepositoryState) -> str:
    text = state.repository.lifecycle_policy_text
    if text is None:
        raise LifecyclePolicyNotFoundError(state.repository.repository_name, context.account)
    return text


@operation("ecr", "DeleteLifecyclePolicy")
def delete_lifecycle_policy(
    context: Context, *, repository_name: RepositoryName
) -> RepositoryLifecyclePolicy:
    """Take the lifecycle policy of a repository away, and return it; it is not evaluated any more.

    Raises: RepositoryNotFoundError, LifecyclePolicyNotFoundError. Source: reference api.md §9.1.
    """
    deleted = get_lifecycle_policy(context, repository_name=repository_name)
    state = context.registry.repository(repository_name)
    changed = replace(
        state.repository,
        lifecycle_policy_text=None,
        lifecycle_policy_id=None,
        lifecycle_policy_evaluated_at=None,
    )
    state.change(changed)
    return deleted


@operation("ecr", "StartLifecyclePolicyPreview")
def start_lifecycle_policy_preview(
    context: Context, *, repository_name: RepositoryName, lifecycle_policy_text: str | None = None
) -> PreviewPage:
    """Start to find out what a policy would do: the one given, verbatim, or the repository's own.

    Raises: RepositoryNotFoundError, UnreadableLifecyclePolicyError, InvalidLifecyclePolicyError,
    LifecyclePolicyNotFoundError, LifecyclePolicyPreviewInProgressError. Source: reference api.md §9.5.
    """
    state = context.registry.repository(repository_name)
    text = lifecycle_policy_text
    if text is None:
        text = _policy_text(context, state)
    read_lifecycle_policy(text)
    if state.lifecycle_preview is not None and state.lifecycle_preview.completed_at is None:
        raise LifecyclePolicyPreviewInProgressError(repository_name, context.account)
    preview_id = context.world.ids.uuid()
    state.change_lifecycle_preview(
        LifecyclePreview(preview_id=preview_id, lifecycle_policy_text=text)
    )
    due = context.event(
        LifecyclePreviewDue,
        repository_name,
        preview_id=preview_id,
    )
    context.publish_at(context.now, due)
    return PreviewPage(
        registry_id=context.account,
        repository_name=repository_name,
        lifecycle_policy_text=text,
        status=IN_PROGRESS,
    )


@operation("ecr", "GetLifecyclePolicyPreview")
def get_lifecycle_policy_preview(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_ids: Sequence[ImageIdentifier] | None = None,
    next_token: str | None = None,
    max_results: int | None = None,
    filter: LifecyclePolicyPreviewFilter | None = None,
) -> PreviewPage:
    """Return what a policy would do, page by page, or to the images that are asked for.

    Raises: InvalidParameterError, RepositoryNotFoundError, LifecyclePolicyPreviewNotFoundError.
    Source: reference api.md §9.5.
    """
    for image_id in image_ids or ():
        check_image_id(image_id)
    if image_ids is not None:
        check_not_with("imageIds", next_token, max_results)
    state = context.registry.repository(repository_name)
    after = decode_token(_LISTING, next_token)
    preview = state.lifecycle_preview
    if preview is None:
        raise LifecyclePolicyPreviewNotFoundError(repository_name, context.account)
    page = PreviewPage(
        registry_id=context.account,
        repository_name=repository_name,
        lifecycle_policy_text=preview.lifecycle_policy_text,
        status=_status(context, preview),
    )
    if page.status != COMPLETE:
        return page
    size = DEFAULT_PAGE_SIZE if image_ids is None else max(1, len(preview.results))
    wanted = _wanted(preview, after, image_ids, filter or LifecyclePolicyPreviewFilter())
    found, last = cut(wanted, max_results or size, itemgetter(0))
    return replace(
        page,
        preview_results=tuple(result for _, result in found),
        summary=preview.summary,
        next_token=encode_token(_LISTING, last),
    )


def _status(context: Context, preview: LifecyclePreview) -> str:
    """Return how far a preview is; its results age. Inferred: reference api.md §9.5."""
    if preview.completed_at is None:
        return IN_PROGRESS
    age = context.now - preview.completed_at
    return EXPIRED if age >= context.settings.lifecycle_preview_lifetime else COMPLETE


def _wanted(
    preview: LifecyclePreview,
    after: int,
    image_ids: Sequence[ImageIdentifier] | None,
    wanted: LifecyclePolicyPreviewFilter,
) -> Iterator[_Place]:
    """Yield the results after a place that are asked for, with their places."""
    asked = None if image_ids is None else _Asked(image_ids)
    for place in range(after + 1, len(preview.results)):
        result = preview.results[place]
        status = "UNTAGGED" if result.image_tags is None else "TAGGED"
        if wanted.tag_status in (None, "ANY", status) and (asked is None or asked.has(result)):
            yield place, result


class _Asked:
    """The images that are asked for, as they were when the preview was made; few among many."""

    def __init__(self, image_ids: Sequence[ImageIdentifier]) -> None:
        self._image_ids = image_ids
        self._digests = {each.image_digest for each in image_ids}
        self._tags = {each.image_tag for each in image_ids}

    def has(self, result: LifecyclePolicyPreviewResult) -> bool:
        """Tell whether some identifier means the image of a result."""
        tags = result.image_tags or ()
        if result.image_digest not in self._digests and self._tags.isdisjoint(tags):
            return False
        return any(_means(image_id, result) for image_id in self._image_ids)


def _means(image_id: ImageIdentifier, result: LifecyclePolicyPreviewResult) -> bool:
    """Tell whether an identifier means an image of a preview, as it was then."""
    has_digest = image_id.image_digest in (None, result.image_digest)
    return has_digest and (
        image_id.image_tag is None or image_id.image_tag in (result.image_tags or ())
    )


# The steps of an evaluation


@operation("ecrmock", "RunLifecyclePolicies", action="ecr:PutLifecyclePolicy")
def run_lifecycle_policies(
    context: Context, *, repository_name: RepositoryName | None = None
) -> tuple[RepositoryName, ...]:
    """Have a policy evaluated at once, or those of all repositories of the registry that have one.

    Returns their names. Raises: RepositoryNotFoundError, LifecyclePolicyNotFoundError.
    """
    registry = context.registry
    repositories = registry.repositories.after(-1)
    if repository_name is not None:
        state = registry.repository(repository_name)
        _policy_text(context, state)
        repositories = iter((state.repository,))
    ran = [each for each in repositories if each.lifecycle_policy_id is not None]
    for each in ran:
        due = context.event(
            LifecycleRunDue,
            each.repository_name,
            policy_id=each.lifecycle_policy_id or "",
            due_at=context.now,
            is_daily=False,
        )
        context.publish(due)
    return tuple(each.repository_name for each in ran)


@operation("ecrmock", "ReadLifecyclePolicy", action="ecr:GetLifecyclePolicy")
def read_policy(context: Context, *, repository_name: RepositoryName) -> LifecycleView:
    """Return a policy with the images that it is about, as they are now.

    Raises: RepositoryNotFoundError, LifecyclePolicyNotFoundError.
    """
    state = context.registry.repository(repository_name)
    text = _policy_text(context, state)
    return _view(context, state, text, state.repository.lifecycle_policy_id or "")


@operation("ecrmock", "ReadLifecyclePolicyPreview", action="ecr:GetLifecyclePolicyPreview")
def read_preview(context: Context, *, repository_name: RepositoryName) -> LifecycleView:
    """Return the policy of a preview with the images that it is about, as they are now.

    Raises: RepositoryNotFoundError, LifecyclePolicyPreviewNotFoundError.
    """
    state = context.registry.repository(repository_name)
    preview = state.lifecycle_preview
    if preview is None:
        raise LifecyclePolicyPreviewNotFoundError(repository_name, context.account)
    return _view(context, state, preview.lifecycle_policy_text, preview.preview_id)


def _view(context: Context, state: RepositoryState, text: str, policy_id: str) -> LifecycleView:
    return LifecycleView(
        lifecycle_policy_text=text,
        policy_id=policy_id,
        now=context.now,
        images=tuple(state.images.values()),
        taggings=tuple(state.tags.values()),
    )


@operation("ecrmock", "CompleteLifecycleRun", action="ecr:PutLifecyclePolicy")
def complete_run(
    context: Context,
    *,
    repository_name: RepositoryName,
    policy_id: str,
    evaluated_at: datetime,
    is_daily: bool,
) -> None:
    """Note that a policy was evaluated, and plan the next run after a daily one.

    Raises: RepositoryNotFoundError.
    """
    state = context.registry.repository(repository_name)
    repository = state.repository
    if repository.lifecycle_policy_id != policy_id:
        return
    last = max(repository.lifecycle_policy_evaluated_at or evaluated_at, evaluated_at)
    state.change(replace(repository, lifecycle_policy_evaluated_at=last))
    if is_daily:
        interval = context.settings.lifecycle_interval
        due_at = next_run(evaluated_at, context.now, interval, _MOST_RUNS)
        plan_lifecycle_run(context, repository_name, due_at)


@operation("ecrmock", "CompleteLifecyclePolicyPreview", action="ecr:StartLifecyclePolicyPreview")
def complete_preview(
    context: Context,
    *,
    repository_name: RepositoryName,
    preview_id: str,
    preview_results: tuple[LifecyclePolicyPreviewResult, ...],
) -> None:
    """Keep what a preview found. Raises: RepositoryNotFoundError."""
    state = context.registry.repository(repository_name)
    preview = state.lifecycle_preview
    if preview is None or preview.preview_id != preview_id:
        return
    complete = replace(
        preview,
        completed_at=context.now,
        results=preview_results,
        summary=preview_summary(preview_results),
    )
    state.change_lifecycle_preview(complete)
