"""Documents with the member names of AWS's APIs."""

from datetime import UTC, datetime

import pytest

from ecrmock.values.api_documents import camel_case, from_document, renamed, to_document
from ecrmock.values.findings import (
    Attribute,
    CvssScore,
    EnhancedFinding,
    Finding,
    PackageVulnerabilityDetails,
    Resource,
    VulnerablePackage,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DETAILS = {
    "vulnerabilityId": "CVE-2022-37434",
    "cvss": [{"baseScore": 9, "scoringVector": "AV:N", "version": "3.1"}],
    "vulnerablePackages": [{"name": "zlib", "version": "1", "epoch": 1}],
}
IMAGE = {
    "awsEcrContainerImage": {
        "registry": "123456789012",
        "repositoryName": "app",
        "imageHash": "sha256:aa",
    }
}
ENHANCED = {"severity": "HIGH", "score": 9.8, "packageVulnerabilityDetails": DETAILS}


def test_a_name_is_written_as_the_api_does() -> None:
    assert [camel_case(name) for name in ("uri", "aws_account_id")] == ["uri", "awsAccountId"]


def test_a_document_is_read_down_to_its_last_member() -> None:
    finding = from_document(EnhancedFinding, {**ENHANCED, "updatedAt": NOW}, "finding")
    score = CvssScore(base_score=9, scoring_vector="AV:N", version="3.1")
    package = VulnerablePackage(name="zlib", version="1", epoch=1)
    assert finding == EnhancedFinding(
        severity="HIGH",
        score=9.8,
        updated_at=NOW,
        package_vulnerability_details=PackageVulnerabilityDetails(
            vulnerability_id="CVE-2022-37434", cvss=(score,), vulnerable_packages=(package,)
        ),
    )


def test_what_was_written_reads_the_same() -> None:
    finding = from_document(EnhancedFinding, {**ENHANCED, "updatedAt": NOW}, "finding")
    assert from_document(EnhancedFinding, to_document(finding), "finding") == finding


def test_a_time_without_a_zone_is_utc() -> None:
    document = {"severity": "LOW", "updatedAt": "2026-01-02T03:04:05"}
    assert from_document(EnhancedFinding, document, "finding").updated_at == NOW


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ([], r"f is not an object: \[\]"),
        ({}, "f needs name"),
        ({"name": "a", "severity": None}, "f needs severity"),
        ({"name": 1, "severity": "LOW"}, "f.name is not a text: 1"),
        ({"name": "a", "severity": "LOW", "more": 1}, "f has 'more'; it may have name, severity"),
        ({"name": "a", "severity": "LOW", "attributes": {}}, "f.attributes is not a list"),
        ({"name": "a", "severity": "LOW", "attributes": [{}]}, r"f.attributes\[0\] needs key"),
    ],
)
def test_a_mistake_is_named_with_its_place(document: object, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        from_document(Finding, document, "f")


@pytest.mark.parametrize(
    ("member", "value", "text"),
    [
        ("score", "high", "is not a number"),
        ("score", True, "is not a number"),
        ("score", float("nan"), "is not a finite number"),
        ("score", float("-inf"), "is not a finite number"),
        ("score", 10**400, "is not a finite number"),
        ("updatedAt", "soon", "is not a time: 'soon'"),
        ("updatedAt", 5, "is not a time: 5"),
    ],
)
def test_a_value_of_another_kind_is_refused(member: str, value: object, text: str) -> None:
    with pytest.raises(ValueError, match=f"f.{member} {text}"):
        from_document(EnhancedFinding, {"severity": "LOW", member: value}, "f")


@pytest.mark.parametrize("tags", [{"team": 5}, ["team"]])
def test_a_mapping_has_texts(tags: object) -> None:
    with pytest.raises(ValueError, match=r"r\.tags is not an object of texts"):
        from_document(Resource, {"tags": tags, "id": "a", "details": IMAGE}, "r")


def test_own_names_become_those_of_the_api_but_for_tags() -> None:
    document = {"finding_arn": "a", "resources": [{"tags": {"my_team": "b"}}]}
    assert renamed(document) == {"findingArn": "a", "resources": [{"tags": {"my_team": "b"}}]}


def test_a_list_may_be_asked_for_as_such() -> None:
    assert from_document(tuple[Attribute, ...], [{"key": "a"}], "l") == (Attribute(key="a"),)


def test_half_a_surrogate_pair_is_refused() -> None:
    """The ARN of a finding is made of its title; a scan that wanted it ended in an error."""
    with pytest.raises(ValueError, match=r"f\.title has half a surrogate pair"):
        from_document(EnhancedFinding, {"severity": "HIGH", "title": "\ud800"}, "f")
