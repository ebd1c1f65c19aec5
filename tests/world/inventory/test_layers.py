"""What a layer tells, and what it hides of the layers below. Source: OCI image specification, "Whiteouts"."""

import tarfile

import pytest

from ecrmock.values.inventory import UnreadableImageError
from ecrmock.world.inventory.limits import Limits
from tests.world.inventory.layer_files import (
    OS_RELEASE,
    STATUS,
    go_program,
    layer,
    read,
    read_files,
)

LOWER = "opt/app/node_modules/x/package.json"
PACKAGES = {
    "a": b'{"name": "a", "version": "1.0.0"}',
    "b": b'{"name": "b", "version": "1.0.0"}',
    "c": b"{",
}


@pytest.mark.parametrize(
    "name",
    [
        *("opt/app/node_modules/x/.wh.package.json", "opt/.wh.app", ".wh.opt"),
        *("opt/app/node_modules/x/.wh..wh..opq", "opt/app/.wh..wh..opq", ".wh..wh..opq"),
        *(LOWER, "opt", "opt/app"),
    ],
)
def test_a_file_below_is_hidden_by(name):
    assert read_files({name: b""}).hides(LOWER)


@pytest.mark.parametrize(
    "name",
    [
        *(".wh.op", "opt/.wh.ap", "opt/app/node_modules/.wh.package.json", "opt/.wh..wh.plnk"),
        *("opt/app/node_modules/y/.wh..wh..opq", "opt/app/node_modules/x/index.js"),
    ],
)
def test_a_file_below_is_not_hidden_by(name):
    assert not read_files({name: b""}).hides(LOWER)


def test_a_folder_hides_a_file_at_its_place_but_not_what_is_below_both():
    upper = read_files({"opt": None, "opt/app": None, LOWER: None})
    assert upper.hides(LOWER)
    assert not upper.hides("opt/app/node_modules/z/package.json")


def test_a_whiteout_does_not_touch_its_own_layer():
    """The specification: whiteouts apply to lower layers only, whatever the order of the entries."""
    found = read_files({"etc/os-release": OS_RELEASE, "etc/.wh..wh..opq": b"", ".wh.etc": b""})
    assert list(found.files) == ["etc/os-release"]


@pytest.mark.parametrize("name", [".wh.", ".wh..", ".wh..."])
def test_a_whiteout_of_nothing_is_refused(name):
    with pytest.raises(UnreadableImageError, match="whiteout of nothing"):
        read_files({f"etc/{name}": b""})


def test_what_comes_later_in_an_archive_takes_the_place_of_what_came_before():
    files = {"var/lib/dpkg/status": STATUS, "var": b"a file now"}
    assert read_files(files).files == {}


def test_what_comes_after_a_file_that_took_the_place_of_a_folder_is_there():
    before, after = {"var/lib/dpkg/status": STATUS}, {"var/lib/apk/x": b""}
    found = read(
        layer(before)[:-1024] + layer({"var": b"a file now"})[:-1024] + layer(before | after)
    )
    assert list(found.files) == ["var/lib/dpkg/status"]


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        (Limits(folders=3), "more than 3 folders"),
        (Limits(files=1), "more than 1 files"),
        (Limits(packages=1), "more than 1 packages"),
        (Limits(text=60), "too much text"),
    ],
)
def test_what_is_kept_of_a_layer_has_bounds(limits, text):
    """Broken files count too, for the inventory names them."""
    files = {f"a/node_modules/{name}/package.json": content for name, content in PACKAGES.items()}
    assert read(layer({**files, "b/c/d": b"x"})).files.keys() == files.keys()
    with pytest.raises(UnreadableImageError, match=text):
        read(layer({**files, "b/c/d/e/f": b"x"}), limits)


def test_hard_links_count_as_what_they_tell():
    links = [(tarfile.LNKTYPE, f"usr/bin/{number}", "usr/bin/a") for number in range(5)]
    with pytest.raises(UnreadableImageError, match="more than 10 packages"):
        read(layer({"usr/bin/a": go_program()}, links=links), Limits(packages=10))


def test_a_hard_link_tells_what_its_target_tells():
    links = [(tarfile.LNKTYPE, "usr/bin/b", "./usr/bin/a"), (tarfile.LNKTYPE, "etc/x", "usr/bin/q")]
    found = read_files({"usr/bin/a": go_program()}, links=links)
    assert {package.file for package in found.files["usr/bin/b"].packages} == {"usr/bin/b"}
    assert "etc/x" not in found.files


def test_a_broken_file_is_kept_with_its_trouble():
    found = read_files({LOWER: b"{", "x.jar": b"no jar"})
    assert found.files[LOWER].trouble == "it is no JSON"
    assert found.files["x.jar"].trouble == "it is no zip archive"
