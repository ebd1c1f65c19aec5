"""Into the archive and back. Source: reference features.md §7, §11.2."""

from datetime import timedelta
from typing import Any

import pytest

from tests.doors.conftest import (
    ACCOUNT,
    OCI_CONFIG,
    OCI_MANIFEST,
    START,
    Door,
    RegistryClient,
    content_of,
    digest_of,
    manifest_of,
    push,
)

MINUTES = timedelta(minutes=20)
LAYER = digest_of(b"layer")
TAG = {"imageTag": "1.0"}


@pytest.fixture
def digest(ecr: Any) -> str:
    """An image with the tag ``1.0``."""
    return push(ecr, b"layer", "1.0")


def change(client: Any, image_id: dict[str, str], storage_class: str) -> dict[str, Any]:
    parameters = {"imageId": image_id, "targetStorageClass": storage_class}
    return content_of(client.update_image_storage_class(repositoryName="app", **parameters))


def put_again(client: Any) -> None:
    client.put_image(repositoryName="app", imageManifest=manifest_of(b"layer"), **TAG)


def shown(client: Any) -> dict[str, Any]:
    (detail,) = client.describe_images(repositoryName="app", imageIds=[TAG])["imageDetails"]
    return detail


def test_an_image_is_archived(ecr: Any, digest: str) -> None:
    assert change(ecr, {"imageDigest": digest}, "ARCHIVE") == {
        "registryId": ACCOUNT,
        "repositoryName": "app",
        "imageId": {"imageDigest": digest},
        "imageStatus": "ARCHIVED",
    }
    assert (shown(ecr)["imageStatus"], shown(ecr)["lastArchivedAt"]) == ("ARCHIVED", START)


def test_an_archived_image_is_hidden_from_lists(ecr: Any, digest: str) -> None:
    change(ecr, TAG, "ARCHIVE")
    assert ecr.list_images(repositoryName="app")["imageIds"] == []
    assert ecr.describe_images(repositoryName="app")["imageDetails"] == []
    asked = {"repositoryName": "app", "filter": {"imageStatus": "ARCHIVED"}}
    assert len(ecr.list_images(**asked)["imageIds"]) == 1


def test_an_archived_image_is_not_given_out(ecr: Any, digest: str) -> None:
    change(ecr, TAG, "ARCHIVE")
    answer = ecr.batch_get_image(repositoryName="app", imageIds=[TAG])
    (failure,) = answer["failures"]
    assert (answer["images"], failure["failureCode"]) == ([], "ImageInaccessible")


def test_the_layers_of_an_archived_image_are_archived(ecr: Any, digest: str) -> None:
    change(ecr, TAG, "ARCHIVE")
    asked = {"repositoryName": "app", "layerDigests": [LAYER]}
    (layer,) = ecr.batch_check_layer_availability(**asked)["layers"]
    assert layer["layerAvailability"] == "ARCHIVED"
    with pytest.raises(ecr.exceptions.LayerInaccessibleException):
        ecr.get_download_url_for_layer(repositoryName="app", layerDigest=LAYER)


def test_a_restore_is_complete_after_twenty_minutes(door: Door, ecr: Any, digest: str) -> None:
    change(ecr, TAG, "ARCHIVE")
    assert change(ecr, TAG, "STANDARD")["imageStatus"] == "ACTIVATING"
    door.ecr.clock.advance(seconds=19 * 60)
    assert shown(ecr)["imageStatus"] == "ACTIVATING"
    door.ecr.clock.advance(seconds=60)
    assert (shown(ecr)["imageStatus"], shown(ecr)["lastActivatedAt"]) == ("ACTIVE", START + MINUTES)


def test_a_restore_tells_the_time_at_which_it_was_complete(
    door: Door, ecr: Any, digest: str
) -> None:
    """Also when the clock moves further at once."""
    change(ecr, TAG, "ARCHIVE")
    change(ecr, TAG, "STANDARD")
    door.ecr.clock.advance(days=3)
    assert shown(ecr)["lastActivatedAt"] == START + MINUTES


def test_a_second_restore_takes_its_own_time(door: Door, ecr: Any, digest: str) -> None:
    change(ecr, TAG, "ARCHIVE")
    change(ecr, TAG, "STANDARD")
    put_again(ecr)
    change(ecr, TAG, "ARCHIVE")
    door.ecr.clock.advance(seconds=15 * 60)
    change(ecr, TAG, "STANDARD")
    door.ecr.clock.advance(seconds=5 * 60)
    assert shown(ecr)["imageStatus"] == "ACTIVATING"


def test_a_push_restores_at_once(ecr: Any, digest: str) -> None:
    change(ecr, TAG, "ARCHIVE")
    put_again(ecr)
    assert (shown(ecr)["imageStatus"], shown(ecr)["lastActivatedAt"]) == ("ACTIVE", START)


@pytest.mark.parametrize("steps", [("STANDARD",), ("ARCHIVE", "ARCHIVE")])
def test_a_class_that_the_image_has_is_not_supported(
    ecr: Any, digest: str, steps: tuple[str, ...]
) -> None:
    """Inferred: reference api.md §17."""
    for step in steps[:-1]:
        change(ecr, TAG, step)
    with pytest.raises(ecr.exceptions.ImageStorageClassUpdateNotSupportedException):
        change(ecr, TAG, steps[-1])


def test_another_class_is_refused(ecr: Any, digest: str) -> None:
    with pytest.raises(ecr.exceptions.InvalidParameterException, match=r"\[STANDARD, ARCHIVE\]"):
        change(ecr, TAG, "GLACIER")


def test_a_missing_image_is_not_found(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.ImageNotFoundException):
        change(ecr, TAG, "ARCHIVE")


def test_both_ways_are_announced(door: Door, ecr: Any, digest: str) -> None:
    change(ecr, TAG, "ARCHIVE")
    change(ecr, TAG, "STANDARD")
    door.ecr.clock.advance(seconds=20 * 60)
    archived, restored = (event["detail"] for event in door.ecr.events[-2:])
    assert archived == {
        "result": "SUCCESS",
        "repository-name": "app",
        "image-digest": digest,
        "action-type": "UPDATE_STORAGE_CLASS",
        "target-storage-class": "ARCHIVE",
        "manifest-media-type": OCI_MANIFEST,
        "artifact-media-type": OCI_CONFIG,
    }
    assert restored["target-storage-class"] == "STANDARD"
    assert restored["last-activated-at"] == "2026-01-02T03:24:05.678Z"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("is_activating", [False, True])
def test_an_archived_image_is_unknown_at_the_registry(
    http_door: Door, method: str, is_activating: bool
) -> None:
    """Source: reference registry.md §3.3."""
    client = http_door.client()
    client.create_repository(repositoryName="app")
    registry = RegistryClient(http_door, client)
    registry.push(b"layer", "1.0")
    change(client, TAG, "ARCHIVE")
    if is_activating:
        change(client, TAG, "STANDARD")
    assert registry(method, "/v2/app/manifests/1.0").status == 404
    assert registry(method, f"/v2/app/blobs/{LAYER}").status == 404


def test_a_push_to_the_registry_restores_at_once(http_door: Door) -> None:
    client = http_door.client()
    client.create_repository(repositoryName="app")
    registry = RegistryClient(http_door, client)
    registry.push(b"layer", "1.0")
    change(client, TAG, "ARCHIVE")
    registry.push(b"layer", "1.0")
    assert registry("GET", "/v2/app/manifests/1.0").status == 200
