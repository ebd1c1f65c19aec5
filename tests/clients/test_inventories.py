"""An inventory is what the package managers themselves say of the same tree."""

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecrmock.values.inventory import Inventory
from ecrmock.world.inventory.images import read_image
from ecrmock.world.inventory.layers import read_layer
from ecrmock.world.inventory.streams import chunks_of
from tests.clients.conftest import available
from tests.clients.programs import Program

pytestmark = [pytest.mark.clients, pytest.mark.slow]

BASE = Path(__file__).parents[2] / ".cache/base/bookworm.tar.gz"  # where .ci/run leaves one
DPKG = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n"
RPM = "%{NAME}\t%{EPOCH}\t%{VERSION}-%{RELEASE}\t%{ARCH}\t%{SOURCERPM}\t%{LICENSE}\n"
SPEC = """
Name: {name}
Version: {version}
Release: 3%{{?dist}}
{epoch}
Summary: a package for tests
License: MIT AND Apache-2.0
BuildArch: noarch
%description
A package for tests.
%package -n {name}-extra
Summary: a part of it
%description -n {name}-extra
A part of it.
%files
%files -n {name}-extra
"""


def program(name: str) -> Program:
    """Return a program of the package managers, which Debian has."""
    if not shutil.which(name):
        pytest.skip(f"{name} is absent: install Debian's package of it")
    return Program((name,))


def packed(tree: Path, name: str = "layer.tar.gz") -> Path:
    """Pack a tree as a layer, beside it."""
    layer = tree.parent / name
    subprocess.run(
        ["tar", "--create", "--gzip", "--file", layer, "--directory", tree, "."], check=True
    )
    return layer


def inventory_of(layer: Path) -> Inventory:
    with layer.open("rb") as stored:
        found = read_layer(chunks_of(stored))
    return read_image(["sha256:0"], lambda _: found)


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Debian root as a layer: the one that .ci/run made, or a new one."""
    if BASE.exists():
        return BASE
    make, root = program("debootstrap"), tmp_path_factory.mktemp("debian") / "root"
    listed = Program(("apt-get",))("indextargets", "--format", "$(REPO_URI)", "Component: main")
    make("--variant=minbase", "bookworm", str(root), *listed.splitlines()[:1], timeout=900)
    layer = packed(root)
    shutil.rmtree(root)
    return layer


def test_debian_packages_are_those_of_dpkg_query(debian, tmp_path):
    folder, query = "./var/lib/dpkg", program("dpkg-query")
    subprocess.run(
        ["tar", "--extract", "--file", debian, "--directory", tmp_path, folder], check=True
    )
    listed = query(f"--admindir={tmp_path / folder}", "--show", f"--showformat={DPKG}")
    expected = {tuple(rest) for status, *rest in rows(listed) if status == "installed"}
    found = inventory_of(debian)
    assert found.operating_system.id == "debian"
    assert len(expected) > 50
    assert {
        (each.name, each.full_version, each.architecture, each.source_name, each.source_version)
        for each in found.packages
        if each.kind == "deb"
    } == expected


def rows(text: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in text.splitlines())


@pytest.fixture
def red_hat(tmp_path: Path) -> tuple[Path, Program]:
    """A root with packages that rpm built and installed, and rpm for it."""
    build, root = program("rpmbuild"), tmp_path / "root"
    (root / "var/lib/rpm").mkdir(parents=True)
    macros = ("--define", f"_topdir {tmp_path}", "--define", f"_rpmdir {tmp_path}/rpms")
    for name, version, epoch in [("one", "1.0", ""), ("two", "2.5~rc1", "Epoch: 7")]:
        spec = tmp_path / f"{name}.spec"
        spec.write_text(SPEC.format(name=name, version=version, epoch=epoch))
        build("-bb", *macros, str(spec))
    rpm = Program(("rpm", "--root", str(root), "--dbpath", "/var/lib/rpm"))
    rpm("--install", "--nodeps", *map(str, (tmp_path / "rpms/noarch").glob("*.rpm")))
    return root, rpm


def test_rpm_packages_are_those_of_rpm(red_hat):
    root, rpm = red_hat
    expected = sorted(rows(rpm("--query", "--all", "--queryformat", RPM)))
    found = [each for each in inventory_of(packed(root)).packages if each.kind == "rpm"]
    assert [row[0] for row in expected] == ["one", "one-extra", "two", "two-extra"]
    assert [
        [
            *(each.name, "(none)" if each.epoch is None else str(each.epoch), each.version),
            *(each.architecture, f"{each.source_name}-{each.source_version}.src.rpm"),
            each.license,
        ]
        for each in found
    ] == expected


def test_python_packages_are_those_of_pip(tmp_path):
    """The tree is that of this interpreter; what a package carries inside itself pip does not list."""
    tree = Path(sysconfig.get_path("purelib"))
    pip = Program((sys.executable, "-m", "pip", "list", "--path", str(tree), "--format", "json"))
    expected = {(each["name"], each["version"]) for each in json.loads(pip())}
    layer = tmp_path / "layer.tar.gz"
    subprocess.run(["tar", "-czf", layer, "--directory", tree, "."], check=True)
    found = [each for each in inventory_of(layer).packages if each.kind == "pypi"]
    assert len(expected) > 10
    assert {(each.name, each.version) for each in found if each.file.count("/") < 2} == expected


def test_npm_packages_are_those_of_npm(tmp_path):
    available("npm")
    tree = tmp_path / "tree"
    tree.mkdir()
    npm = Program(("npm", "--prefix", str(tree), "--no-audit", "--no-fund", "--ignore-scripts"))
    npm("install", "express@4", "@sigstore/bundle@3", timeout=300)
    expected = dict.fromkeys(npm_names(json.loads(npm("ls", "--all", "--json"))))
    found = [each for each in inventory_of(packed(tree)).packages if each.kind == "npm"]
    assert len(expected) > 50
    assert {(each.name, each.version) for each in found} == set(expected)


def npm_names(tree: dict) -> Iterator[tuple[str, str]]:
    """Yield name and version of all below, as often as they are needed."""
    for name, part in tree.get("dependencies", {}).items():
        yield name, part["version"]
        yield from npm_names(part)


@pytest.mark.clients_extra
@pytest.mark.parametrize("name", ["crane", "helm"])
def test_modules_of_a_go_program_are_those_of_go(built, name, tmp_path):
    """``go version -m`` tells what the linker wrote; a line with ``=>`` is in the place of the one before."""
    tree = tmp_path / "tree"
    tree.mkdir()
    shutil.copy(built(name).command[0], tree / "program")
    first, *lines = rows(program("go")("version", "-m", str(tree / "program")))
    modules = [("stdlib", first[0].rpartition("go")[2])]
    for _, kind, *fields in lines:
        if kind == "=>":
            modules.pop()
        if kind in ("mod", "dep", "=>"):
            modules.append((fields[0], fields[1]))
    found = [each for each in inventory_of(packed(tree)).packages if each.kind == "golang"]
    assert len(modules) > 5
    assert sorted((each.name, each.version) for each in found) == sorted(modules)
