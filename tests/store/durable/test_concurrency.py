"""Several threads at once: nobody waits alone for the disk, and a new state is written beside them."""

import threading
from pathlib import Path

from ecrmock.store.durable.files import Files
from tests.store.durable.conftest import Kept

THREADS, PUSHES = 4, 15


class CountingFiles(Files):
    """Counts how often a journal was synced."""

    def __init__(self) -> None:
        self.syncs = 0

    def sync(self, descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().name.startswith("journal-"):
            self.syncs += 1
        super().sync(descriptor)


def push_all(kept: Kept, name: str) -> None:
    """Push images to a repository of this thread's own."""
    kept("CreateRepository", repository_name=name)
    for number in range(PUSHES):
        layer = f"{name} {number}".encode()
        upload = kept.start(name)
        kept("UploadLayerPart", **upload, layer_part_blob=layer)
        kept("CompleteLayerUpload", **upload, layer_digests=(kept.digest(layer),))
        kept.put(layer, str(number), name)


def at_once(kept: Kept) -> list[threading.Thread]:
    names = [f"app-{number}" for number in range(THREADS)]
    threads = [threading.Thread(target=push_all, args=(kept, name)) for name in names]
    for thread in threads:
        thread.start()
    return threads


def test_a_state_that_is_written_meanwhile_loses_nothing(folder: Path) -> None:
    kept = Kept(folder)
    threads = at_once(kept)
    while any(thread.is_alive() for thread in threads):
        kept.backend.save()
    expected = kept.seen()
    assert expected["blobs"] == THREADS * PUSHES
    kept.vanish()
    again = Kept(folder)
    assert again.seen() == expected
    again.end()


def test_who_waits_at_the_same_time_waits_for_one_sync(folder: Path) -> None:
    files = CountingFiles()
    kept = Kept(folder, files)
    for thread in at_once(kept):
        thread.join()
    calls = THREADS * (1 + 4 * PUSHES)
    kept.vanish()
    assert files.syncs < calls


def test_events_are_in_the_order_of_their_numbers(folder: Path) -> None:
    kept = Kept(folder)
    for thread in at_once(kept):
        thread.join()
    numbers = [event.sequence for event in kept.backend.world.events.published()]
    pushed = [
        event for event in kept.backend.events() if event["detail-type"] == "ECR Image Action"
    ]
    assert numbers == sorted(numbers)
    assert len(pushed) == THREADS * PUSHES
    kept.vanish()
