"""Whatever a layer or a file in it contains, its reader gives an inventory or refuses, in bounded memory.

Inputs are sound ones with bytes changed, cut out, doubled and put together, so that they get past the first
check, and archives that are sound with names and links that are not. ``ECRMOCK_FUZZ_SECONDS`` makes the last
test go on for that long (default: 5 seconds for all readers).
"""

import gzip
import io
import os
import random
import re
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError
from ecrmock.world.inventory import (
    apk,
    dpkg,
    go_binaries,
    maven,
    npm,
    os_release,
    python_packages,
    rpm,
)
from ecrmock.world.inventory.compression import zstd_module
from ecrmock.world.inventory.images import read_image
from ecrmock.world.inventory.layers import read_layer
from ecrmock.world.inventory.limits import Budget, Limits
from ecrmock.world.inventory.streams import Content, UnreadableFileError
from tests.world.inventory.layer_files import (
    APK,
    BASH,
    OS_RELEASE,
    STATUS,
    go_program,
    jar,
    layer,
    old_go_program,
    pom,
    rpm_database,
)

MIB = 1 << 20
zstd = zstd_module()
LIMITS = Limits(unpacked_in_bytes=64 * MIB, members=10_000, packages=2_000)
REFUSALS = (UnreadableImageError, UnsupportedImageError, UnreadableFileError)
SECONDS = float(os.environ.get("ECRMOCK_FUZZ_SECONDS", "5"))
MOST_MEMORY = 48 * MIB  # an extended header, the modules of a Go program, a zstd window

JAR = jar({"a/b.jar": jar(pom("g", "a", "1")), **pom("g", "b", "2"), "x": bytes(500)})
FILES = {
    "etc/os-release": OS_RELEASE,
    "var/lib/dpkg/status": STATUS,
    "lib/apk/db/installed": APK,
    "var/lib/rpm/rpmdb.sqlite": rpm_database(*[BASH] * 30),
    "x/a.dist-info/METADATA": b"Name: a\nVersion: 1\n",
    "x/node_modules/a/package.json": b'{"name": "a", "version": "1.0.0", "license": "MIT"}',
    "bin/go": go_program(padding=5_000),
    "bin/old-go": old_go_program(),
    "app.jar": JAR,
    f"{'long/' * 40}x": b"x",
    "etc/.wh.x": b"",
}
LAYER = layer(FILES)
READERS: dict[str, tuple[Callable[[bytes], object], tuple[bytes, ...]]] = {}


def of_file(path: str, read: Callable[[Content], object]) -> Callable[[bytes], object]:
    def reader(data: bytes) -> object:
        pieces = (data[at : at + 4096] for at in range(0, len(data), 4096))
        return read(Content(path, len(data), pieces, Budget(LIMITS)))

    return reader


def of_layer(data: bytes) -> object:
    return read_layer([data], LIMITS)


def of_image(data: bytes) -> object:
    """Lay a layer upon itself."""
    found = read_layer([data], LIMITS)
    return read_image(["upper", "lower"], lambda _: found)


def in_parts(compress: Callable[[bytes], bytes]) -> bytes:
    """Return the layer as many members or frames."""
    return b"".join(compress(LAYER[at : at + 700]) for at in range(0, len(LAYER), 700))


READERS |= {
    "layer": (of_layer, (LAYER, layer({"a": None, "b": b"x" * 900}))),
    "image": (of_image, (LAYER,)),
    "gzip": (of_layer, (gzip.compress(LAYER), in_parts(gzip.compress))),
    "zstd": (of_layer, (zstd.compress(LAYER), in_parts(zstd.compress))),
    "os-release": (of_file("etc/os-release", os_release.read), (OS_RELEASE,)),
    "deb": (of_file("var/lib/dpkg/status", dpkg.read), (STATUS,)),
    "apk": (of_file("lib/apk/db/installed", apk.read), (APK,)),
    "rpm": (
        of_file("var/lib/rpm/rpmdb.sqlite", rpm.read),
        (FILES["var/lib/rpm/rpmdb.sqlite"], rpm_database(BASH)),
    ),
    "pypi": (of_file("a.egg-info", python_packages.read), (b"Name: a\nVersion: 1\nLicense: x\n",)),
    "npm": (of_file("x", npm.read), (FILES["x/node_modules/a/package.json"],)),
    "golang": (of_file("x", go_binaries.read), (FILES["bin/go"], FILES["bin/old-go"])),
    "maven": (of_file("x.jar", maven.read), (JAR, jar(pom("g", "b", "2"), method=0))),
}


def attempt(reader: Callable[[bytes], object], data: bytes) -> bool:
    """Return whether the reader took the input; any error but a refusal fails the test."""
    try:
        reader(data)
    except REFUSALS:
        return False
    return True


@pytest.mark.parametrize("name", READERS)
def test_the_sound_inputs_are_read(name):
    reader, seeds = READERS[name]
    assert all(attempt(reader, seed) for seed in seeds)


@pytest.mark.parametrize("name", READERS)
@given(data=st.binary(max_size=2_000))
def test_no_bytes_break_a_reader(name, data):
    attempt(READERS[name][0], data)


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_no_small_change_breaks_a_reader(name, data):
    reader, seeds = READERS[name]
    seed = data.draw(st.sampled_from(seeds))
    at = data.draw(st.integers(0, len(seed)))
    gap = data.draw(st.integers(0, 64))
    attempt(reader, seed[:at] + data.draw(st.binary(max_size=64)) + seed[at + gap :])


def changed(seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    """Return a seed after one to eight changes."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        size = chance.choice((1, 1, 2, 4, 8, 100, 512))
        match chance.randrange(6):
            case 0:
                data[at : at + size] = chance.randbytes(size)
            case 1:
                data[at : at + size] = bytes((chance.choice((0, 1, 0x7F, 0x80, 0xFF)),)) * size
            case 2:
                del data[at : at + size]
            case 3:
                data[at:at] = data[at : at + size * 4]
            case 4:
                other = chance.choice(seeds)
                start = chance.randrange(len(other))
                data[at : at + size] = other[start : start + size]
            case _:
                checked(data, at)
    return bytes(data)


def checked(data: bytearray, near: int) -> None:
    """Make the checksum of a tar header right again, so that its fields are looked at."""
    start = near // 512 * 512
    if start + 512 <= len(data):
        data[start + 148 : start + 156] = b" " * 8
        data[start + 148 : start + 156] = b"%06o\0 " % sum(data[start : start + 512])


def named(chance: random.Random) -> str:
    """Return the name of a file that tells something, or one that nobody would choose."""
    folders = "/".join(chance.choices(PARTS, k=chance.choice((0, 1, 2, 3, 40, 300))))
    return "/".join(filter(None, (folders, chance.choice((*FILES, *PARTS)))))


def built(_: tuple[bytes, ...], chance: random.Random) -> bytes:
    """Return a layer whose entries are sound, and whose names, kinds and links are not."""
    packed, form = io.BytesIO(), chance.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for _ in range(chance.choice((1, 10, 300))):
            entry = tarfile.TarInfo(named(chance))
            entry.type, entry.linkname = chance.choice(KINDS), named(chance)
            data = chance.choice(CONTENTS) if entry.isreg() else b""
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


PARTS = (
    *("a", "b", ".", "..", "", ".wh.a", ".wh..wh..opq", ".wh.", "x" * 200, "node_modules"),
    *("package.json", "os-release", "etc", "var", "lib", "a.jar"),
)
KINDS = (
    *(tarfile.REGTYPE,) * 4,
    tarfile.DIRTYPE,
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
)
CONTENTS = (*FILES.values(), b"{", b"")
MAKERS = {"image": built}  # the inputs of the others are sound ones, changed


class Peak:
    """How far the process's memory grows: all of it, also what zlib, zstd and SQLite take."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
        self._before = self._highest()

    def growth(self) -> int:
        return self._highest() - self._before

    def _highest(self) -> int:
        found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
        return int(found[1]) * 1024


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("name", READERS)
def test_no_changes_break_a_reader_or_take_its_memory(name):
    reader, seeds = READERS[name]
    chance = random.Random(os.environ.get("ECRMOCK_FUZZ_SEED", name))
    peak, deadline = Peak(), time.monotonic() + SECONDS / len(READERS)
    tried = taken = 0
    while time.monotonic() < deadline or not tried:
        taken += attempt(reader, MAKERS.get(name, changed)(seeds, chance))
        tried += 1
    print(f"{name}: {tried} inputs, {taken} of them read, grew by {peak.growth() / MIB:.1f} MiB")
    assert peak.growth() < MOST_MEMORY
