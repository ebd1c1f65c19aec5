"""Names of files in a layer, and sets of them that cost eight bytes a name."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from hashlib import blake2b
from heapq import merge

from ecrmock.values.inventory import UnreadableImageError

_RUN = 65_536  # marks that are sorted at a time


def cleaned(name: str) -> str:
    """Return a path relative to the root, without ``.``, ``..`` and doubled slashes; the root is empty.

    Raises: UnreadableImageError when it leads out of the root, or has a NUL.
    """
    if "\0" in name:
        raise UnreadableImageError("the name of a file has a NUL in it")
    kept: list[str] = []
    for part in name.split("/"):
        if part == "..":
            if not kept:
                raise UnreadableImageError(f"the name of a file leads out of the layer: {name!r}")
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return "/".join(kept)


def folders_of(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in, from its own up to the root (the empty path)."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def mark_of(path: str) -> int:
    """Return the number that stands for a path; no two paths of an image share one but by malice."""
    return int.from_bytes(blake2b(path.encode(), digest_size=8).digest(), "big")


class PathSet:
    """A frozen set of paths, asked by their marks."""

    __slots__ = ("_marks",)

    def __init__(self, marks: "array[int]") -> None:
        runs = (array("Q", sorted(marks[at : at + _RUN])) for at in range(0, len(marks), _RUN))
        self._marks = array("Q", merge(*runs))  # a million at once would take 44 MiB meanwhile

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, mark: int) -> bool:
        at = bisect_left(self._marks, mark)
        return at < len(self._marks) and self._marks[at] == mark
