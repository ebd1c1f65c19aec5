"""What a signing profile may be made with, how they are listed, and which signatures count.

Source: service model of signer, 2017-08-25. Inferred, where nothing else is said: the texts.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ecrmock.rules.paging import decode_token
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signer import (
    ACTIVE,
    CANCELED,
    DAYS,
    LONGEST_VALIDITY,
    MAX_TAGS,
    YEARS,
    SignatureValidityPeriod,
    SignerBadRequestError,
    SignerValidationError,
    SigningJob,
    SigningMaterial,
    SigningPlatformNotFoundError,
    SigningProfile,
    SigningProfileRevocationRecord,
    parse_job_arn,
    parse_profile_arn,
)
from ecrmock.values.signing_platforms import SigningPlatform, find_platform

PAGE_SIZE = 25  # the most, and what there is without saying
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VERSION_LENGTH = 10
VERSION_BITS = 64  # of chance, of which a version is made
_MOST_DAYS = 4109  # in 135 months there are never fewer days
_MONTHS_OF_A_YEAR = 12


def profile_version(number: int) -> str:
    """Return ten letters and digits for a number of ``VERSION_BITS`` bits."""
    digits = []
    for _ in range(_VERSION_LENGTH):
        number, digit = divmod(number, len(_LETTERS))
        digits.append(_LETTERS[digit])
    return "".join(digits)


def check_platform(platform_id: str) -> SigningPlatform:
    """Return the platform of an id. Raises: SigningPlatformNotFoundError. Inferred: which error."""
    platform = find_platform(platform_id)
    if platform is None:
        raise SigningPlatformNotFoundError(platform_id)
    return platform


def check_material(platform: SigningPlatform, material: SigningMaterial) -> None:
    """Want a certificate where AWS Signer has none itself, and only there. Raises: SignerValidationError.

    Source: aws-cloudformation/cloudformation-coverage-roadmap#1641 for the missing one; the other inferred.
    """
    is_given = material.certificate_arn is not None
    if platform.signs_with_own_certificate and is_given:
        raise SignerValidationError(
            f"signing material must be null for platform {platform.platform_id}."
        )
    if not platform.signs_with_own_certificate and not is_given:
        raise SignerValidationError("signing material cannot be null.")


def check_validity(period: SignatureValidityPeriod | None) -> SignatureValidityPeriod:
    """Return for how long signatures hold. Raises: SignerValidationError.

    The longest is what there is without saying: 135 months. Source: AWS Signer Developer Guide, "Signing
    Profiles in AWS Signer (API/CLI)"; inferred, that both members are wanted.
    """
    if period is None:
        return LONGEST_VALIDITY
    if period.value is None or period.type is None:
        raise SignerValidationError("signature validity period must have a value and a type.")
    if not 1 <= period.value <= _most(period.type):
        raise SignerValidationError(
            "signature validity period must be at least 1 day and at most 135 months."
        )
    return period


def _most(unit: str) -> int:
    months = LONGEST_VALIDITY.value or 0
    if unit == DAYS:
        return _MOST_DAYS
    return months // _MONTHS_OF_A_YEAR if unit == YEARS else months


def too_many(tags: Sequence[ResourceTag]) -> str | None:
    """Return what is said of too many resource tags on a profile; None when there are not."""
    if len(tags) <= MAX_TAGS:
        return None
    return f"The maximum number of tags that can be applied to a resource is {MAX_TAGS}."


def check_profile_arn(arn: str, account: str, region: str) -> str:
    """Return the name of the profile that an ARN of this account and region names.

    Raises: SignerBadRequestError. Inferred: that an ARN with a version is refused.
    """
    named = parse_profile_arn(arn)
    if named is None or named.version is not None or named[:2] != (account, region):
        raise SignerBadRequestError(f"Invalid resource ARN: {arn}")
    return named.profile_name


def start_of_page(listing: str, token: str | None) -> int:
    """Return after which place a page starts. Raises: SignerValidationError."""
    try:
        return decode_token(listing, token)
    except InvalidParameterError:
        raise SignerValidationError("Invalid next token provided") from None


def wanted_statuses(statuses: Sequence[str] | None, *, include_canceled: bool) -> Container[str]:
    """Return the statuses that a listing of profiles shows: the active ones if nothing else is said.

    Inferred: what becomes of both members together.
    """
    named = tuple(statuses or (ACTIVE,))
    return (*named, CANCELED) if include_canceled else named


def profiles_of(
    profiles: Iterable[SigningProfile], statuses: Container[str], platform_id: str | None
) -> Iterator[SigningProfile]:
    """Yield the profiles with one of some statuses, of a platform if one is given."""
    for profile in profiles:
        if profile.status in statuses and platform_id in (None, profile.platform_id):
            yield profile


def jobs_of(
    jobs: Iterable[SigningJob],
    wanted: Mapping[str, object],
    *,
    expires_before: datetime | None,
    expires_after: datetime | None,
) -> Iterator[SigningJob]:
    """Yield the jobs whose members are those of ``wanted`` that are not None, and which expire in a span."""
    members = {name: value for name, value in wanted.items() if value is not None}
    for job in jobs:
        expires_at = job.signature_expires_at
        if (
            all(getattr(job, name) == value for name, value in members.items())
            and (expires_before is None or expires_at < expires_before)
            and (expires_after is None or expires_at > expires_after)
        ):
            yield job


def check_revocation_question(platform_id: str, profile_version_arn: str, arn_of_job: str) -> None:
    """Refuse a question about something that cannot be. Raises: SignerValidationError."""
    if find_platform(platform_id) is None:
        raise SignerValidationError(f"Invalid platform id: {platform_id}")
    named = parse_profile_arn(profile_version_arn)
    if named is None or named.version is None:
        raise SignerValidationError(f"Invalid profile version ARN: {profile_version_arn}")
    if parse_job_arn(arn_of_job) is None:
        raise SignerValidationError(f"Invalid job ARN: {arn_of_job}")


def revocation_of(
    profile: SigningProfile, signed_at: datetime
) -> SigningProfileRevocationRecord | None:
    """Return the revocation by which a profile does not count for what it signed at a time, or None.

    A profile is revoked as of a time; what it signed before counts on. Source: service model,
    RevokeSigningProfile.
    """
    record = profile.revocation_record
    return record if record is not None and signed_at >= record.revocation_effective_from else None


def revoked_entities(
    profile: SigningProfile | None,
    job: SigningJob | None,
    certificate_hashes: Sequence[str],
    signed_at: datetime,
) -> tuple[str, ...]:
    """Return what does not count any more of a profile, a job and certificates that were asked about.

    A signature here has a certificate of its own, which is revoked with it.
    """
    found: list[str] = []
    if profile is not None and revocation_of(profile, signed_at) is not None:
        found.append(profile.profile_version_arn)
    if job is not None and job.is_revoked:
        found.append(job.arn)
        found += [each for each in certificate_hashes if each in job.certificate_hashes[:1]]
    return tuple(found)
