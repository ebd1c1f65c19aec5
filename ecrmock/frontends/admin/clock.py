"""The clock over HTTP; whatever falls due by a move is done before it answers. Source: DESIGN.md §4."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError

T = TypeVar("T")
_USAGE = (
    'the clock takes one of {"now": "<ISO 8601 with a time zone>"}, {"advance": <seconds>}, '
    '{"frozen": true|false}'
)


def show(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the time, and whether it stands still."""
    clock = backend.world.clock
    return {"now": clock.now().isoformat(), "frozen": clock.frozen}


def change(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set, advance, freeze or resume the clock. Raises: AdminError."""
    clock = backend.world.clock
    match dict(document):
        case {"now": str(text), **others} if not others:
            _move(clock.set, _time(text))
        case {"advance": int() | float() as seconds, **others} if not (
            others or isinstance(seconds, bool)
        ):
            _move(clock.advance, _span(seconds))
        case {"frozen": True, **others} if not others:
            clock.freeze()
        case {"frozen": False, **others} if not others:
            clock.resume()
        case _:
            raise AdminError(_USAGE)
    backend.settle()
    return show(backend, document)


def _move(move: Callable[[T], None], where: T) -> None:
    try:
        move(where)
    except ValueError as error:
        raise AdminError(str(error)) from None


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise AdminError(_USAGE) from None
    if time.tzinfo is None:
        raise AdminError(_USAGE)
    return time


def _span(seconds: float) -> timedelta:
    try:
        return timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise AdminError(_USAGE) from None
