from dataclasses import replace

import pytest

from ecrmock.store.journal import Journal
from ecrmock.store.store import Store
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.store.changes import (
    ACCOUNT,
    BLOBS,
    FOUNDATION,
    REGION,
    REPOSITORIES,
    UPLOADS,
    a_repository,
    a_store,
    commit,
    rollback,
    the_registry,
)


def listed(store: Store, after: int = -1) -> list[str]:
    repositories = the_registry(store).repositories.after(after)
    return [repository.repository_name for repository in repositories]


def add(store: Store, name: str) -> None:
    registry = the_registry(store)
    registry.add(a_repository(name, registry.next_sequence()))


def test_every_account_has_a_registry_in_every_region() -> None:
    registry = Store().registry("111122223333", "eu-west-1")
    assert (registry.account, registry.region) == ("111122223333", "eu-west-1")


def test_a_registry_is_the_same_each_time() -> None:
    store = Store()
    assert store.registry(ACCOUNT, REGION) is store.registry(ACCOUNT, REGION)


@pytest.mark.parametrize("place", [(ACCOUNT, "eu-west-1"), ("111122223333", REGION)])
def test_registries_do_not_share_repositories(place: tuple[str, str]) -> None:
    """Source: reference api.md §3.3."""
    store = Store()
    add(store, "team/app")
    assert len(store.registry(*place).repositories) == 0


def test_a_missing_repository_is_an_error_that_names_the_account() -> None:
    """Source: reference api.md §4.5."""
    with pytest.raises(RepositoryNotFoundError) as caught:
        Store().registry("111122223333", REGION).repository("team/app")
    assert (caught.value.name, caught.value.registry_id) == ("team/app", "111122223333")


def test_a_new_repository_is_empty() -> None:
    store = Store()
    add(store, "team/app")
    state = the_registry(store).repository("team/app")
    tables = (state.images, state.tags, state.blobs, state.uploads)
    assert [len(table) for table in tables] == [0, 0, 0, 0]


def test_repositories_are_listed_in_the_order_of_creation() -> None:
    store = Store()
    for name in ("b", "a", "c"):
        add(store, name)
    assert listed(store) == ["b", "a", "c"]


def test_a_page_of_repositories_starts_after_a_sequence_number() -> None:
    store = Store()
    for name in ("b", "a", "c"):
        add(store, name)
    assert listed(store, after=1) == ["a", "c"]


def test_a_repository_that_is_changed_keeps_its_place() -> None:
    store = a_store(FOUNDATION)
    state = the_registry(store).repository(REPOSITORIES[0])
    state.change(replace(state.repository, image_tag_mutability="IMMUTABLE"))
    assert listed(store) == list(REPOSITORIES)


def test_the_number_of_a_deleted_repository_is_not_used_again() -> None:
    store = Store()
    add(store, "a")
    the_registry(store).repositories.remove("a")
    add(store, "b")
    assert listed(store, after=1) == ["b"]


def test_a_repository_that_is_created_again_starts_empty() -> None:
    """Source: reference api.md §4.5."""
    store = a_store(FOUNDATION)
    the_registry(store).repositories.remove(REPOSITORIES[0])
    add(store, REPOSITORIES[0])
    assert len(the_registry(store).repository(REPOSITORIES[0]).images) == 0


def test_a_deleted_repository_frees_a_blob_that_nobody_else_holds() -> None:
    store = a_store(FOUNDATION[:4])
    the_registry(store).repositories.remove(REPOSITORIES[0])
    commit(store)
    assert BLOBS[0] not in store.blobs


def test_a_deleted_repository_leaves_a_blob_to_another_holder() -> None:
    """Bytes are stored once however many repositories hold them."""
    store = a_store(FOUNDATION[:6])
    the_registry(store).repositories.remove(REPOSITORIES[0])
    commit(store)
    assert BLOBS[0] in store.blobs


def test_a_deleted_repository_frees_its_uploads() -> None:
    store = a_store([*FOUNDATION[:1], *FOUNDATION[6:7]])
    store.blobs.incoming(UPLOADS[2]).write(b"bytes")
    the_registry(store).repositories.remove(REPOSITORIES[0])
    commit(store)
    assert store.blobs.usage.memory == 0


def test_a_deletion_that_is_taken_back_leaves_blobs_and_uploads() -> None:
    store = a_store(FOUNDATION)
    content = store.blobs.incoming(UPLOADS[2])
    content.write(b"bytes")
    the_registry(store).repositories.remove(REPOSITORIES[0])
    rollback(store)
    assert BLOBS[0] in store.blobs
    assert store.blobs.incoming(UPLOADS[2]) is content


def test_a_cleared_store_has_no_state() -> None:
    store = a_store(FOUNDATION)
    store.clear()
    assert (store.accounts, len(store.blobs)) == ({}, 0)
    assert (len(store.keys), len(store.sessions)) == (0, 0)


def test_a_cleared_store_uses_nothing() -> None:
    store = a_store(FOUNDATION)
    store.blobs.incoming(UPLOADS[2]).write(bytes(2 * 1024 * 1024))
    store.clear()
    usage = store.blobs.usage
    assert (usage.memory, usage.disk, usage.descriptors) == (0, 0, 0)


def test_to_clear_a_store_cannot_be_taken_back() -> None:
    store = a_store(FOUNDATION)
    store.clear()
    store.journal.rollback()
    assert listed(store) == []


def test_a_store_may_be_given_its_journal() -> None:
    journal = Journal()
    assert Store(journal).journal is journal
