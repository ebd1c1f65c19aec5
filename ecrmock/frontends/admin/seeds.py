"""Seeds over HTTP: as JSON, or packed with the files that they name."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.http import FileRange, HttpRequest, HttpResponse
from ecrmock.values.errors import MissingExtraError

_MEDIA_TYPE = "application/x-tar"
_IMAGES = "seed.images"
_FOLDER = re.compile(r"[\w-][\w .-]{0,200}")
_CHUNK = 1024 * 1024


def play(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Play a seed that names no files. Raises: AdminError."""
    from ecrmock.seeding.play import play_seed  # noqa: PLC0415 - loaded when needed
    from ecrmock.seeding.seed_text import Seed  # noqa: PLC0415

    with _said():
        play_seed(backend, Seed(document=document, name="the body", files=_no_files))
    return {"status": "ok"}


def export(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the present state as a seed, without the images that it names."""
    from ecrmock.seeding.export import described  # noqa: PLC0415 - loaded when needed

    return described(backend, backend.state(), _IMAGES)


def is_packed(request: HttpRequest) -> bool:
    """Tell whether a request sends a packed seed, or asks for one by ``?images=<folder>``."""
    if request.method == "POST":
        return request.headers.get("content-type", "").partition(";")[0] == _MEDIA_TYPE
    return request.method == "GET" and "images" in request.query_parameters()


def play_packed(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Play a packed seed. Raises: AdminError, BodyError."""
    from ecrmock.seeding.packing import unpack  # noqa: PLC0415 - loaded when needed
    from ecrmock.seeding.play import play_seed  # noqa: PLC0415

    with tempfile.TemporaryFile() as packed, tempfile.TemporaryDirectory() as folder:
        for chunk in request.body.chunks():
            packed.write(chunk)
        packed.seek(0)
        with _said():
            play_seed(backend, unpack(packed, Path(folder)))
    return HttpResponse(200, {"Content-Type": "application/json"}, b'{\n  "status": "ok"\n}\n')


def export_packed(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Return the present state with its images, which are in a folder of the given name. Raises: AdminError."""
    from ecrmock.seeding.export import pack_export  # noqa: PLC0415 - loaded when needed

    folder = request.query_parameters()["images"]
    if not _FOLDER.fullmatch(folder):
        raise AdminError(f"{folder!r} is no name of a folder")
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is sent
    with _said():
        pack_export(backend, folder, file)
    packed = _Packed(file)
    return HttpResponse(200, {"Content-Type": _MEDIA_TYPE}, FileRange(packed, 0, packed.size))


class _Packed:
    """A temporary file that is sent."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = file.seek(0, 2)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterable[memoryview]:
        """Yield the bytes of a range."""
        self._file.seek(start)
        left = (self.size if stop is None else stop) - start
        while left and (chunk := self._file.read(min(left, _CHUNK))):
            left -= len(chunk)
            yield memoryview(chunk)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _no_files(name: str) -> Path:
    raise ValueError(
        f"a seed that is sent as JSON cannot name the file {name!r}; `ecrmock seed` sends files along"
    )


@contextmanager
def _said() -> Iterator[None]:
    """Answer what is wrong with a seed. Raises: AdminError."""
    from ecrmock.seeding.mistakes import RefusedSeedError  # noqa: PLC0415 - loaded when needed

    try:
        yield
    except RefusedSeedError as error:
        raise AdminError(str(error), 409) from None
    except ValueError as error:
        raise AdminError(str(error)) from None
    except MissingExtraError as error:
        raise AdminError(str(error), 501) from None
