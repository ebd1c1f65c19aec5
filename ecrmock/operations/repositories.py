"""CreateRepository, DescribeRepositories, DeleteRepository, PutImageTagMutability."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, check_not_with, cut, decode_token, encode_token
from ecrmock.rules.repositories import (
    check_address,
    check_encryption,
    check_exclusion_filters,
    check_resource_tags,
    with_key,
)
from ecrmock.values.events import RepositoryDeleted
from ecrmock.values.names import AccountId, RepositoryName, repository_arn
from ecrmock.values.repositories import (
    MUTABLE,
    EncryptionConfiguration,
    ImageScanningConfiguration,
    ImageTagMutabilityExclusionFilter,
    Repository,
    RepositoryAlreadyExistsError,
    RepositoryNotEmptyError,
    ResourceTag,
)

_LISTING = "repositories"


@dataclass(frozen=True, slots=True)
class OneRepository:
    """Answer of CreateRepository and DeleteRepository."""

    repository: Repository


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """Answer of DescribeRepositories."""

    repositories: tuple[Repository, ...]
    next_token: str | None = None


def _shown(context: Context, repository: Repository) -> Repository:
    """Return a repository as the API shows it: with the address it has on this server."""
    return replace(repository, repository_uri=context.repository_uri(repository.repository_name))


@operation("ecr", "CreateRepository")
def create_repository(
    context: Context,
    *,
    repository_name: RepositoryName,
    tags: Sequence[ResourceTag] = (),
    image_tag_mutability: str = MUTABLE,
    image_tag_mutability_exclusion_filters: tuple[ImageTagMutabilityExclusionFilter, ...]
    | None = None,
    image_scanning_configuration: ImageScanningConfiguration | None = None,
    encryption_configuration: EncryptionConfiguration | None = None,
) -> OneRepository:
    """Make a repository, with all of its settings or not at all.

    Raises: InvalidParameterError, InvalidTagParameterError, TooManyTagsError,
    RepositoryAlreadyExistsError, LimitExceededError. Source: reference api.md §4.2.
    """
    registry, quotas = context.registry, context.settings.quotas
    encryption = encryption_configuration or EncryptionConfiguration()
    check_address(repository_name, context.settings.uri_style)
    check_exclusion_filters(image_tag_mutability, image_tag_mutability_exclusion_filters)
    check_encryption(encryption)
    check_resource_tags(tags, quotas.resource_tags)
    if repository_name in registry.repositories:
        raise RepositoryAlreadyExistsError(repository_name, context.account)
    repository = Repository(
        repository_arn=repository_arn(context.account, context.region, repository_name),
        registry_id=context.account,
        repository_name=repository_name,
        created_at=context.now,
        image_tag_mutability=image_tag_mutability,
        image_tag_mutability_exclusion_filters=image_tag_mutability_exclusion_filters,
        image_scanning_configuration=image_scanning_configuration or ImageScanningConfiguration(),
        encryption_configuration=with_key(encryption, context.account, context.region),
        resource_tags=tuple(tags),
    )
    return OneRepository(_shown(context, context.add_repository(repository)))


@operation("ecr", "DescribeRepositories")
@operation("ecr-public", "DescribeRepositories")
def describe_repositories(
    context: Context,
    *,
    repository_names: Sequence[RepositoryName] | None = None,
    next_token: str | None = None,
    max_results: int | None = None,
) -> RepositoryPage:
    """Return repositories by name, each once, or a page of all in the order of creation.

    Raises: RepositoryNotFoundError for the first name that is missing. Source: reference api.md §4.4.
    """
    registry = context.registry
    if repository_names is not None:
        check_not_with("repositoryNames", next_token, max_results)
        named = [registry.repository(name) for name in dict.fromkeys(repository_names)]
        return RepositoryPage(tuple(_shown(context, state.repository) for state in named))
    after = registry.repositories.after(decode_token(_LISTING, next_token))
    page, last = cut(after, max_results or DEFAULT_PAGE_SIZE)
    return RepositoryPage(
        tuple(_shown(context, repository) for repository in page),
        encode_token(_LISTING, last),
    )


@operation("ecr", "DeleteRepository")
@operation("ecr-public", "DeleteRepository")
def delete_repository(
    context: Context, *, repository_name: RepositoryName, force: bool = False
) -> OneRepository:
    """Delete a repository, and with ``force`` all that is in it; return it as it was.

    Raises: RepositoryNotFoundError, RepositoryNotEmptyError. Source: reference api.md §4.5.
    """
    state = context.registry.repository(repository_name)
    if len(state.images) and not force:
        raise RepositoryNotEmptyError(repository_name, context.account)
    context.registry.repositories.remove(repository_name)
    context.publish(context.event(RepositoryDeleted, repository_name))
    return OneRepository(_shown(context, state.repository))


@dataclass(frozen=True, slots=True)
class ChangedMutability:
    """Answer of PutImageTagMutability."""

    registry_id: AccountId
    repository_name: RepositoryName
    image_tag_mutability: str
    image_tag_mutability_exclusion_filters: tuple[ImageTagMutabilityExclusionFilter, ...] | None


@operation("ecr", "PutImageTagMutability")
def put_image_tag_mutability(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_tag_mutability: str,
    image_tag_mutability_exclusion_filters: tuple[ImageTagMutabilityExclusionFilter, ...]
    | None = None,
) -> ChangedMutability:
    """Replace the whole setting; only later pushes are affected. Source: reference api.md §4.3.

    Raises: RepositoryNotFoundError, InvalidParameterError.
    """
    state = context.registry.repository(repository_name)
    check_exclusion_filters(image_tag_mutability, image_tag_mutability_exclusion_filters)
    changed = replace(
        state.repository,
        image_tag_mutability=image_tag_mutability,
        image_tag_mutability_exclusion_filters=image_tag_mutability_exclusion_filters,
    )
    state.change(changed)
    return ChangedMutability(
        context.account,
        repository_name,
        image_tag_mutability,
        image_tag_mutability_exclusion_filters,
    )
