"""Contents as files: the bytes of one upload and of the blob that it becomes, under the upload's id.

A file has its place from the start and never moves. Which digest it is, the state says; a file that the
state does not name is nobody's.
"""

import hashlib
import logging
import os
from collections import deque
from contextlib import suppress
from pathlib import Path

from ecrmock.store.content import BlobReader, Content, Usage
from ecrmock.store.durable.files import Files
from ecrmock.values.names import Digest

_log = logging.getLogger("ecrmock")


class FileContent(Content):
    """A content in a file, which is open only while a part is written."""

    def __init__(self, usage: Usage, folder: "ContentFolder", name: str) -> None:
        super().__init__(usage)
        self.name = name
        self._folder = folder
        self._path = folder.path_of(name)
        self._is_new = True  # its folder does not know it for sure
        self._known: Digest | None = None

    def write(self, chunk: bytes | memoryview) -> None:
        """Append bytes and hash them. Raises: OSError."""
        self._need_descriptor()
        super().write(chunk)

    def persist(self) -> None:
        """Have what was written survive. Called without the lock. Raises: OSError."""
        if self._descriptor is None:
            return
        self._folder.files.sync(self._descriptor)
        if self._is_new and self._path is not None:
            self._folder.files.sync_folder(self._path.parent)
            self._is_new = False

    def end_part(self, *, keep: bool) -> None:
        """End the part; without ``keep`` the content is as it was before."""
        super().end_part(keep=keep)
        self._close()

    def digest(self) -> Digest:
        """Return the digest of what was written so far."""
        return self._known or super().digest()

    def open(self) -> BlobReader:
        """Open it for reading; of an empty one there may be no file."""
        return super().open() if self.size else BlobReader(0, data=b"")

    def rewind(self, size: int) -> None:
        """Forget all bytes after the first ones, and hash these anew."""
        self._known = None
        self._need_descriptor()
        super().rewind(size)
        self._close()

    def drop(self) -> None:
        """Have the file removed, at once or when the part that is being written ends."""
        self._dropped = True
        if not self.busy:
            self._close()
            self._usage.add(disk=-self.size)
            self.size = 0
            self._folder.discard(self.name)

    def take_as_blob(self, digest: Digest, size: int, alias: Digest | None) -> None:
        """Be what the state says, without looking at the bytes."""
        self._known, self.size, self.alias, self._is_new = digest, size, alias, False
        self._usage.add(disk=size)

    def take_as_upload(self, size: int) -> None:
        """Go on from the first bytes of the file, which are read. Raises: OSError."""
        self.size, self._is_new = self._file_size(), False
        self._usage.add(disk=self.size)
        self.rewind(size)

    def verify(self) -> bool:
        """Read the file, and tell whether it is what it is said to be. Raises: OSError."""
        reader, state = self.open(), hashlib.sha256()
        for piece in reader.chunks():
            state.update(piece)
        reader.close()
        return self.digest() == f"sha256:{state.hexdigest()}"

    def has_size(self, size: int, *, or_more: bool = False) -> bool:
        """Tell whether the file has so many bytes; of none there need be no file."""
        found = self._file_size()
        return found == size or (or_more and found > size)

    def _file_size(self) -> int:
        try:
            return self._folder.path_of(self.name).stat().st_size
        except FileNotFoundError:
            return 0

    def _write_to_file(self, chunk: bytes | memoryview) -> None:
        assert self._descriptor is not None  # noqa: S101 - write opened it
        self._folder.files.write(self._descriptor, chunk, self.size)
        self._usage.add(disk=len(chunk))

    def _need_descriptor(self) -> None:
        if self._descriptor is None and self._path is not None:
            self._folder.make_room(self._path.parent)
            self._descriptor = self._folder.files.create(self._path)
            self._usage.add(descriptors=1)


class ContentFolder:
    """The folder with the files of contents, and those that are to go."""

    def __init__(self, files: Files, root: Path) -> None:
        self.files, self.root = files, root
        self._made: set[Path] = set()
        self._discarded: deque[str] = deque()

    def path_of(self, name: str) -> Path:
        """Return where a content is."""
        return self.root / name[:2] / name

    def make_room(self, folder: Path) -> None:
        """Make one of the folders, if it is not there. Raises: OSError."""
        if folder in self._made:
            return
        if not folder.is_dir():
            with suppress(FileExistsError):  # another upload's thread was faster
                self.files.make_folder(folder)
            self.files.sync_folder(self.root)
        self._made.add(folder)

    def discard(self, name: str) -> None:
        """Have a file removed soon, when no lock is held. The state does not name it any more."""
        self._discarded.append(name)

    def remove_discarded(self) -> None:
        """Remove what was discarded; what cannot be removed now is at the next start."""
        while self._discarded:
            try:
                self.files.remove(self.path_of(self._discarded.popleft()))
            except IndexError:  # another thread was faster
                return
            except OSError as error:
                _log.warning("a file that is not needed stays: %s", error)

    def remove_others(self, names: set[str]) -> int:
        """Remove all files but those of some contents; return how many. Raises: OSError."""
        strays = [
            Path(entry.path)
            for folder in os.scandir(self.root)
            if folder.is_dir()
            for entry in os.scandir(folder)
            if entry.name not in names
        ]
        for stray in strays:
            self.files.remove(stray)
        return len(strays)
