import gc
import hashlib
import os
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.store.content import CHUNK, INLINE_LIMIT, Content, Usage
from tests.store.conftest import (
    INLINE,
    KINDS,
    LITTLE_MEMORY,
    MEMORY_FILE,
    NO_DESCRIPTOR,
    NO_MEMORY,
    Storage,
)

NewContent = Callable[[Usage], Content]
HALF = INLINE_LIMIT // 2
sizes = st.sampled_from([0, 1, HALF, INLINE_LIMIT, INLINE_LIMIT + 1])
parts = st.lists(st.tuples(st.lists(sizes, max_size=3), st.booleans()), max_size=4)

# A folder is removed with its Usage; that this warns has a test of its own, and is nothing to repeat.
pytestmark = pytest.mark.filterwarnings("ignore:Implicitly cleaning up:ResourceWarning")


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def read(content: Content, start: int = 0, stop: int | None = None) -> bytes:
    reader = content.open()
    try:
        return b"".join(reader.chunks(start, stop))
    finally:
        reader.close()


def write(content: Content, data: bytes, piece: int = 300_000) -> None:
    """Write bytes as they come in from a socket."""
    for start in range(0, len(data), piece):
        content.write(data[start : start + piece])


def used(usage: Usage) -> tuple[int, int, int]:
    return usage.memory, usage.disk, usage.descriptors


def open_descriptors() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 - the names of descriptors, no files


def files_of(usage: Usage) -> list[Path]:
    """Return the files in the folder of a usage."""
    place = usage.new_path()
    place.unlink()
    return sorted(place.parent.iterdir())


# What holds of every kind of storage.


def test_what_was_written_is_read(content: Content, payload: bytes) -> None:
    write(content, payload)
    assert read(content) == payload


def test_the_digest_is_that_of_what_was_written(content: Content, payload: bytes) -> None:
    write(content, payload)
    assert content.digest() == sha256(payload)


def test_the_size_is_that_of_what_was_written(content: Content, payload: bytes) -> None:
    write(content, payload)
    assert content.size == len(payload)


@pytest.mark.parametrize("piece", [65_536, INLINE_LIMIT, 10 * INLINE_LIMIT])
def test_it_does_not_matter_in_which_pieces_bytes_come(
    content: Content, payload: bytes, piece: int
) -> None:
    write(content, payload, piece)
    assert (read(content), content.digest()) == (payload, sha256(payload))


def test_a_view_of_bytes_is_written_like_bytes(content: Content, payload: bytes) -> None:
    content.write(memoryview(payload))
    assert read(content) == payload


def test_a_range_is_read(content: Content, payload: bytes) -> None:
    write(content, payload)
    assert read(content, 1_000, 99_000) == payload[1_000:99_000]


def test_the_rest_is_read_from_a_place_on(content: Content, payload: bytes) -> None:
    write(content, payload)
    assert read(content, len(payload) - 7) == payload[-7:]


def test_an_empty_range_is_no_bytes(content: Content, payload: bytes) -> None:
    write(content, payload)
    assert read(content, 5, 5) == b""


def test_bytes_are_read_in_pieces_of_at_most_1_mib(content: Content, payload: bytes) -> None:
    write(content, payload)
    reader = content.open()
    assert all(len(piece) <= CHUNK for piece in reader.chunks())
    reader.close()


def test_a_reader_knows_the_size(content: Content, payload: bytes) -> None:
    write(content, payload)
    reader = content.open()
    assert reader.size == len(payload)
    reader.close()


def test_two_readers_do_not_disturb_each_other(content: Content, payload: bytes) -> None:
    write(content, payload)
    first, second = content.open(), content.open()
    pairs = list(zip(first.chunks(), second.chunks(), strict=True))
    first.close()
    second.close()
    assert [b"".join(pieces) for pieces in zip(*pairs, strict=True)] == [payload, payload]


def test_a_reader_is_read_more_than_once(content: Content, payload: bytes) -> None:
    write(content, payload)
    reader = content.open()
    twice = b"".join(reader.chunks()) + b"".join(reader.chunks())
    reader.close()
    assert twice == payload * 2


def test_a_reader_may_be_closed_twice(content: Content, payload: bytes) -> None:
    write(content, payload)
    reader = content.open()
    reader.close()
    reader.close()


def test_a_part_that_is_not_kept_leaves_the_bytes_as_they_were(
    content: Content, payload: bytes
) -> None:
    write(content, payload)
    content.begin_part()
    write(content, payload)
    content.end_part(keep=False)
    assert (read(content), content.size) == (payload, len(payload))


def test_a_part_that_is_not_kept_leaves_the_digest_as_it_was(
    content: Content, payload: bytes
) -> None:
    write(content, payload)
    content.begin_part()
    write(content, payload)
    content.end_part(keep=False)
    assert content.digest() == sha256(payload)


def test_a_part_that_is_not_kept_leaves_the_usage_as_it_was(
    content: Content, usage: Usage, payload: bytes
) -> None:
    write(content, payload)
    before = used(usage)
    content.begin_part()
    write(content, payload[: INLINE_LIMIT // 2])
    content.end_part(keep=False)
    assert used(usage) == before


def test_a_first_part_that_is_not_kept_leaves_no_bytes(
    content: Content, usage: Usage, payload: bytes
) -> None:
    content.begin_part()
    write(content, payload)
    content.end_part(keep=False)
    assert (usage.memory, usage.disk, read(content)) == (0, 0, b"")


def test_writing_goes_on_after_a_part_that_was_not_kept(content: Content, payload: bytes) -> None:
    write(content, payload[:10])
    content.begin_part()
    write(content, payload)
    content.end_part(keep=False)
    write(content, payload[10:])
    assert (read(content), content.digest()) == (payload, sha256(payload))


def test_a_part_that_is_kept_stays(content: Content, payload: bytes) -> None:
    content.begin_part()
    write(content, payload)
    content.end_part(keep=True)
    assert (read(content), content.digest()) == (payload, sha256(payload))


def test_only_the_last_part_is_taken_back(content: Content, payload: bytes) -> None:
    for keep in (True, False):
        content.begin_part()
        write(content, payload)
        content.end_part(keep=keep)
    assert content.digest() == sha256(payload)


def test_a_content_is_busy_during_a_part(content: Content) -> None:
    content.begin_part()
    during = content.busy
    content.end_part(keep=True)
    assert (during, content.busy) == (True, False)


def test_a_dropped_content_uses_nothing(content: Content, usage: Usage, payload: bytes) -> None:
    write(content, payload)
    content.drop()
    assert used(usage) == (0, 0, 0)


def test_a_dropped_content_leaves_no_file(content: Content, usage: Usage, payload: bytes) -> None:
    write(content, payload)
    content.drop()
    assert files_of(usage) == []


def test_a_dropped_content_leaves_no_descriptor_open(content: Content, payload: bytes) -> None:
    before = open_descriptors()
    write(content, payload)
    content.drop()
    assert open_descriptors() == before


def test_a_closed_reader_leaves_no_descriptor_open(content: Content, payload: bytes) -> None:
    write(content, payload)
    before = open_descriptors()
    content.open().close()
    assert open_descriptors() == before


def test_a_content_that_was_read_leaves_no_descriptor_open(
    content: Content, payload: bytes
) -> None:
    write(content, payload)
    before = open_descriptors()
    read(content)
    assert open_descriptors() == before


def test_a_content_may_be_dropped_twice(content: Content, usage: Usage, payload: bytes) -> None:
    write(content, payload)
    content.drop()
    content.drop()
    assert used(usage) == (0, 0, 0)


def test_what_is_open_stays_readable_when_the_content_is_dropped(
    content: Content, payload: bytes
) -> None:
    write(content, payload)
    reader = content.open()
    content.drop()
    assert b"".join(reader.chunks()) == payload
    reader.close()


def test_what_is_dropped_during_a_part_is_kept_until_the_part_ends(
    content: Content, payload: bytes
) -> None:
    content.begin_part()
    write(content, payload[:10])
    content.drop()
    write(content, payload[10:])
    assert read(content) == payload


@pytest.mark.parametrize("keep", [True, False])
def test_what_is_dropped_during_a_part_goes_when_the_part_ends(
    content: Content, usage: Usage, payload: bytes, keep: bool
) -> None:
    content.begin_part()
    write(content, payload)
    content.drop()
    content.end_part(keep=keep)
    assert used(usage) == (0, 0, 0)


def test_a_sealed_content_is_readable(content: Content, payload: bytes) -> None:
    write(content, payload)
    content.seal()
    assert read(content) == payload


def test_a_sealed_content_that_is_dropped_uses_nothing(
    content: Content, usage: Usage, payload: bytes
) -> None:
    write(content, payload)
    content.seal()
    content.drop()
    assert used(usage) == (0, 0, 0)


def test_an_empty_content_is_the_empty_blob(content: Content) -> None:
    assert (content.digest(), content.size, read(content)) == (sha256(b""), 0, b"")


@pytest.mark.parametrize("name", KINDS)
@settings(deadline=None, max_examples=30)
@given(parts)
def test_any_parts_leave_what_was_kept(name: str, parts: list[tuple[list[int], bool]]) -> None:
    usage = KINDS[name].usage()
    content, expected = Content(usage), b""
    for number, (pieces, keep) in enumerate(parts):
        data = [bytes([number]) * size for size in pieces]
        content.begin_part()
        for piece in data:
            content.write(piece)
        content.end_part(keep=keep)
        expected += b"".join(data) if keep else b""
    assert (read(content), content.digest()) == (expected, sha256(expected))
    assert usage.memory + usage.disk == len(expected)
    content.drop()
    assert used(usage) == (0, 0, 0)


@pytest.mark.parametrize("name", KINDS)
def test_threads_that_write_at_once_are_all_counted(name: str, new_content: NewContent) -> None:
    storage = KINDS[name]
    usage, payload = storage.usage(), storage.payload()
    contents = [new_content(usage) for _ in range(4)]
    threads = [threading.Thread(target=write, args=(each, payload)) for each in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert usage.memory + usage.disk == 4 * len(payload)


# Where bytes go.


@pytest.mark.parametrize(
    ("storage", "memory", "disk", "descriptors"),
    [
        (INLINE, INLINE.size, 0, 0),
        (MEMORY_FILE, MEMORY_FILE.size, 0, 1),
        (NO_MEMORY, 0, NO_MEMORY.size, 1),
        (LITTLE_MEMORY, 0, LITTLE_MEMORY.size, 1),
        (NO_DESCRIPTOR, 0, NO_DESCRIPTOR.size, 1),
    ],
    ids=KINDS,
)
def test_bytes_are_counted_where_they_are(
    new_content: NewContent, storage: Storage, memory: int, disk: int, descriptors: int
) -> None:
    """Source: DESIGN.md section 6."""
    usage = storage.usage()
    write(new_content(usage), storage.payload())
    assert used(usage) == (memory, disk, descriptors)


@pytest.mark.parametrize(("size", "descriptors"), [(INLINE_LIMIT, 0), (INLINE_LIMIT + 1, 1)])
def test_up_to_1_mib_stays_without_a_file(
    new_content: NewContent, size: int, descriptors: int
) -> None:
    """Source: DESIGN.md section 6."""
    usage = MEMORY_FILE.usage()
    write(new_content(usage), bytes(size))
    assert usage.descriptors == descriptors


@pytest.mark.parametrize(("storage", "left"), [(MEMORY_FILE, 1), (NO_MEMORY, 0)])
def test_a_sealed_file_on_disk_is_closed(
    new_content: NewContent, storage: Storage, left: int
) -> None:
    """A memory file would be gone."""
    usage = storage.usage()
    content = new_content(usage)
    write(content, storage.payload())
    content.seal()
    assert usage.descriptors == left


def test_contents_together_keep_to_the_memory_limit(new_content: NewContent) -> None:
    usage = Usage(5 * INLINE_LIMIT)
    for _ in range(4):
        write(new_content(usage), bytes(2 * INLINE_LIMIT))
    assert (usage.memory, usage.disk) == (4 * INLINE_LIMIT, 4 * INLINE_LIMIT)


def test_memory_that_was_freed_is_used_again(new_content: NewContent) -> None:
    usage = Usage(3 * INLINE_LIMIT)
    first, second = new_content(usage), new_content(usage)
    write(first, bytes(2 * INLINE_LIMIT))
    first.drop()
    write(second, bytes(2 * INLINE_LIMIT))
    assert (usage.memory, usage.disk) == (2 * INLINE_LIMIT, 0)


def test_no_more_memory_files_are_kept_open_than_the_descriptor_limit(
    new_content: NewContent,
) -> None:
    usage = MEMORY_FILE.usage()
    usage.descriptor_limit = 2
    contents = [new_content(usage) for _ in range(5)]
    for content in contents:
        write(content, bytes(2 * INLINE_LIMIT))
        content.seal()
    assert (usage.descriptors, usage.disk) == (2, 6 * INLINE_LIMIT)


def test_a_descriptor_that_was_freed_is_used_again(new_content: NewContent) -> None:
    usage = MEMORY_FILE.usage()
    usage.descriptor_limit = 1
    for _ in range(3):
        content = new_content(usage)
        write(content, bytes(2 * INLINE_LIMIT))
        content.drop()
    write(new_content(usage), bytes(2 * INLINE_LIMIT))
    assert usage.disk == 0


# Usage.


def test_a_quarter_of_the_descriptors_may_go_to_blobs() -> None:
    resource = pytest.importorskip("resource")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert Usage().descriptor_limit <= soft // 4 or soft == resource.RLIM_INFINITY


def test_half_of_the_memory_at_most_is_used_unless_told() -> None:
    """Source: DESIGN.md section 6."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < Usage().memory_limit <= memory // 2


@pytest.mark.parametrize("limit", [1, 1_000_000])
def test_a_memory_limit_is_kept_as_given(limit: int) -> None:
    assert Usage(limit).memory_limit == limit


def test_a_memory_limit_of_nothing_means_nothing_and_not_half() -> None:
    assert Usage(0).memory_limit == 0


@pytest.mark.parametrize(("size", "expected"), [(40, True), (60, True), (61, False)])
def test_there_is_memory_up_to_the_limit(size: int, expected: bool) -> None:
    usage = Usage(100)
    usage.add(memory=40)
    assert usage.has_memory_for(size) is expected


def test_every_new_path_is_another_empty_file() -> None:
    usage = Usage()
    paths = {usage.new_path() for _ in range(3)}
    assert [path.stat().st_size for path in paths] == [0, 0, 0]


def test_the_folder_goes_with_its_usage() -> None:
    usage = Usage()
    folder = usage.new_path().parent
    del usage
    gc.collect()
    assert not folder.exists()


def test_a_folder_that_goes_with_its_usage_is_nothing_to_warn_about() -> None:
    """A user's tests may run with warnings as errors, as these do."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        usage = Usage()
        folder = usage.new_path().parent
        del usage
        gc.collect()
    assert not any(folder.name in str(warning.message) for warning in caught)


def sha512(data: bytes) -> str:
    return "sha512:" + hashlib.sha512(data).hexdigest()


@pytest.mark.parametrize("early", [0, 1, HALF, INLINE_LIMIT + 1])
def test_a_second_digest_is_taken_of_all_bytes(
    new_content: NewContent, usage: Usage, early: int
) -> None:
    """Also of those that came before it was asked for."""
    content, late = new_content(usage), b"x" * HALF
    write(content, bytes(early))
    content.hash_also("sha512")
    write(content, late)
    whole = bytes(early) + late
    assert (content.digest_by("sha512"), content.digest()) == (sha512(whole), sha256(whole))


def test_a_second_digest_that_was_not_taken_is_the_first(
    new_content: NewContent, usage: Usage
) -> None:
    content = new_content(usage)
    content.write(b"layer")
    assert content.digest_by("sha512") == sha256(b"layer")
    content.hash_also("sha512")  # and nothing was written since
    assert content.digest_by("sha512") == sha256(b"layer")


def test_asking_twice_for_a_second_digest_changes_nothing(
    new_content: NewContent, usage: Usage
) -> None:
    content = new_content(usage)
    for piece in (b"la", b"yer"):
        content.hash_also("sha512")
        content.write(piece)
    assert content.digest_by("sha512") == sha512(b"layer")


@pytest.mark.parametrize("early", [b"", b"lay"])
def test_a_part_that_is_taken_back_is_in_no_digest(
    new_content: NewContent, usage: Usage, early: bytes
) -> None:
    content = new_content(usage)
    content.write(early)
    content.hash_also("sha512")
    content.begin_part()
    content.write(b"broken")
    content.end_part(keep=False)
    content.write(b"er")
    assert content.digest_by("sha512") == sha512(early + b"er")
