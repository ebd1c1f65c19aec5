"""The process ends, or the power goes, before any change of the disk: what was answered is there."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.durable.conftest import Kept, LosingFiles, Stopped, StoppingFiles

APP = {"repository_name": "app"}


def start(kept: Kept) -> None:
    kept.open = kept.start()


def move_the_clock(kept: Kept) -> None:
    kept.backend.world.clock.advance(timedelta(hours=1))
    kept.backend.settle()


STEPS: tuple[Callable[[Kept], object], ...] = (
    lambda kept: kept("CreateRepository", **APP),
    start,
    lambda kept: kept.part(b"one"),
    lambda kept: kept.complete(b"one"),
    lambda kept: kept.put(b"one", "1"),
    start,
    lambda kept: kept.part(b"two"),
    lambda kept: kept.backend.save(),
    lambda kept: kept.part(b" more"),
    lambda kept: kept.complete(b"two more"),
    lambda kept: kept.delete("1"),
    start,
    lambda kept: kept.part(b"three"),
    lambda kept: kept("CancelLayerUpload", service="ecrmock", **kept.open),
    move_the_clock,
    lambda kept: kept("CreateUser", service="iam", user_name="ci"),
    lambda kept: kept.backend.save(),
    lambda kept: kept("DeleteRepository", force=True, **APP),
    lambda kept: kept.backend.reset(),
    lambda kept: kept("PutAccountSetting", name="BLOB_MOUNTING", value="ENABLED"),
    lambda kept: kept.end(),
)


def play(folder: Path, files: StoppingFiles) -> int:
    """Play the steps until the process ends, and return how many were done."""
    done, kept = 0, None
    try:
        kept = Kept(folder, files)
        for step in STEPS:
            step(kept)
            done += 1
    except Stopped:
        pass
    if kept is not None:
        kept.vanish()
    files.after_the_end()
    return done


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """What is seen after so many steps."""
    kept = Kept(tmp_path_factory.mktemp("expected") / "data")
    seen = [kept.seen()]
    for step in STEPS[:-1]:
        step(kept)
        seen.append(kept.seen())
    kept.end()
    return [*seen, seen[-1], seen[-1]]


def count_changes(folder: Path) -> int:
    files = StoppingFiles()
    assert play(folder, files) == len(STEPS)
    return files.changes


@pytest.mark.parametrize("kind", [StoppingFiles, LosingFiles])
def test_whatever_the_disk_was_doing_what_was_answered_is_there(
    tmp_path: Path, kind: type[StoppingFiles], expected: list[dict[str, object]]
) -> None:
    """A call that was not answered is there as a whole or not at all."""
    for at in range(count_changes(tmp_path / "counted")):
        folder = tmp_path / "data"
        done = play(folder, kind(at))
        kept = Kept(folder)
        seen = kept.seen()
        kept.end()
        assert seen in (expected[done], expected[done + 1]), f"before change {at}, step {done}"
        shutil.rmtree(folder)


@pytest.mark.parametrize("kind", [StoppingFiles, LosingFiles])
def test_a_start_that_breaks_off_changes_nothing(
    tmp_path: Path, kind: type[StoppingFiles], expected: list[dict[str, object]]
) -> None:
    """Reading the journal, cutting its torn end and removing files that are nobody's included."""
    torn = tmp_path / "torn"
    steps_done = play(torn, StoppingFiles(40))
    with (torn / "journal-1").open("ab") as journal:
        journal.write(b"0000ffff 00000000 [[")
    for at in range(12):
        folder = tmp_path / "data"
        shutil.copytree(torn, folder)
        files = kind(at)
        try:
            Kept(folder, files).vanish()
        except Stopped:
            files.after_the_end()
        kept = Kept(folder)
        assert kept.seen() in (expected[steps_done], expected[steps_done + 1])
        kept.end()
        shutil.rmtree(folder)
