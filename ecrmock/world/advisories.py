"""Advisories of a folder or a zip in OSV format, indexed when they are first asked for.

They are indexed anew when a path has changed: a file, or what is in a folder itself. The index holds where
each record lies, not the records, so that the dump of a whole distribution needs little memory. The files are
read again for the few packages that an image has.
"""

import json
import logging
import zlib
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from ecrmock.values.advisories import Advisory
from ecrmock.values.ecosystems import Ecosystem, package_key
from ecrmock.values.osv import read_advisory

_LARGEST = 32 * 1024 * 1024  # of a record, in bytes; the largest of real ones have a few million
# Members packed in other ways raise errors of modules that may be absent.
_METHODS = (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2)
# What files and zips raise that are broken, encrypted or not to be read.
_BROKEN = (
    *(BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError),
    zlib.error,
)
_log = logging.getLogger("ecrmock")


class Place(NamedTuple):
    """Where a record lies: a file, or a member of a zip, which stays open for the next look."""

    path: Path
    archive: ZipFile | None = None
    member: str = ""

    def __str__(self) -> str:
        return f"{self.path}!/{self.member}" if self.member else str(self.path)


class Unreadable(NamedTuple):
    """A file that is no advisory, and why."""

    place: str
    reason: str


class _Index(NamedTuple):
    by_package: dict[tuple[str, str], list[Place]]
    by_id: dict[str, Place]
    unreadable: tuple[Unreadable, ...]
    withdrawn: int
    newest: float  # of the files, as seconds of the epoch


class Advisories:
    """The advisories below some paths. A record that cannot be read is named and passed over."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._lock = Lock()
        self._found: _Index | None = None
        self._changed: tuple[int, ...] = ()  # when each path was changed, as of the index

    def about(self, ecosystem: Ecosystem, name: str) -> tuple[Advisory, ...]:
        """Return the advisories for a package, of any release, in the order of their files.

        Raises: OSError when a path is not there.
        """
        places = self._index().by_package.get(package_key(ecosystem, name), ())
        found = (_read_again(place) for place in places)
        return tuple(advisory for advisory in found if advisory is not None)

    def by_id(self, identifier: str) -> Advisory | None:
        """Return one advisory. Raises: OSError."""
        place = self._index().by_id.get(identifier)
        return _read_again(place) if place is not None else None

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """What could not be read."""
        return self._index().unreadable

    @property
    def withdrawn(self) -> int:
        """How many records say that they are withdrawn; they are not used."""
        return self._index().withdrawn

    @property
    def updated_at(self) -> float:
        """When the newest of the files was changed, as seconds of the epoch; 0 when there are none."""
        return self._index().newest

    def __len__(self) -> int:
        return len(self._index().by_id)

    def _index(self) -> _Index:
        with self._lock:
            changed = tuple(map(_changed_at, self._paths))
            if self._found is None or changed != self._changed:
                self._found, self._changed = _indexed(self._paths), changed
                _tell(self._found.unreadable)
            return self._found


def _tell(unreadable: tuple[Unreadable, ...]) -> None:
    """Log what could not be read in one line, since a dump may have thousands of such files."""
    if unreadable:
        count, (place, reason) = len(unreadable), unreadable[0]
        _log.warning(
            "advisories that cannot be read: %d; the first is %s: %s", count, place, reason
        )


def _changed_at(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def sample_advisories() -> Advisories:
    """Return the few well-known advisories that come with ecrmock."""
    return Advisories(Path(__file__).parent / "sample_advisories")


def _indexed(paths: tuple[Path, ...]) -> _Index:
    by_package: dict[tuple[str, str], list[Place]] = {}
    by_id: dict[str, Place] = {}
    unreadable: list[Unreadable] = []
    withdrawn, newest = 0, 0.0
    for place in _places(paths, unreadable):
        newest = max(newest, place.path.stat().st_mtime)
        try:
            advisory = read_advisory(_document(place))
        except ValueError as error:
            unreadable.append(Unreadable(str(place), str(error)))
            continue
        withdrawn += advisory.withdrawn is not None
        if advisory.withdrawn is None and advisory.id not in by_id:
            by_id[advisory.id] = place
            for key in dict.fromkeys(package_key(e.ecosystem, e.name) for e in advisory.affected):
                by_package.setdefault(key, []).append(place)
    return _Index(by_package, by_id, tuple(unreadable), withdrawn, newest)


def _places(paths: tuple[Path, ...], unreadable: list[Unreadable]) -> Iterator[Place]:
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"there are no advisories at {path}")
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.suffix == ".json" and file.is_file():
                yield Place(file)
            elif file.suffix == ".zip" and file.is_file():
                yield from _members(file, unreadable)


def _members(path: Path, unreadable: list[Unreadable]) -> Iterator[Place]:
    try:
        archive = ZipFile(path)
    except _BROKEN as error:
        unreadable.append(Unreadable(str(path), _reason(error)))
    else:
        names = sorted(name for name in archive.namelist() if name.endswith(".json"))
        yield from (Place(path, archive, name) for name in names)


def _read_again(place: Place) -> Advisory | None:
    """Return a record that was read before; None when somebody has taken it away or broken it since."""
    try:
        return read_advisory(_document(place))
    except ValueError:
        return None


def _document(place: Place) -> object:
    """Return the JSON of a record. Raises: ValueError."""
    try:
        text = _bytes(place)
    except _BROKEN as error:
        raise ValueError(_reason(error)) from None
    if len(text) > _LARGEST:
        raise ValueError(f"it has more than {_LARGEST} bytes")
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from None
    return document


def _bytes(place: Place) -> bytes:
    if place.archive is None:
        with place.path.open("rb") as file:
            return file.read(_LARGEST + 1)
    if place.archive.getinfo(place.member).compress_type not in _METHODS:
        raise ValueError("it is packed in a way that is not read")
    with place.archive.open(place.member) as file:
        return file.read(_LARGEST + 1)


def _reason(error: Exception) -> str:
    return str(error) or f"it is broken: {type(error).__name__}"
