"""Blobs: content by digest, stored once however many repositories hold it.

Repositories say what they hold by ``retain`` and ``release``; bytes that nobody holds any more go at the
next ``collect``, after the unit of work is final, so that a rollback finds them still there. Contents
that are being uploaded are kept by the id of their upload.

All of this is called under the backend's lock; only ``Content.write`` runs outside it.
"""

from collections import Counter
from collections.abc import Callable, ItemsView, Iterator, ValuesView
from typing import TypeVar

from ecrmock.store.content import BlobReader, Content, Usage
from ecrmock.store.journal import Journal
from ecrmock.values.names import Digest, UploadId

K = TypeVar("K")


class BlobStore:
    """The blobs of one backend, in memory or in temporary files."""

    address = ("blobs", ())

    def __init__(self, journal: Journal, memory_limit: int | None = None) -> None:
        self.usage = Usage(memory_limit)
        self._journal = journal
        self._contents: dict[Digest, Content] = {}  # by sha256
        self._aliases: dict[Digest, Digest] = {}  # sha256 by the name that a blob has beside it
        self._holders: Counter[Digest] = Counter()
        self._unheld: dict[Digest, int] = {}  # the unit that let it go
        self._incoming: dict[UploadId, Content] = {}
        self._new_content: Callable[[UploadId], Content] = lambda _: Content(self.usage)
        self._ended: dict[UploadId, int] = {}  # likewise

    def incoming(self, upload_id: UploadId) -> Content:
        """Return the content that an upload is filling."""
        content = self._incoming.get(upload_id)
        if content is None:
            content = self._incoming[upload_id] = self._new_content(upload_id)
        return content

    def keep_in(self, new_content: Callable[[UploadId], Content]) -> None:
        """Have the bytes of uploads kept in other contents than those in memory."""
        self._new_content = new_content

    def adopt(self, content: Content, name: Digest | None = None) -> Digest:
        """Make what was uploaded a blob; bytes that are here already are not kept twice.

        ``name`` is the digest by which it is known beside that by sha256.
        """
        digest = content.digest()
        if digest not in self._contents:
            self._journal.note(self, digest, None)
            self._contents[digest] = content
            self._let_go(self._unheld, digest)
        if name is not None and name != digest and name not in self._aliases:
            self._journal.note(self, digest, self._contents[digest])
            self._contents[digest].alias = name
            self._aliases[name] = digest
        return digest

    def get(self, key: Digest) -> Content | None:
        """Return the content of a blob."""
        return self._contents.get(key)

    def restore(self, key: Digest, old: Content | None) -> None:
        """Take an adoption back: the content is its upload's again. A further name may stay."""
        if old is None:
            self._forget(key)

    def load(self, digest: Digest, content: Content) -> None:
        """Take in a blob that was there before; who holds it comes later."""
        self._contents[digest] = content
        self._let_go(self._unheld, digest)
        if content.alias is not None:
            self._aliases[content.alias] = digest

    def unload(self, digest: Digest) -> None:
        """Forget a blob that was loaded, if it was; its file is not touched."""
        if digest in self._contents:
            self.usage.add(disk=-self._forget(digest).size)

    def incoming_contents(self) -> ValuesView[Content]:
        """Return the contents of uploads."""
        return self._incoming.values()

    def load_upload(self, upload_id: UploadId, content: Content) -> None:
        """Take in the bytes of an upload that was under way before."""
        self._incoming[upload_id] = content

    def held(self) -> Iterator[tuple[Digest, Content | None]]:
        """Yield what repositories hold, by sha256, with its content."""
        for digest, holders in self._holders.items():
            if holders > 0:
                yield digest, self._contents.get(digest)

    def items(self) -> ItemsView[Digest, Content]:
        """Return digests, by sha256, and contents."""
        return self._contents.items()

    def retain(self, digest: Digest) -> None:
        """Note that one more repository holds a blob."""
        self._holders[self._by_sha256(digest)] += 1

    def release(self, digest: Digest) -> None:
        """Note that a repository does not hold a blob any more."""
        known = self._by_sha256(digest)
        self._holders[known] -= 1
        self._let_go(self._unheld, known)

    def end_upload(self, upload_id: UploadId) -> None:
        """Note that an upload is over, whatever became of its bytes."""
        self._let_go(self._ended, upload_id)

    def resume_upload(self, upload_id: UploadId) -> None:
        """Note that an upload is not over after all: its end was taken back."""
        self._ended.pop(upload_id, None)

    def collect(self) -> None:
        """Free what nobody holds and what uploads left behind, if it is never wanted back."""
        if not self._unheld and not self._ended:
            return
        for digest in _settled(self._unheld, self._journal.settled):
            if self._holders[digest] <= 0:
                del self._holders[digest]
                if digest in self._contents:
                    self._forget(digest).drop()
        for upload_id in _settled(self._ended, self._journal.settled):
            content = self._incoming.pop(upload_id, None)
            if content is not None and not self._is_adopted(content):
                content.drop()
            elif content is not None:
                content.seal()

    def went_back(self) -> None:
        """Note that the journal went back: what was let go since is wanted by earlier marks only."""
        for waiting in (self._unheld, self._ended):
            for key, number in waiting.items():
                waiting[key] = min(number, self._journal.number)  # type: ignore[index]

    def _let_go(self, waiting: dict[K, int], key: K) -> None:
        """Have something freed once the present unit is settled. The last one let go comes last."""
        waiting.pop(key, None)
        waiting[key] = self._journal.number + 1

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


def _settled(waiting: dict[K, int], number: int) -> list[K]:
    """Take out what was let go by a unit that is settled; units are in their order."""
    found = []
    for key, unit in waiting.items():
        if unit > number:
            break
        found.append(key)
    for key in found:
        del waiting[key]
    return found
