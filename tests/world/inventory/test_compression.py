"""Layers are read as they are stored: plain, gzip or zstd, in one part or several, within bounds."""

import bz2
import gzip
import lzma
import struct

import pytest

from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError
from ecrmock.world.inventory.compression import zstd_module
from ecrmock.world.inventory.limits import Limits
from tests.world.inventory.layer_files import OS_RELEASE, layer, read

zstd = zstd_module()
PACKED = layer({"etc/os-release": OS_RELEASE, "big": bytes(300_000), "z/dist-info": b"x" * 70_000})
SKIPPABLE = struct.pack("<II", 0x184D2A50, 5) + b"notes"
HALF = len(PACKED) // 2
STORED = {
    "plain": PACKED,
    "gzip": gzip.compress(PACKED),
    "gzip in members": b"".join(
        gzip.compress(PACKED[at : at + 999]) for at in range(0, len(PACKED), 999)
    ),
    "zstd": zstd.compress(PACKED),
    "zstd in frames": zstd.compress(PACKED[:HALF]) + SKIPPABLE + zstd.compress(PACKED[HALF:]),
    "zstd after notes": SKIPPABLE + zstd.compress(PACKED),
}


@pytest.mark.parametrize("form", STORED)
def test_a_layer_is_read_in_every_form(form):
    assert read(STORED[form]).files["etc/os-release"].operating_system.version_id == "12"


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_another_compression_is_named(pack):
    with pytest.raises(UnsupportedImageError, match=r"compressed with (bzip2|xz)"):
        read(pack(PACKED))


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_what_ends_too_early_is_refused(form):
    with pytest.raises(UnreadableImageError, match="end"):
        read(STORED[form][:-100])


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_what_is_damaged_is_refused(form):
    stored = bytearray(STORED[form])
    stored[60:80] = b"\xff" * 20
    with pytest.raises(UnreadableImageError, match="damaged"):
        read(bytes(stored))


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_a_bomb_is_refused_at_the_bound(pack):
    bomb = pack(layer({"a": bytes(9_000_000), "b": bytes(9_000_000)}))
    assert len(bomb) < 50_000
    with pytest.raises(UnreadableImageError, match="unpacks to more than 10,000,000 bytes"):
        read(bomb, Limits(unpacked_in_bytes=10_000_000))


def test_empty_members_without_end_are_refused():
    with pytest.raises(UnreadableImageError, match="entries"):
        read(gzip.compress(b"") * 2_000, Limits(members=1_000))


def test_a_window_larger_than_32_mib_is_refused():
    options = {zstd.CompressionParameter.window_log: 26}
    packer = zstd.ZstdCompressor(options=options)
    with pytest.raises(UnreadableImageError, match="damaged"):
        read(packer.compress(PACKED) + packer.flush())
