"""Repository creation templates: what repositories are made with that ECR makes by itself."""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.errors import EcrError
from ecrmock.values.repositories import (
    MUTABLE,
    EncryptionConfiguration,
    ImageTagMutabilityExclusionFilter,
    ResourceTag,
)

REPLICATION = "REPLICATION"
PULL_THROUGH_CACHE = "PULL_THROUGH_CACHE"
CREATE_ON_PUSH = "CREATE_ON_PUSH"
TEMPLATE_SERVICE = "ecr.amazonaws.com"  # the principal that makes repositories
ROOT = "ROOT"  # the prefix of what no other prefix is before


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryCreationTemplate:
    """A template (API shape of this name); what was never set is None.

    ``repository_policy`` and ``lifecycle_policy`` are texts as ECR shows them.
    """

    prefix: str
    description: str | None = None
    encryption_configuration: EncryptionConfiguration | None = None
    resource_tags: tuple[ResourceTag, ...] | None = None
    image_tag_mutability: str = MUTABLE
    image_tag_mutability_exclusion_filters: tuple[ImageTagMutabilityExclusionFilter, ...] | None = (
        None
    )
    repository_policy: str | None = None
    lifecycle_policy: str | None = None
    applied_for: tuple[str, ...]
    custom_role_arn: str | None = None
    created_at: datetime
    updated_at: datetime
    sequence: int = 0  # the place in listings


class TemplateAlreadyExistsError(EcrError):
    """The prefix has a template. The text is the model's: reference api.md §13."""

    code = "TemplateAlreadyExistsException"

    def __init__(self) -> None:
        super().__init__(
            "The repository creation template already exists. "
            "Specify a unique prefix and try again."
        )


class TemplateNotFoundError(EcrError):
    """The prefix has no template. The text is the model's: reference api.md §13."""

    code = "TemplateNotFoundException"

    def __init__(self) -> None:
        super().__init__(
            "The specified repository creation template can't be found. "
            "Verify the registry ID and prefix and try again."
        )
