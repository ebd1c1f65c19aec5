from hypothesis import given, settings

from ecrmock.store.journal import Journal
from tests.store.changes import (
    FOUNDATION,
    REPOSITORIES,
    Step,
    a_store,
    commit,
    play,
    rollback,
    seen,
    steps,
    the_registry,
)


class Notebook:
    """A table that only remembers what it was asked to restore."""

    def __init__(self) -> None:
        self.restored: list[tuple[str, int | None]] = []

    def restore(self, key: str, old: int | None) -> None:
        self.restored.append((key, old))


def noted(*changes: tuple[str, int | None]) -> tuple[Journal, Notebook]:
    journal, table = Journal(), Notebook()
    for key, old in changes:
        journal.note(table, key, old)
    return journal, table


def test_changes_are_taken_back_with_the_last_one_first() -> None:
    journal, table = noted(("a", None), ("b", 2), ("a", 1))
    journal.rollback()
    assert table.restored == [("a", 1), ("b", 2), ("a", None)]


def test_a_change_is_taken_back_once() -> None:
    journal, table = noted(("a", 1))
    journal.rollback()
    journal.rollback()
    assert table.restored == [("a", 1)]


def test_what_is_final_is_not_taken_back() -> None:
    journal, table = noted(("a", 1))
    journal.commit()
    journal.rollback()
    assert table.restored == []


def test_an_empty_journal_may_be_rolled_back() -> None:
    Journal().rollback()


@settings(deadline=None)
@given(steps, steps)
def test_after_a_rollback_the_state_is_as_if_nothing_had_been_done(
    before: list[Step], after: list[Step]
) -> None:
    """Rows, orders, references, indexes, tags of images, and the blobs that are there."""
    store = a_store(FOUNDATION + before)
    expected = seen(store)
    play(store, after)
    rollback(store)
    assert seen(store) == expected


@settings(deadline=None)
@given(steps, steps)
def test_after_a_rollback_the_same_changes_come_to_the_same(
    before: list[Step], after: list[Step]
) -> None:
    store, other = a_store(FOUNDATION + before), a_store(FOUNDATION + before)
    for changed in (store, other):
        play(changed, after)
        if changed is store:
            rollback(changed)
            play(changed, after)
        commit(changed)
    assert seen(store) == seen(other)


@settings(deadline=None)
@given(steps, steps)
def test_after_a_rollback_every_held_blob_is_there(before: list[Step], after: list[Step]) -> None:
    store = a_store(FOUNDATION + before)
    play(store, after)
    rollback(store)
    held = {digest for state in the_registry(store).repositories.values() for digest in state.blobs}
    assert len(store.blobs) == len(held)
    assert all(digest in store.blobs for digest in held)


@settings(deadline=None)
@given(steps, steps)
def test_after_a_rollback_the_count_of_holders_is_right(
    before: list[Step], after: list[Step]
) -> None:
    """The last holder's going frees a blob, and no going before it."""
    store = a_store(FOUNDATION + before)
    play(store, after)
    rollback(store)
    repositories = the_registry(store).repositories
    for name in REPOSITORIES:
        if name in repositories:
            repositories.remove(name)
            commit(store)
        held = {digest for state in repositories.values() for digest in state.blobs}
        assert len(store.blobs) == len(held)


@settings(deadline=None)
@given(steps, steps)
def test_after_a_rollback_nothing_leaks(before: list[Step], after: list[Step]) -> None:
    store = a_store(FOUNDATION + before)
    play(store, after)
    rollback(store)
    store.clear()
    usage = store.blobs.usage
    assert (usage.memory, usage.disk, usage.descriptors) == (0, 0, 0)
