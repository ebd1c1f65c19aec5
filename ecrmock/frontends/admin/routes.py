"""Paths with parameters: which one of a table a request's path fits, and what stands for its parameters."""

from collections.abc import Iterable
from urllib.parse import unquote


def find_path(path: str, known: Iterable[str]) -> tuple[str, dict[str, str]] | None:
    """Return the path of a table that fits, with its parameters; one without any comes first.

    A parameter is a whole segment in braces, as in ``/_ecrmock/accounts/{id}``.
    """
    paths = tuple(known)
    if path in paths:
        return path, {}
    segments = path.split("/")
    for template in paths:
        parameters = _fit(template.split("/"), segments)
        if parameters is not None:
            return template, parameters
    return None


def _fit(template: list[str], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    found: dict[str, str] = {}
    for wanted, given in zip(template, segments, strict=True):
        if wanted.startswith("{") and given:
            found[wanted.strip("{}")] = unquote(given)
        elif wanted != given:
            return None
    return found
