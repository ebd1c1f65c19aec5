"""The order of versions in every ecosystem, just below, at and above where an advisory draws the line."""

import shutil
import subprocess
import sys

import pytest

from ecrmock.rules.version_ranges import verdict_of
from ecrmock.values.advisories import (
    AffectedPackage,
    UnreadableVersionError,
    VersionEvent,
    VersionRange,
)
from ecrmock.values.ecosystems import read_ecosystem
from ecrmock.values.errors import MissingExtraError
from ecrmock.world.versions import compare

# Ecosystem, fixed version, versions below it, and versions at it or above
LINES = [
    (
        "Debian:11",
        "1:1.2.11.dfsg-2+deb11u2",
        ("1:1.2.11.dfsg-2", "1:1.2.11.dfsg-2+deb11u1", "1:1.2.11.dfsg-2+deb11u2~bpo10+1", "9.9"),
        ("1:1.2.11.dfsg-2+deb11u2", "1:1.2.11.dfsg-2+deb11u10", "1:1.2.13.dfsg-1", "2:0.1"),
    ),
    (
        "Debian:12",
        "2.36-9+deb12u3",
        ("2.36-9", "2.36-9+deb12u2", "2.36-9+deb12u3~", "2.36~rc1-1", "2.31-13+deb11u11"),
        ("2.36-9+deb12u3", "0:2.36-9+deb12u3", "2.36-9+deb12u3+b1", "2.36-10", "2.36+dfsg-1"),
    ),
    (
        "Ubuntu:22.04:LTS",
        "1:1.2.11.dfsg-2ubuntu9.2",
        ("1:1.2.11.dfsg-2ubuntu9", "1:1.2.11.dfsg-2ubuntu9.1", "1:1.2.11.dfsg-2ubuntu9.2~esm1"),
        ("1:1.2.11.dfsg-2ubuntu9.2", "1:1.2.11.dfsg-2ubuntu9.10", "1:1.2.13.dfsg-1ubuntu1"),
    ),
    (
        "Alpine:v3.16",
        "1.2.12-r2",
        ("1.2.12-r1", "1.2.12-r0", "1.2.12_rc1-r9", "1.2.12_pre3-r5", "1.2.9-r10", "1.2.11-r12"),
        ("1.2.12-r2", "1.2.12-r10", "1.2.12_p1-r0", "1.2.12a-r0", "1.2.12_git20220805-r0"),
    ),
    (
        "Alpine:v3.15",
        "1.1.1q-r0",
        ("1.1.1o-r0", "1.1.1-r9", "1.1.1p-r3", "1.1.1_git20200101-r0"),
        ("1.1.1q-r0", "1.1.1q-r1", "1.1.1w-r0", "3.0.7-r2", "1.1.1q_git20220801-r0"),
    ),
    (
        "Red Hat:enterprise_linux:9::baseos",
        "1:3.0.1-43.el9_0",
        ("1:3.0.1-41.el9_0", "1:3.0.1-43.el9", "1:3.0.1~beta2-50.el9", "3.0.7-1.el9", "0:9-1"),
        ("1:3.0.1-43.el9_0", "1:3.0.1-43.el9_0.1", "1:3.0.1-100.el9_0", "1:3.0.7-1.el9", "2:1-1"),
    ),
    (
        "AlmaLinux:8",
        "1.2.11-19.el8_6",
        ("1.2.11-18.el8_5", "1.2.11-9.el8", "1.2.11-19.el8", "1.2.11~rc1-30.el8"),
        ("1.2.11-19.el8_6", "0:1.2.11-19.el8_6", "1.2.11-25.el8", "1.2.11^git1-1.el8"),
    ),
    (
        "Rocky Linux:9",
        "0:8.7p1-38.el9_4.1",
        ("8.7p1-38.el9", "8.7p1-38.el9_4", "8.7p1-8.el9", "8.6p1-99.el9"),
        ("8.7p1-38.el9_4.1", "8.7p1-38.el9_4.4", "8.7p1-43.el9", "1:1.0-1"),
    ),
    (
        "PyPI",
        "5.4",
        ("5.3.1", "5.4rc1", "5.4b2", "5.4a1", "5.4.dev3", "5.3.1.post2", "5.3.1+local"),
        ("5.4", "5.4.0", "v5.4", "5.4.post1", "5.4+cu118", "5.4.1", "6.0", "1!0.1"),
    ),
    (
        "npm",
        "4.17.21",
        ("4.17.20", "4.17.21-beta.1", "4.17.21-0", "4.9.99", "4.17.20+build.9"),
        ("4.17.21", "v4.17.21", "4.17.21+build.1", "4.17.22-alpha", "10.0.0"),
    ),
    (
        "npm",
        "1.0.0-beta.10",
        ("1.0.0-beta.9", "1.0.0-beta", "1.0.0-alpha.11", "0.9.0"),
        ("1.0.0-beta.10", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"),
    ),
    (
        "Go",
        "0.0.0-20220906165146-f3363e06e74c",
        ("v0.0.0-20220906165145-aaaaaaaaaaaa", "v0.0.0-20210101000000-ffffffffffff"),
        ("v0.0.0-20220906165146-f3363e06e74c", "v0.0.0-20220907000000-0000000000aa", "v0.1.0"),
    ),
    (
        "Go",
        "0.3.7",
        ("v0.3.6", "v0.3.7-0.20210924154557-383b2e75a7a4", "v0.3.7-rc.1", "v0.3.6+incompatible"),
        ("v0.3.7", "v0.3.7+incompatible", "v0.3.8-0.20211006190231-62292e806868", "v0.10.0"),
    ),
    (
        "Go",
        "1.19.1",
        ("go1.19", "1.19", "go1.19rc1", "go1.18.6", "go1.19beta1"),
        ("go1.19.1", "1.19.1", "go1.19.1 X:boringcrypto", "go1.20rc1", "go1.20"),
    ),
    (
        "Maven",
        "2.15.0",
        ("2.14.1", "2.15.0-rc1", "2.15.0-SNAPSHOT", "2.15.0-alpha1", "2.15-beta-3", "2.9.1"),
        ("2.15.0", "2.15", "2.15.0.Final", "2.15.0.RELEASE", "2.15.0-sp1", "2.15.0-jre", "2.16.0"),
    ),
    (
        "Maven",
        "5.2.20.RELEASE",
        ("5.2.19.RELEASE", "5.2.19", "5.2.20-SNAPSHOT", "5.2.20.RC1", "4.3.30.RELEASE"),
        ("5.2.20.RELEASE", "5.2.20", "5.2.21.RELEASE", "5.3.0"),
    ),
]
BELOW = [(name, line, each) for name, line, below, _ in LINES for each in below]
ABOVE = [(name, line, each) for name, line, _, above in LINES for each in above]


def affected_until(ecosystem: str, fixed: str) -> AffectedPackage:
    events = (VersionEvent("introduced", "0"), VersionEvent("fixed", fixed))
    return AffectedPackage(
        ecosystem=read_ecosystem(ecosystem),
        name="any",
        ranges=(VersionRange(type="ECOSYSTEM", events=events),),
    )


@pytest.mark.parametrize(("ecosystem", "fixed", "version"), BELOW)
def test_what_is_below_the_fixed_version_is_affected(
    ecosystem: str, fixed: str, version: str
) -> None:
    assert verdict_of(affected_until(ecosystem, fixed), version, compare) == (True, fixed)


@pytest.mark.parametrize(("ecosystem", "fixed", "version"), ABOVE)
def test_what_is_the_fixed_version_or_above_is_not_affected(
    ecosystem: str, fixed: str, version: str
) -> None:
    assert not verdict_of(affected_until(ecosystem, fixed), version, compare).is_affected


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not on this machine")
@pytest.mark.parametrize(
    ("fixed", "version"),
    [
        (fixed, each)
        for name, fixed, *both in LINES
        if "deb" in fixed
        for group in both
        for each in group
    ],
)
def test_dpkg_itself_draws_the_line_at_the_same_place(fixed: str, version: str) -> None:
    run = subprocess.run(["dpkg", "--compare-versions", version, "lt", fixed], check=False)
    assert (compare("deb", version, fixed) < 0) == (run.returncode == 0)


RPM_LINES = [each for each in (*BELOW, *ABOVE) if read_ecosystem(each[0]).scheme == "rpm"]


@pytest.mark.skipif(shutil.which("rpm") is None, reason="rpm is not on this machine")
@pytest.mark.parametrize(("ecosystem", "fixed", "version"), RPM_LINES)
def test_rpm_itself_draws_the_line_at_the_same_place(
    ecosystem: str, fixed: str, version: str
) -> None:
    script = f'%{{lua: print(rpm.vercmp("{version}", "{fixed}"))}}'
    run = subprocess.run(["rpm", "--eval", script], capture_output=True, check=True, text=True)
    assert compare("rpm", version, fixed) == int(run.stdout)


@pytest.mark.parametrize(
    ("scheme", "first", "second"),
    [
        ("deb", "1.0-1", "0:1.0-1"),
        ("rpm", "1.05-1", "1.5-1"),
        ("pypi", "1.0", "1.0.0"),
        ("pypi", "2.0.1+cu118", "2.0.1"),
        ("semver", "1.0.0+one", "1.0.0+two"),
        ("go", "v2.0.0+incompatible", "2.0.0"),
        ("maven", "1.0", "1.0.0"),
        ("maven", "1.0-RELEASE", "1.0"),
    ],
)
def test_versions_that_are_written_differently_can_be_equal(
    scheme: str, first: str, second: str
) -> None:
    assert compare(scheme, first, second) == 0 == compare(scheme, second, first)


@pytest.mark.parametrize(
    ("scheme", "version"),
    [("go", "(devel)"), ("pypi", "not a version"), ("apk", "one"), ("deb", "x"), ("cobol", "1")],
)
def test_what_is_no_version_is_named(scheme: str, version: str) -> None:
    with pytest.raises(UnreadableVersionError, match="version"):
        compare(scheme, version, "1.0.0")


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "univers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ecrmock\[scan\]'"):
        compare("deb", "1.2.3-never-asked-before", "1.2.4")


@pytest.mark.parametrize("version", ["1-" * 500 + "1", "-" * 1_000, "1a" * 500])
def test_a_version_that_is_too_deep_is_named(version: str) -> None:
    """It is in a jar of a stranger; the scan of the image ended in a RecursionError."""
    with pytest.raises(UnreadableVersionError, match="is not a version"):
        compare("maven", version, "2.15.0")
