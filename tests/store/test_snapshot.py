import json
from typing import Any

from hypothesis import given, settings

from ecrmock.store.snapshot import load_document, to_document
from ecrmock.store.store import Store
from tests.store.changes import (
    ACCOUNT,
    FOUNDATION,
    IMAGES,
    REGION,
    REPOSITORIES,
    Step,
    a_repository,
    a_store,
    create_repository,
    put_tagged,
    rollback,
    seen,
    steps,
    the_registry,
)


def loaded(document: dict[str, Any]) -> Store:
    store = Store()
    load_document(json.loads(json.dumps(document)), store)
    return store


def without_bytes(store: Store) -> dict[str, Any]:
    return {name: value for name, value in seen(store).items() if name != "blobs"}


def test_a_new_store_is_an_empty_document() -> None:
    assert to_document(Store()) == {}


def test_a_registry_that_was_only_looked_at_is_left_out() -> None:
    """Every account has a registry everywhere, and to ask for it makes it."""
    store = a_store([(create_repository, 0, 0, 0)])
    store.registry(ACCOUNT, "eu-west-1")
    store.registry("111122223333", "eu-west-1")
    assert {account: list(regions) for account, regions in to_document(store).items()} == {
        ACCOUNT: [REGION]
    }


def test_a_registry_whose_repositories_are_gone_is_kept() -> None:
    """Its sequence numbers are never used again."""
    store = a_store([(create_repository, 0, 0, 0)])
    the_registry(store).repositories.remove(REPOSITORIES[0])
    assert the_registry(loaded(to_document(store))).next_sequence() == 2


def test_accounts_and_regions_stay_apart() -> None:
    store = Store()
    places = [(ACCOUNT, "eu-west-1"), (ACCOUNT, REGION), ("111122223333", REGION)]
    for number, place in enumerate(places):
        registry = store.registry(*place)
        registry.add(a_repository(f"team/{number}", registry.next_sequence()))
    found = loaded(to_document(store))
    assert [list(found.registry(*place).repositories) for place in places] == [
        ["team/0"],
        ["team/1"],
        ["team/2"],
    ]


@settings(deadline=None)
@given(steps)
def test_any_state_survives_json(changes: list[Step]) -> None:
    document = to_document(a_store(FOUNDATION + changes))
    assert to_document(loaded(document)) == document


@settings(deadline=None)
@given(steps)
def test_any_state_is_seen_the_same_after_it_was_read_back(changes: list[Step]) -> None:
    """Orders, references, indexes and tags of images are derived anew."""
    store = a_store(FOUNDATION + changes)
    assert without_bytes(loaded(to_document(store))) == without_bytes(store)


def test_the_tags_of_an_image_are_in_their_order_after_they_were_read_back() -> None:
    """Here a tag moved to another image and back."""
    moves = [(0, 0), (0, 1), (1, 0), (0, 0)]
    changes: list[Step] = [(put_tagged, 0, number, tag) for number, tag in moves]
    store = a_store([(create_repository, 0, 0, 0), *changes])
    states = [the_registry(each).repository(REPOSITORIES[0]) for each in (store, loaded_of(store))]
    before, after = (state.tags.of_image(IMAGES[0]) for state in states)
    assert after == before


def loaded_of(store: Store) -> Store:
    return loaded(to_document(store))


def test_what_was_read_back_is_final() -> None:
    document = to_document(a_store([(create_repository, 0, 0, 0), (put_tagged, 0, 0, 0)]))
    store = loaded(document)
    rollback(store)
    assert to_document(store) == document
