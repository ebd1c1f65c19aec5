"""What is signed by whom, until when, and what a signing configuration may say.

Source: reference features.md §6, api.md §15.
"""

import calendar
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecrmock.rules.filters import wildcard_matches
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.names import Region
from ecrmock.values.signing import (
    ACCESS_DENIED,
    COMPLETE,
    COSE,
    ENVELOPE,
    FAILED,
    JWS,
    NOTARY_SIGNATURE,
    PROFILE_CANCELED,
    PROFILE_NOT_FOUND,
    PROFILE_REVOKED,
    PROFILE_UNFIT,
    THUMBPRINTS,
    ImageSigningStatus,
    Signed,
    SigningConfiguration,
    SigningFailure,
    SigningOrder,
    SigningRule,
)

if TYPE_CHECKING:
    from ecrmock.rules.image_building import BuiltImage
    from ecrmock.values.events import SigningDue
    from ecrmock.values.manifests import Manifest
    from ecrmock.values.signer import SignatureValidityPeriod, SigningJob, SigningProfile

_SIGNATURES = (NOTARY_SIGNATURE, "application/vnd.dev.cosign.", "application/vnd.dev.sigstore.")
_MONTHS = 12
_LAST = datetime.max.replace(microsecond=0, tzinfo=UTC)


def check_configuration(configuration: SigningConfiguration, region: Region) -> None:
    """Refuse a profile of another region; whether there is one is found out when it signs.

    Raises: InvalidParameterError. Source: reference api.md §15.
    """
    for rule in configuration.rules:
        arn = rule.signing_profile_arn
        named = arn.split(":")[3]
        if named != region:
            raise InvalidParameterError(
                "signingProfileArn",
                f"The region of signing profile ARN '{arn}' is '{named}' "
                f"but must be '{region}' (the current region)",
            )


def profiles_for(configuration: SigningConfiguration, repository_name: str) -> tuple[str, ...]:
    """Return the ARNs of the profiles that sign the images of a repository, each once."""
    found = (
        rule.signing_profile_arn for rule in configuration.rules if _is_about(rule, repository_name)
    )
    return tuple(dict.fromkeys(found))


def _is_about(rule: SigningRule, repository_name: str) -> bool:
    """Source: reference features.md §1.2."""
    filters = rule.repository_filters
    return not filters or any(wildcard_matches(each.filter, repository_name) for each in filters)


def is_signature(manifest: "Manifest") -> bool:
    """Tell whether a manifest is itself a signature, of the Notary Project or of sigstore.

    Inferred: reference features.md §6 says that signatures are not signed, not how they are known.
    """
    types = (manifest.artifact_type, *(blob.media_type for blob in manifest.blobs))
    return any(each is not None and each.startswith(_SIGNATURES) for each in types)


def begun(
    statuses: Sequence[ImageSigningStatus], profiles: Iterable[str]
) -> tuple[tuple[ImageSigningStatus, ...], tuple[str, ...]]:
    """Return the statuses after a push, and the profiles that are to sign now.

    One more tag makes no second signature: a profile signs where it has not signed yet, or has failed.
    Inferred: reference features.md §6.
    """
    standing = {each.signing_profile_arn for each in statuses if each.status != FAILED}
    wanted = tuple(arn for arn in profiles if arn not in standing)
    kept = (each for each in statuses if each.signing_profile_arn not in wanted)
    return (*kept, *(ImageSigningStatus(signing_profile_arn=arn) for arn in wanted)), wanted


def ended(
    statuses: Sequence[ImageSigningStatus], arn: str, failure: SigningFailure | None
) -> tuple[ImageSigningStatus, ...]:
    """Return the statuses with the one of a profile as it ended."""
    status = ImageSigningStatus(
        signing_profile_arn=arn,
        status=COMPLETE if failure is None else FAILED,
        failure_code=failure.code if failure is not None else None,
        failure_reason=failure.reason if failure is not None else None,
    )
    return tuple(status if each.signing_profile_arn == arn else each for each in statuses)


def hindrance(
    arn: str, profile: "SigningProfile | None", refusal: str | None
) -> SigningFailure | None:
    """Return why a profile does not sign, None when it does; ``refusal`` is why the pusher may not use it.

    Inferred: reference features.md §6 for the codes.
    """
    from ecrmock.values.signer import CANCELED, NOTATION, REVOKED  # noqa: PLC0415 - loaded when needed

    if refusal is not None:
        return SigningFailure(code=ACCESS_DENIED, reason=refusal)
    if profile is None:
        return SigningFailure(
            code=PROFILE_NOT_FOUND, reason=f"The signing profile '{arn}' does not exist"
        )
    if profile.status == REVOKED:
        return SigningFailure(
            code=PROFILE_REVOKED, reason=f"The signing profile '{arn}' is revoked"
        )
    if profile.status == CANCELED:
        return SigningFailure(
            code=PROFILE_CANCELED, reason=f"The signing profile '{arn}' is canceled"
        )
    if profile.platform_id != NOTATION:
        text = f"The platform of the signing profile '{arn}' is '{profile.platform_id}'"
        return SigningFailure(code=PROFILE_UNFIT, reason=f"{text} but must be '{NOTATION}'")
    return None


def envelope_type(profile: "SigningProfile") -> str:
    """Return the media type of the envelope that a profile asks for; a JWS where it says nothing else.

    AWS's profiles have no member for it, so it is a signing parameter, which everybody may name as they like.
    """
    asked = (profile.signing_parameters or {}).get(ENVELOPE)
    return COSE if asked == COSE else JWS


def expires_at(signed_at: datetime, period: "SignatureValidityPeriod") -> datetime:
    """Return until when a signature holds. A month ends on the same day, or on its last one.

    Source: reference features.md §6; service model of Signer, ``SignatureValidityPeriod``.
    """
    from ecrmock.values.signer import DAYS, LONGEST_VALIDITY, YEARS  # noqa: PLC0415

    value, kind = period.value, period.type
    if value is None or kind is None:
        return expires_at(signed_at, LONGEST_VALIDITY)
    try:
        if kind == DAYS:
            return signed_at + timedelta(days=value)
        return _after_months(signed_at, value * (_MONTHS if kind == YEARS else 1))
    except (OverflowError, ValueError):
        return _LAST


def _after_months(time: datetime, months: int) -> datetime:
    years, month = divmod(time.month - 1 + months, _MONTHS)
    year, month = time.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return time.replace(year=year, month=month, day=min(time.day, last))


def revoked_at(job: "SigningJob", profile: "SigningProfile | None") -> datetime | None:
    """Return since when a signature does not count, None while it does.

    ``profile`` is the version that it names. Source: service model of Signer, RevokeSignature,
    RevokeSigningProfile.
    """
    from ecrmock.rules.signer import revocation_of  # noqa: PLC0415 - loaded when needed

    with_profile = revocation_of(profile, job.created_at) if profile is not None else None
    record = job.revocation_record or with_profile
    return record.revoked_at if record is not None else None


def job_of(order: SigningOrder, signed: Signed, event: "SigningDue") -> "SigningJob":
    """Return what Signer keeps of a signature; it gets its place where it is saved.

    Source: service model of Signer, ``SigningJob``; reference features.md §6.
    """
    from ecrmock.values.signer import SigningJob, job_arn, parse_profile_arn  # noqa: PLC0415

    profile, named = order.profile, parse_profile_arn(order.profile.arn)
    assert named is not None  # noqa: S101 - it is the ARN of a profile
    return SigningJob(
        arn=job_arn(named.account, named.region, order.job_id),
        job_id=order.job_id,
        job_owner=named.account,
        job_invoker=event.job_invoker,
        requested_by=event.requested_by,
        platform_id=profile.platform_id,
        profile_name=profile.profile_name,
        profile_version=profile.profile_version,
        profile_version_arn=profile.profile_version_arn,
        created_at=order.signed_at,
        signature_expires_at=order.expires_at,
        signed_digest=order.digest,
        certificate_hashes=signed.certificate_hashes,
        sequence=0,
    )


def signature_of(order: SigningOrder, signed: Signed) -> "BuiltImage":
    """Return a signature as the referrer of what it signs. Source: reference features.md §6."""
    from ecrmock.rules.image_building import build_artifact  # noqa: PLC0415 - loaded when needed

    return build_artifact(
        NOTARY_SIGNATURE,
        (signed.envelope,),
        media_type=signed.media_type,
        subject={"mediaType": order.media_type, "digest": order.digest, "size": order.size},
        annotations={THUMBPRINTS: json.dumps(signed.thumbprints)},
    )
