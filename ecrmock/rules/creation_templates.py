"""Which template a new repository is made by, and what a template may say.

Source: ECR User Guide, "Repository creation templates"; reference features.md §5, api.md §13.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
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
from ecrmock.values.repositories import (
    WITH_EXCLUSION,
    InvalidTagParameterError,
    TooManyTagsError,
)

_CLEARED = ("repository_policy", "lifecycle_policy", "custom_role_arn")
_MUTABILITY, _FILTERS = "image_tag_mutability", "image_tag_mutability_exclusion_filters"


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
        if scenario in template.applied_for and name.startswith(path_of(template.prefix))
    )
    return max(fitting, key=lambda template: len(path_of(template.prefix)), default=None)


def path_of(prefix: str) -> str:
    """Return a prefix as names begin with it: with a slash at its end, that of ``ROOT`` empty.

    A slash is always assumed, so ``prod`` and ``prod/`` are one prefix. Source: service model, Prefix.
    """
    return "" if prefix == ROOT else f"{prefix.rstrip('/')}/"


def needs_custom_role(template: RepositoryCreationTemplate) -> bool:
    """Tell whether a repository can be made only by a role of the customer's: for tags and KMS keys.

    Source: reference features.md §5.3, iam.md §11.2.
    """
    encryption = template.encryption_configuration
    uses_kms = encryption is not None and encryption.encryption_type != "AES256"
    return template.custom_role_arn is None and (bool(template.resource_tags) or uses_kms)


def read_settings(given: Mapping[str, Any], partition: str, tag_limit: int) -> dict[str, Any]:
    """Check what a request says of a template, and return it as a template keeps it.

    What is empty and may be cleared is None, and so are the filters of a mutability that has none: they
    cannot be cleared otherwise, for an empty list is refused. Raises: InvalidParameterError and its kinds.
    Source: reference api.md §13; the role and the filters are inferred.
    """
    kept = dict(given)
    if tags := given.get("resource_tags"):
        _check_tags(tags, tag_limit)
    if "resource_tags" in given:
        kept["resource_tags"] = tuple(given["resource_tags"]) or None
    if encryption := given.get("encryption_configuration"):
        encryption = replace(encryption, kms_key=encryption.kms_key or None)
        check_encryption(encryption)
        kept["encryption_configuration"] = encryption
    if not given.get(_MUTABILITY, WITH_EXCLUSION).endswith(WITH_EXCLUSION):
        kept.setdefault(_FILTERS, None)
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
