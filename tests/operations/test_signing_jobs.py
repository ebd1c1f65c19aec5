"""DescribeSigningJob, ListSigningJobs, RevokeSignature, GetRevocationStatus. Source: model of signer."""

import pytest

from ecrmock.operations.signing_jobs import (
    describe_signing_job,
    get_revocation_status,
    list_signing_jobs,
    revoke_signature,
)
from ecrmock.values.signer import (
    NOTATION,
    SignerValidationError,
    SigningJobNotFoundError,
)
from tests.operations.conftest import START, Registry
from tests.store.changes import TIME, a_job, a_profile

JOB = a_job()
ID = {"job_id": JOB.job_id}
REASON = {"reason": "key lost"}
QUESTION = {
    "signature_timestamp": TIME,
    "platform_id": NOTATION,
    "profile_version_arn": JOB.profile_version_arn,
    "job_arn": JOB.arn,
    "certificate_hashes": JOB.certificate_hashes,
}


@pytest.fixture
def signed(registry: Registry) -> Registry:
    """A registry with a profile that signed thrice."""
    state = registry.store.registry(registry.account, registry.region)
    state.signer.save_profile(a_profile())
    for number in range(3):
        state.signer.save_job(a_job(number, sequence=state.next_sequence()))
    registry.store.journal.commit()
    return registry


def listed(registry: Registry, **parameters) -> list[list[str]]:
    """Return the last digits of the ids of jobs, page by page."""
    page = registry(list_signing_jobs, **parameters)
    rest = {**parameters, "next_token": page.next_token}
    more = listed(registry, **rest) if page.next_token else []
    return [[job.job_id[-1] for job in page.jobs], *more]


def test_a_job_is_described(signed):
    found = signed(describe_signing_job, **ID)
    assert (found.status, found.status_reason) == ("Succeeded", "Signing Succeeded")
    assert (found.created_at, found.completed_at) == (TIME, TIME)


def test_jobs_are_listed_in_their_order_and_in_pages(signed):
    assert listed(signed) == [["0", "1", "2"]]
    assert listed(signed, max_results=2) == [["0", "1"], ["2"]]


def test_jobs_are_listed_by_whether_they_are_revoked(signed):
    signed(revoke_signature, **ID, **REASON)
    assert listed(signed, is_revoked=True) == [["0"]]
    assert listed(signed, is_revoked=False) == [["1", "2"]]


def test_a_revoked_signature_says_who_revoked_it_and_why(signed):
    signed(revoke_signature, **ID, **REASON)
    record = signed(describe_signing_job, **ID).revocation_record
    assert (record.reason, record.revoked_at) == ("key lost", START)
    assert record.revoked_by == "arn:aws:iam::123456789012:root"


def test_a_signature_is_revoked_once(signed):
    signed(revoke_signature, **ID, **REASON)
    with pytest.raises(SignerValidationError):
        signed(revoke_signature, **ID, **REASON)


def test_a_signature_of_another_accounts_profile_can_be_revoked(signed):
    other = signed.in_account("111122223333")
    other(revoke_signature, **ID, **REASON, job_owner="123456789012")
    assert listed(signed.in_account("123456789012"), is_revoked=True) == [["0"]]


@pytest.mark.parametrize("operation", [describe_signing_job, revoke_signature])
def test_a_job_that_does_not_exist_is_not_found(registry, operation):
    with pytest.raises(SigningJobNotFoundError):
        registry(operation, **ID, **(REASON if operation is revoke_signature else {}))


def test_nothing_is_revoked_at_first(signed):
    assert signed(get_revocation_status, **QUESTION).revoked_entities == ()


def test_a_revoked_signature_is_told_to_who_verifies(signed):
    signed(revoke_signature, **ID, **REASON)
    told = signed(get_revocation_status, **QUESTION).revoked_entities
    assert told == (JOB.arn, *JOB.certificate_hashes)


def test_whoever_verifies_may_ask_from_any_account_and_region(signed):
    signed(revoke_signature, **ID, **REASON)
    elsewhere = signed.in_account("111122223333", "eu-west-1")
    assert JOB.arn in elsewhere(get_revocation_status, **QUESTION).revoked_entities


def test_a_question_about_what_cannot_be_is_refused(signed):
    with pytest.raises(SignerValidationError):
        signed(get_revocation_status, **{**QUESTION, "job_arn": "job"})


def test_a_foreign_token_is_refused(registry):
    with pytest.raises(SignerValidationError):
        registry(list_signing_jobs, next_token="nonsense")
