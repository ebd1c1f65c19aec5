"""Layers from folders: the same bytes each time and everywhere."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from ecrmock.seeding.layer_files import read_layer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "layer"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/run").write_text("#!/bin/sh\n")
    (folder / "bin/run").chmod(0o700)
    (folder / "motd").write_text("hello")
    (folder / "link").symlink_to("bin/run")
    return folder


def members(layer: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return archive.getmembers()


def test_a_folder_is_packed_without_traces_of_who_made_it(folder: Path) -> None:
    found = [
        (each.name, oct(each.mode), each.mtime, each.uid) for each in members(read_layer(folder))
    ]
    assert found == [
        ("bin", "0o755", 0, 0),
        ("bin/run", "0o755", 0, 0),
        ("link", "0o777", 0, 0),
        ("motd", "0o644", 0, 0),
    ]


def test_times_do_not_change_a_layer(folder: Path) -> None:
    before = read_layer(folder)
    os.utime(folder / "motd", (1, 1))
    assert read_layer(folder) == before


def test_what_is_linked_twice_is_there_twice(folder: Path) -> None:
    (folder / "same").hardlink_to(folder / "motd")
    with tarfile.open(fileobj=io.BytesIO(read_layer(folder))) as archive:
        same = archive.extractfile("same")
        assert same is not None
        assert same.read() == b"hello"


def test_a_link_stays_a_link(folder: Path) -> None:
    (link,) = (each for each in members(read_layer(folder)) if each.issym())
    assert link.linkname == "bin/run"


def test_a_file_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "layer.tar").write_bytes(b"anything")
    assert read_layer(tmp_path / "layer.tar") == b"anything"
