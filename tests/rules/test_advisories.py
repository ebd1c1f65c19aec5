"""Which vulnerabilities packages have, by advisories of the forms that databases really give."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ecrmock.rules.advisories import Matches, ecosystem_of, vulnerabilities_in
from ecrmock.values.advisories import Advisory
from ecrmock.values.ecosystems import Ecosystem, package_key
from ecrmock.values.inventory import Inventory, OperatingSystem, Package
from ecrmock.values.osv import read_advisory
from ecrmock.world.versions import compare

DEBIAN = OperatingSystem(id="debian", version_id="11")
UBUNTU = OperatingSystem(id="ubuntu", version_id="22.04")
ALPINE = OperatingSystem(id="alpine", version_id="3.18.4")
RHEL = OperatingSystem(id="rhel", version_id="9.4")
ZLIB = Package(kind="deb", name="zlib1g", version="1.2.11-2", epoch=1, source_name="zlib")


def osv(identifier: str, *affected: tuple[str, str, str], **more: Any) -> Advisory:
    """Return an advisory whose entries are ecosystem, name and fixed version."""
    entries = [
        {
            "package": {"ecosystem": ecosystem, "name": name},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]},
            ],
        }
        for ecosystem, name, fixed in affected
    ]
    return read_advisory({"id": identifier, "affected": entries, **more})


def found(
    system: OperatingSystem | None, packages: Sequence[Package], *advisories: Advisory
) -> Matches:
    def about(ecosystem: Ecosystem, name: str) -> list[Advisory]:
        key = package_key(ecosystem, name)
        named = [[package_key(e.ecosystem, e.name) for e in each.affected] for each in advisories]
        return [each for each, keys in zip(advisories, named, strict=True) if key in keys]

    by_id = {each.id: each for each in advisories}
    inventory = Inventory(operating_system=system, packages=tuple(packages))
    return vulnerabilities_in(inventory, about, by_id.get, compare)


def names(matches: Matches) -> list[tuple[str, str]]:
    return [(each.vulnerability_id, each.package.name) for each in matches.vulnerabilities]


# Which advisories are about a package


def test_debian_is_matched_by_the_source_of_a_package() -> None:
    advisory = osv("DEBIAN-CVE-2022-1", ("Debian:11", "zlib", "1:1.2.11-3"))
    assert names(found(DEBIAN, [ZLIB], advisory)) == [("CVE-2022-1", "zlib1g")]
    assert names(found(DEBIAN, [replace(ZLIB, version="1.2.11-3")], advisory)) == []


def test_the_source_of_a_package_can_have_a_version_of_its_own() -> None:
    advisory = osv("DEBIAN-CVE-2022-1", ("Debian:11", "gcc-10", "10.2.1-6"))
    binary = Package(kind="deb", name="libgcc-s1", version="99", source_name="gcc-10")
    for version, is_affected in (("10.2.1-5", True), ("10.2.1-6", False)):
        matches = found(DEBIAN, [replace(binary, source_version=version)], advisory)
        assert bool(matches.vulnerabilities) is is_affected


def test_a_package_that_was_only_built_again_has_the_version_of_its_source() -> None:
    """Debian's ``+b1`` is of the build; advisories speak of sources. Source: Debian Policy 5.6.12."""
    advisory = osv("DEBIAN-CVE-2022-1", ("Debian:11", "zlib", "1:1.2.11-2+b0"))
    rebuilt = replace(ZLIB, name="zlib", version="1.2.11-2+b1", source_version="1:1.2.11-2")
    (one,) = found(DEBIAN, [rebuilt], advisory).vulnerabilities
    assert one.reported_version == "1:1.2.11-2"


def test_an_advisory_of_another_release_or_distribution_does_not_count() -> None:
    others = [("Debian:12", "zlib", "9:9"), ("Ubuntu:22.04:LTS", "zlib", "9:9")]
    assert names(found(DEBIAN, [ZLIB], osv("DEBIAN-CVE-2022-1", *others))) == []


def test_an_advisory_without_a_release_is_about_all_of_them() -> None:
    assert names(found(DEBIAN, [ZLIB], osv("A", ("Debian", "zlib", "9:9")))) == [("A", "zlib1g")]


def test_fixes_that_are_sold_are_not_asked_of_an_image() -> None:
    """Ubuntu Pro's fixed version is above the one that everybody has. Source: Ubuntu's OSV records."""
    advisory = osv(
        "UBUNTU-CVE-2022-1",
        ("Ubuntu:22.04:LTS", "zlib", "1:1.2.11-2"),
        ("Ubuntu:Pro:22.04:LTS", "zlib", "1:1.2.11-2+esm9"),
    )
    assert names(found(UBUNTU, [ZLIB], advisory)) == []


def test_alpine_is_matched_by_origin_and_branch() -> None:
    advisory = osv("ALPINE-CVE-2022-1", ("Alpine:v3.18", "openssl", "3.0.7-r2"))
    package = Package(kind="apk", name="libcrypto3", version="3.0.7-r1", source_name="openssl")
    assert names(found(ALPINE, [package], advisory)) == [("CVE-2022-1", "libcrypto3")]
    edge = OperatingSystem(id="alpine", version_id="3.19.0")
    assert names(found(edge, [package], advisory)) == []


@pytest.mark.parametrize("named", ["openssl", "openssl-libs"])
@pytest.mark.parametrize(("release", "count"), [("41.el9_0", 1), ("43.el9_0", 0)])
def test_red_hat_is_matched_by_source_and_by_name_with_the_epoch(
    named: str, release: str, count: int
) -> None:
    """The file name of a source RPM has no epoch: without the package's all would seem older."""
    ecosystem = "Red Hat:enterprise_linux:9::baseos"
    advisory = osv("RHSA-2022:7288", (ecosystem, named, "1:3.0.1-43.el9_0"))
    package = Package(
        kind="rpm",
        name="openssl-libs",
        version=f"3.0.1-{release}",
        epoch=1,
        source_name="openssl",
        source_version=f"3.0.1-{release}",
    )
    assert len(found(RHEL, [package], advisory).vulnerabilities) == count


def test_language_packages_are_matched_whatever_the_system_is() -> None:
    advisory = osv("GHSA-a", ("PyPI", "PyYAML", "5.4"), aliases=["CVE-2020-14343"])
    package = Package(kind="pypi", name="pyyaml", version="5.3.1", file="usr/lib/p/METADATA")
    for system in (None, ALPINE):
        (one,) = found(system, [package], advisory).vulnerabilities
        assert one.package.package_manager == "PYTHONPKG"
        assert (one.package.file_path, one.is_system_package) == ("usr/lib/p/METADATA", False)


@pytest.mark.parametrize(
    ("kind", "system", "ecosystem"),
    [
        ("deb", DEBIAN, Ecosystem("Debian", "11")),
        ("deb", UBUNTU, Ecosystem("Ubuntu", "22.04")),
        ("apk", ALPINE, Ecosystem("Alpine", "3.18")),
        ("rpm", RHEL, Ecosystem("Red Hat", "9")),
        ("rpm", OperatingSystem(id="rocky", version_id="9.3"), Ecosystem("Rocky Linux", "9")),
        ("rpm", OperatingSystem(id="almalinux", version_id="8.10"), Ecosystem("AlmaLinux", "8")),
        ("rpm", OperatingSystem(id="amzn", version_id="2023"), None),
        ("deb", OperatingSystem(id="debian"), None),
        ("deb", ALPINE, None),
        ("rpm", None, None),
        ("golang", None, Ecosystem("Go")),
        ("maven", DEBIAN, Ecosystem("Maven")),
        ("npm", DEBIAN, Ecosystem("npm")),
    ],
)
def test_where_a_package_comes_from(
    kind: str, system: OperatingSystem | None, ecosystem: Ecosystem | None
) -> None:
    assert ecosystem_of(Package(kind=kind, name="p", version="1"), system) == ecosystem


# What is said of a vulnerability


def test_an_update_that_fixes_several_is_as_many_vulnerabilities() -> None:
    advisory = osv("DSA-1-1", ("Debian:11", "zlib", "9:9"), upstream=["CVE-2022-1", "CVE-2022-2"])
    assert names(found(DEBIAN, [ZLIB], advisory)) == [
        ("CVE-2022-1", "zlib1g"),
        ("CVE-2022-2", "zlib1g"),
    ]


@pytest.mark.parametrize(
    ("identifier", "more", "expected"),
    [
        ("CVE-2022-1", {"aliases": ["CVE-2022-9"]}, ("CVE-2022-1",)),
        ("UBUNTU-CVE-2022-1", {"related": ["CVE-2022-9"]}, ("CVE-2022-1",)),
        ("GHSA-a", {"aliases": ["GO-1", "CVE-2022-1"]}, ("CVE-2022-1",)),
        ("ALSA-1", {"related": ["CVE-2022-1", "CVE-2022-2"]}, ("CVE-2022-1", "CVE-2022-2")),
        ("DSA-1", {"upstream": ["CVE-2022-1", "DEBIAN-CVE-2022-1"]}, ("CVE-2022-1",)),
        ("GHSA-a", {}, ("GHSA-a",)),
    ],
)
def test_a_vulnerability_has_the_name_of_its_cve(
    identifier: str, more: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert osv(identifier, **more).vulnerability_ids == expected


def test_two_records_of_one_vulnerability_are_one_with_what_both_say() -> None:
    """OSV has both the update and the CVE. Source: osv.dev, zlib of Debian 11."""
    update = osv("DSA-1-1", ("Debian:11", "zlib", "1:1.2.11-3"), upstream=["CVE-2022-1"])
    vector = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}]
    cve = read_advisory(
        {
            "id": "DEBIAN-CVE-2022-1",
            "details": "what it is",
            "severity": vector,
            "affected": [
                {
                    "package": {"ecosystem": "Debian:11", "name": "zlib"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
                }
            ],
        }
    )
    for both in ((update, cve), (cve, update)):
        (one,) = found(DEBIAN, [ZLIB], *both).vulnerabilities
        assert one.package.fixed_in_version == "1:1.2.11-3"
        assert (one.vectors, one.description) == (("CVSS:3.1/AV:N",), "what it is")


def test_the_rating_of_an_update_is_that_of_the_record_it_names() -> None:
    """Debian's record of the CVE need not list the release. Source: osv.dev, glibc of Debian 11."""
    named = ["CVE-2023-4911", "DEBIAN-CVE-2023-4911"]
    update = osv("DSA-5514-1", ("Debian:11", "zlib", "9:9"), upstream=named)
    vector = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L"}]
    cve = osv("DEBIAN-CVE-2023-4911", ("Debian:12", "zlib", "9:9"), severity=vector)
    (one,) = found(DEBIAN, [ZLIB], update, cve).vulnerabilities
    assert one.vectors == ("CVSS:3.1/AV:L",)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"severity": [{"type": "Ubuntu", "score": "low"}]}, "low"),
        ({"database_specific": {"severity": "MODERATE"}}, "MODERATE"),
        ({"ecosystem_specific": {"urgency": "unimportant"}}, "unimportant"),
        ({"summary": "Important: zlib security update"}, ""),
        ({}, ""),
    ],
)
def test_the_word_for_how_bad_it_is_stands_where_the_database_puts_it(
    more: dict[str, Any], word: str
) -> None:
    advisory = osv("A-CVE-2022-1", ("Debian:11", "zlib", "9:9"), **more)
    (one,) = found(DEBIAN, [ZLIB], advisory).vulnerabilities
    assert one.severity == word


def test_red_hat_and_its_kin_put_the_word_before_the_summary() -> None:
    advisory = osv("ALSA-1", ("AlmaLinux:8", "zlib", "9"), summary="Moderate: zlib security update")
    alma = OperatingSystem(id="almalinux", version_id="8.10")
    (one,) = found(
        alma, [Package(kind="rpm", name="zlib", version="1-1")], advisory
    ).vulnerabilities
    assert one.severity == "Moderate"


def test_a_version_is_shown_in_its_parts() -> None:
    advisory = osv("DEBIAN-CVE-2022-1", ("Debian:11", "zlib", "1:1.2.11-3"))
    package = replace(ZLIB, architecture="amd64", layer="sha256:1")
    (one,) = found(DEBIAN, [package], advisory).vulnerabilities
    shown = one.package
    assert (shown.epoch, shown.version, shown.release, shown.arch) == (1, "1.2.11", "2", "amd64")
    assert (shown.fixed_in_version, shown.source_layer_hash) == ("1:1.2.11-3", "sha256:1")
    assert (one.reported_name, one.reported_version) == ("zlib", "1:1.2.11-2")


@pytest.mark.parametrize(
    ("urls", "page"),
    [
        (["https://a/1", "https://a/CVE-2022-1"], "https://a/CVE-2022-1"),
        (["https://a/1", "https://a/2"], "https://a/1"),
        ([], "https://osv.dev/vulnerability/DEBIAN-CVE-2022-1"),
    ],
)
def test_the_page_is_one_about_the_vulnerability(urls: list[str], page: str) -> None:
    references = [{"type": "WEB", "url": url} for url in urls]
    advisory = osv("DEBIAN-CVE-2022-1", ("Debian:11", "zlib", "9:9"), references=references)
    (one,) = found(DEBIAN, [ZLIB], advisory).vulnerabilities
    assert one.source_url == page


def test_what_cannot_be_decided_is_named() -> None:
    advisory = osv("GO-1", ("Go", "example.com/app", "1.2.3"))
    package = Package(kind="golang", name="example.com/app", version="(devel)")
    matches = found(None, [package], advisory)
    assert matches.vulnerabilities == ()
    (undecided,) = matches.undecided
    assert undecided[:2] == ("example.com/app", "GO-1")


def test_a_package_that_is_there_twice_is_vulnerable_twice() -> None:
    advisory = osv("GHSA-a", ("Maven", "org.a:b", "2.0"))
    packages = [
        Package(kind="maven", name="org.a:b", version="1.0", file=file)
        for file in ("a.jar", "b.jar")
    ]
    shown = found(None, packages, advisory).vulnerabilities
    assert [each.package.file_path for each in shown] == ["a.jar", "b.jar"]
