import uuid

import pytest

from ecrmock.world.ids import Ids


@pytest.mark.parametrize("ids", [Ids(), Ids(seed=0)])
def test_an_id_is_a_uuid_of_version_4_in_lower_case(ids: Ids) -> None:
    """Ids of uploads are such, too. Sources: RFC 9562, section 5.4; reference api.md §6.2."""
    for text in (ids.uuid() for _ in range(100)):
        found = uuid.UUID(text)
        assert (found.version, found.variant, str(found)) == (4, uuid.RFC_4122, text)


def test_a_seed_gives_the_same_ids_each_time() -> None:
    first, second = Ids(seed=7), Ids(seed=7)
    assert [first.uuid(), first.uuid()] == [second.uuid(), second.uuid()]


def test_a_seed_gives_the_same_secrets_each_time() -> None:
    assert Ids(seed=7).secret() == Ids(seed=7).secret()


def test_another_seed_gives_other_ids() -> None:
    assert Ids(seed=7).uuid() != Ids(seed=8).uuid()


@pytest.mark.parametrize("seed", [None, 7])
def test_no_id_comes_twice(seed: int | None) -> None:
    ids = Ids(seed)
    assert len({ids.uuid() for _ in range(1_000)}) == 1_000


def test_without_a_seed_nobody_can_foretell_a_secret() -> None:
    assert Ids().secret() != Ids().secret()


@pytest.mark.parametrize("size", [1, 16, 32, 100])
def test_a_secret_has_the_size_that_was_asked_for(size: int) -> None:
    assert len(Ids().secret(size)) == size


def test_bits_for_names_are_as_many_as_were_asked_for() -> None:
    ids = Ids(seed=7)
    assert max(ids.bits(3) for _ in range(100)) == 7
    assert Ids(seed=7).bits(64) != Ids(seed=8).bits(64)


def test_chance_is_from_zero_up_to_one_and_of_the_seed() -> None:
    first, second = Ids(seed=7), Ids(seed=7)
    drawn = [first.chance() for _ in range(100)]
    assert all(0 <= number < 1 for number in drawn)
    assert drawn == [second.chance() for _ in range(100)]
