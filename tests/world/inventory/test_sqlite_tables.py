"""A table is what SQLite itself says that it is, whatever the sizes of pages and rows."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.world.inventory.limits import KIB, MIB, Budget, Limits
from ecrmock.world.inventory.sqlite_tables import Database
from ecrmock.world.inventory.streams import Content, UnreadableFileError

PAGE = 4_096
values = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.sampled_from([0, 1, -1, 127, 128, -129, 2**31, 2**47])
    | st.binary(max_size=9_000)
    | st.text(max_size=40)
)


def database(rows, page_size=PAGE, schema="CREATE TABLE t (a, b)") -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA page_size = {page_size}")
    connection.executescript(schema)
    connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


def opened(data: bytes, step: int = 5_000, limits: Limits | None = None) -> Database:
    pieces = (data[at : at + step] for at in range(0, len(data), step))
    return Database(Content("x", len(data), pieces, Budget(limits or Limits())))


def rows_of(data: bytes, name: bytes = b"t") -> list[tuple]:
    return list(opened(data).table(name))


def as_read(value):
    return value.encode() if isinstance(value, str) else value


@given(
    rows=st.lists(st.tuples(values, values), max_size=30),
    page_size=st.sampled_from([512, 1_024, 4_096, 65_536]),
)
def test_rows_are_those_that_were_written(rows, page_size):
    expected = [tuple(map(as_read, row)) for row in rows]
    assert rows_of(database(rows, page_size)) == expected


@pytest.mark.parametrize("page_size", [512, 8_192, 65_536])
def test_a_tree_of_many_pages_is_read_from_left_to_right(page_size):
    data = database(((number, b"x" * (number % 700)) for number in range(3_000)), page_size)
    assert [row[0] for row in rows_of(data)] == list(range(3_000))


def test_a_large_row_is_put_together_from_its_chain_of_pages():
    large = bytes(range(256)) * 8_000
    assert rows_of(database([(1, large), (2, b"")])) == [(1, large), (2, b"")]


def test_the_key_of_a_table_and_a_fraction_are_left_out():
    data = database([(7, 0.5)], schema="CREATE TABLE t (a INTEGER PRIMARY KEY, b)")
    assert rows_of(data) == [(None, None)]


def test_a_schema_of_several_pages_is_searched():
    tables = ";".join(f"CREATE TABLE other{number} (a, b)" for number in range(200))
    data = database([(1, 2)], 512, f"{tables}; CREATE TABLE t (a, b); CREATE INDEX i ON t (a)")
    assert rows_of(data) == [(1, 2)]


@pytest.mark.parametrize("name", [b"none", b"i", b"v"])
def test_only_tables_are_read(name):
    schema = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t"
    with pytest.raises(UnreadableFileError, match="no table"):
        rows_of(database([], schema=schema), name)


def test_a_table_that_is_kept_as_an_index_is_refused():
    data = database([(1, 2)], schema="CREATE TABLE t (a PRIMARY KEY, b) WITHOUT ROWID")
    with pytest.raises(UnreadableFileError, match="not of a table"):
        rows_of(data)


@pytest.mark.parametrize("head", [b"", b"SQLite format 3\0", b"x" * 200])
def test_what_is_no_database_is_refused(head):
    with pytest.raises(UnreadableFileError, match="no SQLite database"):
        opened(head)


@pytest.mark.parametrize("size", [0, 2, 256, 768, 4_660])
def test_a_page_size_that_is_not_allowed_is_refused(size):
    data = bytearray(database([]))
    data[16:18] = size.to_bytes(2, "big")
    with pytest.raises(UnreadableFileError, match="size"):
        opened(bytes(data))


def test_a_table_whose_first_page_is_not_told_is_not_there():
    data = bytearray(database([(1, 2)]))
    cell = int.from_bytes(data[108:110], "big")
    data[cell : cell + 11] = bytes((9, 1, 3, 23, 15)) + b"tablet"  # two columns, both texts
    with pytest.raises(UnreadableFileError, match="no table"):
        rows_of(bytes(data))


def test_a_tree_that_contains_itself_is_refused():
    data = bytearray(database((number, b"x" * 300) for number in range(200)))
    assert data[PAGE] == 5, "the second page is the root, above others"
    children = int.from_bytes(data[PAGE + 3 : PAGE + 5], "big")
    for at in range(PAGE + 12, PAGE + 12 + 2 * children, 2):
        cell = PAGE + int.from_bytes(data[at : at + 2], "big")
        data[cell : cell + 4] = (2).to_bytes(4, "big")
    with pytest.raises(UnreadableFileError, match="no tree"):
        rows_of(bytes(data))


def test_a_row_that_is_there_many_times_is_refused():
    """Thirty cells point at the same row: the rows would have more bytes than the database."""
    data = bytearray(database([(number, b"y" * 1_000) for number in range(30)], 65_536))
    start = 65_536 + 8
    first = data[start : start + 2]
    assert len(rows_of(bytes(data))) == 30
    data[65_536 + 3 : 65_536 + 5] = (200).to_bytes(2, "big")
    data[start : start + 400] = first * 200
    with pytest.raises(UnreadableFileError, match="too large"):
        rows_of(bytes(data))


def test_a_row_of_more_columns_than_sqlite_allows_is_refused():
    """Its head says that the whole row is the list of its columns: eight million took 220 MiB."""
    data = bytearray(database([(1, bytes(50_000))], 65_536))
    row = 65_536 + int.from_bytes(data[65_536 + 8 : 65_536 + 10], "big") + 4
    data[row : row + 3] = bytes((0x80 | 50_000 >> 14, 0x80 | 50_000 >> 7 & 0x7F, 50_000 & 0x7F))
    with pytest.raises(UnreadableFileError, match="too many columns"):
        rows_of(bytes(data))


def test_a_database_whose_end_is_gone_is_refused():
    data = database((number, b"x" * 300) for number in range(200))
    with pytest.raises(UnreadableFileError, match="no tree"):
        rows_of(data[: len(data) // 2])
    with pytest.raises(UnreadableFileError, match="not there"):
        rows_of(data[:PAGE])


def test_what_is_kept_compressed_has_a_bound():
    data = database([(1, bytes(MIB))])
    opened(data, limits=Limits(held_in_bytes=64 * KIB))
    with pytest.raises(UnreadableFileError, match="even compressed"):
        opened(data, limits=Limits(held_in_bytes=2 * KIB))
