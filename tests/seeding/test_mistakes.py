"""How a mistake in a seed is told."""

import pytest

from ecrmock.rules.json_positions import Position
from ecrmock.seeding.mistakes import Mistake, SeedError, written


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("repositories", "team/app", "images", 2, "tag"), "repositories.team/app.images[2].tag"),
        (("version",), "version"),
        ((), ""),
    ],
)
def test_a_way_is_written_as_a_reader_writes_it(path: tuple[str | int, ...], text: str) -> None:
    assert written(path) == text


def test_a_mistake_in_a_file_has_its_line_and_column() -> None:
    place = Position(line=4, column=5)
    mistake = Mistake(file="seed.yaml", path=("users",), position=place, message="it is a list")
    assert str(mistake) == "seed.yaml:4:5: users: it is a list"


def test_a_mistake_in_a_dict_has_no_line() -> None:
    mistake = Mistake(file="seed", path=(), position=None, message="version must be given here")
    assert str(mistake) == "seed: the seed: version must be given here"


def test_an_error_tells_every_mistake_on_a_line_of_its_own() -> None:
    mistakes = [Mistake(file="s", path=(name,), position=None, message="no") for name in "ab"]
    assert str(SeedError(mistakes)) == "s: a: no\ns: b: no"
