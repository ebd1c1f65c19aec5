"""A layer of 500 MB streams: the process that reads it grows by less than 64 MiB."""

import gzip
import os
import subprocess
import sys
import tarfile
import textwrap
from functools import partial
from pathlib import Path

import pytest

from ecrmock.world.inventory.compression import zstd_module
from tests.world.inventory.layer_files import STATUS, add

MIB = 1 << 20
READ = textwrap.dedent(
    """
    import re, sys, time
    from pathlib import Path
    from ecrmock.world.inventory.layers import read_layer
    from ecrmock.world.inventory.streams import chunks_of

    def peak():
        return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

    with open(sys.argv[1], "rb") as small:
        read_layer(chunks_of(small))  # loads what is loaded late
    before, started = peak(), time.perf_counter()
    with open(sys.argv[2], "rb") as layer:
        found = read_layer(chunks_of(layer))
    seconds = time.perf_counter() - started
    print(peak() - before, sum(len(file.packages) for file in found.files.values()), seconds)
    """
)


def write_layer(path: Path, size: int, form: str) -> None:
    """Write a layer of programs that hardly compress, with a package after every hundredth."""
    block = os.urandom(size // 1000)
    pack = {"gzip": partial(gzip.open, compresslevel=1), "zstd": zstd_module().open}[form]
    with pack(path, "wb") as opened, tarfile.open(mode="w|", fileobj=opened) as archive:
        for number in range(1000):
            add(archive, f"srv/{number}.bin", b"\x7fELF" + block)
            if number % 100 == 0:
                text = b'{"name": "p%d", "version": "1.0.0"}' % number
                add(archive, f"srv/node_modules/p{number}/package.json", text)
        add(archive, "var/lib/dpkg/status", (STATUS + b"\n") * 2_000)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_half_a_gigabyte_is_read_in_64_mib(form, tmp_path):
    write_layer(tmp_path / "small", 100_000, form)
    write_layer(tmp_path / "large", 500_000_000, form)
    command = [sys.executable, "-c", READ, tmp_path / "small", tmp_path / "large"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    kibibytes, packages, seconds = map(float, run.stdout.split())
    print(f"{form}: grew by {kibibytes / 1024:.1f} MiB in {seconds:.1f} s")
    assert packages == 4_010
    assert kibibytes * 1024 < 64 * MIB
