"""The one global: the backends that are active in this process, the innermost last.

The innermost one answers for the whole process, threads included. With each goes what the environment held
before it, so that contexts that overlap may end in any order and the last one leaves everything as it was.
"""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ecrmock.backend import Backend


@dataclass(slots=True)
class Activation:
    """A backend that is active, and what it covered of the environment; None: the name was not set."""

    backend: Backend
    covered: dict[str, str | None]


_active: list[Activation] = []
_changing = threading.Lock()


def push(backend: Backend, variables: Mapping[str, str], first: Callable[[], None]) -> Activation:
    """Make a backend the one that answers, with these variables set; ``first`` runs before the first."""
    with _changing:
        if not _active:
            first()
        activation = Activation(backend, {name: os.environ.get(name) for name in variables})
        for name, value in variables.items():
            os.environ[name] = value
        _active.append(activation)
    return activation


def pop(activation: Activation, last: Callable[[], None]) -> None:
    """Take a backend away; ``last`` runs after the last one."""
    with _changing:
        place = next(n for n, other in enumerate(_active) if other is activation)
        del _active[place]
        if place < len(_active):  # a later one covers this one's values: it puts them back
            _active[place].covered |= activation.covered
        else:
            _restore(activation.covered)
        if not _active:
            last()


def _restore(covered: Mapping[str, str | None]) -> None:
    for name, value in covered.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def innermost() -> Backend | None:
    """Return the backend that answers now."""
    present = _active[-1:]  # at once: another thread may be ending the last one
    return present[0].backend if present else None
