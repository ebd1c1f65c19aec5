"""Advisories of folders and zips: found by package and by id, read once, never a crash."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from ecrmock.rules.advisories import vulnerabilities_in
from ecrmock.rules.findings import severity_of
from ecrmock.values.ecosystems import Ecosystem
from ecrmock.values.inventory import Inventory, OperatingSystem, Package
from ecrmock.world.advisories import Advisories, sample_advisories
from ecrmock.world.severities import rate
from ecrmock.world.versions import compare

LOG4J, SPRING = "org.apache.logging.log4j", "org.springframework"
DEBIAN_11 = Ecosystem("Debian", "11")
PYPI = Ecosystem("PyPI")


def record(identifier: str, ecosystem: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "modified": "2026-01-02T03:04:05Z",
        "affected": [{"package": {"ecosystem": ecosystem, "name": name}}],
        **more,
    }


def write(folder: Path, name: str, document: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(document))


def ids(advisories: Advisories, ecosystem: Ecosystem, name: str) -> list[str]:
    return [each.id for each in advisories.about(ecosystem, name)]


def test_a_folder_is_read_with_the_folders_in_it(tmp_path: Path) -> None:
    write(tmp_path, "one.json", record("ONE", "PyPI", "pyyaml"))
    write(tmp_path / "more", "two.json", record("TWO", "Debian:11", "zlib"))
    advisories = Advisories(tmp_path)
    assert len(advisories) == 2
    assert ids(advisories, PYPI, "pyyaml") == ["ONE"]
    assert ids(advisories, DEBIAN_11, "zlib") == ["TWO"]
    assert ids(advisories, DEBIAN_11, "pyyaml") == []


@pytest.mark.parametrize("is_in_folder", [True, False])
def test_a_zip_is_read_by_itself_and_in_a_folder(tmp_path: Path, is_in_folder: bool) -> None:
    path = tmp_path / "all.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("a/ONE.json", json.dumps(record("ONE", "PyPI", "pyyaml")))
        archive.writestr("README", "no advisory")
    advisories = Advisories(tmp_path if is_in_folder else path)
    assert ids(advisories, PYPI, "pyyaml") == ["ONE"]
    assert advisories.unreadable == ()


@pytest.mark.parametrize("asked", ["PyYAML", "pyyaml", "Py_Yaml", "py.yaml", "py--yaml"])
def test_a_name_of_pypi_is_found_however_it_is_written(tmp_path: Path, asked: str) -> None:
    """Source: PEP 503, normalized names."""
    name = "Py-YAML" if set(asked) & set("-_.") else "PyYAML"
    write(tmp_path, "one.json", record("ONE", "PyPI", name))
    assert ids(Advisories(tmp_path), PYPI, asked) == ["ONE"]


def test_one_advisory_is_found_by_its_id(tmp_path: Path) -> None:
    write(tmp_path, "one.json", record("ONE", "PyPI", "pyyaml"))
    advisories = Advisories(tmp_path)
    assert advisories.by_id("ONE") == advisories.about(PYPI, "pyyaml")[0]
    assert advisories.by_id("TWO") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("{}", "id is missing"),
        ('{"id": 5}', "id is not a text"),
        ('{"id": "A", "affected": {}}', "affected is not a list"),
        ('{"id": "A", "affected": [1]}', "item of affected is not an object"),
        ('{"id": "A", "affected": [{"package": {"name": "x"}}]}', "ecosystem is missing"),
        ('{"id": "A", "affected": [{"package": 1}]}', "package is not an object"),
        ('{"id": "A", "aliases": [1]}', "item of aliases is not a text"),
        ('{"id": "A", "modified": "yesterday"}', "modified is not a time"),
        ("[" * 100_000, "not JSON"),
        ('"\\ud800', "not JSON"),
        ('{"id": "\\ud800"}', "surrogate"),
        ('{"id": "A", "aliases": ["CVE-\\udfff"]}', "surrogate"),
    ],
)
def test_what_is_no_advisory_is_named_and_the_others_count(
    tmp_path: Path, text: str, reason: str
) -> None:
    write(tmp_path, "good.json", record("GOOD", "PyPI", "pyyaml"))
    (tmp_path / "bad.json").write_text(text)
    advisories = Advisories(tmp_path)
    (unreadable,) = advisories.unreadable
    assert unreadable.place == str(tmp_path / "bad.json")
    assert reason in unreadable.reason
    assert len(advisories) == 1


def test_bytes_that_are_no_text_and_a_broken_zip_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "bad.zip").write_bytes(b"PK no zip")
    names = [Path(each.place).name for each in Advisories(tmp_path).unreadable]
    assert names == ["bad.json", "bad.zip"]


def test_a_broken_member_of_a_zip_is_named(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("ONE.json", "x" * 100)
    path.write_bytes(path.read_bytes().replace(b"x" * 100, b"y" * 100))
    (unreadable,) = Advisories(path).unreadable
    assert unreadable.place == f"{path}!/ONE.json"


@pytest.mark.parametrize(
    ("method", "damage", "reason"),
    [
        (ZIP_LZMA, lambda data: data, "not read"),
        (ZIP_BZIP2, lambda data: data.replace(b"BZh", b"BZx"), "Invalid data"),
        (
            ZIP_DEFLATED,
            lambda data: data.replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\xff"),
            "version",
        ),
        (ZIP_DEFLATED, lambda data: data[40:], ""),
    ],
)
def test_a_zip_that_is_damaged_anywhere_is_named_and_the_others_count(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    method: int,
    damage: Callable[[bytes], bytes],
    reason: str,
) -> None:
    write(tmp_path, "good.json", record("GOOD", "PyPI", "pyyaml"))
    path = tmp_path / "bad.zip"
    with ZipFile(path, "w", method) as archive:
        archive.writestr("ONE.json", "x" * 100)
    path.write_bytes(damage(path.read_bytes()))
    advisories = Advisories(tmp_path)
    assert ids(advisories, PYPI, "pyyaml") == ["GOOD"]
    (unreadable,) = advisories.unreadable
    assert unreadable.place.startswith(str(path))
    assert reason in unreadable.reason
    assert f"advisories that cannot be read: 1; the first is {unreadable.place}" in caplog.text


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    write(tmp_path, "good.json", record("GOOD", "PyPI", "pyyaml"))
    write(tmp_path, "gone.json", record("GONE", "PyPI", "pyyaml"))
    advisories = Advisories(tmp_path)
    assert len(advisories) == 2
    (tmp_path / "gone.json").unlink()
    (tmp_path / "gone.json").mkdir()
    assert ids(advisories, PYPI, "pyyaml") == ["GOOD"]


def test_what_was_withdrawn_is_counted_and_not_used(tmp_path: Path) -> None:
    write(tmp_path, "a.json", record("A", "PyPI", "p", withdrawn="2026-01-01T00:00:00Z"))
    advisories = Advisories(tmp_path)
    assert (len(advisories), advisories.withdrawn) == (0, 1)
    assert ids(advisories, PYPI, "p") == []


def test_a_record_that_lies_there_twice_counts_once(tmp_path: Path) -> None:
    for name in ("one.json", "again.json"):
        write(tmp_path, name, record("ONE", "PyPI", "p"))
    assert ids(Advisories(tmp_path), PYPI, "p") == ["ONE"]


def test_files_are_read_when_they_are_first_needed_and_indexed_once(tmp_path: Path) -> None:
    """A change below a folder of the path is not seen: to look for one would read it all each time."""
    advisories = Advisories(tmp_path)
    write(tmp_path / "later", "one.json", record("ONE", "PyPI", "p"))
    assert len(advisories) == 1
    write(tmp_path / "later", "two.json", record("TWO", "PyPI", "p"))
    assert ids(advisories, PYPI, "p") == ["ONE"]


def test_a_folder_that_has_changed_is_indexed_anew(tmp_path: Path) -> None:
    """Images that are monitored are to be held against what has become known."""
    write(tmp_path, "one.json", record("ONE", "PyPI", "pyyaml"))
    advisories = Advisories(tmp_path)
    assert ids(advisories, PYPI, "jinja2") == []
    write(tmp_path, "two.json", record("TWO", "PyPI", "jinja2"))
    os.utime(tmp_path, (0, 0))  # two changes may be of one time
    assert ids(advisories, PYPI, "jinja2") == ["TWO"]


def test_a_file_that_was_taken_away_since_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "one.json", record("ONE", "PyPI", "p"))
    advisories = Advisories(tmp_path)
    assert len(advisories) == 1
    (tmp_path / "one.json").unlink()
    assert ids(advisories, PYPI, "p") == []


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no advisories at"):
        len(Advisories(tmp_path / "nowhere"))


def test_the_age_of_advisories_is_that_of_the_newest_file(tmp_path: Path) -> None:
    write(tmp_path, "one.json", record("ONE", "PyPI", "p"))
    assert Advisories(tmp_path).updated_at == (tmp_path / "one.json").stat().st_mtime
    assert Advisories(tmp_path / "one.json").updated_at > 0


# The advisories that come with ecrmock


def test_every_sample_is_readable_and_has_its_page() -> None:
    samples = sample_advisories()
    assert samples.unreadable == ()
    assert 10 <= len(samples) <= 20
    for path in sample_paths():
        advisory = samples.by_id(json.loads(path.read_text())["id"])
        assert advisory is not None
        assert advisory.affected
        assert all(url.startswith("https://") for url in advisory.reference_urls)
        assert advisory.reference_urls


def test_samples_of_every_ecosystem_are_there() -> None:
    samples = [sample_advisories().by_id(json.loads(p.read_text())["id"]) for p in sample_paths()]
    families = {e.ecosystem.family for each in samples if each for e in each.affected}
    assert families == {
        *("Debian", "Ubuntu", "Alpine", "AlmaLinux", "Red Hat"),
        *("PyPI", "npm", "Go", "Maven"),
    }


@pytest.mark.parametrize(
    ("system", "package", "vulnerability", "severity"),
    [
        ("debian 11", ("deb", "zlib1g", "1:1.2.11.dfsg-2", "zlib"), "CVE-2022-37434", "CRITICAL"),
        ("debian 11", ("deb", "libc6", "2.31-13+deb11u6", "glibc"), "CVE-2023-4911", "HIGH"),
        ("debian 12", ("deb", "libc6", "2.36-9+deb12u2", "glibc"), "CVE-2023-4911", "HIGH"),
        (
            "ubuntu 22.04",
            ("deb", "zlib1g", "1:1.2.11.dfsg-2ubuntu9", "zlib"),
            "CVE-2022-37434",
            "MEDIUM",
        ),
        ("alpine 3.18.0", ("apk", "zlib", "1.2.12-r1", "zlib"), "CVE-2022-37434", "CRITICAL"),
        ("alpine 3.17.1", ("apk", "libssl3", "3.0.7-r0", "openssl"), "CVE-2022-3996", "HIGH"),
        ("almalinux 8.6", ("rpm", "zlib", "1.2.11-18.el8_5", "zlib"), "CVE-2022-37434", "MEDIUM"),
        ("rhel 9.4", ("rpm", "openssh-server", "8.7p1-38.el9", "openssh"), "CVE-2024-6387", "HIGH"),
        ("", ("pypi", "PyYAML", "5.3.1", None), "CVE-2020-14343", "CRITICAL"),
        ("", ("pypi", "Jinja2", "3.1.2", None), "CVE-2024-22195", "MEDIUM"),
        ("", ("npm", "lodash", "4.17.20", None), "CVE-2021-23337", "HIGH"),
        ("", ("npm", "minimist", "0.2.3", None), "CVE-2021-44906", "CRITICAL"),
        ("", ("golang", "stdlib", "go1.19", None), "CVE-2022-27664", "HIGH"),
        ("", ("golang", "golang.org/x/text", "v0.3.6", None), "CVE-2021-38561", "HIGH"),
        ("", ("maven", f"{LOG4J}:log4j-core", "2.14.1", None), "CVE-2021-44228", "CRITICAL"),
        ("", ("maven", f"{SPRING}:spring-beans", "5.3.17", None), "CVE-2022-22965", "CRITICAL"),
    ],
)
def test_the_samples_find_something_in_every_ecosystem(
    system: str, package: tuple[str, str, str, str | None], vulnerability: str, severity: str
) -> None:
    kind, name, full, source = package
    epoch, _, version = full.rpartition(":")
    found = Package(
        kind=kind,
        name=name,
        version=version,
        epoch=int(epoch) if epoch else None,
        source_name=source,
    )
    os_id, _, version_id = system.partition(" ")
    inventory = Inventory(
        operating_system=OperatingSystem(id=os_id, version_id=version_id), packages=(found,)
    )
    samples = sample_advisories()
    matches = vulnerabilities_in(inventory, samples.about, samples.by_id, compare)
    assert vulnerability in [each.vulnerability_id for each in matches.vulnerabilities]
    assert {severity_of(each, rate) for each in matches.vulnerabilities} == {severity}


def sample_paths() -> list[Path]:
    folder = Path(__file__).parents[2] / "ecrmock/world/sample_advisories"
    return sorted(folder.glob("*.json"))
