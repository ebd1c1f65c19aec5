"""Faults over HTTP."""

import pytest

from ecrmock.values.faults import ThrottledError
from tests.frontends.admin.conftest import Admin, document_of

FAULTS = "/_ecrmock/faults"
THROTTLED = {
    "id": 1,
    "description": "ListImages: throttled, 2 times",
    "times": 0,
    "fault": {"operation": "ListImages", "count": 2, "throttle": True},
}


def test_at_first_there_are_none(admin: Admin):
    assert admin.get(FAULTS) == {"faults": []}


def test_a_fault_is_added_strikes_and_is_shown(admin: Admin):
    response = admin("POST", FAULTS, {"operation": "ListImages", "throttle": 2})
    assert (response.status, document_of(response)) == (200, THROTTLED)
    with pytest.raises(ThrottledError):
        admin.call("ListImages", repository_name="app")
    assert admin.get(FAULTS) == {"faults": [{**THROTTLED, "times": 1}]}


def test_one_is_ended_by_its_number(admin: Admin):
    for throttle in (2, 3):
        admin("POST", FAULTS, {"operation": "ListImages", "throttle": throttle})
    assert document_of(admin("DELETE", f"{FAULTS}/1")) == THROTTLED
    assert [each["id"] for each in admin.get(FAULTS)["faults"]] == [2]


def test_all_are_ended(admin: Admin):
    admin("POST", FAULTS, {"operation": "ListImages", "throttle": 2})
    assert document_of(admin("DELETE", FAULTS)) == {"faults": [THROTTLED]}
    assert admin.get(FAULTS) == {"faults": []}
    admin.call("ListImages", repository_name="app")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "a fault does nothing"),
        ({"operation": "PutImge", "drop": True}, "is it PutImage"),
        ({"operation": "PutImage", "error": "No"}, "does not fail with 'No'"),
        ({"route": "GET x", "drop": True}, "the registry has no route 'GET x'"),
        ({"drop": True, "probability": 2}, "probability is a number"),
        ({"drop": True, "count": "many"}, "count is a whole number"),
        ({"drop": [1]}, "drop is true"),
        ({"drop": True, "service": {}}, "service is one of"),
        ({"latency": 1e400}, "latency is seconds"),
        ({"nothing": 1}, "a fault has no 'nothing'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_added(admin: Admin, body, told):
    response = admin("POST", FAULTS, body)
    assert (response.status, told in document_of(response)["message"]) == (400, True)
    assert admin.get(FAULTS) == {"faults": []}


@pytest.mark.parametrize("number", ["1", "x", "-1", "²"])
def test_a_fault_that_is_not_there_cannot_be_ended(admin: Admin, number):
    response = admin("DELETE", f"{FAULTS}/{number}")
    assert (response.status, document_of(response)["message"]) == (
        404,
        f"there is no fault {number}",
    )


def test_a_reset_ends_them(admin: Admin):
    admin("POST", FAULTS, {"drop": True})
    admin("POST", "/_ecrmock/reset")
    assert admin.get(FAULTS) == {"faults": []}
