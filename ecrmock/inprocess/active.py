"""The one global: the backends that are active in this process, the innermost last.

The innermost one answers for the whole process, threads included. Source: docs/testing.md.
"""

from ecrmock.backend import Backend

_active: list[Backend] = []


def push(backend: Backend) -> None:
    """Make a backend the one that answers."""
    _active.append(backend)


def pop(backend: Backend) -> None:
    """Take a backend away; contexts that overlap may end in any order."""
    for place in range(len(_active) - 1, -1, -1):
        if _active[place] is backend:
            del _active[place]
            return


def innermost() -> Backend | None:
    """Return the backend that answers now."""
    return _active[-1] if _active else None
