"""How faults are written, and what is refused."""

import json
from datetime import timedelta

import pytest

from ecrmock.values.faults import Fault, FaultError, ThrottledError, read_fault, read_fault_text


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ({"throttle": 3}, Fault(throttle=True, count=3)),
        ({"throttle": True}, Fault(throttle=True)),
        ({"throttle": True, "count": 2}, Fault(throttle=True, count=2)),
        ({"drop": 1, "after": 2}, Fault(drop=True, count=1, after=2)),
        ({"truncate": 0}, Fault(truncate=0)),
        ({"expire_token": True}, Fault(expire_token=True, count=1)),
        ({"expire_token": True, "count": 2}, Fault(expire_token=True, count=2)),
        ({"rates": True}, Fault(rates=True)),
        ({"latency": 0.5}, Fault(latency=timedelta(seconds=0.5))),
        ({"latency": timedelta(minutes=1)}, Fault(latency=timedelta(minutes=1))),
        (
            {"error": "ServerException", "message": "no"},
            Fault(error="ServerException", message="no"),
        ),
        ({"latency": 1, "drop": True}, Fault(latency=timedelta(seconds=1), drop=True)),
        ({"drop": True, "throttle": False, "error": None}, Fault(drop=True)),
        ({"drop": True, "account": "111122223333"}, Fault(drop=True, account="111122223333")),
        ({"drop": True, "probability": 0.5}, Fault(drop=True, probability=0.5)),
    ],
)
def test_a_fault_is_read_from_its_members(written, fault):
    assert read_fault(written) == fault


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({}, "does nothing without one of error, throttle"),
        ({"count": 3}, "does nothing"),
        ({"throttle": 1, "drop": 1}, "does one thing, not throttle and drop"),
        ({"throtle": 1}, "a fault has no 'throtle'"),
        ({"throttle": 0}, "how many times as a whole number from 1, not 0"),
        ({"throttle": 1.5}, "throttle is true"),
        ({"throttle": 2, "count": 3}, "throttle=2 is a count already"),
        ({"drop": True, "count": 0}, "count is a whole number from 1"),
        ({"drop": True, "count": True}, "count is a whole number from 1"),
        ({"drop": True, "after": -1}, "after is a whole number from 0"),
        ({"drop": True, "probability": 0}, "probability is a number above 0"),
        ({"drop": True, "probability": 1.1}, "probability is a number above 0"),
        ({"drop": True, "probability": float("nan")}, "probability is a number above 0"),
        ({"latency": 0}, "latency is seconds"),
        ({"latency": -1}, "latency is seconds"),
        ({"latency": float("inf")}, "latency is seconds"),
        ({"latency": timedelta(days=1)}, "up to 3600"),
        ({"truncate": -1}, "truncate is a number of bytes"),
        ({"truncate": True}, "truncate is a number of bytes"),
        ({"drop": True, "account": "1234"}, "account is twelve digits"),
        ({"drop": True, "service": "s3"}, "service is one of ecr, ecr-public"),
        ({"drop": True, "service": ["ecr"]}, "service is one of"),
        ({"drop": True, "repository": ""}, "repository is a text"),
        ({"drop": True, "message": "text"}, "a message goes with an error"),
        ({"rates": True, "count": 1}, "rates go by the clock; they have no count"),
        ({"rates": 1}, "rates is true"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(written, told):
    with pytest.raises(FaultError) as caught:
        read_fault(written)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("PutImage,throttle=3", Fault(operation="PutImage", throttle=True, count=3)),
        ("PutImage, drop", Fault(operation="PutImage", drop=True)),
        (
            "route=PATCH upload,drop=1,after=2",
            Fault(route="PATCH upload", drop=True, count=1, after=2),
        ),
        ("*,latency=0.25", Fault(latency=timedelta(seconds=0.25))),
        ("PutImage,expire-token", Fault(operation="PutImage", expire_token=True, count=1)),
        ("*,repository=123,drop=true", Fault(repository="123", drop=True)),
        ('{"operation": "PutImage", "truncate": 9}', Fault(operation="PutImage", truncate=9)),
    ],
)
def test_a_fault_is_read_from_a_text(text, fault):
    assert read_fault_text(text) == fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "operation is a text"),
        ("PutImage", "does nothing"),
        ("PutImage,throttle=x", "not 'x'"),
        ("PutImage,troll=1", "has no 'troll'"),
        ('{"throttle": }', "is no JSON"),
        ("{" * 3, "is no JSON"),
    ],
)
def test_a_text_that_is_no_fault_is_refused(text, told):
    with pytest.raises(FaultError, match=told):
        read_fault_text(text)


@pytest.mark.parametrize(
    "written",
    [
        {"operation": "PutImage", "throttle": True, "count": 3, "after": 1},
        {"route": "PATCH upload", "latency": 0.5, "probability": 0.25},
        {"truncate": 0, "repository": "team/*", "account": "111122223333", "region": "eu-west-1"},
    ],
)
def test_a_fault_is_told_as_it_can_be_written(written):
    document = read_fault(written).document()
    assert document == written
    assert read_fault(json.loads(json.dumps(document))) == read_fault(written)


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault(operation="PutImage", throttle=True, count=3), "PutImage: throttled, 3 times"),
        (
            Fault(route="GET blob", repository="team/*", truncate=0, after=1),
            "every operation, route GET blob, repository team/*: answer cut after 0 bytes, after 1",
        ),
        (
            Fault(latency=timedelta(seconds=0.5), drop=True, probability=0.5),
            "every operation: 0.5 s late, connection dropped, with a chance of 0.5",
        ),
        (Fault(error="KmsException"), "every operation: KmsException"),
        (Fault(rates=True), "every operation: throttled above ECR's rates"),
        (Fault(expire_token=True, count=1), "every operation: token expired, once"),
    ],
)
def test_a_fault_is_told_in_a_line(fault, line):
    assert fault.describe() == line


def test_too_many_requests_read_at_each_door_as_ecr_says_it():
    """Source: reference api.md §2.5, registry.md §3.3."""
    error = ThrottledError()
    assert (error.code, error.status, error.message) == (
        "ThrottlingException",
        400,
        "Rate exceeded",
    )
    assert (error.oci_code, error.oci_status) == ("TOOMANYREQUESTS", 429)
    assert error.code_in("iam") == "Throttling"
