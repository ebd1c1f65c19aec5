"""Alpine packages: apk's database of version 2. Source: Alpine Linux wiki, "Apk spec"."""

from ecrmock.values.inventory import APK, Package
from ecrmock.world.inventory.stanzas import stanzas
from ecrmock.world.inventory.streams import Content

_KEYS = frozenset("PVAoL")  # package, version, architecture, origin, license
_FILES = frozenset({"lib/apk/db/installed", "usr/lib/apk/db/installed"})


def wants(path: str) -> bool:
    """Say whether a file is apk's database."""
    return path in _FILES


def read(content: Content) -> tuple[Package, ...]:
    """Read the installed packages."""
    found = []
    for stanza in stanzas(content.lines(), _KEYS):
        name, version = stanza.get("P"), stanza.get("V")
        if name and version:
            package = Package(
                kind=APK,
                name=name,
                version=version,
                architecture=stanza.get("A"),
                source_name=stanza.get("o") or name,
                source_version=version,
                license=stanza.get("L") or None,
                file=content.path,
            )
            found.append(content.budget.take(package))
    return tuple(found)
