"""The calls of AWS Signer for the tests of units of work: operation, what was done before, parameters."""

from datetime import timedelta
from typing import Any

from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signer import NOTATION
from tests.dispatch.conftest import START, Corridor
from tests.store.changes import a_job

TAGS = (ResourceTag(key="team", value="a"),)
PROFILE = {"profile_name": "release"}
NEW = {**PROFILE, "platform_id": NOTATION}
ARN = {"resource_arn": "arn:aws:signer:us-east-1:123456789012:/signing-profiles/release"}
JOB = a_job()
JOB_ID = {"job_id": JOB.job_id}
REASON = {"reason": "key lost"}
QUESTION = {
    "signature_timestamp": START,
    "platform_id": NOTATION,
    "profile_version_arn": JOB.profile_version_arn,
    "job_arn": JOB.arn,
    "certificate_hashes": JOB.certificate_hashes,
}
REVOCATION = {**PROFILE, **REASON, "effective_time": START - timedelta(days=1)}


def nothing(corridor: Corridor) -> None:
    pass


def profile(corridor: Corridor) -> None:
    corridor("PutSigningProfile", service="signer", **NEW, tags=TAGS)


def its_version(corridor: Corridor) -> dict[str, Any]:
    profile(corridor)
    made = corridor("GetSigningProfile", service="signer", **PROFILE)
    return {"profile_version": made.profile_version}


def job(corridor: Corridor) -> None:
    """Have a job in the store, as a signature leaves it."""
    profile(corridor)
    store = corridor.backend._store
    store.registry("123456789012", "us-east-1").signer.save_job(JOB)
    store.journal.commit()


def revoked_job(corridor: Corridor) -> None:
    job(corridor)
    corridor("RevokeSignature", service="signer", **JOB_ID, **REASON)


SIGNER_CASES = [
    ("PutSigningProfile", nothing, NEW),
    ("PutSigningProfile", nothing, {**NEW, "tags": TAGS}),
    ("GetSigningProfile", profile, PROFILE),
    ("ListSigningProfiles", profile, {}),
    ("CancelSigningProfile", profile, PROFILE),
    ("RevokeSigningProfile", its_version, REVOCATION),
    ("DescribeSigningJob", job, JOB_ID),
    ("ListSigningJobs", job, {}),
    ("RevokeSignature", job, {**JOB_ID, **REASON}),
    ("GetRevocationStatus", revoked_job, QUESTION),
    ("GetSigningPlatform", nothing, {"platform_id": NOTATION}),
    ("ListSigningPlatforms", nothing, {}),
    ("TagResource", profile, {**ARN, "tags": TAGS}),
    ("UntagResource", profile, {**ARN, "tag_keys": ("team",)}),
    ("ListTagsForResource", profile, ARN),
]
SIGNER_REFUSED = [
    ("PutSigningProfile", profile, NEW),
    ("PutSigningProfile", nothing, {**NEW, "platform_id": "no"}),
    ("GetSigningProfile", nothing, PROFILE),
    ("ListSigningProfiles", profile, {"next_token": "nonsense"}),
    ("CancelSigningProfile", nothing, PROFILE),
    ("RevokeSigningProfile", profile, {**REVOCATION, "profile_version": "0123456789"}),
    ("DescribeSigningJob", profile, JOB_ID),
    ("ListSigningJobs", job, {"next_token": "nonsense"}),
    ("RevokeSignature", revoked_job, {**JOB_ID, **REASON}),
    ("GetRevocationStatus", nothing, {**QUESTION, "job_arn": "no"}),
    ("GetSigningPlatform", nothing, {"platform_id": "no"}),
    ("ListSigningPlatforms", nothing, {"next_token": "nonsense"}),
    ("TagResource", nothing, {**ARN, "tags": TAGS}),
    ("UntagResource", nothing, {**ARN, "tag_keys": ("team",)}),
    ("ListTagsForResource", profile, {"resource_arn": "no"}),
]
