"""An inventory as CycloneDX: valid by its schema, complete, and the same each time."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from ecrmock.values.errors import MissingExtraError
from ecrmock.values.inventory import Inventory, OperatingSystem, Package
from ecrmock.world.sbom import cyclonedx_json, package_url

DEBIAN = OperatingSystem(id="debian", version_id="12", pretty_name="Debian GNU/Linux 12")
LOGIN = Package(
    kind="deb",
    name="login",
    version="4.13+dfsg1-1",
    epoch=1,
    architecture="amd64",
    source_name="shadow",
    source_version="1:4.13+dfsg1-1",
    file="var/lib/dpkg/status",
    layer=f"sha256:{'a' * 64}",
)
NPM = Package(kind="npm", name="@a/b", version="1.0.0", license="MIT", file="node_modules/b")
INVENTORY = Inventory(operating_system=DEBIAN, packages=(LOGIN, NPM))
ABOUT = {
    "name": "123456789012.dkr.ecr.us-east-1.amazonaws.com/app",
    "digest": f"sha256:{'b' * 64}",
    "created_at": datetime(2026, 1, 2, tzinfo=UTC),
    "serial_number": UUID(int=1),
}


def test_the_document_is_valid_by_its_schema():
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = cyclonedx_json(INVENTORY, **ABOUT)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_the_document_names_image_packages_and_system():
    document = json.loads(cyclonedx_json(INVENTORY, **ABOUT))
    found = {part["name"]: part for part in document["components"]}
    assert document["metadata"]["component"]["version"] == ABOUT["digest"]
    assert found["debian"]["type"] == "operating-system"
    assert found["login"]["version"] == "1:4.13+dfsg1-1"
    assert (found["b"]["group"], found["b"]["licenses"]) == ("@a", [{"license": {"name": "MIT"}}])
    assert {"name": "ecrmock:layer", "value": LOGIN.layer} in found["login"]["properties"]


def test_the_document_is_the_same_each_time():
    assert cyclonedx_json(INVENTORY, **ABOUT) == cyclonedx_json(INVENTORY, **ABOUT)


def test_an_empty_inventory_has_a_document():
    assert json.loads(cyclonedx_json(Inventory(), **ABOUT))["bomFormat"] == "CycloneDX"


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        (
            LOGIN,
            "pkg:deb/debian/login@1:4.13%2Bdfsg1-1?arch=amd64&distro=debian-12&upstream=shadow",
        ),
        (
            replace(LOGIN, kind="rpm", name="bash", version="5-6", source_name="bash", epoch=2),
            "pkg:rpm/debian/bash@5-6?arch=amd64&distro=debian-12&epoch=2"
            "&upstream=bash%401:4.13%2Bdfsg1-1",
        ),
        (NPM, "pkg:npm/%40a/b@1.0.0"),
        (Package(kind="pypi", name="Flask_X", version="3"), "pkg:pypi/flask-x@3"),
        (Package(kind="maven", name="g.h:a", version="1"), "pkg:maven/g.h/a@1"),
        (Package(kind="golang", name="a.com/b/c", version="v1"), "pkg:golang/a.com/b/c@v1"),
        (Package(kind="golang", name="stdlib", version="1.2"), "pkg:golang/stdlib@1.2"),
    ],
)
def test_a_package_has_its_url(package, expected):
    assert package_url(package, DEBIAN) == expected


@pytest.mark.parametrize(
    ("kind", "name"),
    [("golang", "a.com/"), ("maven", "g:/"), ("npm", "@a//"), ("pypi", "/"), ("deb", " ")],
)
def test_a_package_whose_name_fits_in_no_url_is_there_without_one(kind, name):
    """A file in an image may say anything; the document was an error for all of its packages."""
    package = Package(kind=kind, name=name, version="1", file="x")
    assert package_url(package, DEBIAN) is None
    inventory = Inventory(operating_system=DEBIAN, packages=(package, LOGIN))
    _, odd, login = json.loads(cyclonedx_json(inventory, **ABOUT))["components"]
    assert "purl" not in odd
    assert "purl" in login


def test_without_the_extra_it_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "cyclonedx.model.component", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ecrmock\[scan\]'"):
        cyclonedx_json(INVENTORY, **ABOUT)


def test_what_packages_depend_on_is_not_made_up():
    """That they are in the image is known; a component without an entry is one whose needs are unknown."""
    (entry,) = json.loads(cyclonedx_json(INVENTORY, **ABOUT))["dependencies"]
    assert entry == {
        "ref": "image",
        "dependsOn": ["operating-system", "package-1", "package-2"],
    }
