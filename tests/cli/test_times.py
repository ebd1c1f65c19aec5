"""Dates and spans as a person writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest

from ecrmock.cli.times import read_date, read_span

CONTEXT, PARAMETER = click.Context(click.Command("clock")), click.Argument(["value"])
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def date(text: str | None) -> datetime | None:
    return read_date(CONTEXT, PARAMETER, text)


def span(text: str | None) -> timedelta | None:
    return read_span(CONTEXT, PARAMETER, text)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:30:00Z", datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
        ("2026-01-31T12:30:00", datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
        ("2026-01-31T12:30:00+02:00", datetime(2026, 1, 31, 10, 30, tzinfo=UTC)),
        ("2026-01-31 12:30", datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_date_without_a_time_zone_is_utc(text: str, time: datetime) -> None:
    assert date(text) == time


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2w", 14 * DAY),
        ("15d", 15 * DAY),
        ("12h", 12 * HOUR),
        ("45m", timedelta(minutes=45)),
        ("90s", timedelta(seconds=90)),
        ("0.5d", 12 * HOUR),
        ("1d12h", 36 * HOUR),
        ("1h1h", 2 * HOUR),
        ("0d1s", timedelta(seconds=1)),
    ],
)
def test_a_span_is_the_sum_of_its_parts(text: str, length: timedelta) -> None:
    assert span(text) == length


@pytest.mark.parametrize("read", [date, span])
def test_what_is_not_given_is_not_read(read: Any) -> None:
    assert read(None) is None


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-30", "31.01.2026", "2026-01-31T25:00", "0001-01-01T00:00+23:00"],
)
def test_what_is_no_date_is_answered_with_two(text: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        date(text)
    expected = f"{text!r} is no date such as 2026-01-31 or 2026-01-31T12:00:00Z"
    assert caught.value.message == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "15", "d", "15 d", "1d 12h", "1y", "1D", "-1d", "1.d", ".5d", "1e3s", "1d!"),
        *("0s", "0.0d", "9999999999d", "999999999w"),
    ],
)
def test_what_is_no_span_or_none_at_all_is_answered_with_some(text: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        span(text)
    assert caught.value.message == f"{text!r} is no span such as 15d, 12h, 90s or 1d12h"
