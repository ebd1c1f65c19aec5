"""From the files of a layer to findings: a version just below an advisory's line, and the one on it.

Inventory, advisories and findings together, for every ecosystem, with the advisories that are included.
"""

import gzip
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from ecrmock.rules.advisories import vulnerabilities_in
from ecrmock.rules.findings import basic_findings, enhanced_findings
from ecrmock.values.findings import ScannedImage
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName
from ecrmock.world.advisories import sample_advisories
from ecrmock.world.inventory.images import read_image
from ecrmock.world.severities import rate
from ecrmock.world.versions import compare
from tests.world.inventory.layer_files import (
    go_program,
    jar,
    layer,
    pom,
    read,
    rpm_database,
    rpm_header,
)

IMAGE = ScannedImage(
    registry_id=AccountId("123456789012"),
    region=Region("eu-west-1"),
    repository_name=RepositoryName("team/app"),
    image_digest=Digest("sha256:" + "a" * 64),
    scanned_at=datetime(2026, 1, 2, tzinfo=UTC),
)
Files = Mapping[str, bytes]
OfVersion = Callable[[str], Files]


def os_release(name: str, version: str) -> Files:
    return {"etc/os-release": f"ID={name}\nVERSION_ID={version}\n".encode()}


def deb(system: str, release: str, package: str, source: str) -> OfVersion:
    def files(version: str) -> Files:
        text = f"Package: {package}\nStatus: install ok installed\nSource: {source}\nVersion: {version}\n"
        return {**os_release(system, release), "var/lib/dpkg/status": text.encode()}

    return files


def distroless(version: str) -> Files:
    text = f"Package: libc6\nSource: glibc\nVersion: {version}\n"
    return {**os_release("debian", "12"), "var/lib/dpkg/status.d/libc6": text.encode()}


def apk(release: str, package: str, origin: str) -> OfVersion:
    def files(version: str) -> Files:
        text = f"P:{package}\nV:{version}\no:{origin}\n"
        return {**os_release("alpine", release), "lib/apk/db/installed": text.encode()}

    return files


def rpm(system: str, release: str, package: str, source: str) -> OfVersion:
    def files(full: str) -> Files:
        version, _, build = full.partition("-")
        texts = {1000: package, 1001: version, 1002: build, 1044: f"{source}-{full}.src.rpm"}
        database = rpm_database(rpm_header(texts))
        return {**os_release(system, release), "var/lib/rpm/rpmdb.sqlite": database}

    return files


def python(name: str) -> OfVersion:
    return lambda version: {
        "usr/lib/python3/dist-packages/x.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
        )
    }


def npm(name: str) -> OfVersion:
    return lambda version: {
        f"app/node_modules/{name}/package.json": (
            f'{{"name": "{name}", "version": "{version}"}}'.encode()
        )
    }


def go_module(name: str) -> OfVersion:
    return lambda version: {"app": go_program(f"path\tx\ndep\t{name}\t{version}\th1:x=\n")}


def go_itself(version: str) -> Files:
    return {"app": go_program("path\tx\n", version)}


def maven(group: str, name: str) -> OfVersion:
    return lambda version: {"app.jar": jar({"lib/inner.jar": jar(pom(group, name, version))})}


CASES: dict[str, tuple[OfVersion, str, str, str]] = {
    "Debian": (
        deb("debian", "11", "zlib1g", "zlib"),
        "1:1.2.11.dfsg-2+deb11u1",
        "1:1.2.11.dfsg-2+deb11u2",
        "CVE-2022-37434",
    ),
    "Debian's DSA": (
        deb("debian", "11", "libc6", "glibc"),
        "2.31-13+deb11u6",
        "2.31-13+deb11u7",
        "CVE-2023-4911",
    ),
    "distroless": (distroless, "2.36-9+deb12u2", "2.36-9+deb12u3", "CVE-2023-4911"),
    "Ubuntu": (
        deb("ubuntu", "22.04", "zlib1g", "zlib"),
        "1:1.2.11.dfsg-2ubuntu9.1",
        "1:1.2.11.dfsg-2ubuntu9.2",
        "CVE-2022-37434",
    ),
    "Alpine": (apk("3.17.0", "zlib", "zlib"), "1.2.12-r1", "1.2.12-r2", "CVE-2022-37434"),
    "Alpine's origin": (
        apk("3.17.0", "libssl3", "openssl"),
        "3.0.7-r0",
        "3.0.7-r2",
        "CVE-2022-3996",
    ),
    "AlmaLinux": (
        rpm("almalinux", "8.6", "zlib", "zlib"),
        "1.2.11-18.el8_5",
        "1.2.11-19.el8_6",
        "CVE-2022-37434",
    ),
    "Red Hat": (
        rpm("rhel", "9.4", "openssh-server", "openssh"),
        "8.7p1-38.el9",
        "8.7p1-38.el9_4.1",
        "CVE-2024-6387",
    ),
    "PyPI": (python("PyYAML"), "5.4b2", "5.4", "CVE-2020-14343"),
    "PyPI, named otherwise": (python("Jinja2"), "3.1.2", "3.1.3", "CVE-2024-22195"),
    "npm": (npm("lodash"), "4.17.20", "4.17.21", "CVE-2021-23337"),
    "npm, two ranges": (npm("minimist"), "1.2.5", "1.2.6", "CVE-2021-44906"),
    "Go": (go_module("golang.org/x/text"), "v0.3.6", "v0.3.7", "CVE-2021-38561"),
    "Go's releases": (go_itself, "go1.19", "go1.19.1", "CVE-2022-27664"),
    "Go, no release": (
        go_module("golang.org/x/net"),
        "v0.0.0-20220826154423-83b083e8dc8b",
        "v0.0.0-20220906165146-f3363e06e74c",
        "CVE-2022-27664",
    ),
    "Maven": (
        maven("org.apache.logging.log4j", "log4j-core"),
        "2.14.1",
        "2.15.0",
        "CVE-2021-44228",
    ),
    "Maven, named RELEASE": (
        maven("org.springframework", "spring-beans"),
        "5.2.19.RELEASE",
        "5.2.20.RELEASE",
        "CVE-2022-22965",
    ),
}
OF_SYSTEM = ("Debian", "distroless", "Ubuntu", "Alpine", "AlmaLinux", "Red Hat")


def findings_in(files: Files) -> tuple[list[str], list[str]]:
    """Return the names of what basic and enhanced scanning find in an image of one layer."""
    found = read(gzip.compress(layer(files)))
    inventory, samples = read_image(["sha256:0"], lambda _: found), sample_advisories()
    matches = vulnerabilities_in(inventory, samples.about, samples.by_id, compare)
    assert matches.undecided == ()
    enhanced = enhanced_findings(matches.vulnerabilities, rate, IMAGE)
    return (
        [each.name for each in basic_findings(matches.vulnerabilities, rate)],
        [each.package_vulnerability_details.vulnerability_id for each in enhanced],
    )


@pytest.mark.parametrize("name", CASES)
def test_a_version_below_the_fixed_one_is_found(name):
    files, below, _, expected = CASES[name]
    basic = [expected] if name.startswith(OF_SYSTEM) else []  # which knows no language packages
    assert findings_in(files(below)) == (basic, [expected])


@pytest.mark.parametrize("name", CASES)
def test_the_fixed_version_is_not_found(name):
    files, _, fixed, _ = CASES[name]
    assert findings_in(files(fixed)) == ([], [])


def test_the_same_version_of_another_release_is_not_found():
    """Each release has fixed versions of its own."""
    assert findings_in(deb("debian", "12", "zlib1g", "zlib")("1:1.2.11.dfsg-2")) == ([], [])
