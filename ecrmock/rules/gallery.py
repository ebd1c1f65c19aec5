"""Which public repositories the gallery finds, in which order, and how it cuts lists into pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecrmock.values.gallery import GalleryName

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for: all of the words, and one of each kind that is chosen."""

    text: str = ""
    architectures: frozenset[str] = frozenset()
    operating_systems: frozenset[str] = frozenset()


def matches(named: GalleryName, wanted: Wanted) -> bool:
    """Tell whether a repository is one that is looked for."""
    words = wanted.text.lower().split()
    said = named.catalog_data.description or ""
    text = f"{named.full_name} {named.display_name} {said}".lower()
    return (
        all(word in text for word in words)
        and _has_one(named.architectures, wanted.architectures)
        and _has_one(named.operating_systems, wanted.operating_systems)
    )


def place(named: GalleryName, wanted: Wanted) -> tuple[bool, str]:
    """Return by what results are sorted: those whose name has the text come first, then by name."""
    return wanted.text.lower().strip() not in named.full_name, named.full_name


def _has_one(present: Sequence[str], chosen: Iterable[str]) -> bool:
    return not chosen or any(each in present for each in chosen)


def page_bounds(total: int, number: int) -> tuple[int, int, int]:
    """Return where a page starts, its number and how many pages there are.

    A number that is out of range means the nearest one that is not.
    """
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    return (number - 1) * PAGE_SIZE, number, pages
