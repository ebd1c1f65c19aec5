"""Seeds as they are read from a file or a document."""

from pathlib import Path

import pytest

from ecrmock.seeding.mistakes import SeedError
from ecrmock.seeding.seed_text import read_seed, seed_of


def refusal(text: str, name: str) -> str:
    with pytest.raises(SeedError) as caught:
        read_seed(text, name, Path)
    return str(caught.value)


def test_a_document_does_not_change_with_what_it_was_made_of() -> None:
    source = {"repositories": {"app": {}}}
    made = seed_of(source)
    source["repositories"].clear()
    assert made.document == {"repositories": {"app": {}}}


def test_files_are_looked_for_beside_the_seed(tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text("version: 1")
    assert seed_of(tmp_path / "seed.yaml").files("layer.tar") == tmp_path / "layer.tar"


def test_a_file_of_other_bytes_is_no_seed(tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_bytes(b"\xff")
    with pytest.raises(SeedError, match=r"seed.yaml:1:1: .*no text in UTF-8"):
        seed_of(tmp_path / "seed.yaml")


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("{", "s.json", "s.json:1:2: the seed: this is no JSON: "),
        ("a: [", "s.yaml", "s.yaml:1:5: the seed: this is no YAML: "),
        ("a: 1\na: 2", "s.yaml", "s.yaml:2:1: a: it is given twice"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, name: str, said: str) -> None:
    assert refusal(text, name).startswith(said)


def test_a_mistake_is_at_the_value_or_at_the_key() -> None:
    made = read_seed("version: 1\nusers:\n  ci: 7", "s.yaml", Path)
    places = [made.mistake(("users", "ci"), "no", at_key=at_key).position for at_key in (0, 1)]
    assert [(place.line, place.column) for place in places if place] == [(3, 7), (3, 3)]


def test_a_number_is_remembered_as_it_was_written() -> None:
    """A tag may be 1.10, which as a number is 1.1."""
    made = read_seed("tag: 1.10\nname: app", "s.yaml", Path)
    assert made.as_written(("tag",)) == "1.10"
