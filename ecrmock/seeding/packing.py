"""A seed with the files that it names, packed to be sent: a tar that is unpacked where it is played.

The text goes as it was written, so that what is refused there is named by the line it has here.
"""

import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, BinaryIO, TypeGuard

from ecrmock.seeding.layer_files import write_folder
from ecrmock.seeding.named_files import named_files
from ecrmock.seeding.seed_text import Seed, read_seed

_CONTENTS, _TEXT, _FILES = "contents.json", "text", "files"
_NAME = re.compile(rf"{_FILES}/[0-9]{{1,9}}")
# What reading an archive and its contents raises where they are none.
_UNREADABLE = (
    *(tarfile.TarError, EOFError, FileNotFoundError),
    *(LookupError, TypeError, ValueError, RecursionError),
)


def pack(seed: Seed, target: BinaryIO) -> None:
    """Write a checked seed and all that it names. Raises: OSError."""
    names = list(dict.fromkeys(file.name for file in named_files(seed)))
    sent = {name: f"{_FILES}/{number}" for number, name in enumerate(names)}
    contents = {"name": Path(seed.name).name, "files": sent}
    with tarfile.open(fileobj=target, mode="w") as archive:
        for member, text in ((_CONTENTS, json.dumps(contents)), (_TEXT, seed.text)):
            with tempfile.TemporaryFile() as file:
                file.write(text.encode())
                _add(archive, member, file)
        for name, member in sent.items():
            _add_file(archive, member, seed.files(name))


def _add_file(archive: tarfile.TarFile, member: str, path: Path) -> None:
    """Add a file, or a folder as the tar of what is in it: as a layer and as a layout it is the same."""
    if path.is_dir():
        with tempfile.TemporaryFile() as packed:
            write_folder(path, packed)
            _add(archive, member, packed)
    else:
        with path.open("rb") as file:
            _add(archive, member, file)


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size = file.seek(0, 2)
    file.seek(0)
    archive.addfile(member, file)


def unpack(source: BinaryIO, folder: Path) -> Seed:
    """Write the files of a packed seed to a folder, and return the seed.

    Raises: ValueError when it is no packed seed; SeedError, MissingExtraError, OSError.
    """
    try:
        with tarfile.open(fileobj=source, mode="r:") as archive:
            for member in archive:
                _extract(archive, member, folder)
        contents = json.loads((folder / _CONTENTS).read_bytes())
        name, sent = str(contents["name"]), dict(contents["files"])
        text = (folder / _TEXT).read_text(encoding="utf-8")
    except _UNREADABLE:
        raise ValueError("this is no packed seed; the ecrmock command packs one") from None
    return read_seed(text, name, _SentFiles(folder, sent))


class _SentFiles:
    """Finds the files that came with a seed, and no others."""

    def __init__(self, folder: Path, sent: Mapping[str, object]) -> None:
        self._folder, self._sent = folder, sent

    def __call__(self, name: str) -> Path:
        member = self._sent.get(name)
        if not _is_name(member):
            raise ValueError(f"the file {name!r} did not come with the seed")
        return self._folder / member


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    file = archive.extractfile(member) if member.isreg() else None
    if file is None or not (member.name in (_CONTENTS, _TEXT) or _is_name(member.name)):
        raise ValueError(f"a packed seed has no {member.name}")
    path = folder / member.name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as target:
        shutil.copyfileobj(file, target)


def _is_name(member: object) -> TypeGuard[str]:
    return isinstance(member, str) and _NAME.fullmatch(member) is not None
