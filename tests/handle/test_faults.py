"""``ecr.fault``: failures that a test asks for."""

import pytest

from ecrmock.handle import Ecr
from ecrmock.values.errors import EcrError
from ecrmock.values.faults import FaultError, ThrottledError


def test_a_fault_strikes_until_its_block_ends(handle: Ecr):
    with handle.fault("PutImage", throttle=True) as fault:
        for _ in range(2):
            with pytest.raises(ThrottledError):
                handle.push_image("app", tag="1")
    handle.push_image("app", tag="1")
    assert fault.times == 2


def test_a_fault_is_in_force_without_a_block_until_it_is_stopped(handle: Ecr):
    fault = handle.fault("PutImage", error="LimitExceededException")
    with pytest.raises(EcrError):
        handle.push_image("app")
    fault.stop()
    fault.stop()
    handle.push_image("app")
    assert fault.times == 1


def test_a_block_that_fails_ends_its_fault_too(handle: Ecr):
    with pytest.raises(ThrottledError), handle.fault("CreateRepository", throttle=True):
        handle.push_image("app")
    assert handle.push_image("app", tag="1").image_tag == "1"


def test_the_handle_has_no_connection_that_could_break(handle: Ecr):
    with handle.fault(drop=True) as fault:
        handle.push_image("app")
    assert fault.times == 0


@pytest.mark.parametrize(
    ("operation", "options", "told"),
    [
        ("PutImge", {"throttle": 1}, "is it PutImage"),
        ("PutImage", {"error": "UploadNotFoundException"}, "does not fail with"),
        ("PutImage", {}, "does nothing"),
        ("PutImage", {"throttle": -1}, "whole number from 1"),
        ("PutImage", {"thottle": 1}, "has no 'thottle'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_added(handle: Ecr, operation, options, told):
    with pytest.raises(FaultError, match=told):
        handle.fault(operation, **options)
    handle.push_image("app")


def test_a_reset_ends_faults(handle: Ecr):
    handle.fault(throttle=True)
    handle.reset()
    handle.push_image("app")


def test_it_shows_what_it_does(handle: Ecr):
    assert repr(handle.fault("PutImage", throttle=3)) == (
        "<fault PutImage: throttled, 3 times; struck 0>"
    )
