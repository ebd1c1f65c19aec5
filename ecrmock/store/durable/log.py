"""The log: units of work, written to the journal file one behind the other, and safe before a call answers.

Whoever needs a unit to be safe waits for it. The first who waits writes all that there is by then, and the
others wait for him: one sync of the disk for all of them. None of it happens under the backend's lock.
"""

import json
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ecrmock.store.durable.files import Files
from ecrmock.store.durable.frames import frame
from ecrmock.store.durable.rows import Row, to_json
from ecrmock.values.errors import ServerError

_log = logging.getLogger("ecrmock")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of work. ``number`` and ``era`` are the journal's; ``then`` is done once it is safe, in order."""

    number: int
    era: int
    rows: list[Row]
    then: list[Callable[[], None]] = field(default_factory=list)


class Log:
    """The journal file of a data folder. ``add`` is called under the backend's lock, the rest without it."""

    def __init__(
        self,
        files: Files,
        written: Callable[[list[Unit]], None],
        failed: Callable[[], None],
    ) -> None:
        """``written`` is told of units that are safe; ``failed`` that they cannot be: it calls ``lose``."""
        self._files, self._written, self._failed = files, written, failed
        self._descriptor = -1
        self._path = Path()
        self.size = 0  # of what is safe
        self._is_clean = True  # behind that there is nothing
        self._units: deque[Unit] = deque()
        self._tickets = self._safe = 0  # how many units there were, and of them are dealt with
        self._lost: list[
            tuple[int, int]
        ] = []  # tickets after the one up to the other were taken back
        self._turn = threading.Condition()
        self._is_busy = False

    def open(self, path: Path, size: int) -> None:
        """Write to a file from a place on. Raises: OSError."""
        descriptor = self._files.create(path)
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._path, self.size, self._is_clean = descriptor, path, size, False

    def close(self) -> None:
        """Close the file; from now on nothing can be written."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def add(self, unit: Unit) -> int:
        """Take in a unit, and return the ticket to wait for it with."""
        self._units.append(unit)
        self._tickets += 1
        return self._tickets

    @property
    def safe(self) -> int:
        """How many units there were that are dealt with."""
        return self._safe

    @property
    def has_unsafe(self) -> bool:
        """Whether there are units that are not safe yet."""
        return self._safe < self._tickets

    def wait(self, ticket: int) -> None:
        """Return when the unit of a ticket is safe, and all before it. Raises: ServerError."""
        while self._safe < ticket:
            with self._turn:
                if self._is_busy:
                    self._turn.wait()
                    continue
                self._is_busy = True
            self._write_in_turn()
        if self._lost and any(after < ticket <= last for after, last in self._lost):
            raise ServerError

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody write for a while."""
        with self._turn:
            self._turn.wait_for(lambda: not self._is_busy)
            self._is_busy = True
        try:
            yield
        finally:
            self._end_turn()

    def take(self) -> list[Unit]:
        """Take out all units that there are, to be written."""
        units: list[Unit] = []
        with suppress(IndexError):
            while True:
                units.append(self._units.popleft())
        return units

    def write(self, units: list[Unit]) -> None:
        """Make units safe that were taken; called while ``alone``. Raises: OSError."""
        if not units:
            return
        try:
            self._write(frame(_payload(units)))
        except BaseException:
            self._units.extendleft(reversed(units))
            raise
        self._written(units)
        self._safe += len(units)

    def _write_in_turn(self) -> None:
        try:
            self.write(self.take())
        except OSError as error:
            reason = error.strerror or str(error)
            _log.error("cannot write %s: %s. What calls changed is taken back.", self._path, reason)
            self._failed()
        except Exception:
            _log.exception("cannot write %s. What calls changed is taken back.", self._path)
            self._failed()
        finally:
            self._end_turn()

    def lose(self, *, forget: bool) -> None:
        """Have every call fail whose unit is not safe. Called under the backend's lock.

        Unless they are forgotten, because they were taken back, the units are written with the next ones.
        """
        if forget:
            self._units.clear()
        self._lost.append((self._safe, self._tickets))
        self._safe = self._tickets
        self._tickets += len(self._units)

    def _end_turn(self) -> None:
        with self._turn:
            self._is_busy = False
            self._turn.notify_all()

    def _write(self, content: bytes) -> None:
        if self._descriptor < 0:
            raise OSError(None, "the data folder is closed")
        if not self._is_clean:
            self._files.truncate(self._descriptor, self.size)
        self._is_clean = False
        self._files.write(self._descriptor, content, self.size)
        self._files.sync(self._descriptor)
        self.size, self._is_clean = self.size + len(content), True


def _payload(units: list[Unit]) -> bytes:
    document = [[to_json(row) for row in unit.rows] for unit in units]
    return json.dumps(document, separators=(",", ":")).encode()
