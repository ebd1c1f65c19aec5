"""TagResource, UntagResource, ListTagsForResource."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.repositories import check_resource_tags
from ecrmock.rules.resource_tags import check_keys, merged, repository_of, without
from ecrmock.store.repository import RepositoryState
from ecrmock.values.errors import AccessDeniedError
from ecrmock.values.names import service_of
from ecrmock.values.repositories import ResourceTag, TooManyTagsError


@dataclass(frozen=True, slots=True)
class ResourceTags:
    """Answer of ListTagsForResource."""

    tags: tuple[ResourceTag, ...]


def _named(context: Context, operation: str, resource_arn: str) -> RepositoryState:
    """Return the repository that an ARN names; another account's is out of reach.

    Raises: InvalidParameterError, AccessDeniedError, RepositoryNotFoundError; in this order.
    Source: reference api.md §7; inferred: the denial.
    """
    account, name = repository_of(resource_arn, context.region)
    if account != context.account:
        action = f"{service_of(context.region)}:{operation}"
        raise AccessDeniedError(
            f"User: {context.caller.arn} is not authorized to perform: {action} on resource: "
            f"{resource_arn} because no resource-based policy allows the {action} action"
        )
    return context.registry.repository(name)


@operation("ecr", "TagResource")
@operation("ecr-public", "TagResource")
def tag_resource(context: Context, *, resource_arn: str, tags: Sequence[ResourceTag]) -> None:
    """Add resource tags to a repository; a key that is there takes the new value.

    Raises: InvalidParameterError, AccessDeniedError, RepositoryNotFoundError,
    InvalidTagParameterError, TooManyTagsError; in this order. Source: reference api.md §7.
    """
    state = _named(context, "TagResource", resource_arn)
    limit = context.settings.quotas.resource_tags
    check_resource_tags(tags, limit)
    resource_tags = merged(state.repository.resource_tags, tags)
    if len(resource_tags) > limit:
        raise TooManyTagsError
    state.change(replace(state.repository, resource_tags=resource_tags))


@operation("ecr", "UntagResource")
@operation("ecr-public", "UntagResource")
def untag_resource(context: Context, *, resource_arn: str, tag_keys: Sequence[str]) -> None:
    """Take resource tags away from a repository by their keys, of which any may be absent.

    Raises: InvalidParameterError, AccessDeniedError, RepositoryNotFoundError,
    InvalidTagParameterError; in this order. Source: reference api.md §7.
    """
    state = _named(context, "UntagResource", resource_arn)
    check_keys(tag_keys)
    resource_tags = without(state.repository.resource_tags, tag_keys)
    state.change(replace(state.repository, resource_tags=resource_tags))


@operation("ecr", "ListTagsForResource")
@operation("ecr-public", "ListTagsForResource")
def list_tags_for_resource(context: Context, *, resource_arn: str) -> ResourceTags:
    """Return the resource tags of a repository in the order in which their keys were added.

    Raises: InvalidParameterError, AccessDeniedError, RepositoryNotFoundError; in this order.
    Source: reference api.md §7; the order is ours.
    """
    state = _named(context, "ListTagsForResource", resource_arn)
    return ResourceTags(state.repository.resource_tags)
