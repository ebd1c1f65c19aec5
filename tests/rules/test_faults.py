"""Whom a fault strikes, and what ECR's rates let through."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.rules.faults import (
    RATES,
    Bucket,
    check_route,
    draw,
    is_about_requests,
    matches,
    refusal_of,
    strikes,
    targets_of,
    with_error,
)
from ecrmock.values.authorization import ExpiredTokenError
from ecrmock.values.errors import ConnectionDroppedError
from ecrmock.values.faults import ROUTES, Attempt, Fault, FaultError, ThrottledError

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PUT, LIST, ROLE = ("ecr", "PutImage"), ("ecr", "ListImages"), ("iam", "CreateRole")
OWN = ("ecrmock", "MayPutImage")
KNOWN = (PUT, LIST, ROLE, OWN)
AWS = Attempt(
    service="ecr",
    operation="PutImage",
    route="",
    account="123456789012",
    region="us-east-1",
    repository="team/app",
    request_id="1",
    password="",
    is_remote=True,
)
DOCKER = replace(AWS, route="PUT manifest", password="token")


# Targets


@pytest.mark.parametrize(
    ("fault", "targets"),
    [
        (Fault(), {PUT, LIST, ROLE}),
        (Fault(service="ecr"), {PUT, LIST}),
        (Fault(operation="PutImage"), {PUT}),
        (Fault(rates=True), {PUT}),
    ],
)
def test_a_fault_may_strike_operations_of_aws(fault, targets):
    assert targets_of(fault, KNOWN) == targets


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(operation="PutImge"), "no operation 'PutImge' of any service; is it PutImage"),
        (Fault(operation="PutImage", service="iam"), "no operation 'PutImage' of iam"),
        (Fault(operation="MayPutImage"), "no operation 'MayPutImage'"),
        (Fault(operation="ListImages", rates=True), "no rate for ListImages"),
    ],
)
def test_a_fault_that_could_strike_nothing_is_refused(fault, told):
    with pytest.raises(FaultError, match=told):
        targets_of(fault, KNOWN)


def test_an_error_strikes_the_operations_that_have_it():
    declared = {PUT: {"KmsException": 400}, LIST: {"ServerException": 500}}
    assert with_error(Fault(error="KmsException"), (PUT, LIST), declared) == {PUT}
    with pytest.raises(FaultError, match="'Kms', but with KmsException, ServerException"):
        with_error(Fault(error="Kms"), (PUT, LIST), declared)


@pytest.mark.parametrize("route", [*ROUTES, "", "*", "GET *", "* manifest"])
def test_a_route_is_one_of_the_registrys_or_a_wildcard_of_some(route):
    assert check_route(Fault(route=route)) is None


@pytest.mark.parametrize("route", ["GET", "PATCH manifest", "get blob", "upload"])
def test_a_route_that_the_registry_does_not_have_is_refused(route):
    with pytest.raises(FaultError, match="it has GET root"):
        check_route(Fault(route=route))


# Calls


@pytest.mark.parametrize(
    ("fault", "is_struck"),
    [
        (Fault(), True),
        (Fault(account="123456789012"), True),
        (Fault(account="111122223333"), False),
        (Fault(region="us-*"), True),
        (Fault(region="eu-west-1"), False),
        (Fault(repository="team/app"), True),
        (Fault(repository="team/*"), True),
        (Fault(repository="team"), False),
        (Fault(route="PUT manifest"), False),
        (Fault(route="*"), False),
        (Fault(expire_token=True), False),
        (Fault(drop=True), True),
    ],
)
def test_a_call_of_the_api_is_struck_by_what_it_names(fault, is_struck):
    assert matches(fault, frozenset({PUT}), AWS) is is_struck


@pytest.mark.parametrize(
    ("fault", "is_struck"),
    [
        (Fault(), True),
        (Fault(route="PUT manifest"), True),
        (Fault(route="* manifest"), True),
        (Fault(route="*"), True),
        (Fault(route="PATCH upload"), False),
        (Fault(expire_token=True), True),
    ],
)
def test_a_call_of_the_registry_is_struck_by_its_route_too(fault, is_struck):
    assert matches(fault, frozenset({PUT}), DOCKER) is is_struck


def test_a_call_of_another_operation_is_not_struck():
    assert not matches(Fault(), frozenset({LIST}), AWS)


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(truncate=0)])
def test_where_there_is_no_connection_none_can_break(fault):
    assert not matches(fault, frozenset({PUT}), replace(AWS, is_remote=False))


def test_a_call_of_no_repository_is_struck_where_any_repository_will_do():
    attempt = replace(AWS, repository="")
    assert matches(Fault(), frozenset({PUT}), attempt)
    assert not matches(Fault(repository="team/*"), frozenset({PUT}), attempt)


def test_a_request_is_struck_by_its_route_whatever_call_it_makes_first():
    attempt = replace(DOCKER, service="ecrmock", operation="MayPutImage")
    assert matches(Fault(route="PUT manifest"), frozenset({PUT}), attempt)
    assert not matches(Fault(), frozenset({PUT}), attempt)
    assert not is_about_requests(Fault(operation="PutImage", route="PUT manifest"))


@pytest.mark.parametrize(
    ("fault", "seen", "times", "is_struck"),
    [
        (Fault(), 0, 0, True),
        (Fault(after=2), 1, 0, False),
        (Fault(after=2), 2, 0, True),
        (Fault(count=2), 5, 1, True),
        (Fault(count=2), 5, 2, False),
        (Fault(probability=0.5), 0, 0, True),
        (Fault(probability=0.4), 0, 0, False),
    ],
)
def test_counts_and_chance_decide(fault, seen, times, is_struck):
    assert strikes(fault, seen=seen, times=times, chance=lambda: 0.45) is is_struck


# Rates


def test_the_rates_are_those_of_the_user_guide():
    """Source: reference api.md §21."""
    assert RATES["ecr", "PutImage"] == 10
    assert RATES["ecr-public", "UploadLayerPart"] == 260
    assert len(RATES) == 14


def drawn(times: int, rate: int, seconds: float, bucket: Bucket | None = None):
    """Draw so often at once, so many seconds after ``NOW``; return how often it went, and the bucket."""
    went = 0
    for _ in range(times):
        bucket, is_through = draw(bucket, rate, NOW + timedelta(seconds=seconds))
        went += is_through
    return went, bucket


def test_a_second_of_calls_may_come_at_once():
    assert drawn(15, 10, 0)[0] == 10


@pytest.mark.parametrize(
    ("seconds", "more"), [(0.05, 0), (0.1, 1), (0.55, 5), (1, 10), (60, 10), (-5, 0)]
)
def test_calls_are_let_through_again_as_time_goes_on(seconds, more):
    _, empty = drawn(10, 10, 0)
    assert drawn(15, 10, seconds, empty)[0] == more


# What it says


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(throttle=True), ThrottledError),
        (Fault(rates=True), ThrottledError),
        (Fault(drop=True), ConnectionDroppedError),
        (Fault(expire_token=True), ExpiredTokenError),
    ],
)
def test_a_fault_refuses_as_ecr_would(fault, kind):
    assert isinstance(refusal_of(fault, 400)(), kind)


@pytest.mark.parametrize("fault", [Fault(truncate=1), Fault(latency=timedelta(seconds=1))])
def test_a_late_or_broken_answer_is_no_refusal(fault):
    assert refusal_of(fault, 400) is None


@pytest.mark.parametrize(
    ("operation", "code", "oci"),
    [
        ("PutImage", "LimitExceededException", ("DENIED", 403)),
        ("PutImage", "LayersNotFoundException", ("MANIFEST_BLOB_UNKNOWN", 400)),
        ("GetDownloadUrlForLayer", "LayersNotFoundException", ("BLOB_UNKNOWN", 404)),
        ("PutImage", "ServerException", ("UNKNOWN", 500)),
        ("PutImage", "InvalidParameterException", ("UNSUPPORTED", 405)),
    ],
)
def test_an_error_reads_at_the_registry_as_ecrs_own(operation, code, oci):
    """Source: reference registry.md §3.4."""
    error = refusal_of(Fault(operation=operation, error=code), 409)()
    assert (error.code, error.status) == (code, 409)
    assert (error.oci_code, error.oci_status) == oci


def test_an_error_has_the_text_that_was_asked_for():
    assert refusal_of(Fault(error="KmsException", message="no key"), 400)().message == "no key"
    assert "KmsException" in refusal_of(Fault(error="KmsException"), 400)().message
    assert refusal_of(Fault(error="ThrottlingException"), 400)().message == "Rate exceeded"
