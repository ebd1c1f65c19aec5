"""What a scan shows. Source: reference features.md §2.5, api.md §10.2."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ecrmock.rules.findings import (
    basic_findings,
    enhanced_findings,
    image_scan_findings,
    severity_counts,
    severity_of,
    severity_of_score,
)
from ecrmock.values.advisories import Vulnerability
from ecrmock.values.findings import (
    Attribute,
    CvssScore,
    Finding,
    ScannedImage,
    VulnerablePackage,
)
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, Tag
from ecrmock.world.severities import rate

WORST = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"  # 9.8
MIDDLE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:L/I:L/A:N"  # 5.4
OLD = "AV:N/AC:L/Au:N/C:P/I:P/A:P"  # 7.5
FOUR = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"  # 9.3
NOW = datetime(2026, 1, 2, tzinfo=UTC)
DIGEST = Digest("sha256:" + "a" * 64)
IMAGE = ScannedImage(
    registry_id=AccountId("123456789012"),
    region=Region("eu-west-1"),
    repository_name=RepositoryName("team/app"),
    image_digest=DIGEST,
    image_tags=(Tag("1.0"),),
    scanned_at=NOW,
)


def vulnerability(
    name: str = "CVE-2022-1", package: str = "zlib1g", *vectors: str, severity: str = ""
) -> Vulnerability:
    return Vulnerability(
        vulnerability_id=name,
        package=VulnerablePackage(name=package, version="1", package_manager="OS"),
        reported_name="zlib",
        reported_version="1:1-1",
        is_system_package=True,
        vectors=vectors,
        severity=severity,
        source="DEBIAN_CVE",
        source_url="https://security-tracker.debian.org/tracker/CVE-2022-1",
    )


# Severity


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        *((10.0, "CRITICAL"), (9.0, "CRITICAL"), (8.9, "HIGH"), (7.0, "HIGH"), (6.9, "MEDIUM")),
        *((4.0, "MEDIUM"), (3.9, "LOW"), (0.1, "LOW"), (0.0, "INFORMATIONAL")),
    ],
)
def test_a_score_has_the_severity_of_its_scale(score: float, severity: str) -> None:
    """Source: CVSS 3.1, qualitative severity rating scale."""
    rated = CvssScore(base_score=score, scoring_vector="", version="3.1")
    assert severity_of_score(rated) == severity


def test_nothing_is_critical_by_cvss_2() -> None:
    """Source: NVD, vulnerability metrics: CVSS 2 ends at high."""
    assert severity_of_score(CvssScore(base_score=10, scoring_vector="", version="2.0")) == "HIGH"


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        *(("critical", "CRITICAL"), ("Important", "HIGH"), ("high", "HIGH"), ("LOW", "LOW")),
        *(("Moderate", "MEDIUM"), ("medium", "MEDIUM"), ("negligible", "INFORMATIONAL")),
        *(("unimportant", "INFORMATIONAL"), ("not yet assigned", "CRITICAL")),
        *(("end-of-life", "CRITICAL"), ("", "CRITICAL")),
    ],
)
def test_the_word_of_a_distribution_counts_before_cvss(word: str, severity: str) -> None:
    """Source: ECR User Guide, "Scan images for OS vulnerabilities"."""
    one = vulnerability("CVE-2022-1", "p", WORST, severity=word)
    assert severity_of(one, rate) == severity


def test_cvss_counts_before_the_word_for_a_language_package() -> None:
    one = replace(vulnerability("C", "p", WORST, severity="low"), is_system_package=False)
    assert severity_of(one, rate) == "CRITICAL"
    assert severity_of(replace(one, vectors=()), rate) == "LOW"


@pytest.mark.parametrize("vectors", [(), ("nonsense",)])
def test_what_nobody_rated_is_undefined(vectors: tuple[str, ...]) -> None:
    assert severity_of(vulnerability("C", "p", *vectors), rate) == "UNDEFINED"


def test_version_3_decides_where_there_are_several() -> None:
    assert severity_of(vulnerability("C", "p", OLD, FOUR, MIDDLE), rate) == "MEDIUM"
    assert severity_of(vulnerability("C", "p", OLD, FOUR), rate) == "CRITICAL"


# Basic


def test_a_basic_finding_has_the_attributes_of_ecr() -> None:
    """Source: an output of 2023 for python2.7 of Debian 10, whose scores have no empty decimals."""
    one = replace(vulnerability("CVE-2022-1", "zlib1g", WORST, OLD), description="what it is")
    assert basic_findings([one], rate) == (
        Finding(
            name="CVE-2022-1",
            description="what it is",
            uri="https://security-tracker.debian.org/tracker/CVE-2022-1",
            severity="CRITICAL",
            attributes=(
                Attribute(key="package_version", value="1:1-1"),
                Attribute(key="package_name", value="zlib"),
                Attribute(key="CVSS2_VECTOR", value=OLD),
                Attribute(key="CVSS2_SCORE", value="7.5"),
                Attribute(key="CVSS3_VECTOR", value=WORST),
                Attribute(key="CVSS3_SCORE", value="9.8"),
            ),
        ),
    )


def test_a_whole_score_has_no_decimals() -> None:
    """Source: AWS CLI, describe-image-scan-findings of apk-tools: ``5``."""
    (one,) = basic_findings([vulnerability("C", "p", "AV:N/AC:L/Au:N/C:N/I:N/A:P")], rate)
    assert Attribute(key="CVSS2_SCORE", value="5") in one.attributes


def test_packages_of_one_source_are_one_basic_finding() -> None:
    both = [vulnerability("CVE-2022-1", name) for name in ("zlib1g", "zlib1g-dev")]
    assert len(basic_findings(both, rate)) == 1


def test_basic_scanning_does_not_look_at_language_packages() -> None:
    one = replace(vulnerability(), is_system_package=False)
    assert basic_findings([one], rate) == ()


def test_a_value_beyond_the_limit_of_the_model_is_left_out() -> None:
    one = replace(vulnerability(), reported_version="1" * 257)
    (shown,) = basic_findings([one], rate)
    assert [attribute.key for attribute in shown.attributes] == ["package_name"]


def test_the_worst_findings_come_first() -> None:
    words = {"CVE-2": "low", "CVE-3": "critical", "CVE-1": "low", "CVE-4": ""}
    found = basic_findings(
        [vulnerability(name, severity=word) for name, word in words.items()], rate
    )
    assert [each.name for each in found] == ["CVE-3", "CVE-1", "CVE-2", "CVE-4"]


def test_counts_are_of_the_severities_that_occur() -> None:
    words = {"CVE-1": "low", "CVE-2": "critical", "CVE-3": "low"}
    found = basic_findings(
        [vulnerability(name, severity=word) for name, word in words.items()], rate
    )
    assert list(severity_counts(found).items()) == [("CRITICAL", 1), ("LOW", 2)]
    assert severity_counts([]) == {}


# Enhanced


def test_an_enhanced_finding_is_about_one_vulnerability_and_all_its_packages() -> None:
    group = [vulnerability("CVE-2022-1", name, WORST) for name in ("zlib1g", "zlib1g-dev")]
    (one,) = enhanced_findings(group, rate, IMAGE)
    assert one.title == "CVE-2022-1 - zlib1g, zlib1g-dev"
    assert (one.severity, one.score, one.fix_available) == ("CRITICAL", 9.8, "NO")
    details = one.package_vulnerability_details
    assert details is not None
    assert [each.name for each in details.vulnerable_packages] == ["zlib1g", "zlib1g-dev"]
    assert [(each.base_score, each.version) for each in details.cvss] == [(9.8, "3.1")]
    assert one.score_details is not None
    assert one.score_details.cvss.scoring_vector == WORST


def test_an_enhanced_finding_says_which_image_has_it() -> None:
    (one,) = enhanced_findings([vulnerability()], rate, IMAGE)
    (resource,) = one.resources
    name = "arn:aws:ecr:eu-west-1:123456789012:repository/team/app"
    assert (resource.id, resource.type) == (f"{name}/{DIGEST}", "AWS_ECR_CONTAINER_IMAGE")
    image = resource.details.aws_ecr_container_image
    assert (image.repository_name, image.image_tags) == ("team/app", ("1.0",))
    assert (one.first_observed_at, one.status, one.type) == (
        *(NOW, "ACTIVE"),
        "PACKAGE_VULNERABILITY",
    )


def test_the_arn_of_a_finding_stays_and_differs_from_others() -> None:
    names = ("CVE-2022-1", "CVE-2022-2")
    group = [vulnerability(name) for name in names]
    first, second = enhanced_findings(group, rate, IMAGE)
    again = enhanced_findings(group, rate, replace(IMAGE, scanned_at=NOW.replace(year=2027)))
    assert [each.finding_arn for each in again] == [first.finding_arn, second.finding_arn]
    prefix, _, identifier = first.finding_arn.rpartition("/")
    assert prefix == "arn:aws:inspector2:eu-west-1:123456789012:finding"
    assert len(identifier) == 32
    assert first.finding_arn != second.finding_arn


def test_what_nobody_rated_is_untriaged_for_inspector() -> None:
    (one,) = enhanced_findings([vulnerability()], rate, IMAGE)
    assert (one.severity, one.score, one.score_details) == ("UNTRIAGED", None, None)
    assert severity_counts([one]) == {"UNTRIAGED": 1}


def test_a_fix_is_partial_when_only_some_packages_have_one() -> None:
    one, other = vulnerability("C", "a"), vulnerability("C", "b")
    fixed = replace(other, package=replace(other.package, fixed_in_version="2"))
    (mixed,) = enhanced_findings([one, fixed], rate, IMAGE)
    (whole,) = enhanced_findings([fixed], rate, IMAGE)
    assert (mixed.fix_available, whole.fix_available) == ("PARTIAL", "YES")


@pytest.mark.parametrize("scan_type", ["BASIC", "ENHANCED"])
def test_a_scan_shows_the_findings_of_its_type_alone(scan_type: str) -> None:
    shown = image_scan_findings([vulnerability(severity="low")], rate, IMAGE, scan_type=scan_type)
    lists = {"BASIC": shown.findings, "ENHANCED": shown.enhanced_findings}
    mine = lists.pop(scan_type)
    assert mine is not None
    assert len(mine) == 1
    assert list(lists.values()) == [None]
    assert (shown.finding_severity_counts, shown.image_scan_completed_at) == ({"LOW": 1}, NOW)


def test_a_clean_image_has_an_empty_list_and_no_counts() -> None:
    """Source: reference api.md §10.2."""
    shown = image_scan_findings([], rate, IMAGE, scan_type="BASIC", source_updated_at=NOW)
    assert (shown.findings, shown.finding_severity_counts) == ((), {})
    assert shown.vulnerability_source_updated_at == NOW
