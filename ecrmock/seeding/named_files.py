"""The files that a seed names: layers, OCI layouts and docker archives, and which of them are missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecrmock.seeding.mistakes import Mistake
from ecrmock.seeding.regions import repositories
from ecrmock.seeding.seed_text import Seed
from ecrmock.seeding.yaml_text import Steps


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file or folder, and the member that names it."""

    name: str
    path: Steps


def named_files(seed: Seed) -> Iterator[NamedFile]:
    """Yield what a seed names, in its order."""
    for path, repository in repositories(seed.document):
        for number, image in enumerate(repository.get("images", ())):
            yield from _of_image(image, (*path, "images", number))


def _of_image(image: Mapping[str, Any], path: Steps) -> Iterator[NamedFile]:
    for number, layer in enumerate(image.get("layers", ())):
        if isinstance(layer, str):
            yield NamedFile(layer, (*path, "layers", number))
    for member in ("oci_layout", "docker_archive"):
        if member in image:
            yield NamedFile(image[member], (*path, member))
    for platform, listed in image.get("index", {}).items():
        if not isinstance(listed, str):
            yield from _of_image(listed, (*path, "index", platform))


def missing_files(seed: Seed) -> Iterator[Mistake]:
    """Yield a mistake for each file that a seed names and that is not there."""
    for file in named_files(seed):
        try:
            found = seed.files(file.name)
        except ValueError as error:
            yield seed.mistake(file.path, str(error))
        else:
            if not found.exists():
                yield seed.mistake(file.path, f"there is no file or folder {found}")
