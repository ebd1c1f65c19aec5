"""Findings on demand over HTTP."""

from typing import Any

import pytest

from ecrmock.values.images import ImageIdentifier
from tests.frontends.admin.conftest import Admin, document_of

PATH = "/_ecrmock/findings"
HIGH = {"name": "CVE-2026-1", "severity": "HIGH"}
DEMAND = {"repository": "app", "tag": "1", "findings": [HIGH]}
SHOWN = {**DEMAND, "findings": [{**HIGH, "attributes": []}]}


def test_a_demand_is_put_and_shown(admin: Admin) -> None:
    assert document_of(admin("POST", PATH, DEMAND)) == SHOWN
    assert admin.get(PATH) == {"findings": [SHOWN]}


def test_a_demand_about_the_same_images_replaces_it(admin: Admin) -> None:
    admin("POST", PATH, DEMAND)
    admin("POST", PATH, {"repository": "app", "tag": "1", "findings": []})
    (shown,) = admin.get(PATH)["findings"]
    assert shown["findings"] == []


def test_all_are_cleared_and_told(admin: Admin) -> None:
    admin("POST", PATH, DEMAND)
    assert document_of(admin("DELETE", PATH)) == {"findings": [SHOWN]}
    assert admin.get(PATH) == {"findings": []}


def test_a_demand_is_of_one_registry(admin: Admin) -> None:
    elsewhere = {"account": "111122223333", "region": "eu-west-1"}
    admin("POST", PATH, {**DEMAND, **elsewhere})
    assert admin.get(PATH) == {"findings": []}
    assert admin.get(f"{PATH}?account=111122223333&region=eu-west-1") == {"findings": [SHOWN]}


def test_a_scan_finds_what_was_asked_for(admin: Admin) -> None:
    admin("POST", PATH, {"findings": [HIGH]})
    manifest = (
        '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": '
        '{"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": '
        '"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}, "layers": []}'
    )
    image = {"repository_name": "app", "image_id": ImageIdentifier(image_tag="1")}
    upload = admin.call("InitiateLayerUpload", repository_name="app").upload_id
    this = {"repository_name": "app", "upload_id": upload}
    admin.call("UploadLayerPart", **this, layer_part_blob=b"{}")
    digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    admin.call("CompleteLayerUpload", **this, layer_digests=(digest,))
    admin.call("PutImage", repository_name="app", image_manifest=manifest, image_tag="1")
    admin.call("StartImageScan", **image)
    found = admin.call("DescribeImageScanFindings", **image).image_scan_findings
    assert found.finding_severity_counts == {"HIGH": 1}


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({}, "say which findings"),
        ({"findings": [{}]}, "findings[0] needs name"),
        ({"findings": [], "more": 1}, "no 'more'"),
        ({"findings": [], "account": "1"}, "12 digits"),
        ({"findings": [], "region": 5}, "12 digits"),
    ],
)
def test_what_makes_no_sense_is_refused(admin: Admin, document: Any, text: str) -> None:
    answer = admin("POST", PATH, document)
    assert (answer.status, text in document_of(answer)["message"]) == (400, True)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_query_says_the_registry_and_nothing_else(admin: Admin, method: str) -> None:
    assert admin(method, f"{PATH}?tag=1").status == 400
