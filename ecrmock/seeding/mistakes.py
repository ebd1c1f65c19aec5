"""What is wrong with a seed, each mistake with its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from ecrmock.rules.json_positions import Path, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake at a place: line and column of a file, and the way through its members to there."""

    file: str
    path: tuple[str | int, ...]
    position: Position | None  # None for a seed that is no file
    message: str

    def __str__(self) -> str:
        where = written(self.path) or "the seed"
        if self.position is None:
            return f"{self.file}: {where}: {self.message}"
        place = f"{self.file}:{self.position.line}:{self.position.column}"
        return f"{place}: {where}: {self.message}"


class SeedError(ValueError):
    """A seed that is not played: it is not as the schema has it, or names files that are not there."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class RefusedSeedError(SeedError):
    """An operation refused a part of a seed. What stands before it has been played."""


def written(path: Path) -> str:
    """Return a way through members as a reader writes it: ``repositories.team/app.images[2]``."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")
