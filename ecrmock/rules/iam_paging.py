"""Pages of IAM's listings and their markers. Source: reference iam.md §13; texts and order are inferred."""

import base64
import binascii
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TypeVar

from ecrmock.rules.paging import DEFAULT_PAGE_SIZE
from ecrmock.values.errors import ValidationError
from ecrmock.values.iam import Identity

T = TypeVar("T")
I = TypeVar("I", bound=Identity)  # noqa: E741 - an identity


def page(
    entries: Iterable[T], place: Callable[[T], str], marker: str | None, max_items: int | None
) -> tuple[str | None, tuple[T, ...]]:
    """Return the marker of the next page, None on the last one, and the entries of this page by place.

    A marker is the last place that was shown, so it survives whatever is added or deleted in between.
    Raises: ValidationError.
    """
    after, size = _read(marker), max_items or DEFAULT_PAGE_SIZE
    rest = sorted((entry for entry in entries if place(entry) > after), key=place)
    shown = tuple(rest[:size])
    return _written(place(shown[-1])) if len(rest) > size else None, shown


def identity_page(
    identities: Iterable[I], path_prefix: str, marker: str | None, max_items: int | None
) -> tuple[str | None, tuple[I, ...]]:
    """Return a page of the identities below a path by name, and its marker. Raises: ValidationError."""
    below = (each for each in identities if each.path.startswith(path_prefix))
    return page(below, attrgetter("key"), marker, max_items)


def _written(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def _read(marker: str | None) -> str:
    try:
        return base64.urlsafe_b64decode(marker).decode() if marker is not None else ""
    except (binascii.Error, ValueError):
        raise ValidationError("Invalid Marker.") from None
