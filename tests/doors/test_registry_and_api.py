"""The registry door and the API of one server are two ways to the same images."""

from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.doors.conftest import (
    OCI_MANIFEST,
    OTHER_ACCOUNT,
    Door,
    RegistryClient,
    digest_of,
    index_of,
    manifest_of,
    push,
    upload,
)


@pytest.fixture
def ecr(http_door: Door) -> Any:
    """A client over HTTP; the registry has the empty repository ``app``."""
    client = http_door.client()
    client.create_repository(repositoryName="app")
    return client


@pytest.fixture
def registry(http_door: Door, ecr: Any) -> RegistryClient:
    """The registry door of the same server."""
    return RegistryClient(http_door, ecr)


def test_an_image_pushed_to_the_registry_is_described_by_the_api(
    ecr: Any, registry: RegistryClient
) -> None:
    digest = registry.push(b"layer", "1.0")
    (detail,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    found = (detail["imageDigest"], detail["imageTags"], detail["imageSizeInBytes"])
    assert found == (digest, ["1.0"], len(b"{}") + len(b"layer"))


def test_a_manifest_pushed_to_the_registry_comes_back_from_the_api_as_it_was(
    ecr: Any, registry: RegistryClient
) -> None:
    registry.push(b"layer", "1.0")
    (image,) = ecr.batch_get_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])["images"]
    assert image["imageManifest"] == manifest_of(b"layer")


def test_an_image_pushed_by_the_api_is_pulled_from_the_registry(
    ecr: Any, registry: RegistryClient
) -> None:
    push(ecr, b"layer", "1.0")
    pulled = registry("GET", "/v2/app/manifests/1.0")
    expected = (OCI_MANIFEST, manifest_of(b"layer").encode())
    assert (pulled.headers["Content-Type"], pulled.body) == expected


def test_a_layer_uploaded_by_the_api_is_seen_at_the_registry(
    ecr: Any, registry: RegistryClient
) -> None:
    digest = upload(ecr, b"layer")
    seen = registry("HEAD", f"/v2/app/blobs/{digest}")
    assert (seen.status, seen.headers["Content-Length"]) == (200, "5")


def test_a_layer_uploaded_to_the_registry_is_available_to_the_api(
    ecr: Any, registry: RegistryClient
) -> None:
    digest = registry.upload(b"layer")
    checked = ecr.batch_check_layer_availability(repositoryName="app", layerDigests=[digest])
    assert checked["layers"][0]["layerAvailability"] == "AVAILABLE"


def test_an_upload_begun_at_the_registry_is_finished_by_the_api(
    ecr: Any, registry: RegistryClient
) -> None:
    upload_id = registry("POST", "/v2/app/blobs/uploads/").headers["Docker-Upload-UUID"]
    registry("PATCH", f"/v2/app/blobs/uploads/{upload_id}", b"layer")
    started = {"repositoryName": "app", "uploadId": upload_id}
    digest = digest_of(b"layer")
    completed = ecr.complete_layer_upload(**started, layerDigests=[digest])
    assert completed["layerDigest"] == digest


def test_the_url_of_a_layer_leads_to_its_bytes(ecr: Any) -> None:
    """It needs the token here, where AWS's is signed by itself."""
    push(ecr, b"layer", "1.0")
    asked = {"repositoryName": "app", "layerDigest": digest_of(b"layer")}
    url = ecr.get_download_url_for_layer(**asked)["downloadUrl"]
    (issued,) = ecr.get_authorization_token()["authorizationData"]
    headers = {"Authorization": f"Basic {issued['authorizationToken']}"}
    with urlopen(Request(url, headers=headers)) as response:
        assert response.read() == b"layer"


def test_an_image_deleted_by_the_api_is_unknown_at_the_registry(
    ecr: Any, registry: RegistryClient
) -> None:
    registry.push(b"layer", "1.0")
    ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    assert registry("GET", "/v2/app/manifests/1.0").status == 404


def test_an_image_deleted_at_the_registry_is_unknown_to_the_api(
    ecr: Any, registry: RegistryClient
) -> None:
    digest = registry.push(b"layer", "1.0")
    registry("DELETE", f"/v2/app/manifests/{digest}")
    assert ecr.list_images(repositoryName="app")["imageIds"] == []


def test_a_pull_from_the_registry_is_recorded(
    http_door: Door, ecr: Any, registry: RegistryClient
) -> None:
    registry.push(b"layer", "1.0")
    http_door.ecr.clock.advance(hours=1)
    registry("GET", "/v2/app/manifests/1.0")
    (detail,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert detail["lastRecordedPullTime"] == http_door.ecr.clock.now()


def test_an_immutable_tag_set_by_the_api_holds_at_the_registry(
    ecr: Any, registry: RegistryClient
) -> None:
    registry.push(b"old", "1.0")
    registry.upload(b"new")
    ecr.put_image_tag_mutability(repositoryName="app", imageTagMutability="IMMUTABLE")
    manifest = manifest_of(b"new").encode()
    assert b"TAG_INVALID" in registry("PUT", "/v2/app/manifests/1.0", manifest).body


def test_an_index_of_images_that_the_api_pushed_is_taken_by_the_registry(
    ecr: Any, registry: RegistryClient
) -> None:
    push(ecr, b"layer")
    index = index_of(manifest_of(b"layer")).encode()
    assert registry("PUT", "/v2/app/manifests/1.0", index).status == 201


def test_a_repository_uri_of_another_account_is_an_address_of_the_registry(
    http_door: Door, registry: RegistryClient
) -> None:
    other = http_door.client(account=OTHER_ACCOUNT)
    uri = other.create_repository(repositoryName="app")["repository"]["repositoryUri"]
    push(other, b"layer", "1.0")
    path = uri.removeprefix(http_door.host)
    assert registry("GET", f"/v2{path}/manifests/1.0").status == 200


def test_calls_of_both_ways_are_remembered_alike(
    http_door: Door, ecr: Any, registry: RegistryClient
) -> None:
    push(ecr, b"layer", "1.0")
    ecr.batch_get_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    registry("GET", "/v2/app/manifests/1.0")
    api, oci = http_door.ecr.calls[-2:]
    assert (api.operation, api.caller) == (oci.operation, oci.caller)
