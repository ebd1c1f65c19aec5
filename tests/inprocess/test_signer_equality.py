"""signer in this process is what botocore makes of our answers on the wire. Source: DESIGN.md section 4."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecrmock.operations.table import OPERATIONS
from tests.inprocess.test_equality import SESSION, Both, Parameters
from tests.store.changes import a_job

NOTATION = "Notation-OCI-SHA384-ECDSA"
NAME = {"profileName": "release"}
RELEASE = {**NAME, "platformId": NOTATION}
ARN = {"resourceArn": "arn:aws:signer:us-east-1:123456789012:/signing-profiles/release"}
DEVICES = "AmazonFreeRTOS-Default"
CERTIFICATE = {"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a"}
OVERRIDES = {"signingConfiguration": {"hashAlgorithm": "SHA256"}, "signingImageFormat": "JSON"}
JOB = a_job()
QUESTION = {
    "signatureTimestamp": datetime(2026, 1, 2, tzinfo=UTC),
    "platformId": NOTATION,
    "profileVersionArn": JOB.profile_version_arn,
    "jobArn": JOB.arn,
    "certificateHashes": list(JOB.certificate_hashes),
}
Call = tuple[str, Parameters]


def profile_calls() -> Iterator[Call]:
    yield "GetSigningProfile", NAME
    more = {"tags": {"team": "ü é"}, "signingParameters": {"a": "ü"}}
    for _ in range(2):
        yield "PutSigningProfile", {**RELEASE, **more}
    period = {"value": 2, "type": "YEARS"}
    yield "PutSigningProfile", {**RELEASE, "profileName": "b1", "signatureValidityPeriod": period}
    device = {"platformId": DEVICES, "signingMaterial": CERTIFICATE, "overrides": OVERRIDES}
    yield "PutSigningProfile", {"profileName": "devices", **device}
    yield "PutSigningProfile", {**RELEASE, "profileName": "a-b", "tags": {}}
    yield "PutSigningProfile", {"platformId": 5, **NAME}
    for name in ("release", "b1", "devices"):
        yield "GetSigningProfile", {"profileName": name}
    yield "GetSigningProfile", {**NAME, "profileOwner": "111122223333"}
    yield "ListSigningProfiles", {"maxResults": 1}
    yield "CancelSigningProfile", {"profileName": "b1"}
    yield "CancelSigningProfile", {"profileName": "none"}
    yield "ListSigningProfiles", {"includeCanceled": True, "statuses": ["Active", "Canceled"]}
    yield "ListSigningProfiles", {"nextToken": "no", "platformId": NOTATION}


def tag_calls() -> Iterator[Call]:
    for arn in (ARN, {"resourceArn": "no/arn"}, {"resourceArn": ARN["resourceArn"] + "x"}):
        yield "TagResource", {**arn, "tags": {"a": "b", "c": ""}}
        yield "UntagResource", {**arn, "tagKeys": ["a", "d"]}
        yield "ListTagsForResource", arn


def job_calls() -> Iterator[Call]:
    yield "DescribeSigningJob", {"jobId": "none/such"}
    yield "DescribeSigningJob", {"jobId": JOB.job_id}
    yield "ListSigningJobs", {"maxResults": 1, "isRevoked": False}
    yield "ListSigningJobs", {"nextToken": "no"}
    yield "GetRevocationStatus", QUESTION
    for _ in range(2):
        yield "RevokeSignature", {"jobId": JOB.job_id, "reason": "ü"}
    yield "GetRevocationStatus", QUESTION
    yield "GetRevocationStatus", {**QUESTION, "jobArn": "short"}
    yield "DescribeSigningJob", {"jobId": JOB.job_id}
    yield "ListSigningJobs", {"signatureExpiresAfter": datetime(2020, 1, 1, tzinfo=UTC)}


def platform_calls() -> Iterator[Call]:
    for platform in (NOTATION, DEVICES, "none"):
        yield "GetSigningPlatform", {"platformId": platform}
    yield "ListSigningPlatforms", {"category": "AWS", "maxResults": 2}
    yield "ListSigningPlatforms", {"nextToken": "no"}


def revocation_calls(both: Both) -> Iterator[Call]:
    """Yield calls that name the version of the profile, which is known when it has been made."""
    version = {"profileVersion": both("GetSigningProfile", "signer", **NAME)["profileVersion"]}
    why = {"reason": "x" * 500, "effectiveTime": datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)}
    for _ in range(2):
        yield "RevokeSigningProfile", {**NAME, **version, **why}
    yield "RevokeSigningProfile", {**NAME, **version, "reason": "", "effectiveTime": 0}
    yield "GetSigningProfile", NAME


def calls(both: Both) -> Iterator[Call]:
    """Yield calls that reach every implemented operation, with successes and errors of each."""
    for backend in (both.here, both.there):
        store = backend._store
        store.registry("123456789012", "us-east-1").signer.save_job(JOB)
        store.journal.commit()
    yield from profile_calls()
    yield from tag_calls()
    yield from job_calls()
    yield from platform_calls()
    yield from revocation_calls(both)


@pytest.fixture
def both() -> Both:
    return Both()


IMPLEMENTED = sorted(name for service, name in OPERATIONS if service == "signer")


def test_every_operation_answers_the_same_in_process_and_over_the_wire(both):
    for operation, parameters in calls(both):
        both(operation, "signer", **parameters)
    assert both.here.state() == both.there.state()


def test_the_calls_reach_each_operation_with_success_and_error(both):
    for operation, parameters in calls(both):
        both(operation, "signer", **parameters)
    records = {(call.operation, call.error is None) for call in both.here.calls()}
    assert records == {(name, is_good) for name in IMPLEMENTED for is_good in (True, False)}


@pytest.mark.parametrize(
    "operation", sorted(set(SESSION.get_service_model("signer").operation_names) - set(IMPLEMENTED))
)
def test_an_operation_that_ecrmock_lacks_is_refused_alike(both, operation):
    labels = {"profileName": "release", "statementId": "a", "revisionId": "b"}
    model = SESSION.get_service_model("signer").operation_model(operation)
    given = {name: value for name, value in labels.items() if name in model.input_shape.members}
    assert both(operation, "signer", **given)["Error"]["Code"] == "NotImplementedException"


def test_an_empty_text_in_a_path_names_no_operation(both):
    """The service model lets it pass, so botocore sends ``GET /tags/``."""
    answer = both("ListTagsForResource", "signer", resourceArn="")
    assert answer["Error"]["Code"] == "UnknownOperationException"


def recorded() -> list[Call]:
    both, made = Both(), []
    for operation, parameters in calls(both):
        both(operation, "signer", **parameters)
        made.append((operation, parameters))
    return made


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(recorded()), max_size=15))
def test_any_history_reads_the_same_in_process_and_over_the_wire(steps):
    both = Both()
    for operation, parameters in steps:
        both(operation, "signer", **parameters)
    assert both.here.state() == both.there.state()
