"""One layer: its stored bytes become a LayerInventory, in one pass and within bounds."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ecrmock.values.inventory import (
    GOLANG,
    UnreadableImageError,
    UnsupportedImageError,
)
from ecrmock.world.inventory import os_release
from ecrmock.world.inventory.archives import FILE, FOLDER, LINK, SYMLINK, Archive, Member
from ecrmock.world.inventory.compression import unpacked
from ecrmock.world.inventory.found import FoundFile, LayerInventory
from ecrmock.world.inventory.kinds import OS_RELEASE, Kind, kind_of, kind_of_path
from ecrmock.world.inventory.limits import LIMITS, Budget, Limits
from ecrmock.world.inventory.paths import PathSet, cleaned, folders_of, mark_of
from ecrmock.world.inventory.streams import Content, UnreadableFileError

_WHITEOUT, _AUFS, _OPAQUE = ".wh.", ".wh..wh.", ".wh..wh..opq"


def read_layer(stored: Iterable[bytes | memoryview], limits: Limits = LIMITS) -> LayerInventory:
    """Read the bytes of a layer as they are stored, plain or compressed; memory does not grow with its size.

    A broken file inside is kept as such, for a layer above may hide it.
    Raises: UnreadableImageError for a damaged archive and for one beyond the limits,
    UnsupportedImageError for what is no archive of a known form.
    """
    budget = Budget(limits)
    archive = Archive(unpacked(stored, budget), budget)
    reading = _Reading(budget)
    for member in archive:
        reading.take(member, archive)
    return reading.inventory()


class _Reading:
    """What has been seen so far. In one archive, what comes later takes the place of what came before."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._files: dict[str, FoundFile] = {}
        self._kept_at: dict[str, int] = {}  # how many others had come, by the file's path
        self._folders, self._others = array("Q"), array("Q")
        self._whiteouts, self._opaque = array("Q"), array("Q")

    def take(self, member: Member, archive: Archive) -> None:
        folder, _, name = member.path.rpartition("/")
        if name.startswith(_WHITEOUT):
            self._take_whiteout(folder, name)
        elif member.kind == FOLDER:
            self._folders.append(mark_of(member.path))
            self._files.pop(member.path, None)
        elif not member.path:
            raise UnreadableImageError("the layer has a file without a name")
        else:
            self._others.append(mark_of(member.path))
            self._files.pop(member.path, None)
            self._find(member, archive)

    def inventory(self) -> LayerInventory:
        others = PathSet(self._others)
        self._forget_replaced(others)
        return LayerInventory(
            files=self._files,
            folders=PathSet(self._folders),
            others=others,
            whiteouts=PathSet(self._whiteouts),
            opaque_folders=PathSet(self._opaque),
        )

    def _take_whiteout(self, folder: str, name: str) -> None:
        if name == _OPAQUE:
            self._opaque.append(mark_of(folder))
        elif not name.startswith(_AUFS):  # the others are notes of a file system to itself
            gone = name.removeprefix(_WHITEOUT)
            if gone in ("", ".", ".."):
                raise UnreadableImageError(f"the layer has a whiteout of nothing: {name!r}")
            self._whiteouts.append(mark_of(f"{folder}/{gone}" if folder else gone))

    def _forget_replaced(self, others: PathSet) -> None:
        """Forget files that lie in what was a folder when they came, and became something else."""
        replaced = {mark for path in self._files for mark in _above(path) if mark in others}
        if not replaced:
            return
        last = {mark: at for at, mark in enumerate(self._others) if mark in replaced}
        for path in list(self._files):
            if any(last.get(mark, -1) >= self._kept_at[path] for mark in _above(path)):
                del self._files[path]

    def _find(self, member: Member, archive: Archive) -> None:
        if member.kind == FILE:
            self._keep(_found(archive.content(member)))
        elif member.kind == LINK:
            self._keep(self._linked(member))
        elif member.kind == SYMLINK and member.path in os_release.FILES:
            self._keep(FoundFile(path=member.path, kind=OS_RELEASE, target=member.target))

    def _linked(self, member: Member) -> FoundFile | None:
        """Return what a hard link tells: the same as its target, if both are of one kind."""
        target = self._files.get(cleaned(member.target))
        kind = kind_of_path(member.path)
        if target is None or target.kind != (GOLANG if kind is None else kind.name):
            return None
        packages = (replace(package, file=member.path) for package in target.packages)
        return replace(target, path=member.path, packages=tuple(map(self._budget.take, packages)))

    def _keep(self, file: FoundFile | None) -> None:
        if file is not None:
            self._budget.take_file(file.path, file.trouble)
            self._files[file.path] = file
            self._kept_at[file.path] = len(self._others)


def _above(path: str) -> Iterator[int]:
    return map(mark_of, folders_of(path))


def _found(content: Content) -> FoundFile | None:
    kind = kind_of(content)
    if kind is None:
        return None
    found = FoundFile(path=content.path, kind=kind.name, is_database=kind.is_database)
    try:
        return _read(content, kind, found)
    except UnreadableFileError as error:
        return replace(found, trouble=str(error))
    except UnsupportedImageError as error:
        return replace(found, trouble=str(error), unsupported=True)


def _read(content: Content, kind: Kind, found: FoundFile) -> FoundFile | None:
    if kind.name == OS_RELEASE:
        return replace(found, operating_system=os_release.read(content))
    packages = kind.read(content)
    return replace(found, packages=packages) if packages or kind.is_database else None
