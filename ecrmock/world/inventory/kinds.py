"""Which reader a file belongs to, by its path; Go programs may have any."""

from collections.abc import Callable
from dataclasses import dataclass

from ecrmock.values.inventory import APK, DEB, GOLANG, MAVEN, NPM, PYPI, RPM, Package
from ecrmock.world.inventory import (
    apk,
    dpkg,
    go_binaries,
    maven,
    npm,
    os_release,
    python_packages,
    rpm,
)
from ecrmock.world.inventory.streams import Content

OS_RELEASE = "os-release"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that tells of packages; ``is_database`` as in FoundFile."""

    name: str
    wants: Callable[[str], bool]
    read: Callable[[Content], tuple[Package, ...]]
    is_database: bool = False


_BY_PATH = (
    Kind(DEB, dpkg.wants, dpkg.read, is_database=True),
    Kind(APK, apk.wants, apk.read, is_database=True),
    Kind(RPM, rpm.wants, rpm.read, is_database=True),
    Kind(PYPI, python_packages.wants, python_packages.read),
    Kind(NPM, npm.wants, npm.read),
    Kind(MAVEN, maven.wants, maven.read),
    Kind(OS_RELEASE, os_release.wants, lambda _: ()),
)
_PROGRAM = Kind(GOLANG, lambda _: True, go_binaries.read)


def kind_of_path(path: str) -> Kind | None:
    """Return the kind of a file that its path tells."""
    return next((kind for kind in _BY_PATH if kind.wants(path)), None)


def kind_of(content: Content) -> Kind | None:
    """Return the kind of a file, of which nothing has been read yet."""
    by_path = kind_of_path(content.path)
    if by_path is None and go_binaries.wants(content):
        return _PROGRAM
    return by_path
