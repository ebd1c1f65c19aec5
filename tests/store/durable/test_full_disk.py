"""A full disk: the call fails and leaves nothing, and when there is room all goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ecrmock.values.errors import ServerError
from tests.store.durable.conftest import FullFiles, Kept

APP = {"repository_name": "app"}
CALLS: dict[str, Callable[[Kept], object]] = {
    "a repository": lambda kept: kept("CreateRepository", repository_name="other"),
    "an image": lambda kept: kept.put(b"layer", "2"),
    "a part": lambda kept: kept.part(b"more"),
    "a completed upload": lambda kept: kept.complete(b"part"),
    "a deletion": lambda kept: kept("DeleteRepository", force=True, **APP),
    "a reset": lambda kept: kept.backend.reset(),
}


@pytest.fixture
def files() -> FullFiles:
    return FullFiles()


@pytest.fixture
def kept(folder: Path, files: FullFiles) -> Kept:
    kept = Kept(folder, files)
    kept("CreateRepository", **APP)
    kept.upload(b"layer")
    kept.put(b"layer", "1")
    kept.open = kept.start()
    kept.part(b"part")
    return kept


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_call_that_cannot_be_kept_fails_and_leaves_nothing(
    kept: Kept, folder: Path, files: FullFiles, call: Callable[[Kept], object]
) -> None:
    before = kept.seen()["state"]
    files.is_full = True
    with pytest.raises(ServerError):
        call(kept)
    files.is_full = False
    assert kept.seen()["state"] == before
    kept.vanish()
    again = Kept(folder)
    assert again.seen()["state"] == before
    again.end()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_with_room_the_call_is_made_again(
    kept: Kept, folder: Path, files: FullFiles, call: Callable[[Kept], object]
) -> None:
    files.is_full = True
    with pytest.raises(ServerError):
        call(kept)
    files.is_full = False
    call(kept)
    after = kept.seen()
    kept.vanish()
    again = Kept(folder)
    assert again.seen() == after
    again.end()


def test_events_of_a_call_that_failed_do_not_go_out(kept: Kept, files: FullFiles) -> None:
    before = kept.backend.events()
    files.is_full = True
    with pytest.raises(ServerError):
        kept.put(b"layer", "2")
    assert kept.backend.events() == before
    kept.vanish()


def test_what_is_read_is_answered_all_the_same(kept: Kept, files: FullFiles) -> None:
    files.is_full = True
    assert kept.read(b"layer") == b"layer"
    assert kept("DescribeRepositories").repositories[0].repository_name == "app"
    kept.vanish()


def test_a_state_that_cannot_be_written_is_left_to_the_journal(
    kept: Kept, folder: Path, files: FullFiles
) -> None:
    before = kept.seen()
    files.is_full = True
    with pytest.raises(OSError, match="No space left"):
        kept.backend.save()
    kept.end()
    again = Kept(folder)
    assert again.seen() == before
    again.end()
