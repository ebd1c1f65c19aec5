"""RegisterPullTimeUpdateExclusion, DeregisterPullTimeUpdateExclusion, ListPullTimeUpdateExclusions."""

from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, cut, decode_token, encode_token
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.pull_time_exclusions import (
    ExclusionAlreadyExistsError,
    ExclusionNotFoundError,
    PullTimeExclusion,
)

_LISTING = "pull-time-exclusions"


@dataclass(frozen=True, slots=True)
class DeregisteredExclusion:
    """Answer of DeregisterPullTimeUpdateExclusion."""

    principal_arn: str


@dataclass(frozen=True, slots=True)
class ExclusionPage:
    """Answer of ListPullTimeUpdateExclusions."""

    pull_time_update_exclusions: tuple[str, ...]
    next_token: str | None = None


@operation("ecr", "RegisterPullTimeUpdateExclusion")
def register_pull_time_update_exclusion(
    context: Context, *, principal_arn: str
) -> PullTimeExclusion:
    """Stop recording the pulls of a role or user, which need not exist.

    Raises: ExclusionAlreadyExistsError, LimitExceededError. Source: reference api.md §16.
    """
    registry, limit = context.registry, context.settings.quotas.pull_time_exclusions
    present = registry.settings.pull_time_exclusions
    if any(exclusion.principal_arn == principal_arn for exclusion in present):
        raise ExclusionAlreadyExistsError
    if len(present) >= limit:
        raise LimitExceededError(
            f"The registry with id '{context.account}' already has the maximum allowed number of "
            f"pull time update exclusions which is '{limit}'"
        )
    exclusion = PullTimeExclusion(
        principal_arn=principal_arn, created_at=context.now, sequence=registry.next_sequence()
    )
    registry.change(replace(registry.settings, pull_time_exclusions=(*present, exclusion)))
    return exclusion


@operation("ecr", "DeregisterPullTimeUpdateExclusion")
def deregister_pull_time_update_exclusion(
    context: Context, *, principal_arn: str
) -> DeregisteredExclusion:
    """Record the pulls of a principal again.

    Raises: ExclusionNotFoundError. Source: reference api.md §16.
    """
    settings = context.registry.settings
    present = settings.pull_time_exclusions
    rest = tuple(exclusion for exclusion in present if exclusion.principal_arn != principal_arn)
    if len(rest) == len(present):
        raise ExclusionNotFoundError
    context.registry.change(replace(settings, pull_time_exclusions=rest))
    return DeregisteredExclusion(principal_arn)


@operation("ecr", "ListPullTimeUpdateExclusions")
def list_pull_time_update_exclusions(
    context: Context, *, next_token: str | None = None, max_results: int | None = None
) -> ExclusionPage:
    """Return the ARNs of excluded principals in the order of their registration, page by page.

    Raises: InvalidParameterError. Source: reference api.md §16.
    """
    after = decode_token(_LISTING, next_token)
    exclusions = context.registry.settings.pull_time_exclusions
    rest = (exclusion for exclusion in exclusions if exclusion.sequence > after)
    page, last = cut(rest, max_results or DEFAULT_PAGE_SIZE)
    return ExclusionPage(
        tuple(exclusion.principal_arn for exclusion in page),
        encode_token(_LISTING, last),
    )
