"""rpm packages: the SQLite database that rpm writes since 4.16.

It is opened in memory, by SQLite itself, as a stranger's database: only plain reads of one table, and a
bound on the work. The older forms (Berkeley DB, ndb) are named as not supported.
Source: rpm documentation, "Database"; SQLite, "Defense against the dark arts".
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count

from ecrmock.values.inventory import Package, UnsupportedImageError
from ecrmock.world.inventory.limits import MIB
from ecrmock.world.inventory.rpm_headers import read_header
from ecrmock.world.inventory.streams import Content, UnreadableFileError

_FOLDERS = ("var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/")
_SQLITE = frozenset(f"{folder}rpmdb.sqlite" for folder in _FOLDERS)
_OLD = frozenset(f"{folder}{name}" for folder in _FOLDERS for name in ("Packages", "Packages.db"))
_LARGEST_HEADER = 32 * MIB
_STEP = 10_000  # instructions of SQLite's machine between two looks at the bound
_MOST_STEPS = 10_000
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})


def wants(path: str) -> bool:
    """Say whether a file is an rpm database of any form."""
    return path in _SQLITE or path in _OLD


def read(content: Content) -> tuple[Package, ...]:
    """Read the installed packages. Raises: UnreadableFileError, UnsupportedImageError."""
    if content.path in _OLD:
        form = "ndb" if content.path.endswith(".db") else "Berkeley DB"
        raise UnsupportedImageError(f"rpm's database is of the form {form}; only SQLite is read")
    database = content.whole(content.budget.limits.database_in_bytes)
    if not database.startswith(b"SQLite format 3\0") or len(database) < 512:
        raise UnreadableFileError("it is no SQLite database")
    database[18:20] = b"\1\1"  # an empty write-ahead log says so too, and needs no second file
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(database)
            del database
            return tuple(_packages(connection, content))
    except (sqlite3.Error, ValueError, OverflowError, MemoryError) as error:
        # ValueError: SQLite's message quotes names of the database, which may be no text
        raise UnreadableFileError(f"the rpm database is damaged: {error}") from None


def _packages(connection: sqlite3.Connection, content: Content) -> Iterator[Package]:
    _restrict(connection)
    kinds = connection.execute("SELECT type FROM sqlite_master WHERE name = 'Packages'")
    if [kind for (kind,) in kinds] != [b"table"]:
        raise UnreadableFileError("the rpm database has no table of packages")
    for (blob,) in connection.execute("SELECT blob FROM Packages"):
        header = blob if isinstance(blob, bytes) else b""
        content.budget.count_packages(1)
        content.budget.spend(len(header))  # a table can be made to compute more than it holds
        package = read_header(header, content.path)
        if package is not None:
            yield package


def _restrict(connection: sqlite3.Connection) -> None:
    """Allow nothing but to read, and that not for ever."""
    for pragma in ("trusted_schema=OFF", "temp_store=MEMORY", "cell_size_check=ON"):
        with suppress(sqlite3.DatabaseError):  # a damaged database says so at the first query
            connection.execute(f"PRAGMA {pragma}").close()
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_HEADER)
    connection.text_factory = bytes
    steps = count(1)
    connection.set_progress_handler(lambda: next(steps) > _MOST_STEPS, _STEP)
    connection.set_authorizer(_authorize)


def _authorize(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
