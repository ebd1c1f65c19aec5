"""How much of a layer is read before it counts as an attack."""

from dataclasses import dataclass

from ecrmock.values.inventory import Package, UnreadableImageError

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
BLOCK = 64 * KIB  # what is decompressed at a time
LONGEST_TEXT = 1_024  # of a name, a version, a license
LONGEST_LINE = 64 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds for one layer; beyond any of them it is unreadable.

    ``unpacked_in_bytes`` counts the layer and the jars in it; ``members`` counts their entries too.
    """

    unpacked_in_bytes: int = 16 * GIB
    members: int = 1_000_000
    name_in_bytes: int = 4_096  # Linux's longest path
    folders: int = 255  # one in another
    extended_header_in_bytes: int = MIB
    packages: int = 50_000
    files: int = 50_000  # that tell of packages, or were to
    text: int = 16 * MIB  # characters of all that is kept of packages and files
    database_in_bytes: int = 128 * MIB  # of an rpm database, the one file that is held as a whole,
    held_in_bytes: int = 40 * MIB  # compressed


LIMITS = Limits()


class Budget:
    """What reading a layer may still cost. Raises UnreadableImageError when it is used up."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._bytes = limits.unpacked_in_bytes
        self._members = limits.members
        self._packages = limits.packages
        self._files, self._text = limits.files, limits.text

    def spend(self, size: int) -> None:
        """Take the bytes that were just decompressed."""
        self.require(size)
        self._bytes -= size

    def require(self, size: int) -> None:
        """Refuse at once what announces more bytes than may still come."""
        if size > self._bytes:
            raise UnreadableImageError(
                f"the layer unpacks to more than {self.limits.unpacked_in_bytes:,} bytes"
            )

    def count_member(self) -> None:
        """Take one entry of an archive."""
        self._members -= 1
        if self._members < 0:
            raise UnreadableImageError(f"the layer has more than {self.limits.members:,} entries")

    def take(self, package: Package) -> Package:
        """Return a package after counting it and its text."""
        self._packages -= 1
        if self._packages < 0:
            raise UnreadableImageError(f"the layer has more than {self.limits.packages:,} packages")
        self._take_text(
            *(package.name, package.version, package.architecture, package.source_name),
            *(package.source_version, package.license, package.file),
        )
        return package

    def take_file(self, path: str, trouble: str | None) -> None:
        """Count a file that is kept, for what it tells or for the trouble with it."""
        self._files -= 1
        if self._files < 0:
            text = f"the layer has more than {self.limits.files:,} files that tell of packages"
            raise UnreadableImageError(text)
        self._take_text(path, trouble)

    def _take_text(self, *texts: str | None) -> None:
        self._text -= sum(len(text) for text in texts if text)
        if self._text < 0:
            raise UnreadableImageError("the layer has packages with too much text")
