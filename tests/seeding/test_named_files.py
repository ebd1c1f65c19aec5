"""The files that a seed names."""

from pathlib import Path
from typing import Any

from ecrmock.seeding.named_files import NamedFile, missing_files, named_files
from ecrmock.seeding.seed_text import Seed, seed_of
from tests.seeding.conftest import with_images

IMAGES = "repositories", "app", "images"


def seed(*images: Any) -> Seed:
    return seed_of(with_images(*images))


def test_layers_layouts_and_archives_are_named() -> None:
    made = seed(
        {"layers": [{"etc/motd": "no file"}, "folder"]},
        {"oci_layout": "layout"},
        {"docker_archive": "saved.tar"},
    )
    assert list(named_files(made)) == [
        NamedFile("folder", (*IMAGES, 0, "layers", 1)),
        NamedFile("layout", (*IMAGES, 1, "oci_layout")),
        NamedFile("saved.tar", (*IMAGES, 2, "docker_archive")),
    ]


def test_an_image_within_an_index_names_files_too() -> None:
    made = seed({"index": {"linux/amd64": {"layers": ["folder"]}, "linux/arm64": "a-tag"}})
    where = (*IMAGES, 0, "index", "linux/amd64", "layers", 0)
    assert list(named_files(made)) == [NamedFile("folder", where)]


def test_only_what_is_not_there_is_missing(tmp_path: Path) -> None:
    (tmp_path / "there.tar").touch()
    absent = tmp_path / "absent.tar"
    made = seed({"layers": [str(tmp_path / "there.tar"), str(absent)]})
    (mistake,) = missing_files(made)
    assert (mistake.path, mistake.message) == (
        (*IMAGES, 0, "layers", 1),
        f"there is no file or folder {absent}",
    )


def test_a_seed_that_may_name_no_files_is_told_so() -> None:
    def refuse(name: str) -> Path:
        raise ValueError(f"no files here, as {name}")

    document = seed({"layers": ["folder"]}).document
    (mistake,) = missing_files(Seed(document=document, name="seed", files=refuse))
    assert mistake.message == "no files here, as folder"
