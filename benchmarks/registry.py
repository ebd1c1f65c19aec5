"""The registry API: large blobs up and down, and the server's memory while it happens."""

import os
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.images import digest_of
from benchmarks.peers import REGISTRIES, Server
from benchmarks.registry_client import Content, RegistryClient
from benchmarks.rounds import interleave, say
from benchmarks.table import Row, Target, Unit

PEER = "docker-registry"
UPLOAD = "upload {} MiB, one PUT"
PATCH = "upload {} MiB, PATCH in chunks"
DOWNLOAD = "download {} MiB"
MEMORY = "memory beyond stored, {} MiB"
_MIB = 1024 * 1024


def registry(rounds: int | None, size: int = 512) -> list[Row]:
    """Measure one large blob of so many MiB, each round on a fresh server."""
    say(f"  blobs of {size} MiB")
    content = Content(size * _MIB)
    results = interleave({s: partial(_round, s, content) for s in REGISTRIES}, rounds or 3)

    def row(name: str, unit: Unit, target: Target) -> Row:
        return Row(f"registry: {name.format(size)}", unit, results.of(name), (target,))

    return [
        row(UPLOAD, "MiB/s", Target(2.0, PEER, better=True)),
        row(PATCH, "MiB/s", Target(1.5, PEER, better=True)),
        row(DOWNLOAD, "MiB/s", Target(1.3, PEER, better=True)),
        row(MEMORY, "MiB", Target(64)),
    ]


def _round(subject: str, content: Content) -> dict[str, float]:
    with REGISTRIES[subject]() as server, closing(RegistryClient(server)) as client:
        before, idle = _files_held(server), _reset_peak(server)
        warm = _warm_up(client)
        content.renew()
        upload = _seconds(partial(client.upload_in_one, content.plain, content.digest))
        client.push_manifest("put", len(content), content.digest)
        grown = _peak(server) - idle
        kept = _files_held(server) - before  # nothing at a server whose blobs are files on a disk
        buffer = memoryview(bytearray(_MIB))
        download = _seconds(partial(client.download, content.digest, buffer))
        content.renew()
        patch = _seconds(partial(client.upload_in_chunks, content))
        mib = len(content) / _MIB
        stored = warm + len(content) if subject == "ecrmock" else 0
        return {
            UPLOAD: mib / upload,
            PATCH: mib / patch,
            DOWNLOAD: mib / download,
            MEMORY: (grown + kept - stored) / _MIB,
        }


def _warm_up(client: RegistryClient) -> int:
    """Let the server load what it loads late, and return how many bytes it got."""
    small = os.urandom(2 * _MIB)
    client.upload_in_one(small, digest_of(small))
    client.push_manifest("warm", len(small), digest_of(small))
    client.download(digest_of(small), memoryview(bytearray(_MIB)))
    return len(small)


def _seconds(work: partial[object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _reset_peak(server: Server) -> int:
    """Make the peak of resident memory start again from what is resident now, and return that."""
    with suppress(OSError):
        Path(f"/proc/{server.pid}/clear_refs").write_text("5")
    return _resident(server, "VmRSS") - _resident(server, "RssShmem")


def _peak(server: Server) -> int:
    """Return the peak of resident memory, without the memory files that are mapped into it."""
    return _resident(server, "VmHWM") - _resident(server, "RssShmem")


def _resident(server: Server, name: str) -> int:
    lines = Path(f"/proc/{server.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


def _files_held(server: Server) -> int:
    """Return the bytes in nameless files: anonymous memory files, and temporary ones."""
    held = {}
    for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
        with suppress(OSError):
            if str(descriptor.readlink()).endswith("(deleted)"):
                status = descriptor.stat()
                held[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(held.values())
