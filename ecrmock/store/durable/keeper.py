"""The keeper of a data folder: loads the state, writes a new one when the journal has grown, ends well."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ecrmock.store.blobs import BlobStore
from ecrmock.store.content import Content
from ecrmock.store.durable.contents import ContentFolder, FileContent
from ecrmock.store.durable.files import Files
from ecrmock.store.durable.folder import DataFolder, Read, refusals
from ecrmock.store.durable.journal import DurableJournal, Exclusively, LooseRows
from ecrmock.store.durable.log import Unit
from ecrmock.store.durable.rows import Loader, Take, all_rows, to_json
from ecrmock.store.journal import Address
from ecrmock.store.store import Store
from ecrmock.values.errors import DataFolderError, ServerError
from ecrmock.values.names import Digest, UploadId

_JOURNAL_LIMIT = 16 * 1024 * 1024  # bytes; a longer journal becomes a new state
_SHARE_AT_END = 16  # of the limit: when the server ends, a shorter journal becomes a state too
_PAUSE = 1.0  # seconds; after which also what nobody waits for is safe
_log = logging.getLogger("ecrmock")

Tables = list[tuple[Address, list[tuple[Any, Any]]]]


class Keeper:
    """One data folder with its state, from its opening to its end."""

    def __init__(
        self,
        path: Path,
        new_head: Callable[[], dict[str, Any]],
        *,
        files: Files | None = None,
        journal_limit: int = _JOURNAL_LIMIT,
    ) -> None:
        """Open a folder and read it; a new one gets ``new_head``. Raises: DataFolderError."""
        self._files, self._limit = files or Files(), journal_limit
        self._folder = DataFolder(path, self._files)
        self._contents = ContentFolder(self._files, path / "blobs")
        self.journal = DurableJournal(self._files)
        self.journal.after_write = self._contents.remove_discarded
        with self._leaving_on_error():
            self._read = (
                self._folder.begin(new_head()) if self._folder.is_new else self._folder.read()
            )
            self._number = self._read.journal
            self.journal.log.open(self._folder.journal(self._number), self._read.journal_size)
        self._store: Store | None = None
        self._loose: LooseRows | None = None
        self._exclusively: Exclusively = lambda work: work()
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ecrmock data", daemon=True)

    @property
    def head(self) -> dict[str, Any]:
        """What the folder keeps besides rows: the secrets."""
        return self._read.head

    def load(self, store: Store, others: dict[str, Take]) -> None:
        """Fill an empty store; ``others`` take the rows of what is in no table. Raises: DataFolderError."""
        self._store = store
        blobs = store.blobs
        taking: dict[str, Take] = {**others, "blobs": self._taking(blobs)}
        loader = Loader(store, taking)
        with self._leaving_on_error():
            try:
                for row in self._read.rows:
                    loader.take(row)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                text = f"{self._folder.path} has a row that this ecrmock does not understand: {error!r}"
                raise DataFolderError(f"{text}; nothing was changed") from error
            self._take_uploads(store)
            self._check(blobs)
        self._read = Read(self._read.head, [], self._number, 0)
        blobs.keep_in(self._new_content(blobs))

    def begin(self, exclusively: Exclusively, loose: LooseRows) -> None:
        """Start to keep what changes, also in what has no table. Raises: DataFolderError."""
        assert self._store is not None  # noqa: S101 - it was loaded
        self._exclusively, self._loose = exclusively, loose
        self.journal.attach(self._store.blobs, exclusively, loose)
        with self._leaving_on_error():
            self._remove_strays(self._store.blobs)
        self._thread.start()

    def close(self) -> None:
        """Write what is to be written, so that the next start is quick, and let others use the folder."""
        self._is_ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._work(self._limit // _SHARE_AT_END)
        self._contents.remove_discarded()
        self._leave()

    @contextmanager
    def _leaving_on_error(self) -> Iterator[None]:
        try:
            with refusals(self._folder.path):
                yield
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        self.journal.log.close()
        self._folder.close()

    def compact(self) -> None:
        """Write the state anew, and begin a new journal. Raises: OSError."""
        with self.journal.log.alone():
            tables: Tables = []
            units: list[Unit] = []

            def look() -> None:
                units.extend(self.journal.log.take())
                tables.extend(self._all())

            self._exclusively(look)
            self.journal.log.write(units)
            self._begin_journal()
        self._folder.write_state(self.head, _rows(tables), self._number)
        self._folder.remove_journals_before(self._number)

    def _begin_journal(self) -> None:
        path = self._folder.journal(self._number + 1)
        os.close(self._files.create(path))
        self._files.sync_folder(self._folder.path)
        self.journal.log.open(path, 0)
        self._number += 1

    def _all(self) -> Tables:
        assert self._store is not None and self._loose is not None  # noqa: S101 - it has begun
        return [*all_rows(self._store), *self._loose.all()]

    def _run(self) -> None:
        while not self._is_ending.wait(_PAUSE):
            self._work(self._limit)

    def _work(self, limit: int) -> None:
        """Write what nobody waits for, and a new state when the journal is longer than a limit."""
        try:
            if self.journal.log.has_unsafe:
                self.journal.flush()
            if self.journal.log.size > limit:
                self.compact()
        except ServerError:  # the log has said why
            return
        except OSError as error:  # another time may be better
            _log.error("cannot write the state anew: %s. The journal has it all.", error)

    # Bytes

    def _new_content(self, blobs: BlobStore) -> Callable[[UploadId], Content]:
        return lambda upload_id: FileContent(blobs.usage, self._contents, upload_id)

    def _taking(self, blobs: BlobStore) -> Take:
        def take(digest: Digest, described: list[Any] | None) -> None:
            blobs.unload(digest)
            if described is None:
                return
            name, size, alias = described
            content = FileContent(blobs.usage, self._contents, name)
            content.take_as_blob(digest, size, alias)
            blobs.load(digest, content)

        return take

    def _take_uploads(self, store: Store) -> None:
        """Go on with the bytes of uploads. Raises: DataFolderError, OSError."""
        states = (
            state
            for account in store.accounts.values()
            for registry in account.regions.values()
            for state in registry.repositories.values()
        )
        for upload in (upload for state in states for upload in state.uploads.values()):
            content = FileContent(store.blobs.usage, self._contents, upload.upload_id)
            if not content.has_size(upload.received, or_more=True):
                raise self._missing(content, f"the first {upload.received} bytes of an upload")
            if upload.received:
                content.take_as_upload(upload.received)
                store.blobs.load_upload(upload.upload_id, content)

    def _check(self, blobs: BlobStore) -> None:
        for digest, content in blobs.held():
            if not isinstance(content, FileContent):
                raise DataFolderError(f"{self._folder.path} has no file for {digest}")
            if not content.has_size(content.size):
                raise self._missing(content, f"the {content.size} bytes of {digest}")

    def _missing(self, content: FileContent, what: str) -> DataFolderError:
        return DataFolderError(
            f"{self._contents.path_of(content.name)} does not have {what}. "
            "Bring the file back from a backup of the folder; nothing was changed"
        )

    def _remove_strays(self, blobs: BlobStore) -> None:
        self.journal.collect_all(blobs)
        named = [content for _, content in blobs.items()] + list(blobs.incoming_contents())
        names = {content.name for content in named if isinstance(content, FileContent)}
        removed = self._contents.remove_others(names)
        if removed:
            _log.info("removed %d files of uploads that were not finished", removed)


def _rows(tables: Tables) -> Iterator[Any]:
    for address, rows in tables:
        for key, value in rows:
            yield to_json((address, key, value))
