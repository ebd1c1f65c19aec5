"""Call and CallRecord, what goes through the corridor."""

from dataclasses import FrozenInstanceError

import pytest


def test_a_call_cannot_be_changed(corridor):
    with pytest.raises(FrozenInstanceError):
        corridor.call("DescribeRepositories").operation = "DeleteRepository"


def test_a_record_cannot_be_changed(app):
    with pytest.raises(FrozenInstanceError):
        app.records[0].error = "none"
