"""Which template a new repository is made by, and what a template may say.

Source: ECR User Guide, "Repository creation templates"; reference features.md §5, api.md §13.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ecrmock.rules.lifecycle_text import read_lifecycle_policy, write_lifecycle_policy
from ecrmock.rules.policies import parse_repository_policy
from ecrmock.rules.repositories import (
    check_encryption,
    check_exclusion_filters,
    check_resource_tags,
)
from ecrmock.values.creation_templates import ROOT, RepositoryCreationTemplate
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.repositories import InvalidTagParameterError, TooManyTagsError

_CLEARED = ("repository_policy", "lifecycle_policy")


def matching_template(
    templates: Iterable[RepositoryCreationTemplate], name: str, scenario: str
) -> RepositoryCreationTemplate | None:
    """Return the template that a repository is made by: that of the longest prefix, ``ROOT`` for the rest.

    Templates for other scenarios do not count (inferred). A prefix means a path: ``prod`` is that of
    ``prod/app``, not of ``production/app``. Source: reference features.md §5.2.
    """
    fitting = (
        template
        for template in templates
        if scenario in template.applied_for and _is_prefix(template.prefix, name)
    )
    return max(fitting, key=lambda template: _length(template.prefix), default=None)


def _is_prefix(prefix: str, name: str) -> bool:
    return prefix == ROOT or name.startswith(f"{prefix.rstrip('/')}/")


def _length(prefix: str) -> int:
    return -1 if prefix == ROOT else len(prefix)


def needs_custom_role(template: RepositoryCreationTemplate) -> bool:
    """Tell whether a repository can be made only by a role of the customer's: for tags and KMS keys.

    Source: reference features.md §5.3, iam.md §11.2.
    """
    encryption = template.encryption_configuration
    uses_kms = encryption is not None and encryption.encryption_type != "AES256"
    return template.custom_role_arn is None and (bool(template.resource_tags) or uses_kms)


def read_settings(given: Mapping[str, Any], partition: str, tag_limit: int) -> dict[str, Any]:
    """Check what a request says of a template, and return it as a template keeps it.

    What is empty and may be cleared is None. Raises: InvalidParameterError and its kinds.
    Source: reference api.md §13.
    """
    kept = dict(given)
    if tags := given.get("resource_tags"):
        _check_tags(tags, tag_limit)
    if "resource_tags" in given:
        kept["resource_tags"] = tuple(given["resource_tags"]) or None
    if encryption := given.get("encryption_configuration"):
        check_encryption(encryption)
    if text := given.get("repository_policy"):
        kept["repository_policy"] = parse_repository_policy(text, partition).text
    if text := given.get("lifecycle_policy"):
        kept["lifecycle_policy"] = write_lifecycle_policy(read_lifecycle_policy(text))
    return {
        name: None if name in _CLEARED and value == "" else value for name, value in kept.items()
    }


def _check_tags(tags: Any, limit: int) -> None:
    """Refuse bad tags with the only error that the operations have. Inferred: reference api.md §13."""
    try:
        check_resource_tags(tags, limit)
    except (InvalidTagParameterError, TooManyTagsError) as error:
        raise InvalidParameterError("resourceTags", error.message) from None


def check_template(template: RepositoryCreationTemplate) -> None:
    """Refuse filters that do not go with the mutability. Raises: InvalidParameterError."""
    check_exclusion_filters(
        template.image_tag_mutability, template.image_tag_mutability_exclusion_filters
    )
