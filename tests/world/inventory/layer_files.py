"""Layers for tests, built in their documented forms."""

import gzip
import io
import sqlite3
import struct
import tarfile
import zipfile
from collections.abc import Mapping, Sequence

from ecrmock.world.inventory.found import LayerInventory
from ecrmock.world.inventory.layers import read_layer
from ecrmock.world.inventory.limits import LIMITS, Budget, Limits
from ecrmock.world.inventory.streams import Content

OS_RELEASE = b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
STATUS = b"""Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc (2.36-9)
Version: 2.36-9+b1
Description: GNU C Library
 Package: not-a-package
 .
 More text.

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: login
Status: install ok installed
Architecture: amd64
Source: shadow
Version: 1:4.13+dfsg1-1
"""
APK = b"P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\nF:lib\nR:ld.so\n\nP:ssl_client\nV:1.36-r0\no:busybox\n\n"


def layer(files: Mapping[str, bytes | None], links: Sequence[tuple[bytes, str, str]] = ()) -> bytes:
    """Return an archive: a content of None makes a folder; links are (type, path, target)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in files.items():
            add(archive, path, content)
        for kind, path, target in links:
            entry = tarfile.TarInfo(path)
            entry.type, entry.linkname = kind, target
            archive.addfile(entry)
    return packed.getvalue()


def add(archive: tarfile.TarFile, path: str, content: bytes | None) -> None:
    entry = tarfile.TarInfo(path)
    entry.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
    entry.size = len(content or b"")
    archive.addfile(entry, io.BytesIO(content or b""))


def read(stored: bytes, limits: Limits = LIMITS) -> LayerInventory:
    return read_layer([stored], limits)


def read_files(files: Mapping[str, bytes | None], **links) -> LayerInventory:
    return read(gzip.compress(layer(files, **links), 1))


def content(path: str, data: bytes, step: int = 7) -> Content:
    """Return a content that comes in small pieces."""
    pieces = (data[at : at + step] for at in range(0, len(data), step))
    return Content(path, len(data), pieces, Budget())


def rpm_header(strings: Mapping[int, str], numbers: Mapping[int, int] | None = None) -> bytes:
    index, data = b"", b""
    for tag, text in strings.items():
        index += struct.pack(">IIiI", tag, 6, len(data), 1)
        data += text.encode() + b"\0"
    for tag, number in (numbers or {}).items():
        data += bytes(-len(data) % 4)
        index += struct.pack(">IIiI", tag, 4, len(data), 1)
        data += struct.pack(">I", number)
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


BASH = rpm_header(
    {1000: "bash", 1001: "5.1.8", 1002: "6.el9", 1022: "x86_64", 1044: "bash-5.1.8-6.el9.src.rpm"},
    {1003: 0},
)


def rpm_database(
    *headers: bytes, schema: str = "TABLE Packages (hnum INTEGER, blob BLOB)"
) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE {schema}")
    for header in headers:
        connection.execute("INSERT INTO Packages VALUES (NULL, ?)", (header,))
    connection.commit()
    database = bytearray(connection.serialize())
    connection.close()
    database[18:20] = b"\2\2"  # as rpm leaves it: with a write-ahead log, which is empty
    return bytes(database)


MODULES = (
    "path\texample.com/app\nmod\texample.com/app\t(devel)\t\n"
    "dep\tgolang.org/x/net\tv0.17.0\th1:abc=\n"
    "dep\texample.com/old\tv1.0.0\n=>\texample.com/new\tv1.1.0\th1:def=\n"
    "build\tGOARCH=arm64\n"
)
START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
STOP = bytes.fromhex("f932433186182072008242104116d8f2")


def length(number: int) -> bytes:
    """Return an unsigned number of variable length."""
    low, high = number & 0x7F, number >> 7
    return bytes((low,)) if not high else bytes((low | 0x80,)) + length(high)


def go_program(modules: str = MODULES, version: str = "go1.21.3", padding: int = 70_000) -> bytes:
    """Return a program of Go 1.18 or later: the version and the modules follow the header."""
    framed = START + modules.encode() + STOP
    header = b"\xff Go buildinf:" + bytes((8, 2)) + bytes(16)
    text = length(len(version)) + version.encode() + length(len(framed)) + framed
    return b"\x7fELF".ljust(padding, b"\1") + header + text + bytes(8_000)


def old_go_program(modules: str = MODULES) -> bytes:
    """Return a program as before Go 1.18: the header has pointers."""
    header = b"\xff Go buildinf:" + bytes((8, 0)) + struct.pack("<QQ", 0x4A0000, 0x4A0010)
    framed = START + modules.encode() + STOP
    return b"\x7fELF".ljust(6_000, b"\0") + framed + bytes(100) + header + bytes(4_000)


def jar(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def pom(group: str, name: str, version: str) -> dict[str, bytes]:
    """Return the file that Maven puts into the jar of an artifact."""
    text = f"#Created\nartifactId={name}\ngroupId={group}\nversion={version}\n"
    return {f"META-INF/maven/{group}/{name}/pom.properties": text.encode()}
