"""The forms in which layers are stored: plain, gzip, zstd.

The form is told by the first bytes, not by the media type, which pushers often get wrong. A layer may
consist of several gzip members or zstd frames (seekable layers do). zstd is read by the standard library
from Python 3.14 on, else by its backport in the extra ``scan``.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Protocol

from ecrmock.values.errors import MissingExtraError
from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError
from ecrmock.world.inventory.limits import BLOCK, Budget
from ecrmock.world.inventory.streams import ByteStream

_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"  # after one byte of 0x50 to 0x5f
_LARGEST_WINDOW = 25  # 32 MiB; all levels but zstd's two highest ask for less
_OTHERS = ((b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"PK\x03\x04", "zip"))


class DamagedDataError(Exception):
    """Compressed data are broken, or end too early."""


class Frame(Protocol):
    """A decompressor of one gzip member or zstd frame, with the interface of ``bz2`` and ``lzma``."""

    @property
    def eof(self) -> bool: ...  # noqa: D102 - see bz2.BZ2Decompressor
    @property
    def needs_input(self) -> bool: ...  # noqa: D102
    @property
    def unused_data(self) -> bytes: ...  # noqa: D102
    def decompress(self, data: bytes, max_length: int) -> bytes: ...  # noqa: D102


class GzipMember:
    """zlib's decompressor with that interface."""

    needs_input = True

    def __init__(self, window_bits: int = 31) -> None:
        self._member = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        return self._member.eof

    @property
    def unused_data(self) -> bytes:
        """What follows the member."""
        return self._member.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most so many bytes, and keep the rest for the next call. Raises: zlib.error."""
        pending = self._member.unconsumed_tail
        part = self._member.decompress(pending + data if pending else data, max_length)
        self.needs_input = not self._member.unconsumed_tail and len(part) < max_length
        return part


def unpacked(stored: Iterable[bytes | memoryview], budget: Budget) -> ByteStream:
    """Return the archive inside a stored layer. Raises, also later: Unreadable-, UnsupportedImageError."""
    raw = ByteStream(filter(None, map(bytes, stored)))
    head = raw.read(8)
    raw.put_back(head)
    if head.startswith(_GZIP):
        return ByteStream(_frames(raw, GzipMember, zlib.error, budget))
    if head.startswith(_ZSTD) or (head[1:4] == _ZSTD_SKIPPABLE and head[0] & 0xF0 == 0x50):
        module = zstd_module()
        options = {module.DecompressionParameter.window_log_max: _LARGEST_WINDOW}
        new_frame = partial(module.ZstdDecompressor, options=options)
        return ByteStream(_frames(raw, new_frame, module.ZstdError, budget))
    for magic, name in _OTHERS:
        if head.startswith(magic):
            raise UnsupportedImageError(f"the layer is compressed with {name}")
    return ByteStream(_counted(raw, budget))


def zstd_module() -> Any:
    """Return the standard library's module, or its backport. Raises: MissingExtraError."""
    try:
        from compression import zstd  # type: ignore[import-not-found]  # noqa: PLC0415 - Python 3.14
    except ImportError:
        try:
            from backports import zstd  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtraError(
                "layers compressed with zstd need: pip install 'ecrmock[scan]'"
            ) from None
    return zstd


def _frames(
    raw: ByteStream, new_frame: Callable[[], Frame], damage: type[Exception], budget: Budget
) -> Iterator[bytes]:
    """Decompress one frame after another; ``damage`` is what a frame raises that is broken."""
    data = raw.some()
    while data:
        budget.count_member()  # empty frames cost time and unpack to nothing
        raw.put_back(data)
        frame = new_frame()
        try:
            yield from inflated(frame, raw, budget, damage)
        except DamagedDataError as error:
            raise UnreadableImageError(f"the layer's compression is damaged: {error}") from None
        raw.put_back(frame.unused_data)
        data = raw.some()


def inflated(
    frame: Frame, raw: ByteStream, budget: Budget, damage: type[Exception] = zlib.error
) -> Iterator[bytes]:
    """Yield what one frame unpacks to. Raises: DamagedDataError; UnreadableImageError, by the budget."""
    while not frame.eof:
        data = raw.some() if frame.needs_input else b""
        if frame.needs_input and not data:
            raise DamagedDataError("the data end too early")
        try:
            part = frame.decompress(data, BLOCK)
        except damage as error:
            raise DamagedDataError(str(error)) from None
        budget.spend(len(part))
        if part:
            yield part


def _counted(raw: ByteStream, budget: Budget) -> Iterator[bytes]:
    while part := raw.some():
        budget.spend(len(part))
        yield part
