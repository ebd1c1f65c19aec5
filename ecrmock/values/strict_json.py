"""How texts that are kept as they were pushed are read: what readers differ about is refused."""

import json
from collections.abc import Callable
from typing import Any


def strict_decoder(number: Callable[[str], Any] | None = None) -> json.JSONDecoder:
    """Return a decoder that raises ValueError where a key is given twice, and for NaN and Infinity.

    ``number`` reads the digits of a number, where int and float are not wanted. Source: RFC 8259, 4 and 6.
    """
    return json.JSONDecoder(
        object_pairs_hook=_without_duplicates,
        parse_int=number,
        parse_float=number,
        parse_constant=no_constant,
    )


def no_constant(name: str) -> object:
    """Refuse what Python's reader takes for a number, and JSON does not. Raises: ValueError."""
    raise ValueError(f"{name} is not JSON")


def check_characters(text: str, name: str) -> None:
    """Refuse half a surrogate pair, which JSON can spell and nothing can write.

    Raises: ValueError, naming the member.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} has half a surrogate pair, which is no character") from None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key is given twice")
    return document
