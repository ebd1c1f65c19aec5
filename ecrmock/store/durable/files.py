"""What is done to the files of a data folder: every change of the disk goes through here.

A test hands in another object of this kind, which stops before any of them, or finds the disk full.
"""

import os
from collections.abc import Iterable
from pathlib import Path

_PRIVATE = 0o600  # there are secrets in the state, and images are nobody else's either


class Files:
    """Changes files and folders of the operating system. Everything raises: OSError."""

    def create(self, path: Path) -> int:
        """Open a file to read and write it, made anew when there is none; return its descriptor."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)

    def write(self, descriptor: int, data: bytes | memoryview, offset: int) -> None:
        """Write all bytes to a place in a file."""
        view = memoryview(data)
        while view:
            written = os.pwrite(descriptor, view, offset)
            view, offset = view[written:], offset + written

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut a file."""
        os.ftruncate(descriptor, size)

    def sync(self, descriptor: int) -> None:
        """Have the content of a file survive a loss of power."""
        os.fdatasync(descriptor)

    def sync_folder(self, path: Path) -> None:
        """Have the names in a folder survive a loss of power."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def make_folder(self, path: Path) -> None:
        """Make a folder."""
        path.mkdir()

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another name, in place of the one that has it."""
        source.rename(target)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        path.unlink(missing_ok=True)

    def replace(self, path: Path, pieces: Iterable[bytes]) -> None:
        """Put a file in the place of another, so that there is always one of the two."""
        partial = path.with_name(f"{path.name}.partial")
        descriptor = self.create(partial)
        try:
            self.truncate(descriptor, 0)
            size = 0
            for piece in pieces:
                self.write(descriptor, piece, size)
                size += len(piece)
            self.sync(descriptor)
        finally:
            os.close(descriptor)
        self.rename(partial, path)
        self.sync_folder(path.parent)
