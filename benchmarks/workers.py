"""A process for each subject, told over a pipe what to measure.

Subjects that patch the same botocore can so be measured in turn without meeting each other, and
none pays for the others' memory.
"""

import multiprocessing
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.rounds import Absent


class Worker:
    """Holds one object in a process of its own; its methods are called by name.

    ``make`` must be importable, and runs in the process at the first call.
    """

    def __init__(self, make: Callable[..., object], *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, make, arguments), daemon=True)
        self._process.start()
        other.close()

    def call(self, method: str, *arguments: object) -> Any:
        """Call a method of the object and return what it returns.

        Raises: Absent when the object says so; RuntimeError, with the traceback, for all else.
        """
        self._pipe.send((method, arguments))
        outcome, value = self._pipe.recv()
        if outcome == "absent":
            raise Absent(value)
        if outcome == "failed":
            raise RuntimeError(value)
        return value

    def stop(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(10)
        self._process.kill()


@contextmanager
def workers(names: Iterable[str], make: Callable[[str], object]) -> Iterator[dict[str, Worker]]:
    """Have a worker for each name."""
    with ExitStack() as stack:
        started = {name: Worker(make, name) for name in names}
        for worker in started.values():
            stack.callback(worker.stop)
        yield started


def _serve(pipe: Connection, make: Callable[..., object], arguments: tuple[object, ...]) -> None:
    subject: object = None
    while True:
        try:
            method, given = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            subject = subject or make(*arguments)
            pipe.send(("done", getattr(subject, method)(*given)))
        except Absent as error:
            pipe.send(("absent", str(error)))
        except Exception:
            pipe.send(("failed", traceback.format_exc()))
