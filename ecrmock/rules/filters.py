"""Wildcards of image tag mutability filters."""

import re
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=1024)
def _pattern(wildcard: str) -> re.Pattern[str]:
    """Return an expression that takes each text between stars where it comes first, and never tries again.

    A filter may have 255 stars; with plain ones the time doubles with each.
    """
    *texts, last = map(re.escape, wildcard.split("*"))
    if not texts:
        return re.compile(last)
    between = "".join(f"(?>.*?{text})" for text in texts[1:])
    return re.compile(f"{texts[0]}{between}.*{last}", re.DOTALL)


def wildcard_matcher(wildcard: str) -> Callable[[str], object]:
    """Return what is true of a text that a wildcard matches, for many texts."""
    return _pattern(wildcard).fullmatch


def wildcard_matches(wildcard: str, text: str) -> bool:
    """Tell whether ``*`` as any run of characters makes the wildcard the whole text; case counts.

    Source: ECR User Guide, "Image tag mutability"; reference api.md §4.3.
    """
    return _pattern(wildcard).fullmatch(text) is not None
