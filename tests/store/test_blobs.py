from collections.abc import Iterator

import pytest

from ecrmock.store.blobs import BlobStore
from ecrmock.store.journal import Journal
from ecrmock.values.names import Digest, sha256_of
from tests.store.conftest import Storage

FIRST, SECOND = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))

# That a temporary folder goes with a warning has its test in test_content.py.
pytestmark = pytest.mark.filterwarnings("ignore:Implicitly cleaning up:ResourceWarning")


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def blobs(journal: Journal, storage: Storage) -> Iterator[BlobStore]:
    blobs = BlobStore(journal, storage.memory_limit)
    if storage.descriptor_limit is not None:
        blobs.usage.descriptor_limit = storage.descriptor_limit
    yield blobs
    for upload_id in (FIRST, SECOND):
        blobs.end_upload(upload_id)
    for _ in range(3):  # more often than any test retains it
        blobs.release(sha256_of(storage.payload()))
    blobs.collect()
    assert used(blobs) == (0, 0, 0)


def used(blobs: BlobStore) -> tuple[int, int, int]:
    return blobs.usage.memory, blobs.usage.disk, blobs.usage.descriptors


def adopt(blobs: BlobStore, payload: bytes, upload_id: str = FIRST) -> Digest:
    """Upload a blob, as one repository does, and hold it."""
    content = blobs.incoming(upload_id)
    content.write(payload)
    digest = blobs.adopt(content)
    blobs.retain(digest)
    blobs.end_upload(upload_id)
    return digest


def hold(blobs: BlobStore, journal: Journal, payload: bytes, upload_id: str = FIRST) -> Digest:
    """Upload a blob and make that final."""
    digest = adopt(blobs, payload, upload_id)
    journal.commit()
    blobs.collect()
    return digest


def read(blobs: BlobStore, digest: Digest) -> bytes:
    reader = blobs.open(digest)
    try:
        return b"".join(reader.chunks())
    finally:
        reader.close()


def test_an_upload_fills_one_content(blobs: BlobStore) -> None:
    assert blobs.incoming(FIRST) is blobs.incoming(FIRST)


def test_two_uploads_fill_two_contents(blobs: BlobStore) -> None:
    assert blobs.incoming(FIRST) is not blobs.incoming(SECOND)


def test_what_is_uploaded_is_no_blob_yet(blobs: BlobStore, payload: bytes) -> None:
    blobs.incoming(FIRST).write(payload)
    assert (len(blobs), sha256_of(payload) in blobs) == (0, False)


def test_an_adopted_content_is_a_blob_by_its_digest(blobs: BlobStore, payload: bytes) -> None:
    digest = adopt(blobs, payload)
    assert (digest, digest in blobs, len(blobs)) == (sha256_of(payload), True, 1)


def test_a_held_blob_is_read(blobs: BlobStore, journal: Journal, payload: bytes) -> None:
    assert read(blobs, hold(blobs, journal, payload)) == payload


def test_an_unknown_blob_cannot_be_opened(blobs: BlobStore, payload: bytes) -> None:
    with pytest.raises(KeyError):
        blobs.open(sha256_of(payload))


def test_the_same_bytes_are_kept_once(blobs: BlobStore, journal: Journal, payload: bytes) -> None:
    hold(blobs, journal, payload, FIRST)
    before = used(blobs)
    hold(blobs, journal, payload, SECOND)
    assert (len(blobs), used(blobs)) == (1, before)


def test_a_blob_stays_as_long_as_someone_holds_it(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    digest = hold(blobs, journal, payload, FIRST)
    hold(blobs, journal, payload, SECOND)
    blobs.release(digest)
    blobs.collect()
    assert read(blobs, digest) == payload


def test_a_blob_goes_with_its_last_holder(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    digest = hold(blobs, journal, payload)
    blobs.release(digest)
    blobs.collect()
    assert (digest in blobs, used(blobs)) == (False, (0, 0, 0))


def test_a_blob_that_nobody_held_goes(blobs: BlobStore, payload: bytes) -> None:
    content = blobs.incoming(FIRST)
    content.write(payload)
    blobs.adopt(content)
    blobs.end_upload(FIRST)
    blobs.collect()
    assert (len(blobs), used(blobs)) == (0, (0, 0, 0))


def test_a_blob_goes_at_the_next_collection_and_not_before(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    digest = hold(blobs, journal, payload)
    blobs.release(digest)
    assert read(blobs, digest) == payload


def test_a_blob_that_is_held_again_in_time_stays(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    digest = hold(blobs, journal, payload)
    blobs.release(digest)
    blobs.retain(digest)
    blobs.collect()
    assert read(blobs, digest) == payload


def test_a_blob_that_was_freed_comes_back(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    blobs.release(hold(blobs, journal, payload, FIRST))
    blobs.collect()
    assert read(blobs, hold(blobs, journal, payload, SECOND)) == payload


def test_an_open_blob_stays_readable_when_it_goes(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    digest = hold(blobs, journal, payload)
    reader = blobs.open(digest)
    blobs.release(digest)
    blobs.collect()
    assert b"".join(reader.chunks()) == payload
    reader.close()


def test_an_upload_that_ends_without_a_blob_is_freed(blobs: BlobStore, payload: bytes) -> None:
    blobs.incoming(FIRST).write(payload)
    blobs.end_upload(FIRST)
    blobs.collect()
    assert used(blobs) == (0, 0, 0)


def test_an_upload_that_never_had_bytes_may_end(blobs: BlobStore) -> None:
    blobs.end_upload(FIRST)
    blobs.collect()
    assert used(blobs) == (0, 0, 0)


def test_an_upload_whose_end_was_taken_back_goes_on(blobs: BlobStore, payload: bytes) -> None:
    content = blobs.incoming(FIRST)
    content.write(payload)
    blobs.end_upload(FIRST)
    blobs.resume_upload(FIRST)
    blobs.collect()
    assert blobs.incoming(FIRST) is content


def test_an_upload_that_ends_during_a_part_is_freed_after_it(
    blobs: BlobStore, payload: bytes
) -> None:
    content = blobs.incoming(FIRST)
    content.begin_part()
    content.write(payload)
    blobs.end_upload(FIRST)
    blobs.collect()
    content.end_part(keep=False)
    assert used(blobs) == (0, 0, 0)


def test_a_collection_with_nothing_to_do_changes_nothing(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    digest = hold(blobs, journal, payload)
    blobs.collect()
    assert read(blobs, digest) == payload


def test_an_adoption_that_is_taken_back_leaves_no_blob(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    content = blobs.incoming(FIRST)
    content.write(payload)
    blobs.adopt(content)
    journal.rollback()
    blobs.collect()
    assert len(blobs) == 0


def test_an_adoption_that_is_taken_back_leaves_the_upload_its_bytes(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    content = blobs.incoming(FIRST)
    content.write(payload)
    blobs.adopt(content)
    journal.rollback()
    blobs.collect()
    assert blobs.incoming(FIRST) is content
    assert (content.size, content.digest()) == (len(payload), sha256_of(payload))


def test_an_adoption_that_is_taken_back_may_be_done_again(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    content = blobs.incoming(FIRST)
    content.write(payload)
    blobs.adopt(content)
    journal.rollback()
    blobs.collect()
    digest = blobs.adopt(content)
    blobs.retain(digest)
    assert read(blobs, digest) == payload


def test_to_adopt_known_bytes_and_take_that_back_leaves_the_blob(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    digest = hold(blobs, journal, payload, FIRST)
    content = blobs.incoming(SECOND)
    content.write(payload)
    blobs.adopt(content)
    journal.rollback()
    blobs.collect()
    assert read(blobs, digest) == payload


def test_a_finished_blob_on_disk_keeps_no_descriptor(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    """Source: DESIGN.md section 6: the store stays far below the descriptor limit."""
    hold(blobs, journal, payload)
    assert blobs.usage.descriptors == (1 if blobs.usage.memory > 1024 * 1024 else 0)


def test_a_blob_store_keeps_to_its_memory_limit(journal: Journal) -> None:
    assert BlobStore(journal, 1_000_000).usage.memory_limit == 1_000_000


def adopt_named(blobs: BlobStore, payload: bytes, upload_id: str = FIRST) -> Digest:
    """Upload a blob by another name than that by sha256, and hold it."""
    content = blobs.incoming(upload_id)
    content.hash_also("sha512")
    content.write(payload)
    name = content.digest_by("sha512")
    blobs.adopt(content, name)
    blobs.retain(name)
    blobs.end_upload(upload_id)
    return name


def test_a_blob_is_found_by_its_other_name(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    name = adopt_named(blobs, payload)
    journal.commit()
    blobs.collect()
    assert (name in blobs, sha256_of(payload) in blobs, len(blobs)) == (True, True, 1)
    assert read(blobs, name) == payload


def test_a_blob_with_two_names_is_kept_once(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    hold(blobs, journal, payload)
    name = adopt_named(blobs, payload, SECOND)
    journal.commit()
    blobs.collect()
    assert (len(blobs), read(blobs, name)) == (1, payload)


@pytest.mark.parametrize("is_named_first", [True, False])
def test_a_blob_with_two_names_goes_with_the_last(
    blobs: BlobStore, journal: Journal, payload: bytes, is_named_first: bool
) -> None:
    names = [hold(blobs, journal, payload), adopt_named(blobs, payload, SECOND)]
    journal.commit()
    for name in reversed(names) if is_named_first else names:
        assert name in blobs
        blobs.release(name)
        blobs.collect()
    assert [name in blobs for name in names] == [False, False]


def test_an_adoption_by_another_name_is_taken_back(
    blobs: BlobStore, journal: Journal, payload: bytes
) -> None:
    name = adopt_named(blobs, payload)
    blobs.release(name)
    blobs.resume_upload(FIRST)
    journal.rollback()
    blobs.collect()
    assert (name in blobs, len(blobs)) == (False, 0)
