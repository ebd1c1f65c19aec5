"""Layers from folders: a tar of a folder that comes out the same each time and everywhere."""

import io
import tarfile
from pathlib import Path
from typing import BinaryIO


def read_layer(path: Path) -> bytes:
    """Return a layer: a tar file as it is, a folder as the tar of what is in it. Raises: OSError."""
    if not path.is_dir():
        return path.read_bytes()
    file = io.BytesIO()
    write_folder(path, file)
    return file.getvalue()


def write_folder(folder: Path, file: BinaryIO) -> None:
    """Write the tar of what is in a folder: in the order of names, without owners and times."""
    with tarfile.open(fileobj=file, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.inodes.clear()  # type: ignore[attr-defined] # what is linked twice is there twice
            member = _without_traces(archive.gettarinfo(path, path.relative_to(folder).as_posix()))
            if member.isreg():
                with path.open("rb") as content:
                    archive.addfile(member, content)
            elif member.isdir() or member.issym():
                archive.addfile(member)


def _without_traces(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Keep of the rights only what git keeps: whether a file can be run."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    is_run = member.isdir() or member.mode & 0o100
    member.mode = 0o777 if member.issym() else 0o755 if is_run else 0o644
    return member
