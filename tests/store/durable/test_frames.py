import pytest

from ecrmock.store.durable.frames import frame, read_frames

PAYLOADS = [b'["first"]', b"[]", b'["third", 1]']
DATA = b"".join(map(frame, PAYLOADS))


def test_frames_are_read_in_their_order() -> None:
    assert read_frames(DATA) == (PAYLOADS, len(DATA), False)


def test_an_empty_file_has_none() -> None:
    assert read_frames(b"") == ([], 0, False)


@pytest.mark.parametrize("end", range(len(DATA)))
def test_an_end_that_is_cut_off_at_any_byte_is_found(end: int) -> None:
    found = read_frames(DATA[:end])
    whole = [place for place in (1, 2, 3) if len(b"".join(map(frame, PAYLOADS[:place]))) <= end]
    assert found.payloads == PAYLOADS[: len(whole)]
    assert found.end == len(b"".join(map(frame, found.payloads)))
    assert not found.is_damaged


@pytest.mark.parametrize("place", range(len(DATA)))
def test_a_byte_that_is_wrong_is_found(place: int) -> None:
    changed = bytes([DATA[place] ^ 1])
    found = read_frames(DATA[:place] + changed + DATA[place + 1 :])
    in_last = place >= len(DATA) - len(frame(PAYLOADS[-1]))
    assert len(found.payloads) < 3
    assert found.is_damaged is not in_last


def test_zeros_at_the_end_are_an_end_that_was_not_written() -> None:
    assert read_frames(DATA + bytes(4096)) == (PAYLOADS, len(DATA), False)
