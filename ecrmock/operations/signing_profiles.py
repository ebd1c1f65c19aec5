"""Put-, Get-, List-, Cancel- and RevokeSigningProfile(s) of AWS Signer.

Source: service model of signer, 2017-08-25.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.paging import cut, encode_token
from ecrmock.rules.signer import (
    PAGE_SIZE,
    VERSION_BITS,
    check_material,
    check_platform,
    check_validity,
    profile_version,
    profiles_of,
    start_of_page,
    too_many,
    wanted_statuses,
)
from ecrmock.values.names import AccountId
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signer import (
    ACTIVE,
    CANCELED,
    REVOKED,
    SignatureValidityPeriod,
    SignerValidationError,
    SigningMaterial,
    SigningParameter,
    SigningPlatformOverrides,
    SigningProfile,
    SigningProfileExistsError,
    SigningProfileRevocationRecord,
    SigningProfileVersionNotFoundError,
    SigningRevokedError,
    profile_arn,
)

_LISTING = "signing-profiles"


@dataclass(frozen=True, slots=True)
class SigningProfilePage:
    """Answer of ListSigningProfiles."""

    profiles: tuple[SigningProfile, ...]
    next_token: str | None = None


@operation("signer", "PutSigningProfile")
def put_signing_profile(
    context: Context,
    *,
    profile_name: str,
    platform_id: str,
    signing_material: SigningMaterial | None = None,
    signature_validity_period: SignatureValidityPeriod | None = None,
    overrides: SigningPlatformOverrides | None = None,
    signing_parameters: Sequence[SigningParameter] = (),
    tags: Sequence[ResourceTag] = (),
) -> SigningProfile:
    """Make a signing profile; a name is given once, also to one that is canceled since.

    Raises: SigningPlatformNotFoundError, SignerValidationError, SigningProfileExistsError.
    Source: aws-ia/terraform-aws-transfer-family#106 for names of canceled profiles; inferred: the error.
    """
    registry, material = context.registry, signing_material or SigningMaterial()
    platform = check_platform(platform_id)
    check_material(platform, material)
    period, fault = check_validity(signature_validity_period), too_many(tags)
    if fault is not None:
        raise SignerValidationError(fault)
    if profile_name in registry.signer.profiles:
        raise SigningProfileExistsError(profile_name)
    profile = SigningProfile(
        arn=profile_arn(context.account, context.region, profile_name),
        profile_name=profile_name,
        profile_version=profile_version(context.world.ids.bits(VERSION_BITS)),
        platform_id=platform_id,
        signature_validity_period=period,
        signing_material=material,
        overrides=overrides,
        parameters=tuple(signing_parameters),
        resource_tags=tuple(tags),
        created_at=context.now,
        sequence=registry.next_sequence(),
    )
    registry.signer.save_profile(profile)
    return profile


@operation("signer", "GetSigningProfile")
def get_signing_profile(
    context: Context, *, profile_name: str, profile_owner: AccountId | None = None
) -> SigningProfile:
    """Return a profile, whatever its status, also another account's. Raises: SigningProfileNotFoundError."""
    owner = profile_owner or context.account
    return context.store.registry(owner, context.region).signer.profile(profile_name)


@operation("signer", "ListSigningProfiles")
def list_signing_profiles(
    context: Context,
    *,
    include_canceled: bool = False,
    max_results: int | None = None,
    next_token: str | None = None,
    platform_id: str | None = None,
    statuses: Sequence[str] | None = None,
) -> SigningProfilePage:
    """Return the active profiles, or those of some statuses, in the order of their creation, page by page.

    Raises: SignerValidationError.
    """
    profiles = context.registry.signer.profiles.after(start_of_page(_LISTING, next_token))
    wanted = wanted_statuses(statuses, include_canceled=include_canceled)
    page, last = cut(profiles_of(profiles, wanted, platform_id), max_results or PAGE_SIZE)
    return SigningProfilePage(page, encode_token(_LISTING, last))


@operation("signer", "CancelSigningProfile")
def cancel_signing_profile(context: Context, *, profile_name: str) -> None:
    """Have a profile sign no more; what it signed counts on. Raises: SigningProfileNotFoundError.

    Inferred: a profile that is canceled or revoked stays so.
    """
    signer = context.registry.signer
    profile = signer.profile(profile_name)
    if profile.status == ACTIVE:
        signer.save_profile(replace(profile, status=CANCELED))


@operation("signer", "RevokeSigningProfile")
def revoke_signing_profile(
    context: Context,
    *,
    profile_name: str,
    profile_version: str,
    reason: str,
    effective_time: datetime,
) -> None:
    """Have a profile sign no more, and what it signed from a time on count no more.

    Raises: SigningProfileNotFoundError, SigningProfileVersionNotFoundError, SigningRevokedError.
    Inferred: that it is revoked once.
    """
    signer = context.registry.signer
    profile = signer.profile(profile_name)
    if profile.profile_version != profile_version:
        raise SigningProfileVersionNotFoundError(profile_name, profile_version)
    if profile.revocation_record is not None:
        raise SigningRevokedError(f"Signing profile {profile_name}")
    record = SigningProfileRevocationRecord(
        revocation_effective_from=effective_time,
        revoked_at=context.now,
        revoked_by=context.caller.arn,
    )
    revoked = replace(profile, status=REVOKED, status_reason=reason, revocation_record=record)
    signer.save_profile(revoked)
