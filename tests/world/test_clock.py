from datetime import UTC, datetime, timedelta, timezone
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.world.clock import Clock

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
times = st.datetimes(datetime(1971, 1, 1), datetime(8999, 1, 1), timezones=st.just(UTC))


def whole_milliseconds(time: datetime) -> datetime:
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def real() -> datetime:
    return datetime.now(UTC)


def test_a_new_clock_shows_the_real_time() -> None:
    before = whole_milliseconds(real())
    assert before <= Clock().now() <= real()


@given(times)
def test_a_time_has_whole_milliseconds(time: datetime) -> None:
    """Source: reference api.md §2.3."""
    assert Clock(time).now() == whole_milliseconds(time)


def test_a_clock_with_a_start_stands_still() -> None:
    clock = Clock(START)
    assert (clock.frozen, clock.now()) == (True, START)


def test_a_new_clock_goes() -> None:
    assert not Clock().frozen


@pytest.mark.parametrize(
    "clock", [Clock(), Clock(START), Clock(START.astimezone(timezone(DAY / 2)))]
)
def test_times_are_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("span", [DAY, -DAY, timedelta(milliseconds=1), timedelta()])
def test_a_frozen_clock_is_moved_by_exactly_a_span(span: timedelta) -> None:
    clock = Clock(START)
    clock.advance(span)
    assert clock.now() == START + span


@pytest.mark.parametrize("span", [DAY, -DAY])
def test_a_clock_that_goes_goes_on_from_where_it_was_moved(span: timedelta) -> None:
    clock = Clock()
    clock.advance(span)
    assert abs(clock.now() - real() - span) < MINUTE


def test_spans_below_a_millisecond_add_up() -> None:
    clock = Clock(START)
    for _ in range(10):
        clock.advance(timedelta(microseconds=100))
    assert clock.now() == START + timedelta(milliseconds=1)


@given(times, times)
def test_a_frozen_clock_is_set_to_exactly_a_time(start: datetime, time: datetime) -> None:
    clock = Clock(start)
    clock.set(time)
    assert clock.now() == whole_milliseconds(time)


def test_a_clock_that_goes_goes_on_from_where_it_was_set() -> None:
    clock = Clock()
    clock.set(START)
    assert not clock.frozen
    assert START <= clock.now() < START + MINUTE


def test_a_clock_may_be_set_in_another_time_zone() -> None:
    clock = Clock(START - DAY)
    clock.set(START.astimezone(timezone(timedelta(hours=2))))
    assert clock.now() == START


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Clock().set(START.replace(tzinfo=None))


def test_a_frozen_clock_shows_when_it_was_frozen() -> None:
    clock = Clock()
    clock.freeze()
    assert clock.frozen
    assert clock.now() == clock.now() <= real()


def test_a_resumed_clock_goes_on_from_where_it_stood() -> None:
    clock = Clock(START)
    clock.advance(DAY)
    clock.resume()
    assert not clock.frozen
    assert START + DAY <= clock.now() < START + DAY + MINUTE


def test_to_resume_a_clock_that_goes_changes_nothing() -> None:
    clock = Clock()
    clock.advance(DAY)
    clock.resume()
    assert abs(clock.now() - real() - DAY) < MINUTE


@pytest.mark.parametrize("clock", [Clock(START), Clock()])
def test_a_reset_clock_shows_the_real_time_again(clock: Clock) -> None:
    clock.advance(DAY)
    clock.reset()
    assert not clock.frozen
    assert abs(clock.now() - real()) < MINUTE


@pytest.mark.parametrize("days", [-30_000, 3_000_000, 999_999_999, -999_999_999])
def test_the_clock_goes_from_1970_to_9000(days: int) -> None:
    with pytest.raises(ValueError, match="from 1970 to 9000"):
        Clock(START).advance(timedelta(days=days))


def test_a_refused_move_leaves_the_clock_where_it_was() -> None:
    clock = Clock(START)
    with pytest.raises(ValueError, match="from 1970 to 9000"):
        clock.set(datetime(1969, 12, 31, tzinfo=UTC))
    assert clock.now() == START


def test_a_wait_is_over_when_its_reason_is() -> None:
    ended = Event()
    ended.set()
    clock = Clock(START)
    clock.wait(timedelta(hours=1), ended)
    clock.wait(timedelta(milliseconds=1), Event())
    assert clock.now() == START
