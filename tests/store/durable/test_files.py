"""What is done to the files of a data folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecrmock.store.durable.files import Files

FILES = Files()


def test_a_file_is_readable_for_its_owner_only(tmp_path: Path) -> None:
    """There are secrets in the state."""
    os.close(FILES.create(tmp_path / "state"))
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o600


def test_bytes_are_written_where_they_are_to_be(tmp_path: Path) -> None:
    descriptor = FILES.create(tmp_path / "journal")
    FILES.write(descriptor, b"abcdef", 0)
    FILES.write(descriptor, b"XY", 2)
    FILES.truncate(descriptor, 5)
    FILES.sync(descriptor)
    os.close(descriptor)
    assert (tmp_path / "journal").read_bytes() == b"abXYe"


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"a longer one than that")
    FILES.replace(tmp_path / "state", (b"new", b"er"))
    assert (tmp_path / "state").read_bytes() == b"newer"
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_a_file_stays_when_what_is_to_replace_it_breaks_off(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise OSError("the disk is full")

    (tmp_path / "state").write_bytes(b"old")
    with pytest.raises(OSError, match="the disk is full"):
        FILES.replace(tmp_path / "state", pieces())
    assert (tmp_path / "state").read_bytes() == b"old"


def test_what_an_earlier_replacement_left_is_no_part_of_the_next(tmp_path: Path) -> None:
    (tmp_path / "state.partial").write_bytes(b"what was left by a crash")
    FILES.replace(tmp_path / "state", (b"new",))
    assert (tmp_path / "state").read_bytes() == b"new"


def test_what_is_not_there_can_be_removed(tmp_path: Path) -> None:
    FILES.remove(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()
