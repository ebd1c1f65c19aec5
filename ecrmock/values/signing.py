"""Managed signing: what ECR signs when it is pushed, and how far that is. Source: reference features.md §6."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Digest

if TYPE_CHECKING:
    from ecrmock.values.signer import SigningProfile

NOTARY_SIGNATURE = "application/vnd.cncf.notary.signature"  # the artifact type
JWS, COSE = "application/jose+json", "application/cose"  # the media types of envelopes
ENVELOPE = "envelope"  # the signing parameter of a profile that says which of them; without it JWS
THUMBPRINTS = "io.cncf.notary.x509chain.thumbprint#S256"  # the annotation

IN_PROGRESS, COMPLETE, FAILED = "IN_PROGRESS", "COMPLETE", "FAILED"
# Inferred: the codes of failures, reference features.md §6.
ACCESS_DENIED = "AccessDeniedException"
PROFILE_NOT_FOUND = "ProfileNotFoundException"
PROFILE_CANCELED = "ProfileCanceledException"
PROFILE_REVOKED = "ProfileRevokedException"
PROFILE_UNFIT = "ValidationException"
INTERNAL = "InternalServiceErrorException"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRepositoryFilter:
    """Which repositories a rule is about, by a wildcard (API shape ``SigningRepositoryFilter``)."""

    filter: str
    filter_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRule:
    """A profile for some repositories, or for all when there are no filters (API shape ``SigningRule``)."""

    signing_profile_arn: str
    repository_filters: tuple[SigningRepositoryFilter, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningConfiguration:
    """The signing rules of a registry (API shape ``SigningConfiguration``)."""

    rules: tuple[SigningRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSigningStatus:
    """How far the signature by one profile is (API shape ``ImageSigningStatus``)."""

    signing_profile_arn: str
    status: str = IN_PROGRESS
    failure_code: str | None = None
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningFailure:
    """Why an image could not be signed."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOrder:
    """A manifest that is to be signed: its descriptor, the profile, and as of when."""

    job_id: str
    media_type: str
    digest: Digest
    size: int
    profile: "SigningProfile"
    signed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature: its envelope with the media type, and what is said of the certificates, leaf first.

    ``thumbprints`` are the SHA-256 of whole certificates; ``certificate_hashes`` are those of ``SigningJob``.
    """

    envelope: bytes
    media_type: str
    thumbprints: tuple[str, ...]
    certificate_hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedCertificate:
    """A certificate that does not count any more, and since when."""

    serial_number: int
    revoked_at: datetime


def serial_number_of(job_id: str) -> int:
    """Return the serial number of the certificate of a signature, by the id of its job."""
    return UUID(job_id).int


class SigningConfigurationNotFoundError(EcrError):
    """The registry has no signing configuration. Inferred text: reference api.md §15, §24."""

    code = "SigningConfigurationNotFoundException"

    def __init__(self, registry: AccountId) -> None:
        super().__init__(
            f"Signing configuration does not exist in the registry with id '{registry}'"
        )
