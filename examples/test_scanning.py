"""Scans of images and what they find: the examples of docs/scanning.md."""

import boto3
import pytest

from ecrmock import mock_ecr

IMAGE = {"repositoryName": "team/app", "imageId": {"imageTag": "1.0"}}
CVE = "CVE-2022-37434"


def debian(zlib):
    """Return the files by which Debian 11 says that a version of zlib is installed."""
    status = f"Package: zlib1g\nStatus: install ok installed\nSource: zlib\nVersion: 1:{zlib}\n\n"
    return {
        "etc/os-release": b'ID=debian\nVERSION_ID="11"\n',
        "var/lib/dpkg/status": status.encode(),
    }


@pytest.fixture
def ecr():
    with mock_ecr(region="us-east-1") as ecr:
        yield ecr


@pytest.fixture
def client():
    return boto3.client("ecr", region_name="us-east-1")


def names(client):
    found = client.describe_image_scan_findings(**IMAGE)["imageScanFindings"]
    return [each["name"] for each in found["findings"]]


def test_a_scan_finds_what_is_known_of_the_packages(ecr, client):
    ecr.push_image("team/app", tag="1.0", layers=[debian("1.2.11.dfsg-2")])
    client.start_image_scan(**IMAGE)
    client.get_waiter("image_scan_complete").wait(**IMAGE)
    answer = client.describe_image_scan_findings(**IMAGE)
    assert answer["imageScanStatus"]["status"] == "COMPLETE"
    assert answer["imageScanFindings"]["findingSeverityCounts"] == {"CRITICAL": 1}
    assert names(client) == [CVE]


def test_the_fixed_version_is_clean(ecr, client):
    ecr.push_image("team/app", tag="1.0", layers=[debian("1.2.11.dfsg-2+deb11u2")])
    client.start_image_scan(**IMAGE)
    assert names(client) == []


def test_a_gate_refuses_what_is_critical(ecr, client):
    critical = {"name": CVE, "severity": "CRITICAL"}
    ecr.scan_findings("team/app", tag="1.0", findings=[critical])
    ecr.push_image("team/app", tag="1.0")
    client.start_image_scan(**IMAGE)
    answer = client.describe_image_scan_findings(**IMAGE)
    assert "CRITICAL" in answer["imageScanFindings"]["findingSeverityCounts"]


def test_a_scan_can_be_seen_in_progress():
    with mock_ecr(region="us-east-1", settle="manual") as ecr:
        client = boto3.client("ecr", region_name="us-east-1")
        ecr.push_image("team/app", tag="1.0", layers=[debian("1.2.11.dfsg-2")])
        client.start_image_scan(**IMAGE)
        answer = client.describe_image_scan_findings(**IMAGE)
        assert answer["imageScanStatus"]["status"] == "IN_PROGRESS"
        ecr.settle()
        assert names(client) == [CVE]


def test_a_monitored_image_is_looked_at_day_by_day(ecr, client):
    rule = {
        "scanFrequency": "CONTINUOUS_SCAN",
        "repositoryFilters": [{"filter": "team/*", "filterType": "WILDCARD"}],
    }
    client.put_registry_scanning_configuration(scanType="ENHANCED", rules=[rule])
    ecr.push_image("team/app", tag="1.0", layers=[debian("1.2.11.dfsg-2")])
    (found,) = client.describe_image_scan_findings(**IMAGE)["imageScanFindings"]["enhancedFindings"]
    assert found["packageVulnerabilityDetails"]["vulnerabilityId"] == CVE
    ecr.clock.advance(days=14)
    status = client.describe_image_scan_findings(**IMAGE)["imageScanStatus"]["status"]
    assert status == "SCAN_ELIGIBILITY_EXPIRED"
