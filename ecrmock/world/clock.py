"""Time, which a test can freeze, set and advance.

ECR's timestamps have milliseconds (reference api.md §2.3), and so does every time that a clock gives.
"""

from datetime import UTC, datetime, timedelta
from threading import Event
from typing import NamedTuple

_FIRST_YEAR, _LAST_YEAR = 1970, 9000  # so that times reckoned from it can be written as well


class ClockSetting(NamedTuple):
    """How far a clock is from the real time, and where it stands still, if it does."""

    offset: timedelta
    frozen: datetime | None


class Clock:
    """The real time plus an offset, or a frozen time."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start at the real time, or frozen at ``start``."""
        self._offset = timedelta()
        self._frozen = None if start is None else start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the present time: aware, in UTC, whole milliseconds."""
        time = self._exact()
        return time.replace(microsecond=time.microsecond // 1000 * 1000)

    @staticmethod
    def machine_time() -> datetime:
        """Return the real time, by which clients on this machine sign, wherever this clock was moved."""
        return datetime.now(UTC)

    def _exact(self) -> datetime:
        return self._frozen or datetime.now(UTC) + self._offset

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen is not None

    def set(self, time: datetime) -> None:
        """Move to a time; it goes on from there unless it is frozen.

        Raises: ValueError when ``time`` has no time zone.
        """
        if time.tzinfo is None:
            raise ValueError(
                "the clock needs a time with a time zone, such as datetime(…, tzinfo=UTC)"
            )
        self.advance(time - self._exact())

    def advance(self, span: timedelta) -> None:
        """Move by a span, which may be negative.

        Raises: ValueError for a time before 1970 or after 9000.
        """
        self._check(span)
        if self._frozen is not None:
            self._frozen += span
        else:
            self._offset += span

    def _check(self, span: timedelta) -> None:
        try:
            year = (self.now() + span).year
        except OverflowError:
            year = 0
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise ValueError(f"the clock goes from {_FIRST_YEAR} to {_LAST_YEAR}")

    def freeze(self) -> None:
        """Let time stand still."""
        self._frozen = self.now()

    def resume(self) -> None:
        """Let time go on from where it stands."""
        if self._frozen is not None:
            self._offset = self._frozen - datetime.now(UTC)
            self._frozen = None

    def wait(self, span: timedelta, ended: Event) -> None:
        """Wait for a span of real time, whatever this clock says, or until something has ended."""
        ended.wait(span.total_seconds())

    def reset(self) -> None:
        """Go back to the real time."""
        self._offset, self._frozen = timedelta(), None

    @property
    def setting(self) -> ClockSetting:
        """How the clock is set, to be kept."""
        return ClockSetting(self._offset, self._frozen)

    def set_as(self, setting: ClockSetting) -> None:
        """Set the clock as it was set before: to the time at which it stood still, or to its offset."""
        self._offset, self._frozen = setting
