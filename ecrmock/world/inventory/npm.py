"""npm packages: the ``package.json`` of each folder in ``node_modules``. Source: npm docs, "package.json"."""

import json
import re
from typing import Any

from ecrmock.values.inventory import NPM, Package
from ecrmock.world.inventory.limits import LONGEST_TEXT, MIB
from ecrmock.world.inventory.streams import Content, UnreadableFileError

_PATH = re.compile(r"(?:.*/)?node_modules/(?:@[^/]+/)?[^/@][^/]*/package\.json")
_LARGEST = MIB


def wants(path: str) -> bool:
    """Say whether a file describes an installed package, not one of its parts nor the application."""
    return path.endswith("/package.json") and _PATH.fullmatch(path) is not None


def read(content: Content) -> tuple[Package, ...]:
    """Read name and version. Raises: UnreadableFileError when it is no JSON, or lacks one of them."""
    try:
        document = json.loads(content.whole(_LARGEST))
    except (ValueError, RecursionError):
        raise UnreadableFileError("it is no JSON") from None
    fields = document if isinstance(document, dict) else {}
    name, version = _text(fields.get("name")), _text(fields.get("version"))
    if not (name and version):
        raise UnreadableFileError("it has no name or no version")
    license_name = _license(fields.get("license"))
    package = Package(kind=NPM, name=name, version=version, license=license_name, file=content.path)
    return (content.budget.take(package),)


def _text(value: Any) -> str | None:
    """Return a text; half a surrogate pair, which JSON can spell, could not be written again."""
    if not isinstance(value, str):
        return None
    return value[:LONGEST_TEXT].encode("utf-8", "backslashreplace").decode()


def _license(value: Any) -> str | None:
    return _text(value.get("type") if isinstance(value, dict) else value)
