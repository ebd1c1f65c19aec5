"""Create-, Describe-, Update-, DeleteRepositoryCreationTemplate(s), and the repositories made by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ecrmock.operations.follow_ups import link_role, plan_lifecycle_run
from ecrmock.operations.operation import Context, operation
from ecrmock.operations.upstreams import upstream_of
from ecrmock.rules.creation_templates import (
    check_template,
    matching_template,
    needs_custom_role,
    path_of,
    read_settings,
)
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, check_not_with, cut, decode_token, encode_token
from ecrmock.rules.repositories import with_key
from ecrmock.values.creation_templates import (
    CREATE_ON_PUSH,
    PULL_THROUGH_CACHE,
    TEMPLATE_SERVICE,
    RepositoryCreationTemplate,
    TemplateAlreadyExistsError,
    TemplateNotFoundError,
)
from ecrmock.values.names import AccountId, RepositoryName, partition_of, repository_arn
from ecrmock.values.repositories import (
    EncryptionConfiguration,
    ImageTagMutabilityExclusionFilter,
    Repository,
    ResourceTag,
)

if TYPE_CHECKING:
    from ecrmock.values.replication import ReplicaSource

_LISTING = "creation-templates"


@dataclass(frozen=True, slots=True)
class OneTemplate:
    """Answer of the operations on one template."""

    registry_id: AccountId
    repository_creation_template: RepositoryCreationTemplate


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """Answer of DescribeRepositoryCreationTemplates."""

    registry_id: AccountId
    repository_creation_templates: tuple[RepositoryCreationTemplate, ...]
    next_token: str | None = None


@operation("ecr", "CreateRepositoryCreationTemplate")
def create_template(
    context: Context,
    *,
    prefix: str,
    applied_for: tuple[str, ...],
    description: str | None = None,
    encryption_configuration: EncryptionConfiguration | None = None,
    resource_tags: tuple[ResourceTag, ...] | None = None,
    image_tag_mutability: str | None = None,
    image_tag_mutability_exclusion_filters: tuple[ImageTagMutabilityExclusionFilter, ...]
    | None = None,
    repository_policy: str | None = None,
    lifecycle_policy: str | None = None,
    custom_role_arn: str | None = None,
) -> OneTemplate:
    """Make a template for the repositories below a prefix, and the role of the service that makes them.

    Raises: InvalidParameterError, TemplateAlreadyExistsError. Source: reference api.md §13.
    """
    given = {
        "description": description,
        "encryption_configuration": encryption_configuration,
        "resource_tags": resource_tags,
        "image_tag_mutability": image_tag_mutability,
        "image_tag_mutability_exclusion_filters": image_tag_mutability_exclusion_filters,
        "repository_policy": repository_policy,
        "lifecycle_policy": lifecycle_policy,
        "applied_for": applied_for,
        "custom_role_arn": custom_role_arn,
    }
    kept = _read(context, given)
    templates = context.registry.settings.creation_templates
    made = RepositoryCreationTemplate(
        prefix=prefix,
        created_at=context.now,
        updated_at=context.now,
        sequence=max((each.sequence for each in templates), default=0) + 1,
        **kept,
    )
    check_template(made)
    if _find(context, prefix) is not None:
        raise TemplateAlreadyExistsError
    _save(context, (*templates, made))
    link_role(context, TEMPLATE_SERVICE)
    return OneTemplate(context.account, made)


@operation("ecr", "UpdateRepositoryCreationTemplate")
def update_template(
    context: Context,
    *,
    prefix: str,
    description: str | None = None,
    encryption_configuration: EncryptionConfiguration | None = None,
    resource_tags: tuple[ResourceTag, ...] | None = None,
    image_tag_mutability: str | None = None,
    image_tag_mutability_exclusion_filters: tuple[ImageTagMutabilityExclusionFilter, ...]
    | None = None,
    repository_policy: str | None = None,
    lifecycle_policy: str | None = None,
    applied_for: tuple[str, ...] | None = None,
    custom_role_arn: str | None = None,
) -> OneTemplate:
    """Change what is given of a template; repositories that were made by it stay as they are.

    Raises: InvalidParameterError, TemplateNotFoundError. Source: reference api.md §13.
    """
    given = {
        "description": description,
        "encryption_configuration": encryption_configuration,
        "resource_tags": resource_tags,
        "image_tag_mutability": image_tag_mutability,
        "image_tag_mutability_exclusion_filters": image_tag_mutability_exclusion_filters,
        "repository_policy": repository_policy,
        "lifecycle_policy": lifecycle_policy,
        "applied_for": applied_for,
        "custom_role_arn": custom_role_arn,
    }
    kept = _read(context, given)
    template = _named(context, prefix)
    changed = replace(template, updated_at=context.now, **kept)
    check_template(changed)
    templates = context.registry.settings.creation_templates
    _save(context, tuple(changed if each is template else each for each in templates))
    return OneTemplate(context.account, changed)


@operation("ecr", "DeleteRepositoryCreationTemplate")
def delete_template(context: Context, *, prefix: str) -> OneTemplate:
    """Take a template away, and return it. Raises: TemplateNotFoundError. Source: reference api.md §13."""
    template = _named(context, prefix)
    templates = context.registry.settings.creation_templates
    _save(context, tuple(each for each in templates if each is not template))
    return OneTemplate(context.account, template)


@operation("ecr", "DescribeRepositoryCreationTemplates")
def describe_templates(
    context: Context,
    *,
    prefixes: Sequence[str] | None = None,
    next_token: str | None = None,
    max_results: int | None = None,
) -> TemplatePage:
    """Return templates by prefix, those that are there, or a page of all in the order of creation.

    Raises: InvalidParameterError. Source: reference api.md §13.
    """
    templates = context.registry.settings.creation_templates
    if prefixes is not None:
        check_not_with("prefixes", next_token, max_results)
        named = [_find(context, prefix) for prefix in prefixes]
        found = tuple(dict.fromkeys(template for template in named if template is not None))
        return TemplatePage(context.account, found)
    after = decode_token(_LISTING, next_token)
    rest = (template for template in templates if template.sequence > after)
    found, last = cut(rest, max_results or DEFAULT_PAGE_SIZE)
    return TemplatePage(context.account, found, encode_token(_LISTING, last))


@operation("ecrmock", "CreateRepositoryByTemplate", action="")
def create_repository_by_template(
    context: Context,
    *,
    repository_name: RepositoryName,
    scenario: str = CREATE_ON_PUSH,
    copy_of: "ReplicaSource | None" = None,
) -> bool:
    """Make a repository as ECR does by itself, and tell whether it is there now.

    Without a template one is made with the defaults, but not on a push. A template with resource tags or
    a KMS key makes none without a role of the customer's: the service-linked one may only create. Neither
    is one made for an import whose rule is gone meanwhile, or a copy whose source is, perhaps with everything.
    Raises: LimitExceededError. Source: reference features.md §5.2, §5.3; iam.md §11.2.
    """
    registry = context.registry
    if repository_name in registry.repositories:
        return True
    if scenario == PULL_THROUGH_CACHE and upstream_of(context, repository_name) is None:
        return False
    if copy_of is not None and not context.store.holds_image(
        copy_of.account, copy_of.region, repository_name, copy_of.image_digest
    ):
        return False
    template = matching_template(registry.settings.creation_templates, repository_name, scenario)
    if template is None and scenario == CREATE_ON_PUSH:
        return False
    if template is not None and needs_custom_role(template):
        return False
    context.add_repository(_made(context, repository_name, template))
    if template is not None and template.lifecycle_policy is not None:
        plan_lifecycle_run(context, repository_name)
    return True


def _made(
    context: Context, name: RepositoryName, template: RepositoryCreationTemplate | None
) -> Repository:
    plain = Repository(
        repository_arn=repository_arn(context.account, context.region, name),
        registry_id=context.account,
        repository_name=name,
        created_at=context.now,
    )
    if template is None:
        return plain
    has_lifecycle = template.lifecycle_policy is not None
    encryption = template.encryption_configuration or EncryptionConfiguration()
    return replace(
        plain,
        image_tag_mutability=template.image_tag_mutability,
        image_tag_mutability_exclusion_filters=template.image_tag_mutability_exclusion_filters,
        encryption_configuration=with_key(encryption, context.account, context.region),
        resource_tags=template.resource_tags or (),
        repository_policy_text=template.repository_policy,
        lifecycle_policy_text=template.lifecycle_policy,
        lifecycle_policy_id=context.world.ids.uuid() if has_lifecycle else None,
    )


def _read(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given of a template, checked. Raises: InvalidParameterError."""
    said = {name: value for name, value in given.items() if value is not None}
    partition, quotas = partition_of(context.region).name, context.settings.quotas
    return read_settings(said, partition, quotas.resource_tags)


def _find(context: Context, prefix: str) -> RepositoryCreationTemplate | None:
    templates, path = context.registry.settings.creation_templates, path_of(prefix)
    return next((template for template in templates if path_of(template.prefix) == path), None)


def _named(context: Context, prefix: str) -> RepositoryCreationTemplate:
    found = _find(context, prefix)
    if found is None:
        raise TemplateNotFoundError
    return found


def _save(context: Context, templates: tuple[RepositoryCreationTemplate, ...]) -> None:
    registry = context.registry
    registry.change(replace(registry.settings, creation_templates=templates))
