"""Put-, Get- and DeleteSigningConfiguration, DescribeImageSigningStatus, and the steps of a signature.

What is to be signed is read here, signed outside the lock, put as any artifact is, and noted here; the
reaction (``reactions/signing.py``) goes from one step to the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ecrmock.operations.follow_ups import let_referrers_follow
from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import check_image_id
from ecrmock.rules.signing import check_configuration, ended, expires_at, hindrance, revoked_at
from ecrmock.store.store import RegistryState
from ecrmock.values.images import Image, ImageIdentifier
from ecrmock.values.names import AccountId, Digest, RepositoryName
from ecrmock.values.signer import SigningJob
from ecrmock.values.signing import (
    IN_PROGRESS,
    ImageSigningStatus,
    RevokedCertificate,
    SigningConfiguration,
    SigningConfigurationNotFoundError,
    SigningFailure,
    SigningOrder,
    serial_number_of,
)


@dataclass(frozen=True, slots=True)
class PutConfiguration:
    """Answer of PutSigningConfiguration."""

    signing_configuration: SigningConfiguration


@dataclass(frozen=True, slots=True)
class OwnConfiguration:
    """Answer of GetSigningConfiguration and DeleteSigningConfiguration."""

    registry_id: AccountId
    signing_configuration: SigningConfiguration


@dataclass(frozen=True, slots=True)
class SigningStatuses:
    """Answer of DescribeImageSigningStatus."""

    repository_name: RepositoryName
    image_id: ImageIdentifier
    registry_id: AccountId
    signing_statuses: tuple[ImageSigningStatus, ...]


@operation("ecr", "PutSigningConfiguration")
def put_signing_configuration(
    context: Context, *, signing_configuration: SigningConfiguration
) -> PutConfiguration:
    """Replace the rules by which images are signed that are pushed from now on.

    Raises: InvalidParameterError. Source: reference api.md §15.
    """
    check_configuration(signing_configuration, context.region)
    registry = context.registry
    registry.change(replace(registry.settings, signing_configuration=signing_configuration))
    return PutConfiguration(signing_configuration)


@operation("ecr", "GetSigningConfiguration")
def get_signing_configuration(context: Context) -> OwnConfiguration:
    """Return the rules, of which there may be none. Raises: SigningConfigurationNotFoundError.

    Source: reference api.md §15.
    """
    configuration = context.registry.settings.signing_configuration
    if configuration is None:
        raise SigningConfigurationNotFoundError(context.account)
    return OwnConfiguration(context.account, configuration)


@operation("ecr", "DeleteSigningConfiguration")
def delete_signing_configuration(context: Context) -> OwnConfiguration:
    """Take the rules away, and return them; signatures stay. Raises: SigningConfigurationNotFoundError.

    Source: reference api.md §15, features.md §6.
    """
    deleted = get_signing_configuration(context)
    registry = context.registry
    registry.change(replace(registry.settings, signing_configuration=None))
    return deleted


@operation("ecr", "DescribeImageSigningStatus")
def describe_image_signing_status(
    context: Context, *, repository_name: RepositoryName, image_id: ImageIdentifier
) -> SigningStatuses:
    """Return how far the signatures of an image are, one entry for each profile.

    Raises: InvalidParameterError, RepositoryNotFoundError, ImageNotFoundError. Source: reference api.md §15.
    """
    check_image_id(image_id)
    state = context.registry.repository(repository_name)
    image = context.image(state, image_id)
    return SigningStatuses(repository_name, image_id, context.account, image.signing_statuses)


# The steps of a signature


@operation("ecrmock", "ReadSigningOrder", action="signer:SignPayload")
def read_signing_order(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_digest: Digest,
    signing_profile_arn: str,
    job_id: str,
    refusal: str | None,
) -> SigningOrder | SigningFailure | None:
    """Return what is to be signed, or why that cannot be; None when nobody waits for it any more.

    ``refusal`` is why the pusher may not use the profile. Raises: RepositoryNotFoundError.
    """
    image = context.registry.repository(repository_name).images.get(image_digest)
    if image is None or not _is_awaited(image, signing_profile_arn):
        return None
    profile = context.store.signing_profile(signing_profile_arn)
    failure = hindrance(signing_profile_arn, profile, refusal)
    if failure is not None or profile is None:
        return failure
    signed_at = context.now.replace(microsecond=0)
    return SigningOrder(
        job_id=job_id,
        media_type=image.image_manifest_media_type,
        digest=image_digest,
        size=len(image.image_manifest.encode()),
        profile=profile,
        signed_at=signed_at,
        expires_at=expires_at(signed_at, profile.signature_validity_period),
    )


def _is_awaited(image: Image, arn: str) -> bool:
    return any(
        (each.signing_profile_arn, each.status) == (arn, IN_PROGRESS)
        for each in image.signing_statuses
    )


@operation("ecrmock", "CompleteSigning", action="ecr:PutImage")
def complete_signing(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_digest: Digest,
    signing_profile_arn: str,
    outcome: SigningJob | SigningFailure,
) -> None:
    """Note the signature that was put, or why there is none.

    It may have come to an image that is deleted or archived by now: then it follows it, as every referrer.
    Raises: RepositoryNotFoundError.
    """
    state = context.registry.repository(repository_name)
    image = state.images.get(image_digest)
    failure = outcome if isinstance(outcome, SigningFailure) else None
    if image is None or not image.is_active:
        let_referrers_follow(context, state, image_digest)
    if image is not None:
        statuses = ended(image.signing_statuses, signing_profile_arn, failure)
        state.images.put(image_digest, replace(image, signing_statuses=statuses))
    if isinstance(outcome, SigningJob):
        _save_job(context, outcome)


def _save_job(context: Context, job: SigningJob) -> None:
    owner = context.store.registry(job.job_owner, context.region)
    owner.signer.save_job(replace(job, sequence=owner.next_sequence()))


@operation("ecrmock", "ListRevokedCertificates", action="")
def list_revoked_certificates(context: Context) -> tuple[RevokedCertificate, ...]:
    """Return the certificates of all signatures that were revoked, by themselves or with their profile."""
    return tuple(
        revoked
        for account in context.store.accounts.values()
        for registry in account.regions.values()
        for revoked in _revoked_in(context, registry)
    )


def _revoked_in(context: Context, registry: RegistryState) -> Iterator[RevokedCertificate]:
    signer = registry.used_signer
    if signer is None:
        return
    for job in signer.jobs.values():
        time = revoked_at(job, context.store.signing_profile(job.profile_version_arn))
        if time is not None:
            serial_number = serial_number_of(job.job_id)
            yield RevokedCertificate(serial_number=serial_number, revoked_at=time)
