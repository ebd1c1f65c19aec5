"""What is installed in an image: its operating system and the packages that its files tell of."""

from dataclasses import dataclass

# Kinds of packages, by the types of package URLs.
APK, DEB, RPM = "apk", "deb", "rpm"
GOLANG, MAVEN, NPM, PYPI = "golang", "maven", "npm", "pypi"
OPERATING_SYSTEM_KINDS = frozenset({APK, DEB, RPM})


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingSystem:
    """What ``os-release`` says of a distribution; ``id`` and ``version_id`` are what advisories go by."""

    id: str
    version_id: str = ""
    version_codename: str = ""
    name: str = ""
    pretty_name: str = ""
    id_like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed package, in the words of its own package manager.

    ``version`` has the release and no epoch (``full_version`` has both). The name of a Maven package
    is ``group:artifact``, that of a scoped npm package ``@scope/name``. ``source_version`` may have an
    epoch. ``file`` is where in the image it was read, with ``!/`` between a jar and a jar inside it;
    ``layer`` is the digest of the layer that this file lies in.
    """

    kind: str
    name: str
    version: str
    epoch: int | None = None
    architecture: str | None = None
    source_name: str | None = None
    source_version: str | None = None
    license: str | None = None
    file: str = ""
    layer: str | None = None

    @property
    def full_version(self) -> str:
        """The version as it is compared: with its epoch, if it has one other than 0."""
        return f"{self.epoch}:{self.version}" if self.epoch else self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All of an image. ``unreadable`` names files of language packages that could not be read."""

    operating_system: OperatingSystem | None = None
    packages: tuple[Package, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def operating_system_packages(self) -> tuple[Package, ...]:
        """The packages that the distribution installed; basic scanning looks at no others."""
        return tuple(item for item in self.packages if item.kind in OPERATING_SYSTEM_KINDS)


class UnreadableImageError(Exception):
    """A layer or a package database is broken, or beyond what is read; the text says which and why."""


class UnsupportedImageError(Exception):
    """A layer or a package database has a form that is not read; the text names it."""
