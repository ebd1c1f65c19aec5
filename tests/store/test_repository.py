from dataclasses import replace

import pytest

from ecrmock.store.repository import RepositoryState
from ecrmock.store.store import Store
from ecrmock.values.images import Image, Tagging
from ecrmock.values.lifecycle import LifecyclePreview
from ecrmock.values.names import sha256_of
from tests.store.changes import (
    BLOBS,
    IMAGES,
    a_repository,
    an_image,
    rollback,
)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def state(store: Store) -> RepositoryState:
    return RepositoryState(a_repository(), store.journal, store.blobs)


def put(state: RepositoryState, number: int, **members: object) -> None:
    image = an_image(number, sequence=state.next_sequence(), **members)
    state.images.put(image.image_digest, image)


def tag(state: RepositoryState, name: str, number: int) -> None:
    sequence = state.next_sequence()
    tagging = Tagging(image_tag=name, image_digest=IMAGES[number], sequence=sequence)
    state.tags.put(name, tagging)


def set_untagged(state: RepositoryState, number: int, sequence: int | None) -> None:
    image = replace(state.images.get(IMAGES[number]), untagged_sequence=sequence)
    state.images.put(image.image_digest, image)


def order(state: RepositoryState) -> list[str]:
    return [image.image_digest for image in state.images.after(-1)]


def untagged(state: RepositoryState) -> list[str]:
    return [image.image_digest for image in state.images.untagged_after(-1)]


def test_images_are_listed_in_the_order_of_their_first_push(state: RepositoryState) -> None:
    put(state, 1)
    put(state, 0)
    set_untagged(state, 1, state.next_sequence())
    assert order(state) == [IMAGES[1], IMAGES[0]]


def test_a_page_of_images_starts_after_a_sequence_number(state: RepositoryState) -> None:
    put(state, 1)
    put(state, 0)
    assert [image.image_digest for image in state.images.after(1)] == [IMAGES[0]]


def test_an_image_that_was_removed_and_put_again_comes_last(state: RepositoryState) -> None:
    put(state, 1)
    put(state, 0)
    state.images.remove(IMAGES[1])
    put(state, 1)
    assert order(state) == [IMAGES[0], IMAGES[1]]


def test_untagged_images_have_an_order_of_their_own(state: RepositoryState) -> None:
    for number in (0, 1, 2):
        put(state, number)
    for number in (2, 0):
        set_untagged(state, number, state.next_sequence())
    assert untagged(state) == [IMAGES[2], IMAGES[0]]


def test_an_image_that_gets_a_tag_leaves_the_untagged_ones(state: RepositoryState) -> None:
    put(state, 0, untagged_sequence=10)
    set_untagged(state, 0, None)
    assert untagged(state) == []


def test_a_removed_image_leaves_the_untagged_ones(state: RepositoryState) -> None:
    put(state, 0, untagged_sequence=10)
    state.images.remove(IMAGES[0])
    assert untagged(state) == []


def test_an_image_uses_the_blobs_that_it_references(state: RepositoryState) -> None:
    put(state, 1)
    used = [blob for blob in BLOBS if state.images.uses_blob(blob)]
    assert used == [BLOBS[0], BLOBS[1]]


def test_a_blob_is_used_as_long_as_one_image_references_it(state: RepositoryState) -> None:
    put(state, 0)
    put(state, 1)
    state.images.remove(IMAGES[1])
    assert [blob for blob in BLOBS if state.images.uses_blob(blob)] == [BLOBS[0]]


def test_a_blob_that_one_image_references_twice_is_free_with_it(state: RepositoryState) -> None:
    put(state, 0)
    state.images.remove(IMAGES[0])
    assert not state.images.uses_blob(BLOBS[0])


@pytest.mark.parametrize("status", ["ARCHIVED", "ACTIVATING"])
def test_an_archived_image_uses_its_blobs_and_serves_none(
    state: RepositoryState, status: str
) -> None:
    put(state, 1, image_status=status)
    assert state.images.uses_blob(BLOBS[1])
    assert not state.images.serves_blob(BLOBS[1])


def test_a_blob_is_served_as_long_as_one_image_is_active(state: RepositoryState) -> None:
    put(state, 0)
    put(state, 1, image_status="ARCHIVED")
    assert [blob for blob in BLOBS if state.images.serves_blob(blob)] == [BLOBS[0]]


def test_an_image_that_is_active_again_serves_its_blobs(state: RepositoryState) -> None:
    put(state, 1)
    for status in ("ARCHIVED", "ACTIVATING", "ACTIVE"):
        image = state.images.get(IMAGES[1])
        state.images.put(IMAGES[1], replace(image, image_status=status))
    assert state.images.serves_blob(BLOBS[1])


def test_an_archived_image_that_is_removed_leaves_nothing_behind(state: RepositoryState) -> None:
    put(state, 1, image_status="ARCHIVED")
    state.images.remove(IMAGES[1])
    put(state, 1)
    assert state.images.serves_blob(BLOBS[1])


def referrers(state: RepositoryState, after: int = -1) -> list[str]:
    return [image.image_digest for image in state.images.referrers_after(IMAGES[0], after)]


def test_the_referrers_of_a_subject_are_known_in_the_order_of_images(
    state: RepositoryState,
) -> None:
    put(state, 4)
    put(state, 1)
    put(state, 2)
    assert referrers(state) == [IMAGES[4], IMAGES[2]]
    assert referrers(state, after=1) == [IMAGES[2]]


def test_a_removed_referrer_is_none_any_more(state: RepositoryState) -> None:
    put(state, 2)
    assert state.images.has_referrers(IMAGES[0])
    state.images.remove(IMAGES[2])
    assert (referrers(state), state.images.has_referrers(IMAGES[0])) == ([], False)


def test_an_index_uses_no_blobs(state: RepositoryState) -> None:
    put(state, 3, references=(BLOBS[2],))
    assert not state.images.uses_blob(BLOBS[2])


def test_the_indexes_that_list_an_image_are_known(state: RepositoryState) -> None:
    for number in (0, 1, 3, 4):
        put(state, number)
    assert state.images.indexes_of(IMAGES[1]) == (IMAGES[3], IMAGES[4])


def an_index(state: RepositoryState, name: str, *listed: str) -> Image:
    made = replace(
        an_image(3, sequence=state.next_sequence()),
        image_digest=sha256_of(name.encode()),
        references=tuple(sha256_of(each.encode()) for each in listed),
    )
    state.images.put(made.image_digest, made)
    return made


def test_what_an_index_lists_comes_once_and_before_it(state: RepositoryState) -> None:
    inner = an_index(state, "inner")
    middle = an_index(state, "middle", "inner", "missing", "inner")
    outer = an_index(state, "outer", "inner", "middle")
    assert state.listed(outer) == (inner, middle)
    assert state.listed(inner) == ()


def test_indexes_may_be_nested_deeper_than_calls(state: RepositoryState) -> None:
    for number in range(2000):
        last = an_index(state, str(number), str(number - 1))
    assert len(state.listed(last)) == 1999


def test_an_image_that_no_index_lists_has_none(state: RepositoryState) -> None:
    put(state, 0)
    assert state.images.indexes_of(IMAGES[0]) == ()


def test_a_removed_index_lists_nothing_any_more(state: RepositoryState) -> None:
    put(state, 3)
    put(state, 4)
    state.images.remove(IMAGES[4])
    assert state.images.indexes_of(IMAGES[1]) == (IMAGES[3],)


def test_tags_are_listed_in_the_order_in_which_they_were_put(state: RepositoryState) -> None:
    for name in ("b", "a", "c"):
        tag(state, name, 0)
    assert [tagging.image_tag for tagging in state.tags.after(-1)] == ["b", "a", "c"]


def test_a_tag_that_moves_comes_last(state: RepositoryState) -> None:
    for name, number in (("a", 0), ("b", 0), ("a", 1)):
        tag(state, name, number)
    assert [tagging.image_tag for tagging in state.tags.after(-1)] == ["b", "a"]


def test_an_image_has_the_tags_that_point_at_it(state: RepositoryState) -> None:
    for name, number in (("b", 0), ("a", 0), ("c", 1)):
        tag(state, name, number)
    assert state.tags.of_image(IMAGES[0]) == ("b", "a")


def test_a_tag_that_moves_leaves_its_image(state: RepositoryState) -> None:
    tag(state, "a", 0)
    tag(state, "a", 1)
    assert (state.tags.of_image(IMAGES[0]), state.tags.of_image(IMAGES[1])) == ((), ("a",))


def test_a_tag_that_moves_away_and_back_is_the_images_last_one(state: RepositoryState) -> None:
    for name, number in (("a", 0), ("b", 0), ("a", 1), ("a", 0)):
        tag(state, name, number)
    assert state.tags.of_image(IMAGES[0]) == ("b", "a")


def test_the_tags_of_an_image_are_in_their_order_after_a_rollback(
    state: RepositoryState, store: Store
) -> None:
    tag(state, "a", 0)
    tag(state, "b", 0)
    store.journal.commit()
    state.tags.remove("a")
    rollback(store)
    assert state.tags.of_image(IMAGES[0]) == ("a", "b")


@pytest.mark.parametrize("removed", [[], ["a"], ["a", "b"]])
def test_the_tags_of_an_image_are_counted(state: RepositoryState, removed: list[str]) -> None:
    tag(state, "a", 0)
    tag(state, "b", 0)
    for name in removed:
        state.tags.remove(name)
    assert state.tags.count_of_image(IMAGES[0]) == 2 - len(removed)


def test_a_tag_leads_to_its_image(state: RepositoryState) -> None:
    tag(state, "a", 1)
    assert (state.image_of("a"), state.image_of("b")) == (IMAGES[1], None)


def test_sequence_numbers_grow(state: RepositoryState) -> None:
    assert [state.next_sequence() for _ in range(3)] == [1, 2, 3]


def test_a_sequence_number_that_was_taken_back_is_given_again(
    state: RepositoryState, store: Store
) -> None:
    """Nobody has seen it."""
    state.next_sequence()
    store.journal.commit()
    state.next_sequence()
    rollback(store)
    assert state.next_sequence() == 2


def test_other_settings_are_saved(state: RepositoryState) -> None:
    changed = replace(state.repository, image_tag_mutability="IMMUTABLE")
    state.change(changed)
    assert state.repository is changed


def test_a_change_of_settings_is_taken_back(state: RepositoryState, store: Store) -> None:
    before = state.repository
    state.change(replace(before, image_tag_mutability="IMMUTABLE"))
    rollback(store)
    assert state.repository is before


def test_a_preview_is_saved_and_taken_back(state: RepositoryState, store: Store) -> None:
    preview = LifecyclePreview(preview_id="1", lifecycle_policy_text="{}")
    state.change_lifecycle_preview(preview)
    assert state.lifecycle_preview is preview
    rollback(store)
    assert state.lifecycle_preview is None
