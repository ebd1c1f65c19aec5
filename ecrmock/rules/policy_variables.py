"""Policy variables: ``${aws:username}`` in resources and in the values of conditions.

Source: reference iam.md §3.3.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ecrmock.rules.globs import COLONS, Pattern, Piece

KNOWS_VARIABLES = (
    "2012-10-17"  # in a document of another version, or of none, a variable is plain text
)
Keys = Mapping[str, tuple[str, ...]]  # of a request, by their names in lower case

MULTIVALUED = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "sts:transitivetagkeys",
    }
)
_VARIABLE = re.compile(
    r"\$\{(?:(?P<escaped>[*?$])|(?P<key>[^{}$*?,']+)(?:, ?'(?P<default>[^'}]*)')?)\}"
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A place that the value of a condition key takes; the key is in lower case."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """A pattern with variables. It is ``fixed`` when it has none: the same for every request."""

    parts: tuple[Piece | Variable, ...]
    fixed: Pattern | None

    def filled(self, keys: Keys) -> Pattern | None:
        """Return the pattern for a request; None where a key is missing that has no default.

        Values are literal: a wildcard in them is a character. Inferred: reference iam.md §3.3.
        """
        if self.fixed is not None:
            return self.fixed
        pieces = tuple(_piece(part, keys) for part in self.parts)
        return None if None in pieces else tuple(piece for piece in pieces if piece is not None)


def plain(text: str) -> Template:
    """Return the template of a text that has no variables."""
    return _template((Piece(text),))


@lru_cache(maxsize=4096)
def template(text: str) -> Template:
    """Return the template of a condition's value."""
    return _template(tuple(_parts(text)))


@lru_cache(maxsize=4096)
def resource_template(arn: str) -> Template:
    """Return the template of a resource: before the fifth colon a variable is plain text."""
    if "${" not in arn:
        return plain(arn)
    parts: list[Piece | Variable] = []
    colons = 0
    for match in re.finditer(r"\$\{[^{}]*\}|[^:$]+|.", arn, re.DOTALL):
        if colons >= COLONS:
            return _template((*parts, *_parts(arn[match.start() :])))
        parts.append(Piece(match[0], is_literal=match[0].startswith("${")))
        colons += match[0] == ":"
    return _template(tuple(parts))


def _template(parts: tuple[Piece | Variable, ...]) -> Template:
    pieces = _joined(part for part in parts if isinstance(part, Piece))
    has_variables = any(isinstance(part, Variable) for part in parts)
    return Template(parts, None if has_variables else pieces)


def _joined(pieces: Iterator[Piece]) -> Pattern:
    """Return pieces of which no two neighbours are of one kind, so that equal patterns are equal."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].is_literal == piece.is_literal:
            piece = Piece(found.pop().text + piece.text, piece.is_literal)  # noqa: PLW2901
        found.append(piece)
    return tuple(found)


def _parts(text: str) -> Iterator[Piece | Variable]:
    end = 0
    for match in _VARIABLE.finditer(text):
        if match.start() > end:
            yield Piece(text[end : match.start()])
        if match["escaped"]:
            yield Piece(match["escaped"], is_literal=True)
        else:
            yield Variable(match["key"].lower(), match["default"])
        end = match.end()
    if end < len(text):
        yield Piece(text[end:])


def _piece(part: Piece | Variable, keys: Keys) -> Piece | None:
    if isinstance(part, Piece):
        return part
    values = keys.get(part.key, ())
    if len(values) == 1 and part.key not in MULTIVALUED:
        return Piece(values[0], is_literal=True)
    return None if part.default is None else Piece(part.default, is_literal=True)
