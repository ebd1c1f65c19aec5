"""What is wrong with a folder is said, and nothing in it is changed."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from ecrmock.values.errors import DataFolderError
from tests.store.durable.conftest import Kept


@pytest.fixture
def used(folder: Path) -> Path:
    """A folder with an image, an upload under way, and units in its journal."""
    kept = Kept(folder)
    kept("CreateRepository", repository_name="app")
    kept.upload(b"layer")
    kept.put(b"layer", "1")
    kept.open = kept.start()
    kept.part(b"part")
    kept.vanish()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if path.name != "lock"}


def blob(folder: Path, content: bytes) -> Path:
    return next(path for path in folder.glob("blobs/*/*") if path.read_bytes() == content)


def newer(folder: Path) -> None:
    (folder / "format").write_text("ecrmock data 3\n")


def foreign(folder: Path) -> None:
    (folder / "format").unlink()


def no_state(folder: Path) -> None:
    (folder / "state").unlink()


def damaged_state(folder: Path) -> None:
    flip(folder / "state", 30)


def cut_state(folder: Path) -> None:
    state = folder / "state"
    state.write_bytes(b"".join(state.read_bytes().splitlines(keepends=True)[:-1]))


def damaged_journal(folder: Path) -> None:
    flip(folder / "journal-1", 30)


def no_journal(folder: Path) -> None:
    (folder / "journal-1").unlink()


def no_blob(folder: Path) -> None:
    blob(folder, b"layer").unlink()


def short_blob(folder: Path) -> None:
    blob(folder, b"layer").write_bytes(b"lay")


def long_blob(folder: Path) -> None:
    blob(folder, b"layer").write_bytes(b"layers")


def short_upload(folder: Path) -> None:
    blob(folder, b"part").write_bytes(b"par")


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (newer, "format says 'ecrmock data 3', and this ecrmock reads format 2 only"),
        (foreign, "is no data folder of ecrmock, and not empty: there is blobs"),
        (no_state, "state is missing. Bring the folder back from a backup"),
        (damaged_state, "state is damaged at byte 0. Bring the folder back"),
        (cut_state, "state does not have all its rows|state is damaged"),
        (damaged_journal, "journal-1 is damaged at byte 0. Bring the folder back"),
        (no_journal, "journal-1 is missing. Bring it back from a backup"),
        (no_blob, "does not have the 5 bytes of sha256:.*Bring the file back"),
        (short_blob, "does not have the 5 bytes of sha256:.*Bring the file back"),
        (long_blob, "does not have the 5 bytes of sha256:.*Bring the file back"),
        (short_upload, "does not have the first 4 bytes of an upload"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_wrong_is_said_and_left_alone(
    used: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(used)
    before = contents(used)
    for _ in range(2):  # the folder is not kept locked either
        with pytest.raises(DataFolderError, match=said):
            Kept(used)
    assert contents(used) == before


def test_a_folder_in_use_is_refused(folder: Path) -> None:
    kept = Kept(folder)
    with pytest.raises(DataFolderError, match="is in use by another server"):
        Kept(folder)
    kept.end()
    Kept(folder).end()


def test_a_folder_is_made(tmp_path: Path) -> None:
    Kept(tmp_path / "a" / "b").end()
    assert (tmp_path / "a" / "b" / "format").read_text() == "ecrmock data 2\n"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match="file cannot be used: File exists"):
        Kept(tmp_path / "file")


def test_secrets_and_layers_are_nobody_elses(used: Path) -> None:
    modes = {path.stat().st_mode & 0o077 for path in used.rglob("*") if path.is_file()}
    assert modes == {0}


def test_a_torn_end_is_cut_off_said_and_kept_beside(
    used: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (used / "journal-1").open("ab") as journal:
        journal.write(b"torn")
    kept = Kept(used)
    assert kept.read(b"layer") == b"layer"
    kept.end()
    assert "journal-1: the last 4 bytes were not written whole" in caplog.text
    assert (used / "journal.torn").read_bytes() == b"torn"


def test_an_upload_goes_on_and_files_that_are_nobodys_go(
    used: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    blob(used, b"part").write_bytes(b"part and what was not acknowledged")
    stray = blob(used, b"layer").with_name("stray")
    stray.write_bytes(b"stray")
    kept = Kept(used)
    state = kept.backend.state()["123456789012"]["us-east-1"]["repositories"][0]
    kept.open = {"repository_name": "app", "upload_id": state["uploads"][0]["upload_id"]}
    kept.part(b"!")
    kept.complete(b"part!")
    assert kept.read(b"part!") == b"part!"
    kept.end()
    assert not stray.exists()


def test_what_nobody_holds_goes_from_the_disk(used: Path) -> None:
    kept = Kept(used)
    kept.delete("1")
    kept.end()
    assert [path.read_bytes() for path in used.glob("blobs/*/*")] == [b"part"]
