"""Resource tags of users, roles and managed policies, whose keys are unique whatever their case.

Source: reference iam.md §13.2, §13.3; the text of the limit is inferred.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from ecrmock.values.iam import ManagedPolicy, Role, User
from ecrmock.values.iam_errors import DuplicateTagKeysError, IamLimitExceededError
from ecrmock.values.repositories import ResourceTag

MAX_TAGS = 50
T = TypeVar("T", User, Role, ManagedPolicy)


def with_tags(entity: T, tags: Sequence[ResourceTag]) -> T:
    """Return an entity with more resource tags; a key that is there is replaced where it stands.

    Raises: DuplicateTagKeysError, IamLimitExceededError.
    """
    added = _by_key(tags)
    if len(added) < len(tags):
        raise DuplicateTagKeysError
    merged = _by_key(entity.resource_tags) | added
    if len(merged) > MAX_TAGS:
        raise IamLimitExceededError("The number of tags has reached the maximum limit.")
    return replace(entity, resource_tags=tuple(merged.values()))


def without_tags(entity: T, tag_keys: Iterable[str]) -> T:
    """Return an entity without the resource tags of some keys, of which any may be absent."""
    gone = {key.lower() for key in tag_keys}
    kept = (tag for tag in entity.resource_tags if tag.key.lower() not in gone)
    return replace(entity, resource_tags=tuple(kept))


def _by_key(tags: Iterable[ResourceTag]) -> dict[str, ResourceTag]:
    return {tag.key.lower(): tag for tag in tags}
