"""rpm packages: the SQLite database that rpm writes since 4.16.

The older forms (Berkeley DB, ndb) are named as not supported.
Source: rpm documentation, "Database"; rpm, lib/backend/sqlite.cc: ``Packages (hnum, blob)``.
"""

from collections.abc import Iterator

from ecrmock.values.inventory import Package, UnsupportedImageError
from ecrmock.world.inventory.rpm_headers import read_header
from ecrmock.world.inventory.sqlite_tables import Database
from ecrmock.world.inventory.streams import Content, UnreadableFileError

_FOLDERS = ("var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/")
_SQLITE = frozenset(f"{folder}rpmdb.sqlite" for folder in _FOLDERS)
_OLD = frozenset(f"{folder}{name}" for folder in _FOLDERS for name in ("Packages", "Packages.db"))


def wants(path: str) -> bool:
    """Say whether a file is an rpm database of any form."""
    return path in _SQLITE or path in _OLD


def read(content: Content) -> tuple[Package, ...]:
    """Read the installed packages. Raises: UnreadableFileError, UnsupportedImageError."""
    if content.path in _OLD:
        form = "ndb" if content.path.endswith(".db") else "Berkeley DB"
        raise UnsupportedImageError(f"rpm's database is of the form {form}; only SQLite is read")
    content.require_at_most(content.budget.limits.database_in_bytes)
    return tuple(_packages(Database(content), content))


def _packages(database: Database, content: Content) -> Iterator[Package]:
    for row in database.table(b"Packages"):
        header = row[1] if len(row) > 1 else None
        if not isinstance(header, bytes):
            raise UnreadableFileError("a package in the rpm database has no header")
        package = read_header(header, content.path)
        if package is not None:
            yield content.budget.take(package)
