"""Going back to a mark, past what was committed since."""

import gc
from typing import Any

import pytest
from hypothesis import given, settings

from ecrmock.store.journal import LeftBehindError
from ecrmock.store.store import Store
from tests.store.changes import (
    FOUNDATION,
    Step,
    a_store,
    cancel_upload,
    commit,
    complete_upload,
    create_repository,
    delete_repository,
    drop_blob,
    play,
    seen,
    start_upload,
    steps,
)


def play_each(store: Store, changes: list[Step]) -> None:
    """Make each change a unit of work of its own."""
    for change in changes:
        play(store, [change])
        commit(store)


def go_back(store: Store, mark: Any) -> None:
    store.journal.restore(mark)
    store.blobs.went_back()
    store.blobs.collect()


@settings(deadline=None)
@given(steps, steps, steps)
def test_a_mark_is_gone_back_to_as_often_as_wanted(
    before: list[Step], first: list[Step], second: list[Step]
) -> None:
    store = a_store(FOUNDATION + before)
    expected, mark = seen(store), store.journal.mark()
    for changes in (first, second):
        play_each(store, changes)
        go_back(store, mark)
        assert seen(store) == expected


@settings(deadline=None)
@given(steps, steps, steps)
def test_marks_are_gone_back_to_in_turn(
    before: list[Step], first: list[Step], second: list[Step]
) -> None:
    store = a_store(FOUNDATION + before)
    places = [(seen(store), store.journal.mark())]
    for changes in (first, second):
        play_each(store, changes)
        places.append((seen(store), store.journal.mark()))
    for expected, mark in reversed(places):
        go_back(store, mark)
        assert seen(store) == expected


@settings(deadline=None)
@given(steps, steps)
def test_a_reset_is_taken_back(before: list[Step], after: list[Step]) -> None:
    store = a_store(FOUNDATION + before)
    expected, mark = seen(store), store.journal.mark()
    store.reset()
    commit(store)
    play_each(store, FOUNDATION + after)
    go_back(store, mark)
    assert seen(store) == expected


@settings(deadline=None)
@given(steps, steps)
def test_without_a_mark_nothing_is_kept_any_more(before: list[Step], after: list[Step]) -> None:
    store, other = a_store(FOUNDATION + before), a_store(FOUNDATION + before)
    mark = store.journal.mark()
    play_each(store, after)
    play_each(other, after)
    del mark
    commit(store)
    assert seen(store) == seen(other)
    assert len(store.blobs) == len(other.blobs)


@settings(deadline=None)
@given(steps, steps)
def test_to_work_and_go_back_again_and_again_leaves_nothing(
    before: list[Step], after: list[Step]
) -> None:
    """One mark for a whole session of tests: what each uploads goes, at the latest with the next one's."""
    store = a_store(FOUNDATION + before)
    mark, usages = store.journal.mark(), []
    for _ in range(3):
        play_each(store, after)
        go_back(store, mark)
        usages.append((store.blobs.usage.memory, len(store.blobs)))
    assert usages[0] == usages[1] == usages[2]


def test_a_later_mark_is_left_behind() -> None:
    store = a_store()
    first = store.journal.mark()
    play_each(store, [(delete_repository, 0, 0, 0)])
    second = store.journal.mark()
    go_back(store, first)
    with pytest.raises(LeftBehindError, match="an earlier snapshot was restored"):
        store.journal.restore(second)


def test_a_mark_of_the_same_place_stays() -> None:
    store = a_store()
    first, second = store.journal.mark(), store.journal.mark()
    go_back(store, first)
    go_back(store, second)


def test_a_blob_that_went_after_a_mark_is_there_after_going_back() -> None:
    store = a_store([(create_repository, 0, 0, 0), (start_upload, 0, 0, 0)])
    play_each(store, [(complete_upload, 0, 0, 2)])
    mark, (digest,) = store.journal.mark(), store.blobs._contents
    play_each(store, [(drop_blob, 0, 0, 2)])
    go_back(store, mark)
    reader = store.blobs.open(digest)
    assert b"".join(reader.chunks()) == b"\x02" * 3


def test_an_upload_that_went_on_is_cut_to_what_it_was() -> None:
    store = a_store([(create_repository, 0, 0, 0), (start_upload, 0, 0, 0)])
    upload_id = next(iter(store.registry("123456789012", "us-east-1").repository("team/a").uploads))
    content = store.blobs.incoming(upload_id)
    content.write(b"before")
    mark, digest = store.journal.mark(), content.digest()
    content.write(b" after")
    play_each(store, [(cancel_upload, 0, 0, 0)])
    go_back(store, mark)
    assert store.blobs.incoming(upload_id) is content
    content.rewind(6)
    assert (content.digest(), content.size) == (digest, 6)


def test_a_closed_store_keeps_nothing_for_a_mark() -> None:
    store = a_store()
    mark = store.journal.mark()
    store.clear()
    assert (store.blobs.usage.memory, len(store.blobs)) == (0, 0)
    with pytest.raises(LeftBehindError):
        store.journal.restore(mark)


def test_what_is_kept_goes_with_the_last_mark() -> None:
    store, told = a_store(), []
    store.journal.when_unmarked(lambda: told.append(True))
    marks = [store.journal.mark() for _ in range(2)]
    for expected in ([], [True]):
        marks.pop()
        gc.collect()
        play_each(store, [(create_repository, 0, 0, 0)])
        assert told == expected
