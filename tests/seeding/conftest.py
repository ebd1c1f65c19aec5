"""What tests of seeds share: a backend at a fixed time, files, and what is said of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.seeding.play import play
from ecrmock.values.authorization import AccountRoot
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
Write = Callable[..., Path]


class Played:
    """A backend whose clock stands at ``START``: ``played(seed)`` plays one, ``played.ask(…)`` makes a call."""

    def __init__(self, **settings: Any) -> None:
        self.backend = Backend(Settings(**settings), clock=Clock(START))

    def __call__(self, seed: Any) -> "Played":
        play(self.backend, seed)
        return self

    def ask(
        self,
        operation: str,
        *,
        service: str = "ecr",
        account: str = "123456789012",
        region: str = "us-east-1",
        **parameters: Any,
    ) -> Any:
        return self.backend.dispatcher.dispatch(
            Call(
                service=service,
                operation=operation,
                parameters=parameters,
                credentials=AccountRoot(account),
                region=region,
                request_id="request",
            )
        )

    def images(self, repository: str = "app") -> list[Any]:
        """Return what DescribeImages says of all images, archived ones too."""
        from ecrmock.values.images import ListImagesFilter

        anything = ListImagesFilter(image_status="ANY")
        answer = self.ask("DescribeImages", repository_name=repository, filter=anything)
        return list(answer.image_details)

    def image(self, tag: str, repository: str = "app") -> Any:
        (found,) = (each for each in self.images(repository) if tag in (each.image_tags or ()))
        return found


@pytest.fixture
def played() -> Played:
    """An empty backend."""
    return Played()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file, and return its path."""

    def write(text: str | bytes, name: str = "seed.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def with_images(*images: dict[str, Any], **repository: Any) -> dict[str, Any]:
    """Return the seed of the repository ``app`` with some images."""
    return {"version": 1, "repositories": {"app": {"images": list(images), **repository}}}
