"""The data folder: what is in it, who may use it, and how it is read.

=============  ====================================================================================
``format``     the version of all this
``lock``       held by the server that uses the folder
``state``      frames: a head (the secret, the first journal after it), rows, and how many they were
``journal-N``  frames with units of work, in their order; N counts up, and the last one is written to
``blobs``      the bytes of blobs and of uploads under way, by the ids of their uploads
=============  ====================================================================================
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecrmock.store.durable.files import Files
from ecrmock.store.durable.frames import Found, frame, read_frames
from ecrmock.values.errors import DataFolderError

FORMAT = 2
_FORMAT_TEXT = "ecrmock data {}\n"
_ROWS_IN_FRAME = 500
_OURS = frozenset({"format", "format.partial", "lock", "lost+found"})

_log = logging.getLogger("ecrmock")


@dataclass(frozen=True, slots=True)
class Read:
    """What a data folder says: the head of its state, rows in their order, and where to write on."""

    head: dict[str, Any]
    rows: list[list[Any]]
    journal: int
    journal_size: int


class DataFolder:
    """A folder that this process alone uses."""

    def __init__(self, path: Path, files: Files) -> None:
        """Take the folder; make it if it is not there. Raises: DataFolderError."""
        self.path, self.files = path, files
        self._lock = -1
        self.is_new = False
        try:
            with refusals(path):
                self._enter()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let others use it."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def journal(self, number: int) -> Path:
        """Return the path of a journal."""
        return self.path / f"journal-{number}"

    def _enter(self) -> None:
        if not self.path.is_dir():
            self.path.mkdir(parents=True)
        self._check_format()
        self._lock = self.files.create(self.path / "lock")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"{self.path} is in use by another server; give this one a folder of its own"
            raise DataFolderError(text) from None
        self.is_new = not (self.path / "format").exists()
        if not (self.path / "blobs").is_dir():
            self.files.make_folder(self.path / "blobs")
        self.files.sync_folder(self.path)

    def _check_format(self) -> None:
        try:
            text = (self.path / "format").read_text()
        except FileNotFoundError:
            others = {entry.name for entry in self.path.iterdir()} - _OURS - _begun(self.path)
            if others:
                raise DataFolderError(
                    f"{self.path} is no data folder of ecrmock, and not empty: there is {min(others)}. "
                    "Give it a folder of its own; nothing was changed"
                ) from None
            return
        if text != _FORMAT_TEXT.format(FORMAT):
            raise DataFolderError(
                f"{self.path / 'format'} says {text.strip()[:60]!r}, and this ecrmock reads format "
                f"{FORMAT} only. Use the version of ecrmock that wrote it; nothing was changed"
            )

    def begin(self, head: dict[str, Any]) -> Read:
        """Put down a first state. What is there when this breaks off is begun anew. Raises: OSError."""
        os.close(self.files.create(self.journal(1)))
        self.write_state(head, (), 1)
        self.files.replace(self.path / "format", [_FORMAT_TEXT.format(FORMAT).encode()])
        return Read(head, [], 1, 0)

    def write_state(self, head: dict[str, Any], rows: Iterable[Any], journal: int) -> None:
        """Put down a state in place of the old one. Raises: OSError."""
        self.files.replace(self.path / "state", _state({**head, "journal": journal}, rows))

    def remove_journals_before(self, number: int) -> None:
        """Remove the journals whose units are in the state. Raises: OSError."""
        for old in self._journals():
            if old < number:
                self.files.remove(self.journal(old))

    def read(self) -> Read:
        """Read the state and what came after it. Raises: DataFolderError, OSError."""
        head, rows = self._read_state()
        first = head["journal"]
        self.remove_journals_before(first)
        numbers = self._journals()
        if numbers != list(range(first, first + len(numbers))) or not numbers:
            missing = next(n for n in range(first, first + len(numbers) + 1) if n not in numbers)
            raise DataFolderError(
                f"{self.journal(missing)} is missing. Bring it back from a backup of the folder; "
                "nothing was changed"
            )
        size = 0
        for number in numbers:
            found = self._read_journal(number, is_last=self._is_last(number, numbers))
            size = found.end
            for payload in found.payloads:
                rows += [row for unit in json.loads(payload) for row in unit]
        return Read(head, rows, numbers[-1], size)

    def _is_last(self, number: int, numbers: list[int]) -> bool:
        """Tell whether nothing was written to a later journal."""
        later = (self.journal(each) for each in numbers if each > number)
        return not any(path.stat().st_size for path in later)

    def _read_state(self) -> tuple[dict[str, Any], list[list[Any]]]:
        path = self.path / "state"
        if not path.exists():
            raise _damaged(path, "is missing")
        data = path.read_bytes()
        found = read_frames(data)
        if found.end != len(data) or len(found.payloads) < 2:
            raise _damaged(path, f"is damaged at byte {found.end}")
        head, *pieces, last = map(json.loads, found.payloads)
        rows = [row for piece in pieces for row in piece]
        if last != {"rows": len(rows)}:
            raise _damaged(path, "does not have all its rows")
        return head, rows

    def _read_journal(self, number: int, *, is_last: bool) -> Found:
        path = self.journal(number)
        data = path.read_bytes()
        found = read_frames(data)
        if found.is_damaged or (found.end < len(data) and not is_last):
            raise _damaged(path, f"is damaged at byte {found.end}")
        if found.end < len(data):
            self._cut_off(path, data, found.end)
        return found

    def _cut_off(self, path: Path, data: bytes, end: int) -> None:
        """Cut an end that was not written whole; what is cut off is kept beside it."""
        aside = path.with_name("journal.torn")
        self.files.replace(aside, [data[end:]])
        descriptor = self.files.create(path)
        try:
            self.files.truncate(descriptor, end)
            self.files.sync(descriptor)
        finally:
            os.close(descriptor)
        text = "%s: the last %d bytes were not written whole, and no call that they are of was answered; "
        _log.warning(text + "they are in %s now", path, len(data) - end, aside.name)

    def _journals(self) -> list[int]:
        names = (path.name.removeprefix("journal-") for path in self.path.glob("journal-*"))
        return sorted(int(name) for name in names if name.isdigit())


def _begun(path: Path) -> set[str]:
    """Return what a first start leaves that broke off: an empty journal, and a state without rows."""
    with suppress(OSError):
        if (path / "journal-1").stat().st_size == 0:
            return {"journal-1", "state", "state.partial", "blobs"}
    return {"blobs"} if not any((path / "blobs").glob("*/*")) else set()


def _state(head: dict[str, Any], rows: Iterable[Any]) -> Iterator[bytes]:
    count = 0
    yield frame(_json(head))
    for piece in _cut(rows):
        count += len(piece)
        yield frame(_json(piece))
    yield frame(_json({"rows": count}))


def _cut(rows: Iterable[Any]) -> Iterator[list[Any]]:
    piece: list[Any] = []
    for row in rows:
        piece.append(row)
        if len(piece) == _ROWS_IN_FRAME:
            yield piece
            piece = []
    if piece:
        yield piece


def _json(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _damaged(path: Path, how: str) -> DataFolderError:
    return DataFolderError(
        f"{path} {how}. Bring the folder back from a backup, or begin with another one; "
        "nothing was changed"
    )


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Say what the system refuses in a folder. Raises: DataFolderError."""
    try:
        yield
    except OSError as error:
        raise DataFolderError(
            f"{error.filename or path} cannot be used: {error.strerror or error}. "
            "The folder has to be readable and writable for who runs the server, on a disk with room"
        ) from error
