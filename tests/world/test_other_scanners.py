"""Reports of Trivy and Grype in the forms that they document, and programs that fail.

Sources: Trivy, "Reporting", JSON; Grype, grype/presenter/models. The facts are those of the samples.
"""

import copy
import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecrmock.rules.findings import basic_findings
from ecrmock.world.other_scanners import _COMMANDS, OtherScanner, ScannerFailedError, read_report
from ecrmock.world.severities import rate

ZLIB = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LODASH = "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"
LAYER = "sha256:" + "1" * 64
TRIVY: dict[str, Any] = {
    "SchemaVersion": 2,
    "Trivy": {"Version": "0.74.0"},
    "ArtifactName": "layout",
    "ArtifactType": "container_image",
    "Metadata": {"OS": {"Family": "debian", "Name": "11.4"}},
    "Results": [
        {
            "Target": "layout (debian 11.4)",
            "Class": "os-pkgs",
            "Type": "debian",
            "Packages": [
                {"ID": "tar@1", "Name": "tar", "SrcName": "tar"},
                {
                    "ID": "zlib1g@1:1.2.11.dfsg-2",
                    "Name": "zlib1g",
                    "Version": "1.2.11.dfsg",
                    "Arch": "amd64",
                    "SrcName": "zlib",
                },
            ],
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2022-37434",
                    "VendorIDs": ["DSA-5218-1"],
                    "PkgID": "zlib1g@1:1.2.11.dfsg-2",
                    "PkgName": "zlib1g",
                    "InstalledVersion": "1:1.2.11.dfsg-2",
                    "FixedVersion": "1:1.2.11.dfsg-2+deb11u2",
                    "Status": "fixed",
                    "Layer": {"Digest": LAYER, "DiffID": "sha256:" + "2" * 64},
                    "SeveritySource": "nvd",
                    "PrimaryURL": "https://avd.aquasec.com/nvd/cve-2022-37434",
                    "Title": "zlib: a title",
                    "Description": "what it is",
                    "Severity": "CRITICAL",
                    "CVSS": {
                        "amazon": {"V3Vector": "CVSS:3.1/AV:P", "V3Score": 1},
                        "redhat": {"V3Vector": "CVSS:3.1/AV:L", "V3Score": 7},
                        "nvd": {"V3Vector": ZLIB, "V3Score": 9.8},
                    },
                    "References": ["https://nvd.nist.gov/vuln/detail/CVE-2022-37434"],
                    "PublishedDate": "2022-08-05T07:15:07.24Z",
                    "LastModifiedDate": "2025-05-30T20:15:29.203Z",
                }
            ],
        },
        {"Target": "no findings", "Class": "lang-pkgs", "Type": "pip"},
        {
            "Target": "Node.js",
            "Class": "lang-pkgs",
            "Type": "node-pkg",
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2021-23337",
                    "PkgName": "lodash",
                    "PkgPath": "app/node_modules/lodash/package.json",
                    "InstalledVersion": "4.17.20",
                    "Severity": "UNKNOWN",
                }
            ],
        },
        {"Target": "keys", "Class": "secret", "Secrets": []},
    ],
}
GRYPE: dict[str, Any] = {
    "matches": [
        {
            "vulnerability": {
                "id": "CVE-2022-37434",
                "dataSource": "https://security-tracker.debian.org/tracker/CVE-2022-37434",
                "namespace": "debian:distro:debian:11",
                "severity": "Critical",
                "urls": ["https://nvd.nist.gov/vuln/detail/CVE-2022-37434"],
                "description": "what it is",
                "cvss": [],
                "fix": {"versions": ["1:1.2.11.dfsg-2+deb11u2"], "state": "fixed"},
                "advisories": [],
                "risk": 9.5,
            },
            "relatedVulnerabilities": [
                {
                    "id": "CVE-2022-37434",
                    "dataSource": "https://nvd.nist.gov/vuln/detail/CVE-2022-37434",
                    "namespace": "nvd:cpe",
                    "severity": "Critical",
                    "urls": [],
                    "cvss": [
                        {"version": "3.1", "vector": ZLIB, "metrics": {"baseScore": 9.8}},
                        {"version": "3.1", "vector": "CVSS:3.1/AV:L", "metrics": {"baseScore": 1}},
                    ],
                }
            ],
            "matchDetails": [{"type": "exact-indirect-match", "matcher": "dpkg-matcher"}],
            "artifact": {
                "id": "1",
                "name": "zlib1g",
                "version": "1:1.2.11.dfsg-2",
                "type": "deb",
                "locations": [{"path": "/var/lib/dpkg/status", "layerID": LAYER}],
                "upstreams": [{"name": "zlib"}],
            },
        },
        {
            "vulnerability": {
                "id": "GHSA-35jh-r3h4-6jhm",
                "dataSource": "https://github.com/advisories/GHSA-35jh-r3h4-6jhm",
                "namespace": "github:language:javascript",
                "severity": "High",
                "urls": [],
                "cvss": [{"version": "3.1", "vector": LODASH, "metrics": {"baseScore": 7.2}}],
                "fix": {"versions": [], "state": "not-fixed"},
            },
            "relatedVulnerabilities": [{"id": "CVE-2021-23337", "description": "from the other"}],
            "matchDetails": [],
            "artifact": {
                "name": "lodash",
                "version": "4.17.20",
                "type": "npm",
                "locations": [{"path": "/app/node_modules/lodash/package.json"}],
                "upstreams": [],
            },
        },
    ],
    "source": {"type": "image"},
    "descriptor": {"name": "grype", "version": "0.121.2"},
}
REPORTS = {"trivy": TRIVY, "grype": GRYPE}


@pytest.mark.parametrize("name", REPORTS)
def test_a_package_of_the_system_is_read_with_fix_layer_and_vector(name: str) -> None:
    one = read_report(name, json.dumps(REPORTS[name]))[0]
    assert (one.vulnerability_id, one.is_system_package) == ("CVE-2022-37434", True)
    assert (one.vectors, one.description) == ((ZLIB,), "what it is")
    package = one.package
    assert (package.name, package.version) == ("zlib1g", "1:1.2.11.dfsg-2")
    assert package.fixed_in_version == "1:1.2.11.dfsg-2+deb11u2"
    assert (package.package_manager, package.source_layer_hash) == ("OS", LAYER)
    assert package.file_path is None


@pytest.mark.parametrize("name", REPORTS)
def test_a_language_package_is_read_with_its_file(name: str) -> None:
    one = read_report(name, json.dumps(REPORTS[name]))[1]
    assert (one.vulnerability_id, one.is_system_package) == ("CVE-2021-23337", False)
    assert (one.package.name, one.package.fixed_in_version) == ("lodash", None)
    assert str(one.package.file_path).endswith("app/node_modules/lodash/package.json")


def test_trivy_tells_when_and_by_whom() -> None:
    one, other = read_report("trivy", json.dumps(TRIVY))
    assert one.vendor_created_at == datetime(2022, 8, 5, 7, 15, 7, 240000, UTC)
    assert (one.source, one.related_vulnerabilities) == ("NVD", ("DSA-5218-1",))
    assert other.vendor_created_at is None


def test_trivy_tells_the_source_package_where_it_lists_packages() -> None:
    one, other = read_report("trivy", json.dumps(TRIVY))
    assert (one.reported_name, one.package.arch) == ("zlib", "amd64")
    assert (other.reported_name, other.package.arch) == ("lodash", None)


def test_grype_tells_the_source_package_and_the_other_id() -> None:
    one, other = read_report("grype", json.dumps(GRYPE))
    assert (one.reported_name, other.reported_name) == ("zlib", "lodash")
    assert other.related_vulnerabilities == ("GHSA-35jh-r3h4-6jhm",)
    assert other.description == "from the other"


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_becomes_findings_as_advisories_do(name: str) -> None:
    (one,) = basic_findings(read_report(name, json.dumps(REPORTS[name])), rate)
    assert (one.name, one.severity) == ("CVE-2022-37434", "CRITICAL")
    values = {attribute.key: attribute.value for attribute in one.attributes}
    assert values == {
        "package_name": "zlib",
        "package_version": "1:1.2.11.dfsg-2",
        "CVSS3_VECTOR": ZLIB,
        "CVSS3_SCORE": "9.8",
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trivy", '{"SchemaVersion": 2}'),
        ("trivy", '{"Results": null}'),
        ("trivy", '{"Results": [{"Vulnerabilities": null}]}'),
        ("grype", '{"matches": []}'),
    ],
)
def test_a_report_can_be_empty(name: str, text: str) -> None:
    assert read_report(name, text) == ()


@pytest.mark.parametrize("odd", [5, True, [], {}, [[]], {"a": 1}])
@pytest.mark.parametrize(
    ("name", "member"),
    [
        *(("trivy", each) for each in ("VulnerabilityID", "PkgName", "Severity", "CVSS", "Title")),
        *(("grype", each) for each in ("id", "severity", "cvss", "namespace", "urls")),
    ],
)
def test_a_member_of_another_kind_ends_in_no_other_error(
    name: str, member: str, odd: object
) -> None:
    """A later version may write it so; the scan ended in a TypeError and stayed in progress."""
    report = copy.deepcopy(REPORTS[name])
    found = (
        report["Results"][0]["Vulnerabilities"][0]
        if name == "trivy"
        else report["matches"][0]["vulnerability"]
    )
    found[member] = odd
    found.pop("Description", None)
    with suppress(ScannerFailedError):
        basic_findings(read_report(name, json.dumps(report)), rate)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(
    "text", ["", "FATAL", "[]", '{"Results": [1], "matches": [1]}', '{"Results": 1, "matches": 1}']
)
def test_a_report_of_another_form_is_an_error_of_its_own(name: str, text: str) -> None:
    with pytest.raises(ScannerFailedError, match=name):
        read_report(name, text)


# The programs

Program = Callable[[str, str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Return what puts a script on the PATH, alone but for what the script needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def put(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return put


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("trivy", "image --format json --scanners vuln --quiet --input {layout}"),
        ("grype", "--output json --quiet oci-dir:{layout}"),
    ],
)
def test_a_program_is_run_on_a_layout_and_its_report_is_read(
    tmp_path: Path, program: Program, name: str, arguments: str
) -> None:
    (tmp_path / "report").write_text(json.dumps(REPORTS[name]))
    program(name, f'echo "$@" > {tmp_path}/arguments; cat {tmp_path}/report')
    layout = tmp_path / "lay out"
    assert len(OtherScanner(name).scan(layout)) == 2
    assert (tmp_path / "arguments").read_text() == arguments.format(layout=layout) + "\n"


def test_a_program_that_fails_is_quoted(tmp_path: Path, program: Program) -> None:
    program("trivy", "echo FATAL no database >&2; exit 3")
    with pytest.raises(ScannerFailedError, match="failed with 3: FATAL no database"):
        OtherScanner("trivy").scan(tmp_path)


def test_a_program_that_hangs_is_ended(tmp_path: Path, program: Program) -> None:
    program("grype", "exec tail -f /dev/null")
    with pytest.raises(ScannerFailedError, match=r"more than 0\.1 seconds"):
        OtherScanner("grype", timeout_seconds=0.1).scan(tmp_path)


def test_a_program_that_cannot_be_run_is_an_error(tmp_path: Path, program: Program) -> None:
    program("grype", "")
    scanner = OtherScanner("grype")
    (tmp_path / "bin" / "grype").unlink()
    with pytest.raises(ScannerFailedError, match="grype"):
        scanner.scan(tmp_path)


def test_a_scanner_that_is_not_there_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScannerFailedError, match="not on this machine's PATH"):
        OtherScanner("trivy")
    with pytest.raises(ScannerFailedError, match="clair is not a scanner: trivy or grype"):
        OtherScanner("clair")


@pytest.mark.clients_extra
@pytest.mark.parametrize(
    ("name", "help_of"), [("trivy", ("image", "--help")), ("grype", ("--help",))]
)
def test_the_real_program_knows_the_options(name: str, help_of: tuple[str, ...]) -> None:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not on this machine")
    run = subprocess.run([path, *help_of], capture_output=True, check=True, text=True)
    options = [word for word in _COMMANDS[name] if word.startswith("--")]
    assert [option for option in options if option not in run.stdout + run.stderr] == []
