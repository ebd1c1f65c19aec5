"""Dates and spans as a person writes them on a command line."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import click

_SECONDS: Mapping[str, int] = MappingProxyType(
    {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
)
_LONGEST = timedelta.max.total_seconds() // 2
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([wdhms])")


def read_date(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Return the time of a date or time of ISO 8601; without a time zone it is UTC. Raises: BadParameter."""
    from ecrmock.rules.lifecycle_listing import read_time  # noqa: PLC0415 - loaded when needed

    try:
        return None if value is None else read_time(value)
    except (ValueError, OverflowError):
        text = f"{value!r} is no date such as 2026-01-31 or 2026-01-31T12:00:00Z"
        raise click.BadParameter(text, ctx, param) from None


def read_span(ctx: click.Context, param: click.Parameter, value: str | None) -> timedelta | None:
    """Return a span such as ``1d12h``, which is longer than nothing. Raises: BadParameter."""
    if value is None:
        return None
    parts = _PART.findall(value)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    is_span = "".join(map("".join, parts)) == value and 0 < seconds <= _LONGEST
    if not is_span:
        text = f"{value!r} is no span such as 15d, 12h, 90s or 1d12h"
        raise click.BadParameter(text, ctx, param)
    return timedelta(seconds=seconds)
