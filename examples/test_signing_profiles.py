"""Signing profiles of AWS Signer: made, listed, and told to whoever verifies when they count no more."""

from datetime import UTC, datetime

import boto3
import pytest

PLATFORM = "Notation-OCI-SHA384-ECDSA"
JOB = "arn:aws:signer:us-east-1:123456789012:/signing-jobs/1"


@pytest.fixture
def signer(ecr):
    """A client of AWS Signer: beside ecr nothing is to be set up."""
    return boto3.client("signer", region_name=ecr.region)


def test_a_profile_is_there_for_the_images_of_a_team(signer):
    made = signer.put_signing_profile(
        profileName="release",
        platformId="Notation-OCI-SHA384-ECDSA",
        signatureValidityPeriod={"value": 1, "type": "YEARS"},
        tags={"team": "app"},
    )
    (profile,) = signer.list_signing_profiles(statuses=["Active"])["profiles"]
    assert profile["profileVersionArn"] == made["profileVersionArn"]


def test_who_verifies_learns_that_a_profile_is_revoked(signer):
    made = signer.put_signing_profile(profileName="release", platformId=PLATFORM)
    signer.revoke_signing_profile(
        profileName="release",
        profileVersion=made["profileVersion"],
        reason="the key was lost",
        effectiveTime=datetime(2026, 1, 1, tzinfo=UTC),
    )
    status = signer.get_revocation_status(
        signatureTimestamp=datetime(2026, 1, 2, tzinfo=UTC),
        platformId=PLATFORM,
        profileVersionArn=made["profileVersionArn"],
        jobArn=JOB,
        certificateHashes=["any"],
    )
    assert status["revokedEntities"] == [made["profileVersionArn"]]
