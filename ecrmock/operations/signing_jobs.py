"""DescribeSigningJob, ListSigningJobs, RevokeSignature and GetRevocationStatus of AWS Signer.

Source: service model of signer, 2017-08-25.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.paging import cut, encode_token
from ecrmock.rules.signer import (
    PAGE_SIZE,
    check_revocation_question,
    jobs_of,
    revoked_entities,
    start_of_page,
)
from ecrmock.values.names import AccountId
from ecrmock.values.signer import SigningJob, SigningJobRevocationRecord, SigningRevokedError

_LISTING = "signing-jobs"


@dataclass(frozen=True, slots=True)
class SigningJobPage:
    """Answer of ListSigningJobs."""

    jobs: tuple[SigningJob, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True)
class RevocationStatus:
    """Answer of GetRevocationStatus: ARNs of a profile's version and of a job, hashes of certificates."""

    revoked_entities: tuple[str, ...]


@operation("signer", "DescribeSigningJob")
def describe_signing_job(context: Context, *, job_id: str) -> SigningJob:
    """Return a job of this account and region. Raises: SigningJobNotFoundError."""
    return context.registry.signer.job(job_id)


@operation("signer", "ListSigningJobs")
def list_signing_jobs(
    context: Context,
    *,
    status: str | None = None,
    platform_id: str | None = None,
    requested_by: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
    is_revoked: bool | None = None,
    signature_expires_before: datetime | None = None,
    signature_expires_after: datetime | None = None,
    job_invoker: AccountId | None = None,
) -> SigningJobPage:
    """Return jobs in the order in which they signed, page by page. Raises: SignerValidationError."""
    jobs = jobs_of(
        context.registry.signer.jobs.after(start_of_page(_LISTING, next_token)),
        {
            "status": status,
            "platform_id": platform_id,
            "requested_by": requested_by,
            "is_revoked": is_revoked,
            "job_invoker": job_invoker,
        },
        expires_before=signature_expires_before,
        expires_after=signature_expires_after,
    )
    page, last = cut(jobs, max_results or PAGE_SIZE)
    return SigningJobPage(page, encode_token(_LISTING, last))


@operation("signer", "RevokeSignature")
def revoke_signature(
    context: Context, *, job_id: str, reason: str, job_owner: AccountId | None = None
) -> None:
    """Have a signature count no more. Raises: SigningJobNotFoundError, SigningRevokedError.

    Inferred: that it is revoked once.
    """
    signer = context.store.registry(job_owner or context.account, context.region).signer
    job = signer.job(job_id)
    if job.is_revoked:
        raise SigningRevokedError(f"Signing job {job_id}")
    record = SigningJobRevocationRecord(
        reason=reason, revoked_at=context.now, revoked_by=context.caller.arn
    )
    signer.save_job(replace(job, revocation_record=record))


@operation("signer", "GetRevocationStatus")
def get_revocation_status(
    context: Context,
    *,
    signature_timestamp: datetime,
    platform_id: str,
    profile_version_arn: str,
    job_arn: str,
    certificate_hashes: Sequence[str],
) -> RevocationStatus:
    """Return what of a signature is revoked: its profile, its job, or its certificates.

    What nobody knows is not revoked. Raises: SignerValidationError. Source of how verifiers ask:
    aws/aws-signer-notation-plugin, ``internal/verifier``.
    """
    check_revocation_question(platform_id, profile_version_arn, job_arn)
    return RevocationStatus(
        revoked_entities(
            context.store.signing_profile(profile_version_arn),
            context.store.signing_job(job_arn),
            certificate_hashes,
            signature_timestamp,
        )
    )
