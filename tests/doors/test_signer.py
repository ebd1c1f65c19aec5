"""Signing profiles and revoked signatures of AWS Signer. Source: service model of signer, 2017-08-25."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.doors.conftest import ACCOUNT, ONE_ATTEMPT, REGION, SESSION, START, Door, content_of
from tests.store.changes import a_job

NOTATION = "Notation-OCI-SHA384-ECDSA"
NAME = {"profileName": "release"}
RELEASE = {**NAME, "platformId": NOTATION}
ARN = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/release"
JOB = a_job(created_at=START, profile_version_arn=f"{ARN}/0123456789", profile_name="release")
JOB_ID = {"jobId": JOB.job_id}
# GetRevocationStatus goes to a host of its own; on this machine there is none.
NO_PREFIX = ONE_ATTEMPT.merge(Config(inject_host_prefix=False))


def client_of(door: Door, **keys: str) -> Any:
    client = SESSION.client(
        "signer",
        region_name=REGION,
        endpoint_url=door.endpoint_url,
        config=NO_PREFIX,
        **{"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any", **keys},
    )
    door.clients.append(client)
    return client


@pytest.fixture
def signer(door: Door) -> Any:
    """A client of AWS Signer, which has a profile."""
    client = client_of(door)
    client.put_signing_profile(**RELEASE)
    return client


@pytest.fixture
def signed(door: Door, signer: Any) -> Any:
    """A client of AWS Signer, which has made a signature with the profile."""
    version = signer.get_signing_profile(**NAME)["profileVersionArn"]
    store = door.ecr._backend._store
    job = a_job(created_at=START, profile_version_arn=version, profile_name="release")
    store.registry(ACCOUNT, REGION).signer.save_job(job)
    store.journal.commit()
    return signer


def refused(call: Any, code: str, **parameters: Any) -> int:
    """Return the status with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def revoked(signer: Any, signed_at: datetime = START) -> list[str]:
    """Ask what does not count of the signature, as the plugin of notation does."""
    profile = signer.get_signing_profile(**NAME)
    answer = signer.get_revocation_status(
        signatureTimestamp=signed_at,
        platformId=NOTATION,
        profileVersionArn=profile["profileVersionArn"],
        jobArn=JOB.arn,
        certificateHashes=["unknown"],
    )
    return answer["revokedEntities"]


def test_a_profile_is_shown_as_aws_shows_it(signer: Any) -> None:
    """Source: AWS's workshop on container images, output of ``aws signer list-signing-profiles``."""
    (found,) = signer.list_signing_profiles()["profiles"]
    assert found == {
        "profileName": "release",
        "profileVersion": found["profileVersion"],
        "profileVersionArn": f"{ARN}/{found['profileVersion']}",
        "signingMaterial": {},
        "signatureValidityPeriod": {"value": 135, "type": "MONTHS"},
        "platformId": NOTATION,
        "platformDisplayName": "Notation for container registries",
        "status": "Active",
        "arn": ARN,
        "tags": {},
    }
    assert content_of(signer.get_signing_profile(**NAME)) == found


def test_a_name_is_given_once_even_to_a_canceled_profile(signer: Any) -> None:
    """Source: aws-ia/terraform-aws-transfer-family#106; the error inferred."""
    assert refused(signer.put_signing_profile, "ValidationException", **RELEASE) == 400
    signer.cancel_signing_profile(**NAME)
    assert refused(signer.put_signing_profile, "ValidationException", **RELEASE) == 400


def test_a_canceled_profile_is_shown_if_asked_for(signer: Any) -> None:
    signer.cancel_signing_profile(**NAME)
    assert signer.get_signing_profile(**NAME)["status"] == "Canceled"
    assert signer.list_signing_profiles()["profiles"] == []
    assert len(signer.list_signing_profiles(includeCanceled=True)["profiles"]) == 1


def test_all_profiles_come_in_pages(signer: Any) -> None:
    for number in range(4):
        signer.put_signing_profile(**{**RELEASE, "profileName": f"profile_{number}"})
    pages = signer.get_paginator("list_signing_profiles").paginate(
        PaginationConfig={"PageSize": 2}, statuses=["Active"]
    )
    names = [[profile["profileName"] for profile in page["profiles"]] for page in pages]
    assert names == [["release", "profile_0"], ["profile_1", "profile_2"], ["profile_3"]]


def test_resource_tags_come_and_go(signer: Any) -> None:
    assert content_of(signer.tag_resource(resourceArn=ARN, tags={"team": "a", "b": ""})) == {}
    assert content_of(signer.untag_resource(resourceArn=ARN, tagKeys=["b", "c"])) == {}
    assert content_of(signer.list_tags_for_resource(resourceArn=ARN)) == {"tags": {"team": "a"}}
    assert signer.get_signing_profile(**NAME)["tags"] == {"team": "a"}


def test_what_does_not_exist_is_not_found(signer: Any) -> None:
    none = {"profileName": "none"}
    assert refused(signer.get_signing_profile, "ResourceNotFoundException", **none) == 404
    assert refused(signer.describe_signing_job, "ResourceNotFoundException", jobId="1") == 404
    arn = f"{ARN}s"
    assert refused(signer.list_tags_for_resource, "NotFoundException", resourceArn=arn) == 404


def test_a_signature_counts_until_it_is_revoked(signed: Any) -> None:
    assert revoked(signed) == []
    assert signed.describe_signing_job(**JOB_ID)["status"] == "Succeeded"
    signed.revoke_signature(**JOB_ID, reason="key lost")
    assert revoked(signed) == [JOB.arn]
    record = signed.describe_signing_job(**JOB_ID)["revocationRecord"]
    assert (record["reason"], record["revokedBy"]) == (
        "key lost",
        f"arn:aws:iam::{ACCOUNT}:root",
    )
    assert len(signed.list_signing_jobs(isRevoked=True)["jobs"]) == 1


def test_a_revoked_profile_does_not_count_from_a_time_on(signed: Any) -> None:
    """Source: service model, RevokeSigningProfile."""
    version = signed.get_signing_profile(**NAME)["profileVersion"]
    signed.revoke_signing_profile(
        **NAME, profileVersion=version, reason="key lost", effectiveTime=START
    )
    found = signed.get_signing_profile(**NAME)
    assert (found["status"], found["statusReason"]) == ("Revoked", "key lost")
    assert found["revocationRecord"]["revocationEffectiveFrom"] == START
    assert revoked(signed) == [found["profileVersionArn"]]
    assert revoked(signed, START - timedelta(seconds=1)) == []


def test_a_time_may_have_any_zone(signed: Any) -> None:
    here = START.astimezone().replace(tzinfo=None)  # botocore takes it for one of this place
    assert revoked(signed, here) == revoked(signed, START.astimezone(UTC)) == []


def test_profiles_and_jobs_go_with_a_reset(door: Door, signed: Any) -> None:
    door.ecr.reset()
    assert signed.list_signing_profiles()["profiles"] == []
    assert signed.list_signing_jobs()["jobs"] == []


def test_a_snapshot_brings_profiles_back(door: Door, signed: Any) -> None:
    before = revoked(signed)
    snapshot = door.ecr.snapshot()
    signed.revoke_signature(**JOB_ID, reason="key lost")
    signed.cancel_signing_profile(**NAME)
    door.ecr.restore(snapshot)
    assert signed.get_signing_profile(**NAME)["status"] == "Active"
    assert revoked(signed) == before


def test_a_fault_strikes_with_the_errors_of_the_service(door: Door, signer: Any) -> None:
    with door.ecr.fault("GetSigningProfile", throttle=1):
        assert refused(signer.get_signing_profile, "TooManyRequestsException", **NAME) == 429
    error = "InternalServiceErrorException"
    with door.ecr.fault("CancelSigningProfile", error=error, count=1):
        assert refused(signer.cancel_signing_profile, error, **NAME) == 500


def test_a_fault_of_operations_of_several_services_has_the_status_of_each(
    door: Door, signer: Any
) -> None:
    with door.ecr.fault("ListTagsForResource", error="AccessDeniedException"):
        tags = signer.list_tags_for_resource
        assert refused(tags, "AccessDeniedException", resourceArn=ARN) == 403
        tags = door.client().list_tags_for_resource
        assert refused(tags, "AccessDeniedException", resourceArn=ARN) == 400


def test_a_caller_without_rights_is_denied_in_the_form_of_the_service(
    door: Door, signer: Any
) -> None:
    user = door.ecr.create_user("ci")
    keys = {
        "aws_access_key_id": user.access_key_id,
        "aws_secret_access_key": user.secret_access_key,
    }
    with door.ecr.enforced():
        status = refused(
            client_of(door, **keys).get_signing_profile, "AccessDeniedException", **NAME
        )
        wrong = client_of(door, **{**keys, "aws_secret_access_key": "wrong"})
        assert refused(wrong.get_signing_profile, "InvalidSignatureException", **NAME) == 403
    assert status == 403


def test_calls_are_recorded(door: Door, signer: Any) -> None:
    signer.get_signing_profile(**NAME)
    refused(signer.get_signing_profile, "ResourceNotFoundException", profileName="none")
    calls = [(call.service, call.operation, call.error) for call in door.ecr.calls]
    assert calls[-2:] == [
        ("signer", "GetSigningProfile", None),
        ("signer", "GetSigningProfile", "ResourceNotFoundException"),
    ]
