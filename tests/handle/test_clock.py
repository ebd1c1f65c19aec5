"""The clock of the Python door. Source: DESIGN.md section 4."""

from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.backend import Backend
from ecrmock.handle import Ecr
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from tests.handle.conftest import START


def test_the_clock_tells_the_time_of_the_backend(handle):
    assert handle.clock.now() == START


@pytest.mark.parametrize(
    ("span", "later"),
    [
        ({"days": 30}, timedelta(days=30)),
        ({"hours": 5}, timedelta(hours=5)),
        ({"seconds": 1.5}, timedelta(seconds=1.5)),
        ({"days": 1, "hours": 1, "seconds": 1}, timedelta(days=1, hours=1, seconds=1)),
    ],
)
def test_the_clock_can_be_moved_forward(handle, span, later):
    handle.clock.advance(**span)
    assert handle.clock.now() == START + later


def test_the_clock_can_be_set(handle):
    time = datetime(2030, 1, 1, tzinfo=UTC)
    handle.clock.set(time)
    assert handle.clock.now() == time


def test_the_clock_needs_a_time_zone(handle):
    with pytest.raises(ValueError, match="time zone"):
        handle.clock.set(datetime(2030, 1, 1))


def test_the_clock_stands_still_until_it_goes_on(handle, backend):
    handle.clock.resume()
    assert not backend.world.clock.frozen
    handle.clock.freeze()
    assert handle.clock.now() == handle.clock.now()


@pytest.mark.parametrize("move", ["advance", "set"])
def test_what_falls_due_is_done_when_the_clock_moves(handle, ask, backend, move):
    ask("CreateRepository", repository_name="app")
    ask("InitiateLayerUpload", repository_name="app")
    if move == "advance":
        handle.clock.advance(days=1)
    else:
        handle.clock.set(START + timedelta(days=1))
    assert handle.calls[-1].caller.arn == "ecr.amazonaws.com"


@pytest.mark.parametrize("move", ["advance", "set"])
def test_moving_the_clock_does_what_falls_due_also_where_calls_leave_it(move):
    backend = Backend(Settings(settle="manual"), clock=Clock(START))
    handle = Ecr(backend)
    handle.push_image("app")
    before = len(handle.calls)
    if move == "advance":
        handle.clock.advance(days=1)
    else:
        handle.clock.set(START + timedelta(days=1))
    assert len(handle.calls) > before
