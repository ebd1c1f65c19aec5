"""Debian packages: dpkg's ``status``, and the files of ``status.d`` that distroless images have instead.

Source: deb-version(7), deb-control(5), dpkg-query(1); Debian Policy, "Control files and their fields".
"""

import re

from ecrmock.values.inventory import DEB, Package
from ecrmock.world.inventory.stanzas import stanzas
from ecrmock.world.inventory.streams import Content

_KEYS = frozenset({"Package", "Status", "Version", "Architecture", "Source"})
_SOURCE = re.compile(r"(?P<name>\S+)(?:\s+\((?P<version>[^)]+)\))?")
_EPOCH = re.compile(r"(\d{1,9}):(.+)")


def wants(path: str) -> bool:
    """Say whether a file is dpkg's database, or one of its replacements in distroless images."""
    if not path.startswith("var/lib/dpkg/status"):
        return False
    is_one_package = path.startswith("var/lib/dpkg/status.d/") and not path.endswith(".md5sums")
    return is_one_package or path == "var/lib/dpkg/status"


def read(content: Content) -> tuple[Package, ...]:
    """Read the packages that are installed, not those of which only the configuration is left."""
    found = (_package(stanza, content) for stanza in stanzas(content.lines(), _KEYS))
    return tuple(content.budget.take(package) for package in found if package is not None)


def _package(stanza: dict[str, str], content: Content) -> Package | None:
    is_installed = stanza.get("Status", "installed").split()[-1:] == ["installed"]
    name, version = stanza.get("Package"), stanza.get("Version")
    if not (is_installed and name and version):
        return None
    source = _SOURCE.match(stanza.get("Source", ""))
    epoch = _EPOCH.fullmatch(version)
    return Package(
        kind=DEB,
        name=name,
        version=epoch[2] if epoch else version,
        epoch=int(epoch[1]) if epoch else None,
        architecture=stanza.get("Architecture"),
        source_name=source["name"] if source else name,
        source_version=(source["version"] if source else None) or version,
        file=content.path,
    )
