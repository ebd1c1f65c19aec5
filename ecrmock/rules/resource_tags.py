"""Which repository an ARN names, and what becomes of its resource tags."""

from collections.abc import Container, Iterable, Sequence

from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.names import AccountId, Region, RepositoryName, parse_repository_arn
from ecrmock.values.repositories import InvalidTagParameterError, ResourceTag


def repository_of(resource_arn: str, region: Region) -> tuple[AccountId, RepositoryName]:
    """Return account and repository of an ARN in this region; only repositories have resource tags.

    Raises: InvalidParameterError. Source: reference api.md §7.
    """
    named = parse_repository_arn(resource_arn)
    if named is None or named[1] != region:
        raise InvalidParameterError("resourceArn", "Invalid ARN")
    account, _, name = named
    return account, name


def merged(present: Sequence[ResourceTag], added: Sequence[ResourceTag]) -> tuple[ResourceTag, ...]:
    """Return tags with others added: a key that is there takes the new value and keeps its place.

    Source: reference api.md §7.
    """
    return tuple({tag.key: tag for tag in (*present, *added)}.values())


def without(present: Iterable[ResourceTag], keys: Container[str]) -> tuple[ResourceTag, ...]:
    """Return tags without those of some keys; a key may be absent. Source: reference api.md §7."""
    return tuple(tag for tag in present if tag.key not in keys)


def check_keys(keys: Iterable[str]) -> None:
    """Refuse keys that no repository can have been tagged with. Raises InvalidTagParameterError.

    Inferred: reference api.md §25.
    """
    if any(not key or key.lower().startswith("aws:") for key in keys):
        raise InvalidTagParameterError
