"""The header of an installed rpm package: an index of tags, then their data.

Source: rpm documentation, "Package format", header structure; "Tags".
"""

import re
from collections.abc import Iterator
from struct import Struct

from ecrmock.values.inventory import RPM, Package
from ecrmock.world.inventory.limits import LONGEST_TEXT
from ecrmock.world.inventory.streams import UnreadableFileError

_LENGTHS = Struct(">II")  # entries of the index, bytes of data
_ENTRY = Struct(">IIiI")  # tag, type, offset in the data, count
_MOST_ENTRIES = 65_535  # rpm's own bound
_STRING, _TRANSLATED, _INT32 = 6, 9, 4
_NAME, _VERSION, _RELEASE, _EPOCH, _LICENSE, _ARCHITECTURE, _SOURCE = (
    *(1000, 1001, 1002, 1003, 1014, 1022, 1044),
)
_TEXTS = frozenset({_NAME, _VERSION, _RELEASE, _LICENSE, _ARCHITECTURE, _SOURCE})
_SOURCE_FILE = re.compile(r"(?P<name>.+)-(?P<version>[^-]+-[^-]+)\.(?:no)?src\.rpm")
_KEY = "gpg-pubkey"


def read_header(header: bytes, file: str) -> Package | None:
    """Return the package of a header; None for a key, which rpm keeps among the packages.

    Raises: UnreadableFileError.
    """
    tags = dict(_tags(header))
    name, version, release = (tags.get(tag) for tag in (_NAME, _VERSION, _RELEASE))
    if not (
        name and isinstance(name, str) and isinstance(version, str) and isinstance(release, str)
    ):
        raise UnreadableFileError("a package in the rpm database has no name or no version")
    if name == _KEY:
        return None
    epoch, architecture, license_name = (
        tags.get(_EPOCH),
        tags.get(_ARCHITECTURE),
        tags.get(_LICENSE),
    )
    source = _SOURCE_FILE.fullmatch(str(tags.get(_SOURCE, "")))
    return Package(
        kind=RPM,
        name=name,
        version=f"{version}-{release}",
        epoch=epoch if isinstance(epoch, int) else None,
        architecture=architecture if isinstance(architecture, str) else None,
        source_name=source["name"] if source else name,
        source_version=source["version"] if source else f"{version}-{release}",
        license=license_name if isinstance(license_name, str) else None,
        file=file,
    )


def _tags(header: bytes) -> Iterator[tuple[int, str | int]]:
    """Yield the tags that matter here."""
    if len(header) < _LENGTHS.size:
        raise UnreadableFileError("a header in the rpm database is too short")
    count, size = _LENGTHS.unpack_from(header)
    start = _LENGTHS.size + count * _ENTRY.size
    if count > _MOST_ENTRIES or start + size > len(header):
        raise UnreadableFileError("a header in the rpm database is longer than its bytes")
    index = header[_LENGTHS.size : start]
    for tag, kind, offset, _ in _ENTRY.iter_unpack(index):
        if not 0 <= offset <= size:
            continue  # of a region, counted from elsewhere
        if tag in _TEXTS and kind in (_STRING, _TRANSLATED):
            yield tag, _text(header, start + offset)
        elif tag == _EPOCH and kind == _INT32:
            yield tag, int.from_bytes(header[start + offset : start + offset + 4], "big")


def _text(header: bytes, at: int) -> str:
    data = header[at : at + LONGEST_TEXT].partition(b"\0")[0]
    return data.decode("utf-8", "backslashreplace")
