"""Pages and their tokens.

A token says after which sequence number the next page starts. Sequence numbers only grow and are
never used again, so a token survives whatever is added or deleted between two pages.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import TypeVar

from ecrmock.values.errors import InvalidParameterError

DEFAULT_PAGE_SIZE = 100  # reference api.md §3.7
_TOKEN = re.compile(r"ecrmock:1:([a-z-]+):([0-9]{1,18})")


T = TypeVar("T")


def encode_token(listing: str, sequence: int | None) -> str | None:
    """Return the token for what comes after ``sequence`` in a listing named ``listing``; none after None."""
    if sequence is None:
        return None
    return base64.b64encode(f"ecrmock:1:{listing}:{sequence}".encode()).decode()


def decode_token(listing: str, token: str | None) -> int:
    """Return the sequence number after which a page starts; -1 for no token, the first page.

    Raises: InvalidParameterError when the token was not made for this listing. Source: api.md §3.7.
    """
    if token is None:
        return -1
    try:
        text = base64.b64decode(token, validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    match = _TOKEN.fullmatch(text)
    if match is None or match[1] != listing:
        raise InvalidParameterError("NextToken", "Invalid next token provided")
    return int(match[2])


def cut(
    entries: Iterable[T], size: int, place: Callable[[T], int] = attrgetter("sequence")
) -> tuple[tuple[T, ...], int | None]:
    """Return the first ``size`` entries, and the last one's place when there are more.

    An entry's place is its sequence number, unless ``place`` says where else it has one.
    """
    page: list[T] = []
    rest: Iterator[T] = iter(entries)
    for entry in rest:
        page.append(entry)
        if len(page) == size:
            break
    return tuple(page), place(page[-1]) if next(rest, None) is not None else None


def check_not_with(names_field: str, next_token: str | None, max_results: int | None) -> None:
    """Refuse paging parameters beside a list of names. Raises InvalidParameterError.

    Inferred: reference api.md §3.7.
    """
    for field, given in (("nextToken", next_token), ("maxResults", max_results)):
        if given is not None:
            raise InvalidParameterError(
                field, f"must not be specified when {names_field} is specified"
            )
