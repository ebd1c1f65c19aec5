"""Basic scans and what they show, through both doors. Source: reference api.md §10.1, §10.2; features.md §2."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecrmock import mock_ecr
from tests.doors.conftest import (
    ACCOUNT,
    OCI_INDEX,
    REGION,
    START,
    Door,
    content_of,
    index_of,
    manifest_of,
    push,
)
from tests.scanned_images import NEW_ZLIB, ZLIB_FINDING, debian

APP = {"repositoryName": "app"}
BY_TAG = {**APP, "imageId": {"imageTag": "1"}}
NO_SYSTEM = "UnsupportedImageError: The operating system and/or package manager are not supported."
QUOTA_USED = "The scan quota per image has been exceeded. Wait and try again."
ON_PUSH = {"imageScanningConfiguration": {"scanOnPush": True}}


def code_of(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def status_of(client: Any, tag: str = "1") -> str:
    answer = client.describe_image_scan_findings(**APP, imageId={"imageTag": tag})
    return answer["imageScanStatus"]["status"]


def scan(client: Any, door: Door, files: Any, tag: str = "1") -> dict[str, Any]:
    """Push an image of one layer, scan it, and return what is shown."""
    door.ecr.push_image("app", tag=tag, layers=[files])
    client.start_image_scan(**APP, imageId={"imageTag": tag})
    return content_of(client.describe_image_scan_findings(**APP, imageId={"imageTag": tag}))


# Starting


def test_a_scan_is_in_progress_when_it_was_started(ecr: Any, door: Door) -> None:
    image_id = door.ecr.push_image("app", tag="1", layers=[debian()])
    shown = {"imageDigest": image_id.image_digest, "imageTag": "1"}
    assert content_of(ecr.start_image_scan(**BY_TAG)) == {
        "registryId": ACCOUNT,
        "repositoryName": "app",
        "imageId": shown,
        "imageScanStatus": {"status": "IN_PROGRESS"},
    }


def test_by_digest_no_tag_is_shown(ecr: Any, door: Door) -> None:
    """Source: AWS CLI, example of start-image-scan."""
    digest = door.ecr.push_image("app", tag="1", layers=[debian()]).image_digest
    answer = ecr.start_image_scan(**APP, imageId={"imageDigest": digest})
    assert answer["imageId"] == {"imageDigest": digest}


def test_an_image_is_scanned_once_in_24_hours(ecr: Any, door: Door) -> None:
    scan(ecr, door, debian())
    door.ecr.clock.advance(hours=23.9)
    assert code_of(ecr.start_image_scan, **BY_TAG) == ("LimitExceededException", QUOTA_USED)
    door.ecr.clock.advance(hours=0.1)
    ecr.start_image_scan(**BY_TAG)


def test_the_24_hours_are_of_the_digest_not_of_a_tag(ecr: Any, door: Door) -> None:
    scan(ecr, door, debian())
    door.ecr.push_image("app", tag="2", layers=[debian()])
    asked = {**APP, "imageId": {"imageTag": "2"}}
    assert code_of(ecr.start_image_scan, **asked)[0] == "LimitExceededException"


def test_a_registry_has_a_quota_for_a_day() -> None:
    with mock_ecr(region=REGION, quotas={"scans": 2}) as backend:
        client = Door(backend, "", "https").client()
        for tag in ("1", "2", "3"):
            backend.push_image("app", tag=tag, layers=[debian(tag)])
        for tag in ("1", "2"):
            client.start_image_scan(**APP, imageId={"imageTag": tag})
        asked = {**APP, "imageId": {"imageTag": "3"}}
        assert code_of(client.start_image_scan, **asked)[0] == "LimitExceededException"
        backend.clock.advance(days=1)
        client.start_image_scan(**asked)
        client.close()


def test_an_index_cannot_be_scanned(ecr: Any) -> None:
    push(ecr, b"layer")
    ecr.put_image(**APP, imageManifest=index_of(manifest_of(b"layer")), imageTag="1")
    text = f"An artifact with media type '{OCI_INDEX}' cannot be scanned."
    assert code_of(ecr.start_image_scan, **BY_TAG) == ("UnsupportedImageTypeException", text)


def test_an_artifact_cannot_be_scanned(ecr: Any, door: Door) -> None:
    door.ecr.push_artifact("app", "application/vnd.example", tag="1")
    text = "An artifact with media type 'application/vnd.example' cannot be scanned."
    assert code_of(ecr.start_image_scan, **BY_TAG) == ("UnsupportedImageTypeException", text)


def test_an_image_in_the_archive_cannot_be_scanned(ecr: Any, door: Door) -> None:
    door.ecr.push_image("app", tag="1", layers=[debian()])
    ecr.update_image_storage_class(**BY_TAG, targetStorageClass="ARCHIVE")
    text = "The specified image is archived and cannot be scanned."
    assert code_of(ecr.start_image_scan, **BY_TAG) == ("ImageArchivedException", text)


@pytest.mark.parametrize("operation", ["start_image_scan", "describe_image_scan_findings"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"repositoryName": "none"}, "RepositoryNotFoundException"),
        ({"imageId": {"imageTag": "none"}}, "ImageNotFoundException"),
        ({"imageId": {}}, "InvalidParameterException"),
    ],
)
def test_the_image_has_to_be_there(
    ecr: Any, operation: str, changed: dict[str, Any], code: str
) -> None:
    assert code_of(getattr(ecr, operation), **{**BY_TAG, **changed})[0] == code


# Findings


def test_a_complete_scan_shows_its_findings(ecr: Any, door: Door) -> None:
    shown = scan(ecr, door, debian())
    found = shown["imageScanFindings"]
    (finding,) = found["findings"]
    assert shown["imageScanStatus"] == {
        "status": "COMPLETE",
        "description": "The scan was completed successfully.",
    }
    assert {name: finding[name] for name in ZLIB_FINDING} == ZLIB_FINDING
    assert {"key": "package_name", "value": "zlib"} in finding["attributes"]
    assert found["findingSeverityCounts"] == {"CRITICAL": 1}
    assert found["imageScanCompletedAt"] == START
    assert found["vulnerabilitySourceUpdatedAt"] <= START


def test_a_clean_image_has_no_findings_and_no_counts(ecr: Any, door: Door) -> None:
    found = scan(ecr, door, debian(NEW_ZLIB))["imageScanFindings"]
    assert (found["findings"], found["findingSeverityCounts"]) == ([], {})


def test_an_image_without_a_system_fails(ecr: Any, door: Door) -> None:
    """An image from scratch. Source: reference api.md §10.2."""
    shown = scan(ecr, door, {"program": b"x"})
    assert shown["imageScanStatus"] == {"status": "FAILED", "description": NO_SYSTEM}
    assert "imageScanFindings" not in shown


def test_a_damaged_layer_fails_too(ecr: Any, door: Door) -> None:
    shown = scan(ecr, door, b"no archive")
    assert shown["imageScanStatus"]["status"] == "FAILED"
    assert "no tar archive" in shown["imageScanStatus"]["description"]


def test_layers_in_a_form_that_nobody_reads_are_unsupported(ecr: Any, door: Door) -> None:
    shown = scan(ecr, door, b"BZh91AY&SY")
    assert shown["imageScanStatus"]["status"] == "UNSUPPORTED_IMAGE"


def test_layers_that_are_no_archives_are_unsupported(ecr: Any) -> None:
    """An attestation as BuildKit makes it: its config says that it is an image."""
    push(ecr, b"layer")
    document = json.loads(manifest_of(b"layer"))
    document["layers"][0]["mediaType"] = "application/vnd.in-toto+json"
    ecr.put_image(**APP, imageManifest=json.dumps(document), imageTag="1")
    ecr.start_image_scan(**BY_TAG)
    assert status_of(ecr) == "UNSUPPORTED_IMAGE"


def test_what_was_never_scanned_has_no_scan(ecr: Any, door: Door) -> None:
    door.ecr.push_image("app", tag="1", layers=[debian()])
    text = (
        "Image scan does not exist for the image with '{imageDigest:'null', imageTag:'1'}' in the "
        f"repository with name 'app' in the registry with id '{ACCOUNT}'"
    )
    asked = (ecr.describe_image_scan_findings, BY_TAG)
    assert code_of(asked[0], **asked[1]) == ("ScanNotFoundException", text)


def test_an_index_has_no_scan_but_its_images_have(ecr: Any, door: Door) -> None:
    """Source: reference features.md §2.4."""
    ecr.put_image_scanning_configuration(**APP, **ON_PUSH)
    image = door.ecr.push_image("app", layers=[debian()])
    door.ecr.push_index("app", {"linux/amd64": image.image_digest}, tag="1")
    assert code_of(ecr.describe_image_scan_findings, **BY_TAG)[0] == "ScanNotFoundException"
    child = {"imageDigest": image.image_digest}
    shown = ecr.describe_image_scan_findings(**APP, imageId=child)
    assert shown["imageScanStatus"]["status"] == "COMPLETE"


def test_the_waiter_of_boto3_ends(ecr: Any, door: Door) -> None:
    scan(ecr, door, debian())
    ecr.get_waiter("image_scan_complete").wait(**BY_TAG)


# Pages


def test_findings_come_in_pages_with_status_and_counts_on_each(ecr: Any, door: Door) -> None:
    named = [{"name": f"CVE-2026-{number}", "severity": "LOW"} for number in range(150)]
    door.ecr.scan_findings("app", findings=named)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    ecr.start_image_scan(**BY_TAG)
    first = ecr.describe_image_scan_findings(**BY_TAG)
    second = ecr.describe_image_scan_findings(**BY_TAG, nextToken=first["nextToken"])
    sizes = [len(page["imageScanFindings"]["findings"]) for page in (first, second)]
    assert (sizes, "nextToken" in second) == ([100, 50], False)
    for page in (first, second):
        assert page["imageScanStatus"]["status"] == "COMPLETE"
        assert page["imageScanFindings"]["findingSeverityCounts"] == {"LOW": 150}


def test_the_paginator_of_boto3_gathers_them(ecr: Any, door: Door) -> None:
    named = [{"name": f"CVE-2026-{number}", "severity": "LOW"} for number in range(7)]
    door.ecr.scan_findings("app", findings=named)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    ecr.start_image_scan(**BY_TAG)
    pages = ecr.get_paginator("describe_image_scan_findings").paginate(
        **BY_TAG, PaginationConfig={"PageSize": 3}
    )
    found = pages.build_full_result()["imageScanFindings"]["findings"]
    assert [each["name"] for each in found] == [each["name"] for each in named]


def test_a_token_of_another_listing_is_refused(ecr: Any, door: Door) -> None:
    scan(ecr, door, debian())
    asked = {**BY_TAG, "nextToken": "bm90aGluZw=="}
    assert code_of(ecr.describe_image_scan_findings, **asked)[0] == "InvalidParameterException"


# Scan on push


def test_a_push_starts_a_scan_where_the_flag_is_set(ecr: Any, door: Door) -> None:
    ecr.put_image_scanning_configuration(**APP, **ON_PUSH)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    assert status_of(ecr) == "COMPLETE"
    assert code_of(ecr.start_image_scan, **BY_TAG)[0] == "LimitExceededException"


def test_rules_of_the_registry_decide_in_place_of_the_flag(ecr: Any, door: Door) -> None:
    """Source: reference features.md §2.3."""
    ecr.put_image_scanning_configuration(**APP, **ON_PUSH)
    rule = {
        "scanFrequency": "SCAN_ON_PUSH",
        "repositoryFilters": [{"filter": "prod", "filterType": "WILDCARD"}],
    }
    ecr.put_registry_scanning_configuration(rules=[rule])
    door.ecr.push_image("app", tag="1", layers=[debian()])
    door.ecr.push_image("prod", tag="1", layers=[debian()])
    assert code_of(ecr.describe_image_scan_findings, **BY_TAG)[0] == "ScanNotFoundException"
    ecr.describe_image_scan_findings(**{**BY_TAG, "repositoryName": "prod"})


def test_a_further_tag_leaves_the_scan_of_the_day_as_it_is(ecr: Any, door: Door) -> None:
    ecr.put_image_scanning_configuration(**APP, **ON_PUSH)
    for tag in ("1", "2"):
        door.ecr.push_image("app", tag=tag, layers=[debian()])
    assert (status_of(ecr, "1"), status_of(ecr, "2")) == ("COMPLETE", "COMPLETE")


def test_a_push_beyond_the_registrys_quota_shows_that(door: Door) -> None:
    with mock_ecr(region=REGION, quotas={"scans": 0}) as backend:
        client = Door(backend, "", "https").client()
        client.create_repository(**APP, **ON_PUSH)
        backend.push_image("app", tag="1", layers=[debian()])
        assert status_of(client) == "LIMIT_EXCEEDED"
        client.close()


def test_the_push_itself_says_that_a_scan_is_in_progress() -> None:
    with mock_ecr(region=REGION, settle="manual") as backend:
        client = Door(backend, "", "https").client()
        client.create_repository(**APP, **ON_PUSH)
        image = backend.push_image("app", tag="1", layers=[debian()])
        shown = content_of(client.describe_image_scan_findings(**BY_TAG))
        assert shown == {
            "registryId": ACCOUNT,
            "repositoryName": "app",
            "imageId": {"imageDigest": image.image_digest, "imageTag": "1"},
            "imageScanStatus": {"status": "IN_PROGRESS"},
        }
        backend.settle()
        assert status_of(client) == "COMPLETE"
        client.close()


def test_a_copy_in_another_region_is_scanned_by_the_rules_there(ecr: Any, door: Door) -> None:
    west = door.client(region="eu-west-1")
    west.create_repository(**APP, **ON_PUSH)
    destination = {"region": "eu-west-1", "registryId": ACCOUNT}
    rules = {"rules": [{"destinations": [destination]}]}
    ecr.put_replication_configuration(replicationConfiguration=rules)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    assert status_of(west) == "COMPLETE"
    assert code_of(ecr.describe_image_scan_findings, **BY_TAG)[0] == "ScanNotFoundException"


def test_an_image_from_an_upstream_is_scanned_when_it_is_complete(ecr: Any, door: Door) -> None:
    """Source: reference features.md §1.1, §4.4."""
    rule = {
        "scanFrequency": "SCAN_ON_PUSH",
        "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
    }
    ecr.put_registry_scanning_configuration(rules=[rule])
    upstream = f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="west", upstreamRegistryUrl=upstream)
    west = door.client(region="us-west-2")
    west.create_repository(**APP)
    push(west, b"layer", "1")
    cached = {"repositoryName": "west/app"}
    ecr.batch_get_image(**cached, imageIds=[{"imageTag": "1"}])
    shown = ecr.describe_image_scan_findings(**cached, imageId={"imageTag": "1"})
    assert shown["imageScanStatus"]["status"] == "FAILED"


# What becomes of scans


def test_a_scan_goes_with_its_image(ecr: Any, door: Door) -> None:
    scan(ecr, door, debian())
    ecr.batch_delete_image(**APP, imageIds=[{"imageTag": "1"}])
    door.ecr.push_image("app", tag="1", layers=[debian()])
    assert code_of(ecr.describe_image_scan_findings, **BY_TAG)[0] == "ScanNotFoundException"
    ecr.start_image_scan(**BY_TAG)


def test_an_archived_image_says_so_in_place_of_its_findings(ecr: Any, door: Door) -> None:
    scan(ecr, door, debian())
    ecr.update_image_storage_class(**BY_TAG, targetStorageClass="ARCHIVE")
    shown = ecr.describe_image_scan_findings(**BY_TAG)
    assert shown["imageScanStatus"] == {"status": "IMAGE_ARCHIVED"}
    assert "imageScanFindings" not in shown


@pytest.mark.parametrize("days", [0.5, 2])
def test_a_restored_image_is_scanned_as_a_new_one(ecr: Any, door: Door, days: float) -> None:
    """What was found before is gone; a second scan in 24 hours is too many. Source: features.md §7.1."""
    ecr.put_image_scanning_configuration(**APP, **ON_PUSH)
    door.ecr.push_image("app", tag="1", layers=[debian()])
    ecr.update_image_storage_class(**BY_TAG, targetStorageClass="ARCHIVE")
    door.ecr.clock.advance(days=days)
    ecr.update_image_storage_class(**BY_TAG, targetStorageClass="STANDARD")
    door.ecr.clock.advance(hours=1)
    assert status_of(ecr) == ("COMPLETE" if days > 1 else "LIMIT_EXCEEDED")


def test_without_scan_on_push_a_restored_image_has_no_scan(ecr: Any, door: Door) -> None:
    scan(ecr, door, debian())
    ecr.update_image_storage_class(**BY_TAG, targetStorageClass="ARCHIVE")
    door.ecr.push_image("app", tag="1", layers=[debian()])
    assert code_of(ecr.describe_image_scan_findings, **BY_TAG)[0] == "ScanNotFoundException"


def test_a_scan_whose_image_was_deleted_meanwhile_leaves_nothing() -> None:
    with mock_ecr(region=REGION, settle="manual") as backend:
        client = Door(backend, "", "https").client()
        backend.push_image("app", tag="1", layers=[debian()])
        client.start_image_scan(**BY_TAG)
        client.batch_delete_image(**APP, imageIds=[{"imageTag": "1"}])
        backend.push_image("app", tag="1", layers=[debian()])
        backend.settle()
        assert code_of(client.describe_image_scan_findings, **BY_TAG)[0] == "ScanNotFoundException"
        client.close()


# Events, and DescribeImages


def test_an_event_tells_the_end_of_a_scan(ecr: Any, door: Door) -> None:
    """Source: reference features.md §11.4."""
    digest = scan(ecr, door, debian())["imageId"]["imageDigest"]
    event = door.ecr.events[-1]
    assert (event["source"], event["detail-type"]) == ("aws.ecr", "ECR Image Scan")
    assert event["resources"] == [f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app"]
    assert event["detail"] == {
        "scan-status": "COMPLETE",
        "repository-name": "app",
        "finding-severity-counts": {"CRITICAL": 1},
        "image-digest": digest,
        "image-tags": ["1"],
    }


def test_an_event_tells_a_failure(ecr: Any, door: Door) -> None:
    scan(ecr, door, {"program": b"x"})
    detail: Any = door.ecr.events[-1]["detail"]
    assert (detail["scan-status"], detail["finding-severity-counts"]) == ("FAILED", {})


def test_basic_scans_are_not_in_describe_images(ecr: Any, door: Door) -> None:
    """Source: service model, DescribeImages; reference features.md §2.5."""
    scan(ecr, door, debian())
    (image,) = ecr.describe_images(**APP)["imageDetails"]
    assert not {"imageScanStatus", "imageScanFindingsSummary"} & set(image)


def test_an_option_shows_them_there() -> None:
    with mock_ecr(region=REGION, show_scans=True) as backend:
        client = Door(backend, "", "https").client()
        backend.push_image("app", tag="1", layers=[debian()])
        client.start_image_scan(**BY_TAG)
        (image,) = client.describe_images(**APP)["imageDetails"]
        assert image["imageScanStatus"]["status"] == "COMPLETE"
        assert image["imageScanFindingsSummary"]["findingSeverityCounts"] == {"CRITICAL": 1}
        client.close()


# Who may


def test_policies_decide_about_scans_and_findings(door: Door) -> None:
    """Source: reference iam.md §8: both are about a repository."""
    statement = {
        "Effect": "Allow",
        "Action": "ecr:StartImageScan",
        "Resource": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    with mock_ecr(region=REGION) as backend:
        for name in ("app", "other"):
            backend.push_image(name, tag="1", layers=[debian()])
        client = backend.create_user("scanner", policy=policy).client()
        with backend.enforced():
            client.start_image_scan(**BY_TAG)
            elsewhere = {**BY_TAG, "repositoryName": "other"}
            assert code_of(client.start_image_scan, **elsewhere)[0] == "AccessDeniedException"
            denied = code_of(client.describe_image_scan_findings, **BY_TAG)
            assert (denied[0], "ecr:DescribeImageScanFindings" in denied[1]) == (
                "AccessDeniedException",
                True,
            )
        client.close()
