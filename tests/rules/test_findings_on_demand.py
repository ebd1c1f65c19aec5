"""Which findings a test asks for, and what a scan shows of them."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.findings_on_demand import demanded, demanded_findings, fitting
from ecrmock.values.findings import (
    EnhancedFinding,
    Finding,
    FindingsOnDemand,
    PackageVulnerabilityDetails,
    ScannedImage,
    VulnerablePackage,
)
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, Tag

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
HIGH = Finding(name="CVE-2022-37434", severity="HIGH")


def asked(*demands: FindingsOnDemand) -> FindingsOnDemand | None:
    about = fitting(
        demands,
        "BASIC",
        repository_name=RepositoryName("team/app"),
        image_digest=DIGEST,
        image_tags=(Tag("1.0"), Tag("latest")),
    )
    return demanded(about, ("zlib",))


@pytest.mark.parametrize(
    "demand",
    [
        FindingsOnDemand(findings=()),
        FindingsOnDemand(image_digest=DIGEST, findings=()),
        FindingsOnDemand(
            repository_name=RepositoryName("team/app"), image_tag=Tag("latest"), findings=()
        ),
        FindingsOnDemand(package_name="zlib", findings=()),
    ],
)
def test_a_demand_means_the_images_that_fit_all_it_names(demand: FindingsOnDemand) -> None:
    assert asked(demand) is demand


@pytest.mark.parametrize(
    "demand",
    [
        FindingsOnDemand(image_digest=Digest("sha256:" + "b" * 64), findings=()),
        FindingsOnDemand(
            repository_name=RepositoryName("team/app"), image_tag=Tag("2.0"), findings=()
        ),
        FindingsOnDemand(repository_name=RepositoryName("other"), image_digest=DIGEST, findings=()),
        FindingsOnDemand(package_name="openssl", findings=()),
    ],
)
def test_a_demand_means_no_image_that_differs_in_anything(demand: FindingsOnDemand) -> None:
    assert asked(demand) is None


def test_the_narrowest_demand_counts() -> None:
    by_digest = FindingsOnDemand(image_digest=DIGEST, findings=())
    by_tag = FindingsOnDemand(image_tag=Tag("1.0"), findings=())
    by_repository = FindingsOnDemand(repository_name=RepositoryName("team/app"), findings=())
    by_package = FindingsOnDemand(package_name="zlib", findings=())
    order = [by_digest, by_tag, by_repository, by_package]
    for at, narrowest in enumerate(order):
        assert asked(*order[at:]) is narrowest
        assert asked(*reversed(order[at:])) is narrowest


def test_a_later_demand_replaces_an_earlier_one() -> None:
    first, second = (FindingsOnDemand(image_tag=Tag("1.0"), findings=found) for found in ((), ()))
    assert asked(first, second) is second


def test_of_two_demands_about_the_same_the_key_is_one() -> None:
    named = {"repository_name": RepositoryName("app"), "image_tag": Tag("1")}
    first, second = FindingsOnDemand(**named, findings=(HIGH,)), FindingsOnDemand(**named)
    assert first.key == second.key != FindingsOnDemand(image_tag=Tag("1")).key


def test_a_basic_scan_shows_exactly_the_basic_findings() -> None:
    demand = FindingsOnDemand(
        findings=(HIGH, HIGH), enhanced_findings=(EnhancedFinding(severity="LOW"),)
    )
    shown = demanded_findings(demand, "BASIC", IMAGE)
    assert (shown.findings, shown.enhanced_findings) == ((HIGH, HIGH), None)
    assert shown.finding_severity_counts == {"HIGH": 2}


def test_an_enhanced_finding_gets_what_the_image_tells() -> None:
    package = VulnerablePackage(name="zlib1g", version="1.2")
    details = PackageVulnerabilityDetails(
        vulnerability_id="CVE-2022-37434", vulnerable_packages=(package,)
    )
    given = EnhancedFinding(severity="LOW", package_vulnerability_details=details)
    shown = demanded_findings(FindingsOnDemand(enhanced_findings=(given,)), "ENHANCED", IMAGE)
    (found,) = shown.enhanced_findings or ()
    assert (found.title, found.aws_account_id) == ("CVE-2022-37434 - zlib1g", "123456789012")
    assert (found.finding_arn or "").startswith(
        "arn:aws:inspector2:eu-west-1:123456789012:finding/"
    )
    assert found.first_observed_at == found.updated_at == NOW
    assert found.resources[0].id.endswith(f"repository/team/app/{DIGEST}")
    assert found.package_vulnerability_details is details


def test_what_an_enhanced_finding_says_itself_stays() -> None:
    given = EnhancedFinding(severity="LOW", title="mine", finding_arn="arn", first_observed_at=NOW)
    shown = demanded_findings(FindingsOnDemand(enhanced_findings=(given,)), "ENHANCED", IMAGE)
    (found,) = shown.enhanced_findings or ()
    assert (found.title, found.finding_arn, found.first_observed_at) == ("mine", "arn", NOW)
