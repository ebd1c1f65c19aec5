"""What scans find, as a test asks for it in the handle's registry."""

from ecrmock.values.images import ImageIdentifier

HIGH = {"name": "CVE-2026-1", "severity": "HIGH"}
IMAGE = {"repository_name": "app", "image_id": ImageIdentifier(image_tag="1")}


def counts(ask):
    found = ask("DescribeImageScanFindings", **IMAGE).image_scan_findings
    return found.finding_severity_counts if found is not None else None


def test_a_demand_is_of_the_handles_registry(handle, ask):
    handle.scan_findings("app", tag="1", findings=[HIGH])
    handle.push_image("app", tag="1")
    ask("StartImageScan", **IMAGE)
    assert counts(ask) == {"HIGH": 1}


def test_a_demand_reads_what_boto3_has_shown(handle, ask):
    """Findings of one scan can be asked for as they are."""
    handle.scan_findings("app", findings=[HIGH])
    handle.push_image("app", tag="1")
    ask("StartImageScan", **IMAGE)
    shown = {**HIGH, "attributes": [{"key": "package_name", "value": "zlib"}]}
    handle.scan_findings("app", findings=[shown, shown])
    assert counts(ask) == {"HIGH": 2}


def test_demands_are_taken_back(handle, ask):
    handle.push_image("app", tag="1")
    handle.scan_findings("app", findings=[HIGH])
    ask("StartImageScan", **IMAGE)
    handle.clear_scan_findings()
    assert counts(ask) is None
