"""GET /v2/<name>/referrers/<digest>, and what announces it. Source: OCI spec, end-12; registry.md §12."""

import json
import re
from typing import Any

import pytest

from tests.frontends.oci.conftest import (
    OCI_INDEX,
    OCI_MANIFEST,
    OTHER_ACCOUNT,
    Registry,
    content_of,
    descriptor,
    digest_of,
    error_of,
    manifest_of,
)

IMAGE = manifest_of(b"layer")
SUBJECT = digest_of(IMAGE)
PATH = f"/v2/app/referrers/{SUBJECT}"
SIGNATURE = "application/x.signature"
LINK = re.compile(r'<http://localhost:5327(/v2/[^>]*)>; rel="next"')


def refer(registry: Registry, name: str = "app", **more: Any) -> str:
    """Push a referrer of ``IMAGE``, and return its digest."""
    manifest = manifest_of(subject=descriptor(OCI_MANIFEST, IMAGE), **more)
    registry.upload(b"{}", name)
    assert registry.put(manifest, digest_of(manifest), name).status == 201
    return digest_of(manifest)


def listed(registry: Registry, path: str = PATH) -> list[str]:
    document = json.loads(content_of(registry("GET", path)))
    return [each["digest"] for each in document["manifests"]]


def test_referrers_come_as_an_index(registry: Registry) -> None:
    refer(registry)
    response = registry("GET", PATH)
    document = json.loads(content_of(response))
    assert (response.status, response.headers["Content-Type"]) == (200, OCI_INDEX)
    assert (document["schemaVersion"], document["mediaType"]) == (2, OCI_INDEX)


def test_a_referrer_is_a_descriptor_with_type_and_annotations(registry: Registry) -> None:
    annotations = {"made.by": "ci"}
    digest = refer(registry, artifactType=SIGNATURE, annotations=annotations)
    size = len(registry("GET", f"/v2/app/manifests/{digest}").body)
    (found,) = json.loads(content_of(registry("GET", PATH)))["manifests"]
    described = {"mediaType": OCI_MANIFEST, "digest": digest, "size": size}
    assert found == {**described, "artifactType": SIGNATURE, "annotations": annotations}


@pytest.mark.parametrize("subject", [SUBJECT, digest_of(b"unknown")])
def test_without_referrers_the_list_is_empty(registry: Registry, subject: str) -> None:
    """Also of a manifest that is not there, never 404. Source: reference registry.md §12, §19."""
    assert listed(registry, f"/v2/app/referrers/{subject}") == []


def test_the_type_that_is_asked_for_filters(registry: Registry) -> None:
    signature = refer(registry, artifactType=SIGNATURE)
    refer(registry, artifactType="application/x.other")
    path = f"{PATH}?artifactType={SIGNATURE.replace('/', '%2F')}"
    assert registry("GET", path).headers["OCI-Filters-Applied"] == "artifactType"
    assert listed(registry, path) == [signature]


@pytest.mark.parametrize("path", [PATH, f"{PATH}?artifactType="])
def test_without_a_type_nothing_is_filtered(registry: Registry, path: str) -> None:
    digest = refer(registry)
    assert "OCI-Filters-Applied" not in registry("GET", path).headers
    assert listed(registry, path) == [digest]


@pytest.mark.parametrize("query", ["", f"artifactType={SIGNATURE}"])
def test_many_referrers_come_in_pages(registry: Registry, query: str) -> None:
    """A page follows by its ``Link``, which keeps the filter."""
    more = [{"artifactType": SIGNATURE, "annotations": {"n": str(n)}} for n in range(51)]
    pushed = [refer(registry, **each) for each in more]
    first = registry("GET", f"{PATH}?{query}")
    path = LINK.fullmatch(first.headers["Link"])[1]
    found = [each["digest"] for each in json.loads(content_of(first))["manifests"]]
    assert (found, listed(registry, path)) == (pushed[:50], pushed[50:])
    assert ("artifactType" in path, "Link" in registry("GET", path).headers) == (bool(query), False)


def test_a_page_of_another_registry_stays_in_it(registry: Registry) -> None:
    registry.create("app", account=OTHER_ACCOUNT, region="eu-west-1")
    name = f"{OTHER_ACCOUNT}.eu-west-1/app"
    for number in range(51):
        refer(registry, name, annotations={"number": str(number)})
    link = registry("GET", f"/v2/{name}/referrers/{SUBJECT}").headers["Link"]
    assert len(listed(registry, LINK.fullmatch(link)[1])) == 1


@pytest.mark.parametrize("digest", ["latest", "sha256:ab", "sha256:" + "A" * 64, "%00"])
def test_a_malformed_digest_is_refused(registry: Registry, digest: str) -> None:
    response = registry("GET", f"/v2/app/referrers/{digest}")
    assert error_of(response) == (400, "DIGEST_INVALID")


@pytest.mark.parametrize("last", ["", "nonsense", "%00"])
def test_a_forged_page_is_refused(registry: Registry, last: str) -> None:
    assert error_of(registry("GET", f"{PATH}?last={last}")) == (405, "UNSUPPORTED")


def test_the_repository_has_to_be_there(registry: Registry) -> None:
    response = registry("GET", f"/v2/other/referrers/{SUBJECT}")
    assert error_of(response) == (404, "NAME_UNKNOWN")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "POST", "DELETE"])
def test_referrers_can_only_be_read(registry: Registry, method: str) -> None:
    assert registry(method, PATH).status == 405


def test_an_archived_referrer_is_hidden(registry: Registry) -> None:
    """Inferred: reference registry.md §12."""
    from ecrmock.values.images import ImageIdentifier

    image_id = ImageIdentifier(image_digest=refer(registry))
    change = {"image_id": image_id, "target_storage_class": "ARCHIVE"}
    registry.call("UpdateImageStorageClass", repository_name="app", **change)
    assert listed(registry) == []


def test_a_push_says_that_the_registry_knows_the_subject(registry: Registry) -> None:
    """Also when it changes nothing. Source: reference registry.md §4.1."""
    manifest = manifest_of(subject=descriptor(OCI_MANIFEST, IMAGE))
    registry.upload(b"{}")
    answers = [registry.put(manifest, "signed") for _ in range(2)]
    assert [each.headers["OCI-Subject"] for each in answers] == [SUBJECT, SUBJECT]


def test_a_push_without_a_subject_says_nothing_of_one(registry: Registry) -> None:
    registry.push(b"layer", "1.0")
    assert "OCI-Subject" not in registry.put(IMAGE, "2.0").headers
