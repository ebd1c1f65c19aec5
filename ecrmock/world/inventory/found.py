"""What is known of a layer after it was read, and of each of its files that told something."""

from collections.abc import Mapping
from dataclasses import dataclass

from ecrmock.values.inventory import OperatingSystem, Package
from ecrmock.world.inventory.paths import PathSet, folders_of, mark_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file that tells of packages or of the operating system.

    ``is_database``: without it the image has no inventory, so ``trouble`` in it is the image's.
    ``unsupported``: the trouble is a form that is not read. ``target``: it is a symbolic link.
    """

    path: str
    kind: str
    packages: tuple[Package, ...] = ()
    operating_system: OperatingSystem | None = None
    trouble: str | None = None
    is_database: bool = False
    unsupported: bool = False
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerInventory:
    """What a layer adds (``files``, by path) and what it hides of the layers below it."""

    files: Mapping[str, FoundFile]
    folders: PathSet
    others: PathSet  # everything that is no folder
    whiteouts: PathSet
    opaque_folders: PathSet

    def hides(self, path: str) -> bool:
        """Whether a file of a lower layer is not to be seen through this one.

        It is gone by a whiteout of itself or of a folder above it, by an opaque folder above it, when
        something new lies at its place, or when a folder above it became something else.
        Source: OCI image specification, "Whiteouts".
        """
        own = mark_of(path)
        if own in self.whiteouts or own in self.others or own in self.folders:
            return True
        for folder in folders_of(path):
            mark = mark_of(folder)
            if mark in self.whiteouts or mark in self.opaque_folders or mark in self.others:
                return True
        return False

    @property
    def weight(self) -> int:
        """Roughly the bytes of memory that keeping it costs."""
        sets = (self.folders, self.others, self.whiteouts, self.opaque_folders)
        packages = sum(1 + len(file.packages) for file in self.files.values())
        return 8 * sum(map(len, sets)) + 600 * packages + 2_000
