"""Seeds that are sent with the files that they name."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from ecrmock.rules.image_building import build_image
from ecrmock.seeding.mistakes import SeedError
from ecrmock.seeding.packing import pack, unpack
from ecrmock.seeding.play import play_seed
from ecrmock.seeding.seed_text import seed_of
from tests.seeding.conftest import Played, Write, with_images
from tests.seeding.test_image_files import as_folder, descriptor, layout

IMAGE = build_image([{"a": b"b"}])


@pytest.fixture
def path(write: Write, tmp_path: Path) -> Path:
    """A seed that names a folder and a file as layers, and a layout outside of its folder."""
    write("hello", "seeds/folder/etc/motd")
    write(b"bytes of a tar", "seeds/layer.tar")
    as_folder(tmp_path / "layout", layout([descriptor(IMAGE)], IMAGE))
    images = (
        {"tag": "1", "layers": ["folder", "layer.tar", "folder"]},
        {"tag": "2", "index": {"linux/amd64": {"oci_layout": "../layout"}}},
    )
    return write(json.dumps(with_images(*images)), "seeds/seed.yaml")


def packed(path: Path) -> io.BytesIO:
    target = io.BytesIO()
    pack(seed_of(path), target)
    target.seek(0)
    return target


def there(folder: Path) -> Path:
    (folder / "there").mkdir()
    return folder / "there"


def test_a_sent_seed_gives_what_the_file_gives(path: Path, played: Played, tmp_path: Path) -> None:
    seed = unpack(packed(path), there(tmp_path))
    play_seed(played.backend, seed)
    here = [each.image_digest for each in Played()(path).images()]
    assert [each.image_digest for each in played.images()] == here


def test_each_file_is_sent_once(path: Path) -> None:
    with tarfile.open(fileobj=packed(path)) as archive:
        assert archive.getnames() == ["contents.json", "text", "files/0", "files/1", "files/2"]


def test_mistakes_are_named_by_the_line_that_they_have_here(write: Write, tmp_path: Path) -> None:
    seed = unpack(packed(write("version: 1\nusers:\n  a b: {}\n")), there(tmp_path))
    with pytest.raises(SeedError, match=r"^seed.yaml:3:3: "):
        play_seed(Played().backend, seed)


def of_members(**members: bytes) -> io.BytesIO:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    target.seek(0)
    return target


CONTENTS = {"contents.json": b'{"name": "seed.json", "files": {"/etc/passwd": "../../etc/passwd"}}'}


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "files/../../evil", "files/x", "evil", f"files/{'1' * 300}"]
)
def test_nothing_is_written_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "a/there"
    folder.mkdir(parents=True)
    with pytest.raises(ValueError, match="this is no packed seed"):
        unpack(of_members(**CONTENTS, text=b"{}", **{name: b"evil"}), folder)
    assert not list(tmp_path.rglob("evil"))


def test_only_files_that_came_along_can_be_named(tmp_path: Path) -> None:
    seed = unpack(of_members(**CONTENTS, text=b"{}"), tmp_path)
    for name in ("/etc/passwd", "seed.json"):
        with pytest.raises(ValueError, match="did not come with the seed"):
            seed.files(name)


@pytest.mark.parametrize("sent", [5, None, ["files/0"], "elsewhere", f"files/{'1' * 300}"])
def test_a_file_may_be_named_by_its_number_only(tmp_path: Path, sent: object) -> None:
    contents = json.dumps({"name": "seed.json", "files": {"layer": sent}}).encode()
    seed = unpack(of_members(**{"contents.json": contents}, text=b"{}"), tmp_path)
    with pytest.raises(ValueError, match="did not come with the seed"):
        seed.files("layer")


def test_contents_may_not_nest_without_end(tmp_path: Path) -> None:
    archive = of_members(**{"contents.json": b"[" * 100_000}, text=b"{}")
    with pytest.raises(ValueError, match="this is no packed seed"):
        unpack(archive, tmp_path)


@pytest.mark.parametrize("content", [b"", b"no tar", of_members(text=b"{}").getvalue()])
def test_what_is_no_packed_seed_is_said(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ValueError, match="this is no packed seed"):
        unpack(io.BytesIO(content), tmp_path)
