"""Tables of a SQLite database that passes by: its pages are kept compressed, and found by their numbers.

SQLite itself needs the database as a file or as a whole in memory, and does what the schema of a stranger
says. Here nothing is computed, and no page or byte is read more often than there are any.
Source: SQLite, "Database File Format", sections 1.2 to 1.6 and 2.1.
"""

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from types import MappingProxyType

from ecrmock.world.inventory.limits import KIB, MIB
from ecrmock.world.inventory.streams import ByteStream, Content, UnreadableFileError

_MAGIC = b"SQLite format 3\0"
_HEAD = 100  # bytes of the first page before its own header
_LARGEST_RECORD = 8 * MIB
_BLOCK = 16 * KIB  # what is compressed at a time, or a page if that is larger
_LEAF, _INTERIOR = 0x0D, 0x05  # of the trees of tables; those of indexes have other kinds
_U16, _U32 = struct.Struct(">H"), struct.Struct(">I")
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # of numbers, by their serial type
_FLOAT, _CONSTANTS = 7, MappingProxyType({8: 0, 9: 1})
_FIRST_TEXT = 12  # the serial type of an empty blob
_MOST_TABLES = 1_000  # and indexes; rpm makes some forty
_MOST_COLUMNS = 32_767  # Source: SQLite, "Implementation Limits For SQLite", number of columns

Column = bytes | int | None


class Database:
    """A database after it was read once. Raises UnreadableFileError for a damaged one, in every method."""

    def __init__(self, content: Content) -> None:
        stream = ByteStream(content.chunks)
        head = stream.read(_HEAD)
        stream.put_back(head)
        self._page_size = _page_size(head)
        self._usable = self._page_size - head[20]
        self._block_size = max(self._page_size, _BLOCK)
        blocks, size = _packed(stream, self._block_size, content.budget.limits.held_in_bytes)
        self._pages = size // self._page_size
        self._unread = size  # bytes of records that there can still be
        self._block = lru_cache(64)(lambda at: zlib.decompress(blocks[at]))

    def table(self, name: bytes) -> Iterator[tuple[Column, ...]]:
        """Yield the rows of a table in the order of their numbers; the key itself is None."""
        for row in islice(self._rows(1), _MOST_TABLES):
            match row:  # type, name, table, first page, text; a damaged one has fewer
                case (b"table", found, _, int(root), *_) if found == name:
                    return self._rows(root)
        raise UnreadableFileError(f"the database has no table {name.decode()}")

    def _rows(self, root: int) -> Iterator[tuple[Column, ...]]:
        try:
            for page, at in self._cells(root):
                yield _columns(self._record(page, at))
        except (IndexError, struct.error):
            raise UnreadableFileError("the database is damaged") from None

    def _cells(self, root: int) -> Iterator[tuple[bytes, int]]:
        """Yield where the cells of the tree's leaves begin, from left to right."""
        ahead, left = [root], self._pages
        while ahead:
            number = ahead.pop()
            page, start = self._page(number), _HEAD if number == 1 else 0
            left -= 1
            count = _U16.unpack_from(page, start + 3)[0]
            if page[start] == _LEAF:
                yield from ((page, at) for at in _pointers(page, start + 8, count))
            elif page[start] == _INTERIOR:
                ahead.append(_U32.unpack_from(page, start + 8)[0])
                children = (
                    _U32.unpack_from(page, at)[0] for at in _pointers(page, start + 12, count)
                )
                ahead += reversed(list(children))
            else:
                raise UnreadableFileError("the database is damaged: a page is not of a table")
            if len(ahead) > left:
                raise UnreadableFileError("the database is damaged: its pages make no tree")

    def _page(self, number: int) -> bytes:
        if not 1 <= number <= self._pages:
            raise UnreadableFileError("the database is damaged: a page is not there")
        at, start = divmod((number - 1) * self._page_size, self._block_size)
        return self._block(at)[start : start + self._page_size]

    def _record(self, page: bytes, at: int) -> bytes:
        """Return the record of a cell: what lies in the page, and the rest in the pages of its chain."""
        size, at = _number(page, at)
        _, at = _number(page, at)
        self._unread -= size
        if size > _LARGEST_RECORD or self._unread < 0:
            raise UnreadableFileError("the database is damaged, or has a row that is too large")
        local = self._local(size)
        parts, missing = [page[at : at + local]], size - local
        following = _U32.unpack_from(page, at + local)[0] if missing else 0
        while missing > 0:
            page = self._page(following)
            following = _U32.unpack_from(page)[0]
            parts.append(page[4 : min(self._usable, 4 + missing)])
            missing -= len(parts[-1])
        return b"".join(parts)

    def _local(self, size: int) -> int:
        """Return how many bytes of a record lie in the leaf itself. Source: section 1.6."""
        most, least = self._usable - 35, (self._usable - 12) * 32 // 255 - 23
        if size <= most:
            return size
        fitting = least + (size - least) % (self._usable - 4)
        return fitting if fitting <= most else least


def _page_size(head: bytes) -> int:
    if len(head) < _HEAD or not head.startswith(_MAGIC):
        raise UnreadableFileError("it is no SQLite database")
    size = _U16.unpack_from(head, 16)[0]
    size = 64 * KIB if size == 1 else size
    if size < 512 or size & (size - 1) or size - head[20] < 480:
        raise UnreadableFileError("the database is damaged: its pages have no size that is allowed")
    return size


def _packed(stream: ByteStream, block_size: int, limit: int) -> tuple[list[bytes], int]:
    """Return the blocks, compressed, and how many bytes they were."""
    blocks, size, held = [], 0, 0
    while block := stream.read(block_size):
        blocks.append(zlib.compress(block, 1))
        size += len(block)
        held += len(blocks[-1])
        if held > limit:
            raise UnreadableFileError(f"it has more than {limit:,} bytes, even compressed")
    return blocks, size


def _pointers(page: bytes, start: int, count: int) -> Iterator[int]:
    return (each[0] for each in _U16.iter_unpack(page[start : start + 2 * count]))


def _columns(record: bytes) -> tuple[Column, ...]:
    """Return the values of a record; text as its bytes, floating-point numbers as None."""
    end, at = _number(record, 0)
    kinds: list[int] = []
    while at < end:
        if len(kinds) == _MOST_COLUMNS:
            raise UnreadableFileError("the database is damaged: a row has too many columns")
        kind, at = _number(record, at)
        kinds.append(kind)
    found: list[Column] = []
    for kind in kinds:
        size = (kind - _FIRST_TEXT) // 2 if kind >= _FIRST_TEXT else _SIZES[kind]
        found.append(_value(kind, record[end : end + size]))
        end += size
    return tuple(found)


def _value(kind: int, data: bytes) -> Column:
    if kind >= _FIRST_TEXT:
        return data
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    return int.from_bytes(data, "big", signed=True) if data and kind != _FLOAT else None


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of variable length, and what is behind it. Source: section 1.6, varints."""
    number = 0
    for step in range(8):
        byte = data[at + step]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + step + 1
    return number << 8 | data[at + 8], at + 9
