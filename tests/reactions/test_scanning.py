"""Scans that are due: done without the lock, and kept if they are still wanted."""

import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ecrmock.world
from ecrmock.backend import Backend
from ecrmock.handle import Ecr
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.scanner import Scanner
from tests.operations.test_scanning import CONTINUOUS_SCAN, rule
from tests.scanned_images import CVE, debian
from tests.store.durable.conftest import START

BY_TAG = ImageIdentifier(image_tag="1")
IMAGE = {"image_id": BY_TAG}
TO_ARCHIVE = {**IMAGE, "target_storage_class": "ARCHIVE"}


class Scanned:
    """A backend with an image; ``scanned(operation, …)`` makes a call about it."""

    def __init__(self, **settings: Any) -> None:
        self.backend = Backend(Settings(**settings), clock=Clock(START))
        self.ecr = Ecr(self.backend)

    def push(self, layer: Any = None) -> "Scanned":
        self.ecr.push_image("app", tag="1", layers=[layer or debian()])
        return self

    def __call__(self, operation: str, **parameters: Any) -> Any:
        return self.ecr._call(operation, repository_name="app", **parameters)

    def scan(self) -> "Scanned":
        self("StartImageScan", **IMAGE)
        return self

    def status(self) -> tuple[str, str | None]:
        found = self("DescribeImageScanFindings", **IMAGE).image_scan_status
        return found.status, found.description

    def names(self) -> list[str]:
        found = self("DescribeImageScanFindings", **IMAGE).image_scan_findings.findings
        return [finding.name for finding in found]


@pytest.fixture
def scanned() -> Callable[..., Scanned]:
    return Scanned


def test_the_lock_is_free_while_an_image_is_looked_through(scanned):
    """Another call is made from inside the reading of a layer."""
    subject, seen = scanned().push(), []

    def opened(digest):
        seen.append(subject("DescribeImages").image_details)
        return subject.backend.open_blob(digest)

    subject.backend.scanner = Scanner(opened, subject.backend.settings)
    subject.scan()
    assert (len(seen), subject.names()) == (2, [CVE])  # the config and the layer


@pytest.mark.parametrize(
    "change",
    [
        lambda subject: subject("BatchDeleteImage", image_ids=(BY_TAG,)),
        lambda subject: subject("DeleteRepository", force=True),
        lambda subject: subject("UpdateImageStorageClass", **TO_ARCHIVE),
    ],
)
def test_a_scan_that_is_not_wanted_any_more_tells_nothing(scanned, change):
    subject = scanned(settle="manual").push()
    subject.scan()
    change(subject)
    subject.ecr.settle()
    assert not [each for each in subject.ecr.events if each["detail-type"] == "ECR Image Scan"]


def test_a_scan_that_is_due_survives_a_restart(scanned, tmp_path):
    first = scanned(settle="manual", data=str(tmp_path)).push()
    first.scan()
    first.backend.close()
    again = scanned(settle="manual", data=str(tmp_path))
    assert again.status() == ("IN_PROGRESS", None)
    again.ecr.settle()
    assert again.names() == [CVE]
    again.backend.close()


@pytest.mark.parametrize("is_saved", [True, False])
def test_findings_and_demands_survive_a_restart(scanned, tmp_path, is_saved):
    first = scanned(data=str(tmp_path)).push()
    first.scan()
    first.ecr.scan_findings(package="other", findings=[])
    if is_saved:
        first.backend.save()
    first.backend.close()
    again = scanned(data=str(tmp_path))
    assert (again.names(), again.backend.state()) == ([CVE], first.backend.state())
    assert len(again.ecr._call("ListFindingsOnDemand", service="ecrmock")) == 1
    again.backend.close()


def test_a_snapshot_goes_back_before_a_scan(scanned):
    subject = scanned().push()
    before = subject.ecr.snapshot()
    subject.scan()
    subject.ecr.restore(before)
    subject.scan()
    assert subject.names() == [CVE]


def test_an_export_has_scans_and_demands(scanned, tmp_path):
    subject = scanned().push()
    subject.scan()
    subject.ecr.scan_findings(package="zlib1g", findings=[{"name": "CVE-1", "severity": "LOW"}])
    subject.ecr.export(tmp_path / "seed.json")
    again = scanned()
    again.ecr.seed(tmp_path / "seed.json")
    assert again.names() == subject.names() == ["CVE-1"]


# What can go wrong


def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the packages of the extra be not there, as to Python."""
    for name in ("univers", "cvss"):
        monkeypatch.setitem(sys.modules, name, None)


def test_without_the_extra_a_scan_says_how_to_get_it(scanned, monkeypatch, caplog):
    without_extra(monkeypatch)
    subject = scanned().push(debian("1:1.2.11.dfsg-2~never-seen"))
    with caplog.at_level(logging.WARNING, "ecrmock"):
        subject.scan()
    status, description = subject.status()
    assert (status, "pip install 'ecrmock[scan]'" in description) == ("FAILED", True)
    assert "pip install 'ecrmock[scan]'" in caplog.text


def test_without_the_extra_findings_on_demand_are_shown(scanned, monkeypatch):
    without_extra(monkeypatch)
    subject = scanned().push()
    subject.ecr.scan_findings("app", findings=[{"name": "CVE-1", "severity": "LOW"}])
    subject.scan()
    assert subject.names() == ["CVE-1"]


SAMPLE = Path(ecrmock.world.__file__).parent / "sample_advisories"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A folder of advisories that are not about the image."""
    folder = tmp_path / "advisories"
    folder.mkdir()
    shutil.copy(SAMPLE / "GO-2021-0113.json", folder)
    return folder


def test_advisories_that_went_away_are_named(scanned, other):
    subject = scanned(advisories=str(other)).push()
    shutil.rmtree(other)
    subject.scan()
    status, description = subject.status()
    assert (status, "there are no advisories at" in description) == ("FAILED", True)


def test_other_advisories_are_used_in_place_of_the_sample(scanned, other):
    subject = scanned(advisories=str(other)).push()
    subject.scan()
    assert subject.names() == []


def test_a_monitored_image_is_held_against_what_becomes_known(scanned, other):
    subject = scanned(advisories=str(other))
    rules = (rule(CONTINUOUS_SCAN, "*"),)
    subject.ecr._call("PutRegistryScanningConfiguration", scan_type="ENHANCED", rules=rules)
    subject.push()
    shutil.copy(SAMPLE / "DEBIAN-CVE-2022-37434.json", other)
    os.utime(other, (0, 0))
    told = []
    for days in (0.9, 0.1):
        subject.ecr.clock.advance(days=days)
        told.append(
            [each["detail-type"] for each in subject.ecr.events].count("Inspector2 Finding")
        )
    assert told == [0, 1]


# Another scanner

TRIVY = """#!/bin/sh
for folder; do :; done
test -f "$folder/oci-layout" || exit 3
cat <<END
{"SchemaVersion": 2, "Results": [{"Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [
  {"VulnerabilityID": "CVE-2026-9", "PkgName": "zlib1g", "Severity": "HIGH",
   "InstalledVersion": "$(ls "$folder"/blobs/sha256 | wc -l)"}]}]}
END
"""


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path = folder / "trivy"
    path.write_text(text)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_another_scanner_gets_the_image_as_a_layout(scanned, tmp_path, monkeypatch):
    """The program counts the blobs: a manifest, a config and a layer."""
    programs(tmp_path, monkeypatch, TRIVY)
    subject = scanned(scanner="trivy").push()
    subject.scan()
    (finding,) = subject("DescribeImageScanFindings", **IMAGE).image_scan_findings.findings
    version = next(each.value for each in finding.attributes if each.key == "package_version")
    assert (finding.name, finding.severity, version) == ("CVE-2026-9", "HIGH", "3")


def test_a_scanner_that_fails_ends_the_scan(scanned, tmp_path, monkeypatch):
    programs(tmp_path, monkeypatch, "#!/bin/sh\necho no database >&2\nexit 1\n")
    subject = scanned(scanner="trivy").push()
    subject.scan()
    status, description = subject.status()
    assert (status, "no database" in description) == ("FAILED", True)


def test_a_scanner_that_went_away_ends_it_too(scanned, tmp_path, monkeypatch):
    programs(tmp_path, monkeypatch, TRIVY)
    subject = scanned(scanner="trivy").push()
    (tmp_path / "trivy").unlink()
    subject.scan()
    assert subject.status() == (
        "FAILED",
        "ScannerFailedError: trivy is not on this machine's PATH",
    )
