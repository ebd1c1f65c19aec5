"""The clock of the handle."""

from datetime import datetime, timedelta

from ecrmock.backend import Backend


class ClockHandle:
    """The backend's clock; when it moves, the work that has fallen due is done before the call returns."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def now(self) -> datetime:
        """Return the backend's time."""
        return self._backend.world.clock.now()

    def set(self, time: datetime) -> None:
        """Move to a time, which needs a time zone. Raises: ValueError."""
        self._backend.world.clock.set(time)
        self._backend.settle()

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Move forward by a span. Raises: ValueError beyond the year 9000."""
        self._backend.world.clock.advance(timedelta(days=days, hours=hours, seconds=seconds))
        self._backend.settle()

    def freeze(self) -> None:
        """Let time stand still."""
        self._backend.world.clock.freeze()

    def resume(self) -> None:
        """Let time go on."""
        self._backend.world.clock.resume()
