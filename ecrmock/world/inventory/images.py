"""An image: the inventories of its layers, laid one upon the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ecrmock.values.inventory import (
    Inventory,
    OperatingSystem,
    Package,
    UnreadableImageError,
    UnsupportedImageError,
)
from ecrmock.world.inventory import os_release
from ecrmock.world.inventory.found import FoundFile, LayerInventory
from ecrmock.world.inventory.paths import cleaned

_MOST_LINKS = 8  # from one os-release to the next
_MOST_PACKAGES = 100_000


class ReadLayer(Protocol):
    """Gives the inventory of the layer with a digest; a LayerInventories does."""

    def __call__(self, digest: str, /) -> LayerInventory:
        """Raises: UnreadableImageError, UnsupportedImageError."""
        ...


@dataclass(frozen=True, slots=True)
class _Visible:
    file: FoundFile
    layer: str


def read_image(digests: Sequence[str], read_layer: ReadLayer) -> Inventory:
    """Return the inventory of an image by the digests of its layers, the lowest first.

    Packages are sorted by kind, name, version and file. An image without an operating system has an
    inventory too: whether that is enough is the scan's to say.
    Raises: UnreadableImageError, UnsupportedImageError.
    """
    visible = _stacked((digest, read_layer(digest)) for digest in digests)
    _require_databases(visible)
    packages = [
        replace(package, layer=each.layer)
        for each in visible.values()
        for package in each.file.packages
    ]
    unreadable = sorted(path for path, each in visible.items() if each.file.trouble is not None)
    return Inventory(
        operating_system=_operating_system(visible),
        packages=tuple(sorted(packages, key=_order)),
        unreadable=tuple(path for path in unreadable if not visible[path].file.is_database),
    )


def _stacked(layers: Iterator[tuple[str, LayerInventory]]) -> dict[str, _Visible]:
    visible: dict[str, _Visible] = {}
    for digest, layer in layers:
        for path in [path for path in visible if layer.hides(path)]:
            del visible[path]
        visible |= {path: _Visible(file, digest) for path, file in layer.files.items()}
        if sum(len(each.file.packages) for each in visible.values()) > _MOST_PACKAGES:
            raise UnreadableImageError(f"the image has more than {_MOST_PACKAGES:,} packages")
    return visible


def _require_databases(visible: dict[str, _Visible]) -> None:
    """Refuse an image whose packages cannot be told, if no other database of the kind tells them."""
    databases = [each.file for each in visible.values() if each.file.is_database]
    read = {file.kind for file in databases if file.trouble is None}
    for file in databases:
        if file.unsupported and file.kind not in read:
            raise UnsupportedImageError(f"{file.path}: {file.trouble}")
        if file.trouble is not None and not file.unsupported:
            raise UnreadableImageError(f"{file.path}: {file.trouble}")


def _operating_system(visible: dict[str, _Visible]) -> OperatingSystem | None:
    for path in os_release.FILES:
        found = _followed(path, visible)
        if found is not None and found.operating_system is not None:
            return found.operating_system
    return None


def _followed(path: str, visible: dict[str, _Visible]) -> FoundFile | None:
    """Return the file that a name leads to; a link out of the image ends at its root, as in a chroot."""
    for _ in range(_MOST_LINKS):
        each = visible.get(path)
        if each is None or each.file.target is None:
            return each.file if each is not None else None
        folder = "" if each.file.target.startswith("/") else path.rpartition("/")[0]
        try:
            path = cleaned(f"{folder}/{each.file.target}")
        except UnreadableImageError:
            return None
    return None


def _order(package: Package) -> tuple[str, ...]:
    return package.kind, package.name, package.full_version, package.file
