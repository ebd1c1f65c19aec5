"""The operating system, from ``os-release``. Source: freedesktop.org, os-release(5)."""

from ecrmock.values.inventory import OperatingSystem
from ecrmock.world.inventory.limits import LONGEST_TEXT
from ecrmock.world.inventory.streams import Content, UnreadableFileError

FILES = ("etc/os-release", "usr/lib/os-release")  # the first that is there holds
_VARIANTS = ("etc/os-release", "usr/lib/os-release", "usr/lib/os.release.d/")  # links lead to them
_LARGEST = 64 * 1024


def wants(path: str) -> bool:
    """Say whether a file is an ``os-release``, or one that such a name may be linked to."""
    return path.startswith(_VARIANTS)


def read(content: Content) -> OperatingSystem:
    """Read assignments as a shell does, without expanding anything. Raises: UnreadableFileError."""
    if content.size > _LARGEST:
        raise UnreadableFileError("it is too large")
    found: dict[str, str] = {}
    for line in content.lines():
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            found[key] = _unquoted(value)[:LONGEST_TEXT]
    if not found.get("ID") and not found.get("NAME"):
        raise UnreadableFileError("it names no operating system")
    return OperatingSystem(
        id=found.get("ID", "linux").lower(),
        version_id=found.get("VERSION_ID", ""),
        version_codename=found.get("VERSION_CODENAME", ""),
        name=found.get("NAME", ""),
        pretty_name=found.get("PRETTY_NAME", ""),
        id_like=tuple(found.get("ID_LIKE", "").split()),
    )


def _unquoted(value: str) -> str:
    quote = value[:1]
    if quote in ("'", '"') and len(value) > 1 and value.endswith(quote):
        value = value[1:-1]
    if quote == "'" or "\\" not in value:
        return value
    characters = iter(value)
    return "".join(next(characters, "") if sign == "\\" else sign for sign in characters)
