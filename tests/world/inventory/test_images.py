"""Layers are laid one upon the other, and only what can be seen from above counts."""

import tarfile
from array import array

import pytest

from ecrmock.values.inventory import Package, UnreadableImageError, UnsupportedImageError
from ecrmock.world.inventory.found import FoundFile, LayerInventory
from ecrmock.world.inventory.images import read_image
from ecrmock.world.inventory.paths import PathSet
from tests.world.inventory.layer_files import (
    APK,
    BASH,
    OS_RELEASE,
    STATUS,
    go_program,
    read_files,
    rpm_database,
)

BASE = read_files(
    {"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": STATUS, "bin/x": go_program()}
)
PACKAGE = b'{"name": "left-pad", "version": "1.3.0"}'


def image(*layers):
    return read_image([str(number) for number in range(len(layers))], lambda at: layers[int(at)])


def names(inventory) -> list[str]:
    return [f"{package.kind} {package.name}" for package in inventory.packages]


def test_packages_of_all_layers_are_there_with_the_layer_that_they_lie_in():
    inventory = image(BASE, read_files({"app/node_modules/left-pad/package.json": PACKAGE}))
    assert names(inventory)[:2] == ["deb libc6", "deb login"]
    assert {each.name: each.layer for each in inventory.packages}["left-pad"] == "1"
    assert inventory.operating_system.id == "debian"
    assert [each.name for each in inventory.operating_system_packages] == ["libc6", "login"]


def test_an_upper_database_replaces_the_lower_one():
    upper = read_files({"var/lib/dpkg/status": STATUS.replace(b"2.36", b"2.37")})
    versions = [each.version for each in image(BASE, upper).packages if each.name == "libc6"]
    assert versions == ["2.37-9+b1"]


def test_a_program_that_is_replaced_by_another_is_gone():
    assert [
        name for name in names(image(BASE, read_files({"bin/x": b"#!"}))) if "golang" in name
    ] == []


def test_a_file_that_was_deleted_and_came_back_is_there_again():
    gone = read_files({"etc/.wh.os-release": b""})
    assert image(BASE, gone).operating_system is None
    assert image(BASE, gone, BASE).operating_system is not None


@pytest.mark.parametrize("target", ["../usr/lib/os-release", "/usr/lib/os-release"])
def test_a_link_to_the_os_release_is_followed_into_another_layer(target):
    link = read_files({}, links=[(tarfile.SYMTYPE, "etc/os-release", target)])
    real = read_files({"usr/lib/os-release": OS_RELEASE.replace(b"12", b"13")})
    assert image(real, link).operating_system.version_id == "13"


def test_links_in_a_circle_end():
    links = [(tarfile.SYMTYPE, "etc/os-release", "../usr/lib/os-release")]
    links += [(tarfile.SYMTYPE, "usr/lib/os-release", "../../etc/os-release")]
    assert image(read_files({}, links=links)).operating_system is None


def test_an_empty_image_has_an_empty_inventory():
    assert image(read_files({"hello": b"x"})).packages == ()


def test_a_broken_database_makes_the_image_unreadable_unless_it_is_hidden():
    broken = read_files({"var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + b"x" * 5000})
    with pytest.raises(UnreadableImageError, match=r"var/lib/rpm/rpmdb\.sqlite"):
        image(broken)
    assert image(broken, read_files({"var/lib/.wh.rpm": b""})).packages == ()


@pytest.mark.parametrize(("name", "form"), [("Packages", "Berkeley DB"), ("Packages.db", "ndb")])
def test_an_older_rpm_database_is_named_unless_the_new_one_is_there(name, form):
    old = read_files({f"var/lib/rpm/{name}": b"x"})
    with pytest.raises(UnsupportedImageError, match=form):
        image(old)
    new = read_files({"usr/lib/sysimage/rpm/rpmdb.sqlite": rpm_database(BASH)})
    assert names(image(old, new)) == ["rpm bash"]


def test_a_broken_file_of_a_language_package_is_named_and_hinders_nothing():
    layer = read_files({"lib/apk/db/installed": APK, "a/node_modules/b/package.json": b"["})
    inventory = image(layer)
    assert names(inventory) == ["apk musl", "apk ssl_client"]
    assert inventory.unreadable == ("a/node_modules/b/package.json",)


def test_the_packages_of_an_image_have_a_bound():
    """Each layer may have 50,000, and an image hundreds of layers."""
    many = (Package(kind="deb", name="a", version="1"),) * 50_000
    none = PathSet(array("Q"))
    layers = [
        LayerInventory(
            files={f"{number}": FoundFile(path=f"{number}", kind="deb", packages=many)},
            **dict.fromkeys(("folders", "others", "whiteouts", "opaque_folders"), none),
        )
        for number in range(3)
    ]
    assert len(image(*layers[:2]).packages) == 100_000
    with pytest.raises(UnreadableImageError, match="more than 100,000 packages"):
        image(*layers)
