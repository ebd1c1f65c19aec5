"""RepositoryState: one repository with its images, tags, held blobs and uploads.

Besides the rows there are indexes, all derived from them: the order of images and tags for pages, the
tags of an image, and who references a blob, an index's child or a subject. With them no operation ever
looks at all images to answer about one.
"""

import heapq
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from ecrmock.store.blobs import BlobStore
from ecrmock.store.journal import NOWHERE, Address, Journal
from ecrmock.store.ordered import Ordered
from ecrmock.store.table import Table
from ecrmock.values.names import Digest, Tag, UploadId

if TYPE_CHECKING:  # rows are loaded by who makes them: a test pays for the values that it uses
    from ecrmock.values.images import Image, ImageIdentifier, Tagging
    from ecrmock.values.layers import HeldBlob, Upload
    from ecrmock.values.lifecycle import LifecyclePreview
    from ecrmock.values.repositories import Repository
    from ecrmock.values.scans import ImageScans


class Images(Table[Digest, "Image"]):
    """Images by digest, with their order and who references what."""

    __slots__ = (
        "_active",
        "_archived_references",
        "_children",
        "_inactive",
        "_references",
        "_referrers",
        "_untagged",
    )

    def __init__(self, journal: Journal, address: Address = NOWHERE) -> None:
        super().__init__(journal, address)
        self._active: Ordered[Digest] = Ordered()
        self._untagged: Ordered[Digest] = Ordered()
        self._inactive: Ordered[Digest] = Ordered()
        self._references: dict[Digest, int] = {}
        self._archived_references: dict[Digest, int] = {}
        self._referrers: dict[Digest, Ordered[Digest]] = {}
        self._children: dict[Digest, dict[Digest, None]] = {}

    def after(self, sequence: int) -> "Iterator[Image]":
        """Yield all images after a place in the order in which they were first pushed."""
        found = (self.active_after(sequence), self.inactive_after(sequence))
        return heapq.merge(*found, key=attrgetter("sequence"))

    def active_after(self, sequence: int) -> "Iterator[Image]":
        """Yield the images that can be pulled, after a place in the order of all."""
        return (self._rows[digest] for digest in self._active.after(sequence))

    def untagged_after(self, sequence: int) -> "Iterator[Image]":
        """Yield the untagged images after a place in their order."""
        return (self._rows[digest] for digest in self._untagged.after(sequence))

    def inactive_after(self, sequence: int) -> "Iterator[Image]":
        """Yield the images in the archive or on the way back, after a place in the order of all."""
        return (self._rows[digest] for digest in self._inactive.after(sequence))

    def uses_blob(self, digest: Digest) -> bool:
        """Tell whether an image references a blob."""
        return digest in self._references

    def serves_blob(self, digest: Digest) -> bool:
        """Tell whether an image references a blob that is not archived itself."""
        archived = self._archived_references.get(digest, 0)
        return self._references.get(digest, 0) > archived

    def indexes_of(self, digest: Digest) -> tuple[Digest, ...]:
        """Return the indexes that list an image."""
        return tuple(self._children.get(digest, ()))

    def referrers_after(self, subject: Digest, sequence: int) -> "Iterator[Image]":
        """Yield the images that name a subject, in the order of images; it need not be there itself."""
        referrers = self._referrers.get(subject)
        return (self._rows[digest] for digest in (referrers.after(sequence) if referrers else ()))

    def has_referrers(self, subject: Digest) -> bool:
        """Tell whether an image names a subject."""
        return subject in self._referrers

    def _changed(self, key: Digest, old: "Image | None", new: "Image | None") -> None:  # noqa: ARG002
        if old is not None and new is not None:
            self._move_among_untagged(old, new)
            if old.is_active != new.is_active:
                self._leave_order(old)
                self._take_place(new)
            return
        if old is not None:
            self._unlink(old)
        if new is not None:
            self._link(new)
        self._move_among_untagged(old, new)

    def _move_among_untagged(self, old: "Image | None", new: "Image | None") -> None:
        before = old.untagged_sequence if old is not None else None
        after = new.untagged_sequence if new is not None else None
        if before == after:
            return
        if before is not None:
            self._untagged.discard(before)
        if after is not None and new is not None:
            self._untagged.add(after, new.image_digest)

    def _take_place(self, image: "Image") -> None:
        """Put an image into the order of its kind: that of the active ones, or that of the others."""
        if image.is_active:
            self._active.add(image.sequence, image.image_digest)
            return
        self._inactive.add(image.sequence, image.image_digest)
        self._count_archived(image, 1)

    def _leave_order(self, image: "Image") -> None:
        if image.is_active:
            self._active.discard(image.sequence)
            return
        self._inactive.discard(image.sequence)
        self._count_archived(image, -1)

    def _count_archived(self, image: "Image", step: int) -> None:
        """Count what an image references as archived once more, or once less."""
        for blob in () if image.is_index else image.references:
            count = self._archived_references.pop(blob, 0) + step
            if count:
                self._archived_references[blob] = count

    def _link(self, image: "Image") -> None:
        if image.subject_manifest_digest is not None:
            referrers = self._referrers.setdefault(image.subject_manifest_digest, Ordered())
            referrers.add(image.sequence, image.image_digest)
        self._take_place(image)
        if image.is_index:
            for child in image.references:
                self._children.setdefault(child, {})[image.image_digest] = None
            return
        for blob in image.references:
            self._references[blob] = self._references.get(blob, 0) + 1

    def _unlink(self, image: "Image") -> None:
        if image.subject_manifest_digest is not None:
            referrers = self._referrers[image.subject_manifest_digest]
            referrers.discard(image.sequence)
            if not referrers:
                del self._referrers[image.subject_manifest_digest]
        self._leave_order(image)
        if image.is_index:
            for child in dict.fromkeys(image.references):
                indexes = self._children[child]
                del indexes[image.image_digest]
                if not indexes:
                    del self._children[child]
            return
        for blob in image.references:
            self._references[blob] -= 1
            if not self._references[blob]:
                del self._references[blob]


class Tags(Table[Tag, "Tagging"]):
    """Tags by name, with their order and the tags of each image."""

    __slots__ = ("_of_image", "_order")

    def __init__(self, journal: Journal, address: Address = NOWHERE) -> None:
        super().__init__(journal, address)
        self._order: Ordered[Tag] = Ordered()
        self._of_image: dict[Digest, dict[Tag, None]] = {}

    def after(self, sequence: int) -> "Iterator[Tagging]":
        """Yield the tags after a place in the order in which they were put."""
        return (self._rows[tag] for tag in self._order.after(sequence))

    def newest(self) -> "Iterator[Tagging]":
        """Yield the tags from the one that was put last."""
        return (self._rows[tag] for tag in self._order.backwards())

    def of_image(self, digest: Digest) -> tuple[Tag, ...]:
        """Return the tags of an image in the order in which they were put."""
        tags = self._of_image.get(digest, ())
        if len(tags) < 2:
            return tuple(tags)
        return tuple(sorted(tags, key=lambda tag: self._rows[tag].sequence))

    def count_of_image(self, digest: Digest) -> int:
        """Return how many tags an image has."""
        return len(self._of_image.get(digest, ()))

    def _changed(self, key: Tag, old: "Tagging | None", new: "Tagging | None") -> None:
        if old is not None:
            self._order.discard(old.sequence)
            tags = self._of_image[old.image_digest]
            del tags[key]
            if not tags:
                del self._of_image[old.image_digest]
        if new is not None:
            self._order.add(new.sequence, key)
            self._of_image.setdefault(new.image_digest, {})[key] = None


class HeldBlobs(Table[Digest, "HeldBlob"]):
    """Blobs that the repository holds; the blob store keeps count of the holders."""

    __slots__ = ("_blobs",)

    def __init__(self, journal: Journal, blobs: BlobStore, address: Address = NOWHERE) -> None:
        super().__init__(journal, address)
        self._blobs = blobs

    def _changed(self, key: Digest, old: "HeldBlob | None", new: "HeldBlob | None") -> None:
        if old is None and new is not None:
            self._blobs.retain(key)
        elif new is None and old is not None:
            self._blobs.release(key)


class Uploads(Table[UploadId, "Upload"]):
    """Uploads in progress; the blob store keeps their bytes."""

    __slots__ = ("_blobs",)

    def __init__(self, journal: Journal, blobs: BlobStore, address: Address = NOWHERE) -> None:
        super().__init__(journal, address)
        self._blobs = blobs

    def _changed(self, key: UploadId, old: "Upload | None", new: "Upload | None") -> None:  # noqa: ARG002
        if new is None:
            self._blobs.end_upload(key)
        else:
            self._blobs.resume_upload(key)


class RepositoryState:
    """One repository. ``last_sequence`` numbers images and tags; numbers are never used again."""

    __slots__ = (
        "_journal",
        "address",
        "blobs",
        "images",
        "last_sequence",
        "lifecycle_preview",
        "repository",
        "scans",
        "tags",
        "uploads",
    )

    def __init__(
        self,
        repository: "Repository",
        journal: Journal,
        blobs: BlobStore,
        registry: tuple[str, ...] = (),
    ) -> None:
        place = (*registry, repository.repository_name)
        self.address: Address = ("repository", place)
        self.repository = repository
        self.last_sequence = 0
        self.lifecycle_preview: LifecyclePreview | None = None
        self._journal = journal
        self.images = Images(journal, ("images", place))
        self.tags = Tags(journal, ("tags", place))
        self.blobs = HeldBlobs(journal, blobs, ("held_blobs", place))
        self.uploads = Uploads(journal, blobs, ("uploads", place))
        self.scans: Table[Digest, ImageScans] = Table(journal, ("scans", place))

    def next_sequence(self) -> int:
        """Return a number greater than all before."""
        self._journal.note(self, "last_sequence", self.last_sequence)
        self.last_sequence += 1
        return self.last_sequence

    def change(self, repository: "Repository") -> None:
        """Save other settings of the repository."""
        self._journal.note(self, "repository", self.repository)
        self.repository = repository

    def change_lifecycle_preview(self, preview: "LifecyclePreview") -> None:
        """Save another preview, or another state of the one there is."""
        self._journal.note(self, "lifecycle_preview", self.lifecycle_preview)
        self.lifecycle_preview = preview

    def get(self, key: str) -> object:
        """Return what can be taken back: the last sequence number, the settings or the preview."""
        return getattr(self, key)

    def restore(self, key: str, old: object) -> None:
        """Take a sequence number, a change of settings or a preview back."""
        setattr(self, key, old)

    def listed(self, image: "Image") -> "tuple[Image, ...]":
        """Return the images that an index lists, and all that those list: each once, after what it lists.

        Indexes may list each other's images, so that there are far more ways than images; and the way down may
        be longer than calls can be nested.
        """
        found, seen = [], {image.image_digest}
        way = [(image, self._children(image))]
        while way:
            last, rest = way[-1]
            child = next((each for each in rest if each.image_digest not in seen), None)
            if child is not None:
                seen.add(child.image_digest)
                way.append((child, self._children(child)))
            else:
                way.pop()
                found.append(last)
        return tuple(found[:-1])

    def _children(self, image: "Image") -> "Iterator[Image]":
        held = map(self.images.get, image.references if image.is_index else ())
        return (child for child in held if child is not None)

    def identifiers(self, image: "Image", tag: Tag | None) -> "tuple[ImageIdentifier, ...]":
        """Return digest and tag for the tag that was asked for, or for each tag; or the digest alone."""
        from ecrmock.values.images import ImageIdentifier  # noqa: PLC0415 - rows are there already

        digest = image.image_digest
        tags = (tag,) if tag is not None else self.tags.of_image(digest) or (None,)
        return tuple(ImageIdentifier(image_digest=digest, image_tag=each) for each in tags)

    def untag(self, tag: Tag) -> None:
        """Note that an image becomes untagged when its last tag is about to move away."""
        digest = self.image_of(tag)
        image = self.images.get(digest) if digest is not None else None
        if image is not None and self.tags.count_of_image(image.image_digest) == 1:
            untagged = replace(image, untagged_sequence=self.next_sequence())
            self.images.put(image.image_digest, untagged)

    def image_of(self, tag: Tag) -> Digest | None:
        """Return where a tag points."""
        tagging = self.tags.get(tag)
        return tagging.image_digest if tagging is not None else None
