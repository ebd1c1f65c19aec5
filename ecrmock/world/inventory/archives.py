"""The entries of a tar archive, read once from a stream and within bounds.

Read are the old form, ustar, pax and GNU's long names. The standard library's reader holds extended
headers of any size in memory and takes them by recursion, so that a layer could exhaust both. Sparse
files are passed over without their content.

Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar manual, "Basic Tar".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from ecrmock.values.inventory import UnreadableImageError
from ecrmock.world.inventory.limits import Budget
from ecrmock.world.inventory.paths import cleaned
from ecrmock.world.inventory.streams import ByteStream, Content

_RECORD = 512
_END = bytes(_RECORD)
FILE, LINK, SYMLINK, FOLDER, OTHER = "file", "link", "symlink", "folder", "other"
_KINDS = MappingProxyType(
    {b"0": FILE, b"\0": FILE, b"7": FILE, b"1": LINK, b"2": SYMLINK, b"5": FOLDER}
)
_WITHOUT_CONTENT = frozenset(b"123456")  # whatever their header says of a size
_LONG_NAME, _LONG_TARGET, _PAX, _PAX_GLOBAL, _SPARSE = b"L", b"K", b"x", b"g", b"S"
_PAX_KEYS = MappingProxyType(
    {b"path": "path", b"linkpath": "linkpath", b"size": "size", b"GNU.sparse.name": "sparse name"}
)
_SPARSE_MARK = "sparse"
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An entry: ``target`` is what a link or symbolic link leads to, as written."""

    path: str
    kind: str
    size: int = 0
    target: str = ""


class Archive:
    """Iterates over members; ``content`` is that of the member at hand, and goes with the next."""

    def __init__(self, stream: ByteStream, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        self._global: dict[str, str] = {}
        self._rest: Iterator[bytes] = iter(())
        self._padding = 0
        self._is_first = True

    def __iter__(self) -> Iterator[Member]:
        extended: dict[str, str] = {}
        while (record := self._next_record()) is not None:
            self._budget.count_member()
            flag = record[156:157]
            if flag in (_LONG_NAME, _LONG_TARGET, _PAX, _PAX_GLOBAL):
                self._extend(flag, _number(record[124:136]), extended)
                continue
            member = self._member(record, self._global | extended)
            extended = {}
            yield member

    def content(self, member: Member) -> Content:
        """Return the content of the member that was yielded last."""
        return Content(member.path, member.size, self._rest, self._budget)

    def _next_record(self) -> bytes | None:
        for _ in self._rest:
            pass
        for _ in self._stream.pieces(self._padding):
            pass
        self._rest, self._padding = iter(()), 0
        record = self._stream.read(_RECORD)
        if not record or record == _END:
            return None
        if len(record) < _RECORD:
            raise self._broken("the layer ends in the middle of a header")
        if not _is_checked(record):
            raise self._broken("the header of a file in the layer is damaged")
        self._is_first = False
        return record

    def _broken(self, reason: str) -> Exception:
        if self._is_first:
            return UnreadableImageError("the layer is no tar archive")
        return UnreadableImageError(reason)

    def _extend(self, flag: bytes, size: int, extended: dict[str, str]) -> None:
        if size > self._budget.limits.extended_header_in_bytes:
            raise UnreadableImageError("the layer has an extended header that is too large")
        data = b"".join(self._stream.pieces(size))
        self._padding = -size % _RECORD
        if flag == _PAX_GLOBAL:
            self._global |= _pax(data)
        elif flag == _PAX:
            extended |= _pax(data)
        else:
            name = data.partition(b"\0")[0].decode("utf-8", "backslashreplace")
            extended["path" if flag == _LONG_NAME else "linkpath"] = name

    def _member(self, record: bytes, extended: dict[str, str]) -> Member:
        flag = record[156:157]
        name = extended.get("sparse name") or extended.get("path") or _name(record)
        size = _decimal(extended["size"]) if "size" in extended else _number(record[124:136])
        size = 0 if flag[0] in _WITHOUT_CONTENT else size
        self._check(name, size)
        if flag == _SPARSE:
            self._skip_sparse_map(record)
        self._rest, self._padding = self._stream.pieces(size), -size % _RECORD
        kind = _KINDS.get(flag, OTHER)
        if _SPARSE_MARK in extended or flag == _SPARSE:
            kind = OTHER
        if kind == FILE and name.endswith("/"):
            kind = FOLDER  # the old form has no flag for them
        target = extended.get("linkpath") or _text(record[157:257])
        return Member(path=cleaned(name), kind=kind, size=size, target=target)

    def _check(self, name: str, size: int) -> None:
        self._budget.require(size)
        limits = self._budget.limits
        if len(name.encode("utf-8", "backslashreplace")) > limits.name_in_bytes:
            raise UnreadableImageError("the layer has a file with a name that is too long")
        if name.count("/") > limits.folders:
            raise UnreadableImageError(
                f"the layer has a file in more than {limits.folders} folders"
            )

    def _skip_sparse_map(self, record: bytes) -> None:
        continues = record[482]
        while continues:
            self._budget.count_member()
            continues = b"".join(self._stream.pieces(_RECORD))[504]


def _is_checked(record: bytes) -> bool:
    own = sum(record[148:156])
    try:
        return _number(record[148:156]) == sum(record) - own + 8 * ord(" ")
    except UnreadableImageError:
        return False


def _number(field: bytes) -> int:
    """Read octal digits, or GNU's binary form for what they cannot hold."""
    if field[0] & 0x80:
        number = int.from_bytes(bytes((field[0] & 0x7F,)) + field[1:], "big")
        if number > _LARGEST:  # negative ones too
            raise UnreadableImageError("the layer has a file of an absurd size")
        return number
    digits = field.partition(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    if digits.strip(b"01234567"):
        raise UnreadableImageError("a header in the layer has a number that is none")
    return int(digits, 8)


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise UnreadableImageError("a header in the layer has a number that is none")
    return int(text)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "backslashreplace")


def _name(record: bytes) -> str:
    name = _text(record[:100])
    prefix = _text(record[345:500]) if record[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _pax(data: bytes) -> dict[str, str]:
    """Read records of the form ``length key=value``; only keys that matter here are kept."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        digits, blank, _ = data[at : at + 20].partition(b" ")
        length = int(digits) if blank and digits.isdigit() else 0
        record = data[at : at + length]
        if len(record) != max(length, len(digits) + 3) or not record.endswith(b"\n"):
            raise UnreadableImageError("an extended header in the layer is damaged")
        key, _, value = record[len(digits) + 1 : -1].partition(b"=")
        known = _PAX_KEYS.get(key) or (_SPARSE_MARK if key.startswith(b"GNU.sparse.") else "")
        if known:
            found[known] = value.decode("utf-8", "backslashreplace")
        at += length
    return found
