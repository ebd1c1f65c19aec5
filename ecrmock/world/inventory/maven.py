"""Maven artifacts: the ``pom.properties`` in jars and wars, and in the jars inside them.

Source: Apache Maven Archiver, "addMavenDescriptor"; Spring Boot, "The executable jar format".
"""

import re
from collections.abc import Iterator
from contextlib import suppress

from ecrmock.values.inventory import MAVEN, Package
from ecrmock.world.inventory.limits import KIB, LONGEST_TEXT, Budget
from ecrmock.world.inventory.streams import ByteStream, Content, UnreadableFileError
from ecrmock.world.inventory.zip_entries import Entry, entries

_ARCHIVES = (".jar", ".war", ".ear")
_PROPERTIES = re.compile(r"META-INF/maven/[^/]+/[^/]+/pom\.properties")
_LARGEST_PROPERTIES = 64 * KIB
_DEEPEST = 3  # a jar in a war in an ear


def wants(path: str) -> bool:
    """Say whether a file is an archive of Java classes."""
    return path.endswith(_ARCHIVES)


def read(content: Content) -> tuple[Package, ...]:
    """Read the artifacts of all that is in the archive. Raises: UnreadableFileError."""
    stream = ByteStream(content.chunks)
    return tuple(_artifacts(stream, content.path, content.budget, _DEEPEST))


def _artifacts(stream: ByteStream, path: str, budget: Budget, deepest: int) -> Iterator[Package]:
    for entry in entries(stream, budget):
        if _PROPERTIES.fullmatch(entry.name):
            yield from _artifact(entry, path, budget)
        elif entry.name.endswith(_ARCHIVES) and deepest > 1:
            with suppress(UnreadableFileError):  # whatever it is, the jars beside it are sound
                inner = ByteStream(entry.chunks)
                yield from _artifacts(inner, f"{path}!/{entry.name}", budget, deepest - 1)


def _artifact(entry: Entry, path: str, budget: Budget) -> Iterator[Package]:
    text = ByteStream(entry.chunks).read(_LARGEST_PROPERTIES + 1)
    if len(text) > _LARGEST_PROPERTIES:
        raise UnreadableFileError("it has properties that are too large")
    found = {}
    for line in text.decode("utf-8", "backslashreplace").splitlines():
        key, _, value = line.partition("=")
        found[key.strip()] = value.strip()[:LONGEST_TEXT]
    group, name, version = (found.get(key) for key in ("groupId", "artifactId", "version"))
    if group and name and version:
        package = Package(kind=MAVEN, name=f"{group}:{name}", version=version, file=path)
        yield budget.take(package)
