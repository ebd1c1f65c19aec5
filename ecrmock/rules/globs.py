"""Wildcards of IAM: ``*`` is any run of characters, ``?`` any one; nothing else is special.

Source: reference iam.md §3.2; §4 for ARNs whose parts are compared one by one.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

COLONS = 5  # of an ARN; what follows the last of them is the resource
_NEVER = "(?!)"


class Piece(NamedTuple):
    """A part of a pattern; in a literal piece no character is a wildcard."""

    text: str
    is_literal: bool = False


Pattern = tuple[Piece, ...]
Test = Callable[[str], bool]


def anything(_: str) -> bool:
    """Match every text, as a lone ``*`` does."""
    return True


def nothing(_: str) -> bool:
    """Match no text."""
    return False


@lru_cache(maxsize=4096)
def glob(pattern: Pattern) -> Test:
    """Return the test whether a pattern is the whole of a text; case counts."""
    text = "".join(piece.text for piece in pattern)
    if text == "*" and not any(piece.is_literal for piece in pattern):
        return anything
    if not any(_has_wildcard(piece) for piece in pattern):
        return text.__eq__
    if text[-1] == "*" and not _has_wildcard(Piece(text[:-1])) and not pattern[-1].is_literal:
        return _beginning(text[:-1])
    return _test(re.compile(_expression(pattern), re.DOTALL))


def _beginning(prefix: str) -> Test:
    """Return the test of the usual pattern, a star at its end; it is cheaper than an expression."""
    return lambda text: text.startswith(prefix)


@lru_cache(maxsize=4096)
def action_glob(pattern: str) -> Test:
    """Return the test whether a pattern is the whole of the name of an action; case does not count."""
    lower = pattern.lower()
    if not _has_wildcard(Piece(pattern)):
        return lambda action: action.lower() == lower
    expression = re.compile(_expression((Piece(lower),)), re.DOTALL)
    return lambda action: expression.fullmatch(action.lower()) is not None


@lru_cache(maxsize=1024)
def arn_glob(pattern: Pattern) -> Test:
    """Return the test whether an ARN matches part by part: only in the last one wildcards meet colons.

    Inferred: a lone ``*`` matches every text, any other pattern of less than six parts none.
    """
    if pattern == (Piece("*"),):
        return anything
    if sum(piece.text.count(":") for piece in pattern if not piece.is_literal) < COLONS:
        return nothing
    return _test(re.compile(_expression(pattern, in_parts=True), re.DOTALL))


def _has_wildcard(piece: Piece) -> bool:
    return not piece.is_literal and ("*" in piece.text or "?" in piece.text)


def _test(expression: re.Pattern[str]) -> Test:
    matches = expression.fullmatch
    return lambda text: matches(text) is not None


def _expression(pattern: Pattern, *, in_parts: bool = False) -> str:
    """Return an expression that never tries again what follows one star for the sake of another.

    The first place where the text between two stars fits is as good as any later one, so each but the last
    star is in an atomic group together with what follows it.
    """
    stars, texts = _split(pattern, in_parts)
    groups = [f"(?>{star}?{text})" for star, text in zip(stars[:-1], texts[1:-1], strict=True)]
    return "".join([texts[0], *groups, *stars[-1:], *texts[1:][-1:]])


def _split(pattern: Pattern, in_parts: bool) -> tuple[list[str], list[str]]:
    """Return the expressions of the stars of a pattern, and of the texts before, between and after them."""
    colons_to_come = COLONS if in_parts else 0
    stars: list[str] = []
    texts = [""]
    for char, is_literal in ((char, piece.is_literal) for piece in pattern for char in piece.text):
        any_one = "[^:]" if colons_to_come > 0 else "."
        if char == "*" and not is_literal:
            stars.append(f"{any_one}*")
            texts.append("")
        elif char == ":" and colons_to_come > 0:
            texts[-1] += _NEVER if is_literal else ":"  # no part but the last has a colon in it
            colons_to_come -= 1
        else:
            texts[-1] += any_one if char == "?" and not is_literal else re.escape(char)
    return stars, texts
