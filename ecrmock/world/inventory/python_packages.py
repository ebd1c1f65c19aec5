"""Python distributions: ``METADATA`` of dist-info folders, ``PKG-INFO`` of the older egg-info.

Source: PyPA specifications, "Recording installed projects" and "Core metadata".
"""

from ecrmock.values.inventory import PYPI, Package
from ecrmock.world.inventory.stanzas import first_stanza
from ecrmock.world.inventory.streams import Content, UnreadableFileError

_KEYS = frozenset({"Name", "Version", "License", "License-Expression"})


def wants(path: str) -> bool:
    """Say whether a file describes an installed distribution."""
    folder, _, name = path.rpartition("/")
    if name == "METADATA":
        return folder.endswith(".dist-info")
    return name.endswith(".egg-info") or (name == "PKG-INFO" and folder.endswith(".egg-info"))


def read(content: Content) -> tuple[Package, ...]:
    """Read the head of the metadata. Raises: UnreadableFileError when it has no name or version."""
    head = first_stanza(content.lines(), _KEYS)
    if not (head.get("Name") and head.get("Version")):
        raise UnreadableFileError("it has no name or no version")
    package = Package(
        kind=PYPI,
        name=head["Name"],
        version=head["Version"],
        license=head.get("License-Expression") or head.get("License") or None,
        file=content.path,
    )
    return (content.budget.take(package),)
