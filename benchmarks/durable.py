"""State that survives: what pushes cost on a disk, and what going back to a snapshot costs."""

import gc
import os
from contextlib import closing
from functools import partial
from threading import Thread
from time import perf_counter

from benchmarks.images import CONFIG_TYPE, descriptor, digest_of, manifest
from benchmarks.peers import ON_DISK, Server
from benchmarks.registry import PEER
from benchmarks.registry_client import Content, RegistryClient
from benchmarks.rounds import interleave, say
from benchmarks.table import OURS, Row, Target
from ecrmock import mock_ecr
from ecrmock.handle import Ecr

PUSHES = "on a disk: pushes, 4 clients, 3 layers of 256 KiB"
ALONE = "on a disk: pushes, 1 client, 1 layer of 1 MiB"
UPLOAD = "on a disk: upload {} MiB, one PUT"
RESTORE = "snapshot: restore after 50 changes, 10,000 images over 100"
_KIB, _MIB = 1024, 1024 * 1024
_IMAGES, _FEW, _MANY, _CHANGES, _TIMES = 12, 100, 10_000, 50, 20


def durable(rounds: int | None, size: int = 512) -> list[Row]:
    """Measure pushes with ``--data`` and to a registry on the same disk, and snapshots in the process."""
    say("  pushes to servers on a disk")
    content = Content(size * _MIB)
    results = interleave({s: partial(_round, s, content) for s in ON_DISK}, rounds or 5)
    target = (Target(0.9, PEER, better=True),)
    return [
        Row(PUSHES, "/s", results.of(PUSHES), target),
        Row(ALONE, "/s", results.of(ALONE), target),
        Row(UPLOAD.format(size), "MiB/s", results.of(UPLOAD), target),
        _restores(rounds or 8),
    ]


def _round(subject: str, content: Content) -> dict[str, float]:
    with ON_DISK[subject]() as server:
        _push(server, "warm", layers=1, size=_MIB)
        pushes = _pushes_each_second(server, clients=4, layers=3, size=256 * _KIB)
        alone = _pushes_each_second(server, clients=1, layers=1, size=_MIB)
        content.renew()
        with closing(RegistryClient(server)) as client:
            start = perf_counter()
            client.upload_in_one(content.plain, content.digest)
            upload = len(content) / _MIB / (perf_counter() - start)
        return {PUSHES: pushes, ALONE: alone, UPLOAD: upload}


def _pushes_each_second(server: Server, *, clients: int, layers: int, size: int) -> float:
    made = [[os.urandom(size) for _ in range(layers)] for _ in range(clients * _IMAGES)]
    work = [(image, list(map(digest_of, image))) for image in made]
    threads = [
        Thread(target=_push_all, args=(server, f"{clients}-{number}", work[number::clients]))
        for number in range(clients)
    ]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(work) / (perf_counter() - start)


def _push_all(server: Server, name: str, work: list[tuple[list[bytes], list[str]]]) -> None:
    with closing(RegistryClient(server)) as client:
        for number, (layers, digests) in enumerate(work):
            client.push(f"{name}-{number}", layers, digests)


def _push(server: Server, tag: str, *, layers: int, size: int) -> None:
    made = [os.urandom(size) for _ in range(layers)]
    _push_all(server, tag, [(made, list(map(digest_of, made)))])


def _restores(rounds: int) -> Row:
    """Measure going back past a few changes in a small and in a large repository."""
    say(f"  snapshots of {_MANY:,} images")
    with mock_ecr(require_layers=False) as few, mock_ecr(require_layers=False) as many:
        handles = {"few": few, "many": many}
        _fill(few, _FEW)
        _fill(many, _MANY)

        def measure() -> dict[str, float]:
            seconds = {name: _restore(handle) for name, handle in handles.items()}
            return {RESTORE: seconds["many"] / seconds["few"]}

        results = interleave({OURS: measure}, rounds)
    return Row(RESTORE, "x", results.of(RESTORE), (Target(1.1),))


def _fill(handle: Ecr, images: int) -> None:
    handle._call("CreateRepository", repository_name="bench")
    for number in range(images):
        _put(handle, number)


def _put(handle: Ecr, number: int) -> None:
    config = descriptor(CONFIG_TYPE, 2, digest_of(b"{}"))
    text = manifest({**config, "annotations": {"number": str(number)}}, [])
    handle._call("PutImage", repository_name="bench", image_manifest=text, image_tag=f"v{number}")


def _restore(handle: Ecr) -> float:
    """Return the seconds of going back past the changes, the median of some times."""
    snapshot, seconds = handle.snapshot(), []
    for _ in range(_TIMES):
        for number in range(_CHANGES):
            _put(handle, 1_000_000 + number)
        gc.disable()
        start = perf_counter()
        handle.restore(snapshot)
        seconds.append(perf_counter() - start)
        gc.enable()
    return sorted(seconds)[_TIMES // 2]
