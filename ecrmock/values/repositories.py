"""Repository, its settings, and the errors about repositories."""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, RepositoryName

MUTABLE = "MUTABLE"
IMMUTABLE = "IMMUTABLE"
WITH_EXCLUSION = "_WITH_EXCLUSION"  # how the two end that have filters
IMMUTABLE_WITH_EXCLUSION = "IMMUTABLE_WITH_EXCLUSION"
MUTABLE_WITH_EXCLUSION = "MUTABLE_WITH_EXCLUSION"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceTag:
    """A key with a value that its owner attached to a repository (API shape ``Tag``).

    ECR Public lets both be left out; a tag without a key is refused as one with an empty key.
    """

    key: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScanningConfiguration:
    """Whether a push starts a scan, by the repository's own (deprecated) setting."""

    scan_on_push: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionConfiguration:
    """How images are encrypted at rest; ``kms_key`` is a key ARN and absent for AES256."""

    encryption_type: str = "AES256"
    kms_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTagMutabilityExclusionFilter:
    """A wildcard for tags that the repository's image tag mutability does not apply to."""

    filter_type: str
    filter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryCatalogData:
    """What the gallery shows of a public repository (API shape of the same name).

    ``logo_name`` is the name of the logo in URLs, ``logo_image`` are its bytes in base64. ``logo_url`` is an
    address: it is filled in when the data are shown and is None in the store.
    """

    description: str | None = None
    architectures: tuple[str, ...] | None = None
    operating_systems: tuple[str, ...] | None = None
    logo_name: str | None = None
    logo_image: str | None = None
    logo_url: str | None = None
    about_text: str | None = None
    usage_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository and its settings (API shape ``Repository``, and its resource tags).

    ``repository_uri`` is an address that depends on how the emulator is reached: it is filled in when
    the repository is shown and is None in the store.
    """

    repository_arn: str
    registry_id: AccountId
    repository_name: RepositoryName
    repository_uri: str | None = None
    created_at: datetime
    image_tag_mutability: str = MUTABLE
    image_tag_mutability_exclusion_filters: tuple[ImageTagMutabilityExclusionFilter, ...] | None = (
        None
    )
    image_scanning_configuration: ImageScanningConfiguration = ImageScanningConfiguration()
    encryption_configuration: EncryptionConfiguration = EncryptionConfiguration()
    resource_tags: tuple[ResourceTag, ...] = ()
    repository_policy_text: str | None = None  # as ECR shows it, not as it was sent
    lifecycle_policy_text: str | None = None  # as ECR shows it, not as it was sent
    lifecycle_policy_id: str | None = None  # another one each time that a policy is put
    lifecycle_policy_evaluated_at: datetime | None = None
    catalog_data: RepositoryCatalogData | None = None  # of a public repository
    sequence: int = 0  # the place in listings: the order of creation


class RepositoryNotFoundError(EcrError):
    """The repository is not in the registry that is meant. Source: reference api.md §4.5."""

    code = "RepositoryNotFoundException"
    oci_code, oci_status = "NAME_UNKNOWN", 404

    def __init__(self, name: RepositoryName, registry_id: AccountId) -> None:
        self.name, self.registry_id = name, registry_id
        super().__init__(
            f"The repository with name '{name}' does not exist "
            f"in the registry with id '{registry_id}'"
        )


class RepositoryAlreadyExistsError(EcrError):
    """The name is taken in this registry. Source: reference api.md §4.2."""

    code = "RepositoryAlreadyExistsException"

    def __init__(self, name: RepositoryName, registry_id: AccountId) -> None:
        super().__init__(
            f"The repository with name '{name}' already exists "
            f"in the registry with id '{registry_id}'"
        )


class RepositoryNotEmptyError(EcrError):
    """A repository with images is deleted without ``force``. Source: reference api.md §4.5."""

    code = "RepositoryNotEmptyException"

    def __init__(self, name: RepositoryName, registry_id: AccountId) -> None:
        super().__init__(
            f"The repository with name '{name}' in registry with id '{registry_id}' "
            "cannot be deleted because it still contains images"
        )


class InvalidTagParameterError(EcrError):
    """A resource tag has an empty, duplicate or reserved key. Source: reference api.md §7."""

    code = "InvalidTagParameterException"

    def __init__(self) -> None:
        super().__init__("Tag parameters are invalid")


class TooManyTagsError(EcrError):
    """A repository would have more than 50 resource tags. Inferred text: reference api.md §24."""

    code = "TooManyTagsException"

    def __init__(self) -> None:
        super().__init__(
            "The list of tags on the repository is over the limit. "
            "The maximum number of tags that can be applied to a repository is 50."
        )
