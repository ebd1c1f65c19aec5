"""What AWS Signer keeps: signing profiles, the jobs that signed with them, and the errors about both.

Names are those of the API ``signer`` (service model of 2017-08-25).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Digest, Region, partition_of
from ecrmock.values.repositories import ResourceTag

NOTATION = "Notation-OCI-SHA384-ECDSA"  # the platform of container images
LAMBDA = "AWSLambda-SHA384-ECDSA"
# The platforms that there are, with their names for people; more about them is in ``signing_platforms``.
PLATFORM_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "AWSIoTDeviceManagement-SHA256-ECDSA": "AWS IoT Device Management SHA256-ECDSA ",
        "AmazonFreeRTOS-TI-CC3220SF": "Amazon FreeRTOS SHA1-RSA CC3220SF-Format",
        "AmazonFreeRTOS-Default": "Amazon FreeRTOS SHA256-ECDSA",
        LAMBDA: "AWS Lambda",
        NOTATION: "Notation for container registries",
    }
)
ACTIVE, CANCELED, REVOKED = "Active", "Canceled", "Revoked"  # of a profile
SUCCEEDED = "Succeeded"  # of a job; those of images are over at once, or never begin
DAYS, MONTHS, YEARS = "DAYS", "MONTHS", "YEARS"
MAX_TAGS = 50  # of a profile. Source: AWS Signer Developer Guide, "Create a Signer signing profile"

_PROFILE_ARN = re.compile(
    r"arn:([a-z-]+):signer:([a-z0-9-]+):([0-9]{12}):/signing-profiles/"
    r"([a-zA-Z0-9_]{2,64})(?:/([a-zA-Z0-9]{10}))?"
)
_JOB_ARN = re.compile(r"arn:([a-z-]+):signer:([a-z0-9-]+):([0-9]{12}):/signing-jobs/([^/]+)")


class JobName(NamedTuple):
    """What the ARN of a signing job says."""

    account: AccountId
    region: Region
    job_id: str


class ProfileName(NamedTuple):
    """What the ARN of a signing profile says; ``version`` is None in the ARN without a version."""

    account: AccountId
    region: Region
    profile_name: str
    version: str | None


def profile_arn(account: AccountId, region: Region, name: str) -> str:
    """Return the ARN of a signing profile without its version."""
    return f"{_arn(account, region)}/signing-profiles/{name}"


def job_arn(account: AccountId, region: Region, job_id: str) -> str:
    """Return the ARN of a signing job."""
    return f"{_arn(account, region)}/signing-jobs/{job_id}"


def _arn(account: AccountId, region: Region) -> str:
    return f"arn:{partition_of(region).name}:signer:{region}:{account}:"


def parse_profile_arn(arn: str) -> ProfileName | None:
    """Read the ARN of a signing profile, with its version or without; None for anything else."""
    match = _PROFILE_ARN.fullmatch(arn)
    if match is None or match[1] != partition_of(Region(match[2])).name:
        return None
    return ProfileName(AccountId(match[3]), Region(match[2]), match[4], match[5])


def parse_job_arn(arn: str) -> JobName | None:
    """Read the ARN of a signing job; None for anything else."""
    match = _JOB_ARN.fullmatch(arn)
    if match is None or match[1] != partition_of(Region(match[2])).name:
        return None
    return JobName(AccountId(match[3]), Region(match[2]), match[4])


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureValidityPeriod:
    """For how long signatures hold: ``value`` of the unit ``type``, which is DAYS, MONTHS or YEARS."""

    value: int | None = None
    type: str | None = None


# Source: service model, PutSigningProfile ("If unspecified, the default is 135 months").
LONGEST_VALIDITY = SignatureValidityPeriod(value=135, type=MONTHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningMaterial:
    """The certificate that signs; those of images are AWS Signer's own, and then it names none."""

    certificate_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningConfigurationOverrides:
    """Other algorithms than the platform's own."""

    encryption_algorithm: str | None = None
    hash_algorithm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPlatformOverrides:
    """What a profile does otherwise than its platform."""

    signing_configuration: SigningConfigurationOverrides | None = None
    signing_image_format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningParameter:
    """A key with a value that its owner gave a signing profile."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningProfileRevocationRecord:
    """Who revoked a profile, when, and from which time on its signatures do not count."""

    revocation_effective_from: datetime
    revoked_at: datetime
    revoked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningProfile:
    """How to sign, under a name in one account and region (API shape ``SigningProfile``).

    Its version never changes: a name is given once, and a profile that is canceled keeps it.
    """

    arn: str
    profile_name: str
    profile_version: str  # ten letters and digits
    platform_id: str
    signature_validity_period: SignatureValidityPeriod = LONGEST_VALIDITY
    signing_material: SigningMaterial = SigningMaterial()
    overrides: SigningPlatformOverrides | None = None
    status: str = ACTIVE
    status_reason: str | None = None
    revocation_record: SigningProfileRevocationRecord | None = None
    resource_tags: tuple[ResourceTag, ...] = ()
    parameters: tuple[SigningParameter, ...] = ()
    created_at: datetime
    sequence: int  # the place in listings: the order of creation

    @property
    def profile_version_arn(self) -> str:
        """The ARN with the version, which signatures name."""
        return f"{self.arn}/{self.profile_version}"

    @property
    def platform_display_name(self) -> str:
        """The name of the platform for people."""
        return PLATFORM_NAMES[self.platform_id]

    @property
    def tags(self) -> Mapping[str, str]:
        """The resource tags by key."""
        return {tag.key: tag.value for tag in self.resource_tags}

    @property
    def signing_parameters(self) -> Mapping[str, str] | None:
        """The parameters by key, None without any."""
        return {each.key: each.value for each in self.parameters} or None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningJobRevocationRecord:
    """Who revoked a signature, when and why."""

    reason: str
    revoked_at: datetime
    revoked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningJob:
    """One signature that was made (API shape ``SigningJob``); it is kept by the owner of the profile.

    ``signed_digest`` is the manifest that it is about. ``certificate_hashes`` has one for each certificate of
    the chain, leaf first: in hexadecimal the SHA-384 of what is signed of the certificate (its "TBS" part),
    then that of its issuer's. Source: service model, GetRevocationStatus.
    """

    arn: str
    job_id: str  # a UUID
    job_owner: AccountId  # of the profile
    job_invoker: AccountId  # whose principal asked
    requested_by: str  # the ARN of the principal
    platform_id: str
    profile_name: str
    profile_version: str
    profile_version_arn: str
    created_at: datetime  # when it was signed
    signature_expires_at: datetime
    signed_digest: Digest
    certificate_hashes: tuple[str, ...]
    status: str = SUCCEEDED
    status_reason: str | None = "Signing Succeeded"
    revocation_record: SigningJobRevocationRecord | None = None
    sequence: int  # the place in listings: the order of creation

    @property
    def platform_display_name(self) -> str:
        """The name of the platform for people."""
        return PLATFORM_NAMES[self.platform_id]

    @property
    def completed_at(self) -> datetime:
        """When it was done: at once."""
        return self.created_at

    @property
    def is_revoked(self) -> bool:
        """Whether the signature does not count any more."""
        return self.revocation_record is not None


class SignerNotFoundError(EcrError):
    """Something that a request names is not there. Source: service model, ``ResourceNotFoundException``."""

    code = "ResourceNotFoundException"
    status = 404


class SigningProfileNotFoundError(SignerNotFoundError):
    """There is no signing profile of a name. Inferred text."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Signing profile {name} not found.")


class SigningProfileVersionNotFoundError(SignerNotFoundError):
    """A signing profile has another version. Inferred text."""

    def __init__(self, name: str, version: str) -> None:
        super().__init__(f"Signing profile {name} with version {version} not found.")


class SigningJobNotFoundError(SignerNotFoundError):
    """There is no signing job of an id. Inferred text."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"Signing job {job_id} not found.")


class SigningPlatformNotFoundError(SignerNotFoundError):
    """There is no signing platform of an id. Inferred text."""

    def __init__(self, platform_id: str) -> None:
        super().__init__(f"Signing platform {platform_id} not found.")


class SignerValidationError(EcrError):
    """A request to Signer says something that cannot be. Source: service model, ``ValidationException``."""

    code = "ValidationException"


class SigningProfileExistsError(SignerValidationError):
    """The name of a signing profile is taken, perhaps by one that is canceled. Inferred text."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Signing profile {name} already exists.")


class SigningRevokedError(SignerValidationError):
    """A profile or a signature is revoked already. Inferred text."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is already revoked.")


class TaggedProfileNotFoundError(EcrError):
    """What is to be tagged is not there. Source: service model, ``NotFoundException``. Inferred text."""

    code = "NotFoundException"
    status = 404

    def __init__(self, arn: str) -> None:
        super().__init__(f"Resource {arn} not found.")


class SignerBadRequestError(EcrError):
    """A request about resource tags cannot be. Source: service model, ``BadRequestException``."""

    code = "BadRequestException"
