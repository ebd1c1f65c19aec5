"""The scanner of a backend reads what it is told of an image, each layer once."""

import gzip
import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ecrmock.values.image_contents import ImageContents
from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError
from ecrmock.values.settings import Settings
from ecrmock.world.scanner import Scanner
from tests.world.inventory.layer_files import OS_RELEASE, STATUS, layer

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Opened(io.BytesIO):
    @property
    def size(self):
        return len(self.getvalue())

    def chunks(self, start, stop):
        yield self.getvalue()[start:stop]


class Blobs:
    """Blobs by name, with how often each was opened."""

    def __init__(self, **contents: bytes) -> None:
        self.contents, self.opened = contents, Counter()

    def __call__(self, digest: str) -> Opened:
        self.opened[digest] += 1
        return Opened(self.contents[digest])


def contents(*layers: str) -> ImageContents:
    return ImageContents(
        registry_id="123456789012",
        region="us-east-1",
        repository_name="app",
        image_digest="sha256:image",
        image_tags=(),
        image_pushed_at=NOW,
        image_manifest="{}",
        image_manifest_media_type="",
        config=None,
        layers=layers,
        read_at=NOW,
    )


def test_a_layer_is_read_once_however_many_images_have_it():
    debian = layer({"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": STATUS})
    blobs = Blobs(debian=gzip.compress(debian), more=layer({"file": b"x"}))
    scanner = Scanner(blobs, Settings())
    first, second = (
        scanner.inventory(contents(*names)) for names in (["debian"], ["debian", "more"])
    )
    assert first.packages == second.packages != ()
    assert blobs.opened == {"debian": 1, "more": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [(b'{"architecture": "arm64"}', {"architecture": "arm64"}), (b"[1]", {}), (b"{", {})],
)
def test_a_config_is_read_where_it_can_be(text, expected):
    scanner = Scanner(Blobs(config=text), Settings())
    assert scanner.config(replace(contents(), config="config")) == expected


def test_a_config_that_is_not_there_or_too_long_is_empty():
    scanner = Scanner(Blobs(long=b" " * (4 * 1024 * 1024 + 1)), Settings())
    for config in (None, "gone", "long"):
        assert scanner.config(replace(contents(), config=config)) == {}


def test_a_layer_that_is_no_archive_is_not_read():
    foreign = replace(contents("layer"), foreign_media_type="application/vnd.in-toto+json")
    with pytest.raises(UnsupportedImageError, match="vnd"):
        Scanner(Blobs(), Settings()).inventory(foreign)


def test_what_is_known_is_not_of_the_future(tmp_path):
    """A frozen clock may stand long before the files of advisories."""
    (tmp_path / "one.json").write_text('{"id": "ONE"}')
    scanner = Scanner(Blobs(), Settings(advisories=str(tmp_path)))
    assert scanner.updated_at(contents()) == NOW
    assert scanner.updated_at(replace(contents(), read_at=NOW.replace(year=9000))).year < 9000


def test_a_layer_that_was_deleted_meanwhile_makes_the_image_unreadable():
    blobs = Blobs()
    scanner = Scanner(blobs, Settings())
    with pytest.raises(UnreadableImageError, match="was deleted"):
        scanner.inventory(contents("gone"))
    blobs.contents["gone"] = layer({})
    assert scanner.inventory(contents("gone")).packages == ()
