"""A layer streams: the process that reads it grows by less than 64 MiB, whatever its size and form."""

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
from tests.world.inventory.layer_files import STATUS, add, rpm_database, rpm_header

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


def write_database(path: Path, size: int) -> None:
    """Write a layer with an rpm database that cannot be compressed: the most that it is held in."""
    names = {1001: "1", 1002: "1"}
    headers = (
        rpm_header({1000: f"p{number}", **names}) + os.urandom(size // 400) for number in range(400)
    )
    with tarfile.open(path, "w") as archive:
        add(archive, "var/lib/rpm/rpmdb.sqlite", rpm_database(*headers))


def growth(small: Path, large: Path) -> tuple[float, float]:
    """Return the bytes by which a process grows that reads the second layer, and how many packages it has."""
    command = [sys.executable, "-c", READ, small, large]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    kibibytes, packages, seconds = map(float, run.stdout.split())
    print(f"{large}: grew by {kibibytes / 1024:.1f} MiB in {seconds:.1f} s")
    return kibibytes * 1024, packages


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc"),
]


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_half_a_gigabyte_is_read_in_64_mib(form, tmp_path):
    write_layer(tmp_path / "small", 100_000, form)
    write_layer(tmp_path / "large", 500_000_000, form)
    grown, packages = growth(tmp_path / "small", tmp_path / "large")
    assert packages == 4_010
    assert grown < 64 * MIB


def test_an_rpm_database_of_40_mb_is_read_in_64_mib(tmp_path):
    write_database(tmp_path / "small", 40_000)
    write_database(tmp_path / "large", 40_000_000)
    grown, packages = growth(tmp_path / "small", tmp_path / "large")
    assert packages == 400
    assert grown < 64 * MIB


def test_the_largest_window_of_zstd_is_held_in_64_mib(tmp_path):
    zstd = zstd_module()
    for name, window, size in [("small", 20, 9), ("large", 25, 70 * MIB)]:
        options = {zstd.CompressionParameter.window_log: window}
        with (
            zstd.open(tmp_path / name, "wb", options=options) as packed,
            tarfile.open(mode="w|", fileobj=packed) as archive,
        ):
            add(archive, "srv/random", os.urandom(size))
            add(archive, "var/lib/dpkg/status", STATUS)
    grown, packages = growth(tmp_path / "small", tmp_path / "large")
    assert packages == 2
    assert grown < 64 * MIB
