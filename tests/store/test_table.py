import pytest

from ecrmock.store.journal import Journal
from ecrmock.store.table import Table


class Counted(Table[str, int]):
    """A table that derives the sum of its rows."""

    total = 0

    def _changed(self, key: str, old: int | None, new: int | None) -> None:
        self.total += (new or 0) - (old or 0)


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def table(journal: Journal) -> Counted:
    """A table with two rows that are final."""
    table = Counted(journal)
    table.put("one", 1)
    table.put("two", 2)
    journal.commit()
    return table


def test_a_row_is_found_by_its_key(table: Counted) -> None:
    assert (table.get("one"), table.get("three")) == (1, None)


def test_a_table_is_a_collection_of_keys(table: Counted) -> None:
    assert ("one" in table, "three" in table, len(table), list(table)) == (
        True,
        False,
        2,
        ["one", "two"],
    )


def test_a_table_shows_its_rows(table: Counted) -> None:
    assert list(table.values()) == [1, 2]


def test_a_table_shows_keys_with_rows(table: Counted) -> None:
    assert dict(table.items()) == {"one": 1, "two": 2}


def test_a_row_is_replaced(table: Counted) -> None:
    table.put("one", 10)
    assert dict(table.items()) == {"one": 10, "two": 2}


def test_a_removed_row_is_gone(table: Counted) -> None:
    table.remove("one")
    assert dict(table.items()) == {"two": 2}


def test_only_a_row_that_is_there_can_be_removed(table: Counted) -> None:
    with pytest.raises(KeyError):
        table.remove("three")


def change(table: Counted, name: str) -> None:
    match name:
        case "new":
            table.put("three", 3)
        case "replaced":
            table.put("one", 10)
        case "removed":
            table.remove("one")
        case "removed and new":
            table.remove("one")
            table.put("one", 100)
        case "new and removed":
            table.put("three", 3)
            table.remove("three")


CHANGES = ["new", "replaced", "removed", "removed and new", "new and removed"]


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_derived_follows_every_change(table: Counted, name: str) -> None:
    change(table, name)
    assert table.total == sum(table.values())


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_taken_back(table: Counted, journal: Journal, name: str) -> None:
    change(table, name)
    journal.rollback()
    assert dict(table.items()) == {"one": 1, "two": 2}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_derived_follows_when_a_change_is_taken_back(
    table: Counted, journal: Journal, name: str
) -> None:
    change(table, name)
    journal.rollback()
    assert table.total == 3


def test_a_restored_row_is_not_noted(table: Counted, journal: Journal) -> None:
    table.restore("three", 3)
    journal.rollback()
    assert table.get("three") == 3
