"""Seeds of the handle: a state from a file, and the present one as a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecrmock.handle.door import Door


class Seeds(Door):
    """Filling the handle's backend from a file, and writing what is in it to one."""

    def seed(self, source: str | Path | Mapping[str, Any]) -> None:
        """Play a seed: a file of YAML or JSON, or its document.

        What is there already stays, and gets what the seed says of it. Files that a seed names are relative
        to its own; those of a document to the working directory.

        Raises: SeedError, a ValueError, with every mistake and its place, before anything is played, or for
        the first call that was refused; MissingExtraError without the extra ``seed``; OSError.
        """
        from ecrmock.seeding.play import play  # noqa: PLC0415 - loaded when needed

        play(self._backend, source)

    def export(self, path: str | Path) -> None:
        """Write the present state as a seed: YAML, or JSON when the name says so, and the images beside it.

        The images of ``seed.yaml`` are the OCI layout ``seed.images``. Raises: OSError, MissingExtraError.
        """
        from ecrmock.seeding.export import export  # noqa: PLC0415 - loaded when needed

        export(self._backend, Path(path))
