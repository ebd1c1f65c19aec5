"""Go programs: the modules that the linker wrote into a binary of any format.

A binary is not parsed but searched while it passes by, so that its size does not matter. Since Go 1.18
a header is followed by Go's version and the modules. Before, the header points elsewhere; the modules
are then found by the marks around them, and Go's own version is not.
Source: Go, package debug/buildinfo, format of the header; package runtime/debug, BuildInfo.String.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ecrmock.values.inventory import GOLANG, Package
from ecrmock.world.inventory.limits import BLOCK, LONGEST_TEXT, MIB
from ecrmock.world.inventory.streams import ByteStream, Content, UnreadableFileError

_SMALLEST = 4_096
_FORMATS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_HEADER = b"\xff Go buildinf:"
_START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")  # before the modules
_STOP = bytes.fromhex("f932433186182072008242104116d8f2")  # after them
_LONGEST = MIB  # of what is written of the modules
_MOST_PLACES = 64  # that look like a header in one binary
_INLINE = 2  # a flag of the header
_RELEASE = re.compile(r"go(\d[^\s]*)")


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """Go's version, if known, and the text that lists the modules."""

    version: str
    modules: str


def wants(content: Content) -> bool:
    """Say whether a file may be a program at all; only then it is searched."""
    return content.size >= _SMALLEST


def read(content: Content) -> tuple[Package, ...]:
    """Read the standard library and the modules of a Go program; nothing from other files."""
    stream = ByteStream(content.chunks)
    head = stream.read(4)
    if not head.startswith(_FORMATS):
        return ()
    info = _search(stream)
    if info is None:
        return ()
    return tuple(map(content.budget.take, _packages(info, content.path)))


def _search(stream: ByteStream) -> BuildInfo | None:
    """Look for the header, and on the way for the modules that older programs have without one."""
    old: BuildInfo | None = None
    for _ in range(_MOST_PLACES):
        passage = _next_passage(stream)
        if not passage:
            break
        if passage.startswith(_HEADER):
            info = _inline(passage)
            if info is not None:
                return info
        elif old is None and (stop := passage.find(_STOP)) > 0:
            text = passage[len(_START) : stop].decode("utf-8", "backslashreplace")
            old = BuildInfo("", text)
    return old


def _next_passage(stream: ByteStream) -> bytes:
    """Return what begins at the next mark, and leave the stream just behind it."""
    window = b""
    while block := stream.some(BLOCK):
        window += block
        places = [at for at in (window.find(_HEADER), window.find(_START)) if at >= 0]
        if places:
            stream.put_back(window[min(places) :])
            passage = stream.read(_LONGEST)
            stream.put_back(passage[len(_HEADER) :])
            return passage
        window = window[-len(_START) :]
    return b""


def _inline(passage: bytes) -> BuildInfo | None:
    if len(passage) < 33 or not passage[15] & _INLINE:
        return None
    version, at = _string(passage, 32)
    modules, _ = _string(passage, at)
    if not version.startswith((b"go", b"devel")):
        return None
    is_framed = len(modules) >= 33 and modules[-17:-16] == b"\n"
    modules = modules[16:-16] if is_framed else b""
    return BuildInfo(
        version.decode("utf-8", "backslashreplace"), modules.decode("utf-8", "backslashreplace")
    )


def _string(passage: bytes, at: int) -> tuple[bytes, int]:
    """Return a string after its length, and where it ends; an impossible one is empty."""
    length = shift = 0
    for byte in passage[at : at + 4]:
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return passage[at : at + length], at + length
    return b"", len(passage)


def _packages(info: BuildInfo, path: str) -> Iterator[Package]:
    modules: list[tuple[str, str]] = []
    architecture = None
    for line in info.modules.split("\n"):
        kind, *fields = line.split("\t")
        if kind in ("mod", "dep") and len(fields) >= 2:
            modules.append((fields[0], fields[1]))
        elif kind == "=>" and len(fields) >= 2 and modules:
            modules[-1] = (fields[0], fields[1])  # the module that was built in its place
        elif kind == "build" and fields and fields[0].startswith("GOARCH="):
            architecture = fields[0].removeprefix("GOARCH=")[:LONGEST_TEXT]
    release = _RELEASE.match(info.version)
    if release:
        modules.append(("stdlib", release[1]))
    if not modules and not release:
        raise UnreadableFileError("it is a Go program that names no modules")
    return (
        Package(
            kind=GOLANG,
            name=name[:LONGEST_TEXT],
            version=version[:LONGEST_TEXT],
            architecture=architecture,
            file=path,
        )
        for name, version in modules
        if name and version and version != "(devel)"
    )
