"""The worker: one thread on which a server does what AWS does later, so that no call waits for it.

It sleeps until the next entry of the scheduler is due, or until a call has set something off. Who moves the
clock waits until it has caught up. Source: DESIGN.md section 4, "Work that AWS does later".
"""

import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_STOP_SECONDS = 3  # that work under way has when the server stops
_SWITCH_SECONDS = 0.00002  # for which work goes on when a call wants to be answered
_NICENESS = (
    5  # more of it, and on a busy machine work would keep the interpreter from calls for long
)
_log = logging.getLogger("ecrmock")


class Worker:
    """Runs ``work`` whenever there is something to do, from ``start`` to ``stop``.

    ``work`` does all that is due; ``pause`` says how many seconds later something is, None for never.
    """

    def __init__(self, work: Callable[[], None], pause: Callable[[], float | None]) -> None:
        self._work, self._pause = work, pause
        self._changed = threading.Condition()
        self._asked = self._done = 0
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="ecrmock-worker", daemon=True)

    def start(self) -> None:
        """Start to work."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; work that takes longer than a moment ends with the process."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        self._thread.join(_STOP_SECONDS)

    def wake(self) -> None:
        """Say that there may be something to do. Returns at once."""
        with self._changed:
            self._asked += 1
            self._changed.notify_all()

    def finish(self) -> None:
        """Wait until everything is done that is due now."""
        with self._changed:
            self._asked += 1
            asked = self._asked
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._done >= asked or self._is_stopping)

    def _run(self) -> None:
        _come_last()
        while True:
            with self._changed:
                self._changed.wait_for(self._is_wanted, self._pause())
                if self._is_stopping:
                    return
                asked = self._asked
            self._work_once()
            with self._changed:
                self._done = asked
                self._changed.notify_all()

    def _is_wanted(self) -> bool:
        return self._asked > self._done or self._is_stopping

    def _work_once(self) -> None:
        try:
            with _stepping_aside():
                self._work()
        except Exception:
            _log.exception("work that was due failed")


def _come_last() -> None:
    """Let the threads that answer calls have this one's processor at once; Linux alone knows of threads."""
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


@contextmanager
def _stepping_aside() -> Iterator[None]:
    """Let the threads that answer calls run at once, and do not stop them all to look for garbage.

    Python lets who computes go on for 5 ms, and a look through a repository of 100,000 images takes half a
    second; work frees what it makes without it. Measured: docs/decisions/0012-worker.md.
    """
    interval, collects = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.disable()
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if collects:
            gc.enable()
