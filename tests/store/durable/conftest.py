"""Disks that fail, and a backend on a data folder that plays the same calls each time."""

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.store.durable.files import Files
from ecrmock.values.authorization import AccountRoot
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from tests.dispatch.conftest import digest_of, manifest_of

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
ACCOUNT = "123456789012"
CHANGES = (
    "create",
    "write",
    "truncate",
    "sync",
    "sync_folder",
    "make_folder",
    "rename",
    "remove",
)


class Stopped(BaseException):
    """The process ended here."""


class StoppingFiles(Files):
    """Files of a process that ends before the change of a number; it changes nothing after that."""

    def __init__(self, at: int | None = None) -> None:
        self.changes, self.at = 0, at

    def change(self, name: str, *given: Any) -> Any:
        if self.at is not None and self.changes >= self.at:
            raise Stopped
        self.changes += 1
        return getattr(Files, name)(self, *given)

    def after_the_end(self) -> None:
        """Leave on the disk what would be there."""


class LosingFiles(StoppingFiles):
    """The same without power: also what was not synced is lost, contents and names."""

    def __init__(self, at: int | None = None) -> None:
        super().__init__(at)
        self._synced: dict[int, bytes] = {}  # contents of files by their numbers
        self._named: dict[Path, dict[str, int]] = {}  # names in folders that were synced
        self._open: list[int] = []  # so that no number of a file is used again

    def change(self, name: str, *given: Any) -> Any:
        existed = name == "create" and given[0].exists()
        if name == "create":
            self._named.setdefault(given[0].parent, _names(given[0].parent))
        done = super().change(name, *given)
        if name == "create":
            self._open.append(os.dup(done))
            before = _content(done) if existed else b""  # what an earlier process wrote is safe
            self._synced.setdefault(os.fstat(done).st_ino, before)
        elif name == "sync":
            self._synced[os.fstat(given[0]).st_ino] = _content(given[0])
        elif name == "sync_folder":
            self._named[given[0]] = _names(given[0])
        return done

    def after_the_end(self) -> None:
        for folder, names in self._named.items():
            files = [path for path in folder.iterdir() if path.is_file()]
            present = {path.stat().st_ino: path.read_bytes() for path in files}
            for path in files:
                path.unlink()
            for name, number in names.items():
                (folder / name).write_bytes(self._synced.get(number, present.get(number, b"")))
        for descriptor in self._open:
            os.close(descriptor)


def _changing(name: str) -> Callable[..., Any]:
    return lambda self, *given: self.change(name, *given)


for _name in CHANGES:
    setattr(StoppingFiles, _name, _changing(_name))


def _names(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.iterdir() if path.is_file()}


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


class FullFiles(Files):
    """Files on a disk that is full at times."""

    def __init__(self) -> None:
        self.is_full = False

    def write(self, descriptor: int, data: bytes | memoryview, offset: int) -> None:
        if self.is_full:
            os.pwrite(descriptor, bytes(data)[: len(data) // 2], offset)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write(descriptor, data, offset)


class Kept:
    """A backend on a data folder: ``kept(operation, …)`` makes a call."""

    def __init__(self, folder: Path, files: Files | None = None, seed: int = 1) -> None:
        settings = Settings(data=str(folder))
        self.open: dict[str, str] = {}
        self.backend = Backend(settings, clock=Clock(START), ids=Ids(seed=seed), files=files)

    def __call__(
        self,
        operation: str,
        *,
        service: str = "ecr",
        region: str = "us-east-1",
        **parameters: Any,
    ) -> Any:
        call = Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=AccountRoot(ACCOUNT),
            region=region,
            request_id="request",
        )
        return self.backend.dispatcher.dispatch(call)

    def start(self, name: str = "app") -> dict[str, str]:
        upload = self("InitiateLayerUpload", repository_name=name)
        return {"repository_name": name, "upload_id": upload.upload_id}

    def part(self, content: bytes) -> None:
        """Send a part of the upload that is ``open``."""
        self("UploadLayerPart", **self.open, layer_part_blob=content)

    def complete(self, content: bytes) -> None:
        self("CompleteLayerUpload", **self.open, layer_digests=(digest_of(content),))

    @staticmethod
    def digest(content: bytes) -> str:
        return digest_of(content)

    def upload(self, content: bytes, name: str = "app") -> None:
        self.open = self.start(name)
        self.part(content)
        self.complete(content)

    def put(self, layer: bytes, tag: str | None = None, name: str = "app") -> None:
        manifest = manifest_of(layer, config=layer)
        self("PutImage", repository_name=name, image_manifest=manifest, image_tag=tag)

    def delete(self, tag: str, name: str = "app") -> None:
        image_ids = (ImageIdentifier(image_tag=tag),)
        self("BatchDeleteImage", repository_name=name, image_ids=image_ids)

    def read(self, layer: bytes) -> bytes:
        reader = self.backend.open_blob(digest_of(layer))
        try:
            return b"".join(reader.chunks())
        finally:
            reader.close()

    def seen(self) -> dict[str, Any]:
        """Return all that is kept, without an order where there is none."""
        world = self.backend.world
        return {
            "state": without_order(self.backend.state()),
            "planned": [(due, event) for due, _, event in world.scheduler.entries()],
            "clock": world.clock.setting,
            "blobs": self.backend.usage()["blobs"],
            "bytes": self.backend.usage()["disk_bytes"],
        }

    def end(self) -> None:
        self.backend.close()

    def vanish(self) -> None:
        """Let go of the folder without a word, as a process does that is killed."""
        keeper = self.backend._keeper
        assert keeper is not None
        keeper._is_ending.set()
        keeper._leave()


def without_order(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_order(value) for key, value in document.items()}
    if isinstance(document, list):
        return sorted(map(without_order, document), key=str)
    return document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"
