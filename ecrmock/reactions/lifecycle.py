"""Lifecycle policies are evaluated a day after they are put and daily from then on, previews at once.

What there is is read by a call, evaluated without the lock, and applied by calls that look again.
Source: reference features.md §10, api.md §9.4, §9.5.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from ecrmock.reactions.reaction import Internal
from ecrmock.values.events import LifecyclePreviewDue, LifecycleRunDue
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.world.events import EventBus
from ecrmock.world.traffic import Traffic

_BATCH = 100  # images for each call that deletes or archives
_Call = Callable[..., Any]  # an operation of ecrmock, in the repository of the event


def subscribe(bus: EventBus, internal: Internal, traffic: Traffic) -> None:
    """Evaluate policies and previews that are due; one that is gone or replaced by then is left.

    Calls go first, by the ``traffic`` that there is.
    """

    def on_lifecycle_run_due(event: LifecycleRunDue) -> None:
        call = partial(internal, event, "ecrmock", repository_name=event.repository_name)
        with suppress(RepositoryNotFoundError):
            _run(call, event, traffic)

    def on_lifecycle_preview_due(event: LifecyclePreviewDue) -> None:
        call = partial(internal, event, "ecrmock", repository_name=event.repository_name)
        with suppress(RepositoryNotFoundError):
            _preview(call, event, traffic)

    bus.subscribe(LifecycleRunDue, on_lifecycle_run_due)
    bus.subscribe(LifecyclePreviewDue, on_lifecycle_preview_due)


def _run(call: _Call, event: LifecycleRunDue, traffic: Traffic) -> None:
    from ecrmock.rules.lifecycle import batches, verdicts_about  # noqa: PLC0415 - loaded when needed
    from ecrmock.values.lifecycle import EXPIRE, LifecyclePolicyNotFoundError  # noqa: PLC0415

    try:
        view = call("ReadLifecyclePolicy")
    except LifecyclePolicyNotFoundError:
        return
    if view.policy_id != event.policy_id:
        return
    at = event.due_at
    for action, images in batches(verdicts_about(view, at, traffic.in_turn), _BATCH):
        name = "ExpireImages" if action == EXPIRE else "ArchiveImages"
        call(name, policy_id=event.policy_id, candidates=images, at=at)
    call(
        "CompleteLifecycleRun",
        policy_id=event.policy_id,
        evaluated_at=at,
        is_daily=event.is_daily,
    )


def _preview(call: _Call, event: LifecyclePreviewDue, traffic: Traffic) -> None:
    from ecrmock.rules.lifecycle import preview_results, verdicts_about  # noqa: PLC0415
    from ecrmock.values.lifecycle import LifecyclePolicyPreviewNotFoundError  # noqa: PLC0415

    try:
        view = call("ReadLifecyclePolicyPreview")
    except LifecyclePolicyPreviewNotFoundError:
        return  # the repository was made anew
    if view.policy_id == event.preview_id:
        results = preview_results(verdicts_about(view, view.now, traffic.in_turn))
        call(
            "CompleteLifecyclePolicyPreview",
            preview_id=event.preview_id,
            preview_results=results,
        )
