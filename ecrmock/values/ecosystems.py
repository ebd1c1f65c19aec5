"""Ecosystems: where a package comes from, as advisories name it, and how its versions are ordered.

Source: OSV schema 1.7, "affected[].package", https://ossf.github.io/osv-schema.
"""

import re
from types import MappingProxyType
from typing import NamedTuple

DEB, APK, RPM = "deb", "apk", "rpm"
PYPI, SEMVER, GO, MAVEN = "pypi", "semver", "go", "maven"

# How the versions of each ecosystem are ordered; of one that is not here, only listed versions count.
_SCHEMES = MappingProxyType(
    {
        **dict.fromkeys(("Debian", "Ubuntu", "Echo"), DEB),
        **dict.fromkeys(("Alpine", "Wolfi", "Chainguard", "MinimOS", "Alpaquita"), APK),
        **dict.fromkeys(("Red Hat", "AlmaLinux", "Rocky Linux", "Azure Linux", "Mageia"), RPM),
        **dict.fromkeys(("Photon OS", "openEuler", "openSUSE", "SUSE", "TuxCare"), RPM),
        **{"PyPI": PYPI, "npm": SEMVER, "Go": GO, "Maven": MAVEN},
    }
)

# The ecosystem of the packages of an operating system, by ID of its os-release, with the parts of
# VERSION_ID that make a release. CentOS rebuilds Red Hat's packages, and Red Hat's advisories are read for it.
_SYSTEMS = MappingProxyType(
    {
        "debian": ("Debian", 1),
        "ubuntu": ("Ubuntu", 2),
        "alpine": ("Alpine", 2),
        "rhel": ("Red Hat", 1),
        "centos": ("Red Hat", 1),
        "almalinux": ("AlmaLinux", 1),
        "rocky": ("Rocky Linux", 1),
        "azurelinux": ("Azure Linux", 1),
        "mageia": ("Mageia", 1),
        "photon": ("Photon OS", 2),
        "wolfi": ("Wolfi", 0),
        "chainguard": ("Chainguard", 0),
        "minimos": ("MinimOS", 0),
    }
)
_WITH_ADDRESS = frozenset({"Maven", "Packagist", "VSCode"})  # what follows is where they are served
_ENTERPRISE_LINUX = re.compile(r"enterprise_linux:([0-9]+)(?:\.[0-9]+)?(?:::.*)?")
_SEPARATORS = re.compile(r"[-_.]+")


class Ecosystem(NamedTuple):
    """A family of packages, and a release of it; without one every release is meant."""

    family: str
    release: str = ""

    @property
    def scheme(self) -> str:
        """How versions are ordered; empty when nobody here knows."""
        return _SCHEMES.get(self.family, "")

    def covers(self, other: "Ecosystem") -> bool:
        """Tell whether what is said of this ecosystem is said of the other one."""
        return self.family == other.family and self.release in ("", other.release)


def read_ecosystem(text: str) -> Ecosystem:
    """Read an ecosystem as an advisory names it.

    Fixes that are only for paying customers are families of their own, ``Ubuntu:Pro`` or
    ``Red Hat:rhel_eus``: images have the packages that everybody gets.
    """
    family, _, release = text.partition(":")
    match family:
        case "Alpine":
            return Ecosystem(family, release.removeprefix("v"))
        case "Ubuntu":
            return _ubuntu(release.removesuffix(":LTS"))
        case "Red Hat":
            return _red_hat(release)
        case _ if family in _WITH_ADDRESS:
            return Ecosystem(family)
        case _:
            return Ecosystem(family, release)


def _ubuntu(release: str) -> Ecosystem:
    offer, _, number = release.rpartition(":")
    return Ecosystem(f"Ubuntu:{offer}" if offer else "Ubuntu", number)


def _red_hat(product: str) -> Ecosystem:
    """Take all repositories of one major release together: an image does not say where it was filled from."""
    found = _ENTERPRISE_LINUX.fullmatch(product)
    if found is not None:
        return Ecosystem("Red Hat", found[1])
    name, _, release = product.partition(":")
    return Ecosystem(f"Red Hat:{name}" if name else "Red Hat", release)


def system_ecosystem(os_id: str, version_id: str) -> Ecosystem | None:
    """Return the ecosystem of an operating system by its os-release; None when advisories know none.

    Amazon Linux, Oracle Linux and Fedora are such: the OSV schema has no ecosystem for them.
    """
    if os_id not in _SYSTEMS:
        return None
    family, parts = _SYSTEMS[os_id]
    numbers = version_id.split(".")
    if len(numbers) < parts or not all(numbers[:parts]):
        return None  # a release that has no number yet, as Debian's sid
    return Ecosystem(family, ".".join(numbers[:parts]))


def package_key(ecosystem: Ecosystem, name: str) -> tuple[str, str]:
    """Return what the same package of an ecosystem always has, however its name is written."""
    if ecosystem.scheme == PYPI:  # Source: PEP 503, normalized names
        name = _SEPARATORS.sub("-", name).lower()
    return ecosystem.family, name
