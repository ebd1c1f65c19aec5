"""The state of a backend as a seed file, with its images beside it."""

import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from ecrmock.backend import Backend
from ecrmock.seeding.describing import describe
from ecrmock.seeding.layouts import LayoutFile, layout_files, write_layout
from ecrmock.seeding.yaml_text import load_yaml

_CHUNK = 1024 * 1024
_UNMOVED = timedelta(seconds=1)  # that a clock which nobody moved may seem to be off
SEED = "seed.json"  # in a packed export
_YAML_HEAD = "# Written by ecrmock export. The images are in the OCI layout beside this file.\n"


def images_beside(path: Path) -> Path:
    """Return the folder of the images of a seed file."""
    return path.with_name(f"{path.stem}.images")


def export(backend: Backend, path: Path) -> None:
    """Write the present state: YAML, or JSON when the name says so, and a folder with the images.

    Raises: OSError; ValueError when an image goes meanwhile; MissingExtraError.
    """
    folder, state = images_beside(path), backend.state()
    text = seed_text(described(backend, state, folder.name), path.name)
    write_layout(folder, layout_files(backend, state))
    replace_text(path, text)


def described(backend: Backend, state: Mapping[str, Any], images: str) -> dict[str, Any]:
    """Return the seed of a state that a backend has now."""
    clock = backend.world.clock
    now = clock.now()
    is_moved = clock.frozen or abs(now - clock.machine_time()) > _UNMOVED
    return describe(state, backend.settings, images, now if is_moved else None)


def replace_text(path: Path, text: str) -> None:
    """Write a file as a whole, or leave what is there. Raises: OSError."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def seed_text(document: Mapping[str, Any], name: str) -> str:
    """Return a seed as the text of a file: JSON when its name says so, else YAML. Raises: MissingExtraError."""
    if name.endswith(".json"):
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    yaml = load_yaml()

    class Dumper(yaml.SafeDumper):  # type: ignore[misc, name-defined]
        def ignore_aliases(self, _: object) -> bool:
            return True

    Dumper.add_representer(str, _represent_text)
    text: str = yaml.dump(document, None, Dumper, sort_keys=False, allow_unicode=True, width=100)
    return _YAML_HEAD + text


def _represent_text(dumper: Any, text: str) -> Any:
    """Show texts of several lines as they are."""
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def pack_export(backend: Backend, images: str, target: BinaryIO) -> None:
    """Write the present state as a tar: the seed as JSON, then the folder ``images``. Raises: ValueError."""
    state = backend.state()
    seed = json.dumps(described(backend, state, images)).encode()
    with tarfile.open(fileobj=target, mode="w") as archive:
        _add(archive, SEED, len(seed), (seed,))
        for file in layout_files(backend, state):
            _add(archive, f"{images}/{file.name}", file.size, file.chunks)


def _add(
    archive: tarfile.TarFile, name: str, size: int, chunks: Iterable[bytes | memoryview]
) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    archive.addfile(member, _Reading(chunks))


class _Reading(io.RawIOBase):
    """Chunks to be read as a file."""

    def __init__(self, chunks: Iterable[bytes | memoryview]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, exactly as many unless it ends."""
        taken = bytearray()
        while len(taken) < size:
            if not self._rest:
                self._rest = memoryview(next(self._chunks, b""))
                if not self._rest:
                    break
            step = size - len(taken)
            taken += self._rest[:step]
            self._rest = self._rest[step:]
        return bytes(taken)


def unpack_export(source: BinaryIO, path: Path) -> None:
    """Write a packed export as the seed file of a name, with its images. Raises: OSError, ValueError."""
    folder = images_beside(path)
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:
            first = archive.next()
            document = json.loads(_bytes_of(archive, first))
            text = seed_text(document, path.name)
            write_layout(folder, _members(archive, folder.name))
    except (tarfile.TarError, EOFError) as error:
        raise ValueError(f"the export breaks off: {error}") from None
    replace_text(path, text)


def _members(archive: tarfile.TarFile, folder: str) -> Iterable[LayoutFile]:
    """Yield the files of the layout. Raises: ValueError when others are among them, or the last is missing."""
    name = ""
    while (member := archive.next()) is not None:
        top, _, name = member.name.partition("/")
        file = archive.extractfile(member) if member.isreg() else None
        if file is None or top != folder or ".." in name.split("/"):
            raise ValueError(f"the export has {member.name}, which is not of it")
        yield LayoutFile(name, member.size, iter(partial(file.read, _CHUNK), b""))
    if name != "index.json":
        raise EOFError("its index is missing")


def _bytes_of(archive: tarfile.TarFile, member: tarfile.TarInfo | None) -> bytes:
    file = archive.extractfile(member) if member is not None and member.name == SEED else None
    if file is None:
        raise ValueError(f"the export does not begin with {SEED}")
    return file.read()
