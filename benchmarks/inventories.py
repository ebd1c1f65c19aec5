"""How long the inventory of a large layer takes, and what memory; each reading is a process of its own."""

import gzip
import os
import subprocess
import sys
import tarfile
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.rounds import say
from benchmarks.table import OURS, Row, Target

SIZE = 500_000_000
FILES = 1_000
_READ = """
import re, sys, time
from pathlib import Path
from ecrmock.world.inventory.layers import read_layer
from ecrmock.world.inventory.streams import chunks_of

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

seen = []
for path in sys.argv[1:]:
    before, start = peak(), time.perf_counter()
    with open(path, "rb") as layer:
        read_layer(chunks_of(layer))
    seen.append((time.perf_counter() - start, peak() - before))
print(*seen[-1])
"""


def inventories(rounds: int | None) -> list[Row]:
    """Measure a layer of 500 MB whose files are programs, each with a small package beside it."""
    with TemporaryDirectory() as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        say(f"  writing a layer of {SIZE:,} bytes")
        _write(small, 100_000)
        _write(large, SIZE)
        measured = [_read(small, large) for _ in range(rounds or 3)]
    seconds, kibibytes = zip(*measured, strict=True)
    return [
        Row("inventory of a layer of 500 MB", "s", {OURS: median(seconds)}, (Target(10.0),)),
        Row("memory for that inventory", "MiB", {OURS: max(kibibytes) / 1024}, (Target(64.0),)),
    ]


def _write(path: Path, size: int) -> None:
    with gzip.open(path, "wb", 1) as packed, tarfile.open(mode="w|", fileobj=packed) as archive:
        for name, content in _files(size // FILES):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))


def _files(size: int) -> Iterator[tuple[str, bytes]]:
    program = b"\x7fELF" + b64encode(
        os.urandom(size * 3 // 4)
    )  # so that there is something to inflate
    for number in range(FILES):
        package = b'{"name": "p%d", "version": "1.0.0"}' % number
        yield f"srv/{number}", program
        yield f"srv/node_modules/p{number}/package.json", package


def _read(small: Path, large: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", _READ, small, large]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, kibibytes = map(float, run.stdout.split())
    return seconds, kibibytes
