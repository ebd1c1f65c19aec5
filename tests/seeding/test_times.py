"""Times of a seed."""

from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.seeding.times import read_clock, read_time
from tests.seeding.conftest import START


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31 12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T12:00:00.123456Z", datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=UTC)),
        ("15d ago", START - timedelta(days=15)),
        ("1w2d3h4m5s ago", START - timedelta(days=9, hours=3, minutes=4, seconds=5)),
    ],
)
def test_a_time_is_a_date_or_so_long_ago(text: str, time: datetime) -> None:
    assert read_time(text, START) == time


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-02-31", "no time that there is"),
        ("999999999w ago", "no time that there is"),
        ("2026-06-02", "after the present, which is 2026-06-01T12:00:00"),
        ("1969-12-31", "not between 1970 and 9000"),
    ],
)
def test_another_time_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_time(text, START)


def test_the_clock_may_go_where_it_is_not_yet() -> None:
    assert read_clock("2030-01-01", START).year == 2030
