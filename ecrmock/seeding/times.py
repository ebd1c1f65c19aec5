"""Times of a seed: of ISO 8601, or so long before the present."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

_SECONDS: Mapping[str, int] = MappingProxyType(
    {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
)
_AGO = " ago"
_FIRST_YEAR, _LAST_YEAR = 1970, 9000  # those of the clock


def read_time(text: str, now: datetime) -> datetime:
    """Return a time that a seed names, UTC without a time zone.

    Raises: ValueError, with a sentence, when there is no such time or it is after ``now``.
    """
    time = read_clock(text, now)
    if time > now:
        raise ValueError(f"{text!r} is after the present, which is {now.isoformat()} here")
    return time


def read_clock(text: str, now: datetime) -> datetime:
    """Return a time that may be to come as well. Raises: ValueError, with a sentence."""
    try:
        time = _before(text, now) if text.endswith(_AGO) else datetime.fromisoformat(text)
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time that there is") from None
    if not _FIRST_YEAR <= time.year < _LAST_YEAR:
        raise ValueError(f"{text!r} is not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def _before(text: str, now: datetime) -> datetime:
    parts = re.findall(r"([0-9]+)([wdhms])", text.removesuffix(_AGO))
    return now - timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in parts))
