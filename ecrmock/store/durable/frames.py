"""Frames: lines of JSON with length and checksum, so that what was not written to its end is seen.

``<length> <CRC-32> <JSON>``: both numbers as eight hexadecimal digits, the length in bytes of the JSON.
A file is only added to once all before is safe. So a bad frame with a good one behind it is damage; one
with nothing good behind it is an end that was never told to anybody.
"""

import re
from typing import NamedTuple
from zlib import crc32

_HEAD = re.compile(rb"([0-9a-f]{8}) ([0-9a-f]{8}) ")
_HEAD_SIZE = 18


class Found(NamedTuple):
    """The JSON of the good frames at the start of a file, where they end, and what follows."""

    payloads: list[bytes]
    end: int
    is_damaged: bool  # behind the end there are good frames again


def frame(payload: bytes) -> bytes:
    """Return a frame with some JSON, which has no line break."""
    return b"%08x %08x %b\n" % (len(payload), crc32(payload), payload)


def read_frames(data: bytes) -> Found:
    """Return what is in a file."""
    payloads: list[bytes] = []
    place = 0
    while (payload := _payload_at(data, place)) is not None:
        payloads.append(payload)
        place += _HEAD_SIZE + len(payload) + 1
    return Found(payloads, place, _has_frame_after(data, place))


def _payload_at(data: bytes, place: int) -> bytes | None:
    head = _HEAD.match(data, place)
    if head is None:
        return None
    start, size = place + _HEAD_SIZE, int(head[1], 16)
    payload = data[start : start + size]
    is_whole = len(payload) == size and data[start + size : start + size + 1] == b"\n"
    return payload if is_whole and crc32(payload) == int(head[2], 16) else None


def _has_frame_after(data: bytes, place: int) -> bool:
    return any(
        _payload_at(data, head.start()) is not None for head in _HEAD.finditer(data, place + 1)
    )
