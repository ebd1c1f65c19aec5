"""The tags of a repository in the order of their names, as the plain specification lists them."""

import heapq
from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import has_status
from ecrmock.values.names import RepositoryName, Tag


@dataclass(frozen=True, slots=True)
class TagPage:
    """Some tags, and whether there are more after them."""

    tags: tuple[Tag, ...]
    has_more: bool


@operation("ecrmock", "ListTags", action="ecr:ListImages")
def list_tags(
    context: Context, *, repository_name: RepositoryName, last: str, max_results: int
) -> TagPage:
    """Return the tags after ``last`` by name, of images that are not archived.

    Raises: RepositoryNotFoundError. Source: OCI distribution spec, "listing tags"; registry.md §19.
    """
    state = context.registry.repository(repository_name)
    later = (
        tag
        for tag, tagging in state.tags.items()
        if tag > last and has_status(state.images.get(tagging.image_digest), None)
    )
    found = heapq.nsmallest(max_results + 1, later)
    return TagPage(tuple(found[:max_results]), max_results > 0 and len(found) > max_results)
