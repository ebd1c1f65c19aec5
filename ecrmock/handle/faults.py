"""Faults of the handle: failures that a test asks for."""

from types import TracebackType
from typing import TYPE_CHECKING

from ecrmock.backend import Backend
from ecrmock.handle.door import Door

if TYPE_CHECKING:
    from typing import Unpack

    from ecrmock.dispatch.faults import ActiveFault
    from ecrmock.values.faults import FaultOptions


class FaultHandle:
    """A fault that is in force until it is stopped, or until the block ends that was entered with it."""

    def __init__(self, backend: Backend, active: "ActiveFault") -> None:
        self._backend, self._active = backend, active

    @property
    def times(self) -> int:
        """How often it struck."""
        return self._active.times

    def stop(self) -> None:
        """End it; calls that it lets wait go on."""
        self._backend.dispatcher.faults.remove(frozenset({self._active.number}))

    def __enter__(self) -> "FaultHandle":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<fault {self._active.fault.describe()}; struck {self.times}>"


class Faults(Door):
    """The failures of the handle's backend."""

    def fault(self, operation: str = "*", **options: "Unpack[FaultOptions]") -> FaultHandle:
        """Let calls fail from now on: those of an operation, or all.

        The options say which of them, when, and how; `docs/faults.md` lists them. For example ``throttle=3``,
        ``error="LimitExceededException"``, ``latency=0.5``, ``drop=True``.

        Raises: FaultError, a ValueError, for what could never strike or makes no sense.
        """
        from ecrmock.values.faults import read_fault  # noqa: PLC0415 - loaded when needed

        fault = read_fault({"operation": operation, **options})
        return FaultHandle(self._backend, self._backend.dispatcher.faults.add(fault))
