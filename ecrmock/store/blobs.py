"""Blobs: content by digest, stored once however many repositories hold it.

Repositories say what they hold by ``retain`` and ``release``; bytes that nobody holds any more go at the
next ``collect``, after the unit of work is final, so that a rollback finds them still there. Contents
that are being uploaded are kept by the id of their upload.

All of this is called under the backend's lock; only ``Content.write`` runs outside it.
"""

from collections import Counter

from ecrmock.store.content import BlobReader, Content, Usage
from ecrmock.store.journal import Journal
from ecrmock.values.names import Digest, UploadId


class BlobStore:
    """The blobs of one backend, in memory or in temporary files."""

    def __init__(self, journal: Journal, memory_limit: int | None = None) -> None:
        self.usage = Usage(memory_limit)
        self._journal = journal
        self._contents: dict[Digest, Content] = {}  # by sha256
        self._aliases: dict[Digest, Digest] = {}  # sha256 by the name that a blob has beside it
        self._holders: Counter[Digest] = Counter()
        self._unheld: set[Digest] = set()
        self._incoming: dict[UploadId, Content] = {}
        self._ended: set[UploadId] = set()

    def incoming(self, upload_id: UploadId) -> Content:
        """Return the content that an upload is filling."""
        content = self._incoming.get(upload_id)
        if content is None:
            content = self._incoming[upload_id] = Content(self.usage)
        return content

    def adopt(self, content: Content, name: Digest | None = None) -> Digest:
        """Make what was uploaded a blob; bytes that are here already are not kept twice.

        ``name`` is the digest by which it is known beside that by sha256.
        """
        digest = content.digest()
        if digest not in self._contents:
            self._journal.note(self, digest, None)
            self._contents[digest] = content
            self._unheld.add(digest)
        if name is not None and name != digest:
            self._contents[digest].alias = name
            self._aliases[name] = digest
        return digest

    def restore(self, key: Digest, old: None) -> None:  # noqa: ARG002 - the journal's protocol
        """Take an adoption back: the content is its upload's again."""
        self._forget(key)

    def retain(self, digest: Digest) -> None:
        """Note that one more repository holds a blob."""
        self._holders[self._by_sha256(digest)] += 1

    def release(self, digest: Digest) -> None:
        """Note that a repository does not hold a blob any more."""
        known = self._by_sha256(digest)
        self._holders[known] -= 1
        self._unheld.add(known)

    def end_upload(self, upload_id: UploadId) -> None:
        """Note that an upload is over, whatever became of its bytes."""
        self._ended.add(upload_id)

    def resume_upload(self, upload_id: UploadId) -> None:
        """Note that an upload is not over after all: its end was taken back."""
        self._ended.discard(upload_id)

    def collect(self) -> None:
        """Free what nobody holds and what uploads left behind."""
        if not self._unheld and not self._ended:
            return
        for digest in self._unheld:
            if self._holders[digest] <= 0:
                del self._holders[digest]
                if digest in self._contents:
                    self._forget(digest).drop()
        for upload_id in self._ended:
            content = self._incoming.pop(upload_id, None)
            if content is not None and not self._is_adopted(content):
                content.drop()
            elif content is not None:
                content.seal()
        self._unheld.clear()
        self._ended.clear()

    def _is_adopted(self, content: Content) -> bool:
        return self._contents.get(content.digest()) is content

    def open(self, digest: Digest) -> BlobReader:
        """Open a blob that some repository holds."""
        return self._contents[self._by_sha256(digest)].open()

    def _by_sha256(self, digest: Digest) -> Digest:
        return self._aliases.get(digest, digest)

    def _forget(self, digest: Digest) -> Content:
        content = self._contents.pop(digest)
        if content.alias is not None:
            self._aliases.pop(content.alias, None)
        return content

    def __contains__(self, digest: Digest) -> bool:
        return self._by_sha256(digest) in self._contents

    def __len__(self) -> int:
        return len(self._contents)
