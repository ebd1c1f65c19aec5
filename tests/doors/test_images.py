"""An image pushed through the API: layers, manifest, and what every operation then says of it."""

from typing import Any

import pytest

from tests.doors.conftest import (
    ACCOUNT,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    START,
    Door,
    content_of,
    descriptor,
    digest_of,
    index_of,
    manifest_of,
    push,
    start_upload,
    upload,
)

LAYER = b"a layer"
MANIFEST = manifest_of(LAYER)
DIGEST = digest_of(MANIFEST)
UNKNOWN = digest_of(b"nothing")
REASON = "Requested image not found"
DETAIL = {
    "registryId": ACCOUNT,
    "repositoryName": "app",
    "imageDigest": DIGEST,
    "imageTags": ["1.0", "latest"],
    "imageSizeInBytes": len(b"{}") + len(LAYER),
    "imagePushedAt": START,
    "imageManifestMediaType": OCI_MANIFEST,
    "artifactMediaType": OCI_CONFIG,
    "imageStatus": "ACTIVE",
}


def test_an_upload_starts_with_an_id_and_a_part_size_and_nothing_else(ecr: Any) -> None:
    """Source: reference api.md §6.2."""
    started = content_of(ecr.initiate_layer_upload(repositoryName="app"))
    assert started == {"uploadId": started["uploadId"], "partSize": 10_485_760}


def test_a_part_is_answered_with_the_last_byte_received(ecr: Any) -> None:
    started = start_upload(ecr)
    part = ecr.upload_layer_part(**started, partFirstByte=0, partLastByte=6, layerPartBlob=LAYER)
    expected = {"registryId": ACCOUNT, **started, "lastByteReceived": 6}
    assert content_of(part) == expected


def test_a_completed_upload_is_answered_with_its_digest(ecr: Any) -> None:
    started = start_upload(ecr)
    ecr.upload_layer_part(**started, partFirstByte=0, partLastByte=6, layerPartBlob=LAYER)
    completed = ecr.complete_layer_upload(**started, layerDigests=[digest_of(LAYER)])
    expected = {"registryId": ACCOUNT, **started, "layerDigest": digest_of(LAYER)}
    assert content_of(completed) == expected


def test_parts_are_joined_in_their_order(ecr: Any) -> None:
    started, half = start_upload(ecr), b"x" * 5_242_880
    for first in (0, len(half)):
        last = first + len(half) - 1
        ecr.upload_layer_part(**started, partFirstByte=first, partLastByte=last, layerPartBlob=half)
    completed = ecr.complete_layer_upload(**started, layerDigests=[digest_of(half + half)])
    assert completed["layerDigest"] == digest_of(half + half)


def test_an_uploaded_layer_is_available(ecr: Any) -> None:
    upload(ecr, LAYER)
    checked = ecr.batch_check_layer_availability(
        repositoryName="app", layerDigests=[digest_of(LAYER)]
    )
    (layer,) = checked["layers"]
    assert (layer["layerAvailability"], layer["layerSize"]) == ("AVAILABLE", len(LAYER))


def test_an_unknown_layer_is_unavailable_and_no_failure(ecr: Any) -> None:
    """Source: reference api.md §6.5."""
    checked = ecr.batch_check_layer_availability(repositoryName="app", layerDigests=[UNKNOWN])
    layer = {"layerDigest": UNKNOWN, "layerAvailability": "UNAVAILABLE"}
    assert content_of(checked) == {"layers": [layer], "failures": []}


def test_a_malformed_layer_digest_is_a_failure(ecr: Any) -> None:
    checked = ecr.batch_check_layer_availability(repositoryName="app", layerDigests=["sha256"])
    (failure,) = checked["failures"]
    assert failure["failureCode"] == "InvalidLayerDigest"


def test_a_layer_has_the_media_type_that_a_manifest_gives_it(ecr: Any) -> None:
    """A config is a layer too. Source: reference api.md §6.5."""
    push(ecr, LAYER, "1.0")
    checked = ecr.batch_check_layer_availability(
        repositoryName="app", layerDigests=[digest_of(b"{}"), digest_of(LAYER)]
    )
    types = [layer["mediaType"] for layer in checked["layers"]]
    assert types == [OCI_CONFIG, OCI_LAYER]


def test_a_pushed_image_is_answered_with_its_manifest(ecr: Any) -> None:
    for blob in (b"{}", LAYER):
        upload(ecr, blob)
    put = ecr.put_image(repositoryName="app", imageManifest=MANIFEST, imageTag="1.0")
    assert content_of(put) == {"image": image(imageTag="1.0")}


def image(**more: str) -> dict[str, Any]:
    return {
        "registryId": ACCOUNT,
        "repositoryName": "app",
        "imageId": {"imageDigest": DIGEST, **more},
        "imageManifest": MANIFEST,
        "imageManifestMediaType": OCI_MANIFEST,
    }


def test_a_pushed_image_is_described_with_its_size_and_tags(ecr: Any) -> None:
    """The size is that of config and layers. Source: reference api.md §5.2."""
    push(ecr, LAYER, "1.0", "latest")
    (detail,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert detail == DETAIL


def test_an_untagged_image_is_described_without_the_member_image_tags(ecr: Any) -> None:
    """Source: reference api.md §2.2."""
    push(ecr, LAYER)
    (detail,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert "imageTags" not in detail


def test_an_index_weighs_what_its_heaviest_image_weighs(ecr: Any) -> None:
    """Source: reference api.md §5.2."""
    push(ecr, b"light"), push(ecr, b"heavier")
    index = index_of(manifest_of(b"light"), manifest_of(b"heavier"))
    ecr.put_image(repositoryName="app", imageManifest=index, imageTag="1.0")
    found = ecr.describe_images(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    (detail,) = found["imageDetails"]
    assert detail["imageSizeInBytes"] == len(b"{}") + len(b"heavier")


def test_an_index_has_no_artifact_media_type(ecr: Any) -> None:
    """Source: reference api.md §5.2."""
    push(ecr, LAYER)
    ecr.put_image(repositoryName="app", imageManifest=index_of(MANIFEST), imageTag="1.0")
    found = ecr.describe_images(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    (detail,) = found["imageDetails"]
    assert (detail["imageManifestMediaType"], "artifactMediaType" in detail) == (OCI_INDEX, False)


def test_an_artifact_is_described_with_its_subject(ecr: Any) -> None:
    """The subject need not be there. Source: reference api.md §5.1, §5.2."""
    upload(ecr, b"{}")
    artifact = manifest_of(subject=descriptor(OCI_MANIFEST, b"elsewhere"))
    ecr.put_image(repositoryName="app", imageManifest=artifact)
    (detail,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert detail["subjectManifestDigest"] == digest_of(b"elsewhere")


def test_images_are_listed_by_tag_and_untagged_ones_by_digest(ecr: Any) -> None:
    """Source: reference api.md §5.3."""
    push(ecr, LAYER, "1.0", "latest")
    untagged = push(ecr, b"other")
    assert content_of(ecr.list_images(repositoryName="app")) == {
        "imageIds": [
            {"imageDigest": DIGEST, "imageTag": "1.0"},
            {"imageDigest": DIGEST, "imageTag": "latest"},
            {"imageDigest": untagged},
        ]
    }


@pytest.mark.parametrize(("status", "count"), [("TAGGED", 1), ("UNTAGGED", 1), ("ANY", 2)])
def test_a_list_is_filtered_by_tag_status(ecr: Any, status: str, count: int) -> None:
    push(ecr, LAYER, "1.0"), push(ecr, b"other")
    listed = ecr.list_images(repositoryName="app", filter={"tagStatus": status})
    assert len(listed["imageIds"]) == count


def test_an_image_is_got_by_tag_with_that_tag_only(ecr: Any) -> None:
    push(ecr, LAYER, "1.0", "latest")
    got = ecr.batch_get_image(repositoryName="app", imageIds=[{"imageTag": "latest"}])
    assert content_of(got) == {"images": [image(imageTag="latest")], "failures": []}


def test_an_image_is_got_by_digest_once_for_each_tag(ecr: Any) -> None:
    """Source: reference api.md §5.6."""
    push(ecr, LAYER, "1.0", "latest")
    got = ecr.batch_get_image(repositoryName="app", imageIds=[{"imageDigest": DIGEST}])
    assert got["images"] == [image(imageTag="1.0"), image(imageTag="latest")]


def test_getting_an_image_is_a_pull(door: Door, ecr: Any) -> None:
    push(ecr, LAYER, "1.0")
    door.ecr.clock.advance(hours=1)
    ecr.batch_get_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    (detail,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert detail["lastRecordedPullTime"] == door.ecr.clock.now()


@pytest.mark.parametrize(
    ("image_id", "code", "reason"),
    [
        ({"imageTag": "gone"}, "ImageNotFound", REASON),
        ({"imageDigest": UNKNOWN}, "ImageNotFound", REASON),
        ({"imageDigest": DIGEST, "imageTag": "gone"}, "ImageNotFound", REASON),
        (
            {"imageDigest": UNKNOWN, "imageTag": "1.0"},
            "ImageTagDoesNotMatchDigest",
            "Invalid request parameters: given tag does not map to the given digest",
        ),
        (
            {"imageDigest": "sha256"},
            "InvalidImageDigest",
            "Invalid request parameters: image digest should satisfy the regex "
            "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
        ),
        (
            {},
            "MissingDigestAndTag",
            "Invalid request parameters: both tag and digest cannot be null",
        ),
    ],
)
@pytest.mark.parametrize("operation", ["batch_get_image", "batch_delete_image"])
def test_what_a_batch_cannot_serve_is_a_failure_entry(
    ecr: Any, operation: str, image_id: dict[str, str], code: str, reason: str
) -> None:
    """The status is 200 all the same. Source: reference api.md §5.4."""
    push(ecr, LAYER, "1.0")
    answer = getattr(ecr, operation)(repositoryName="app", imageIds=[image_id])
    failure = {"imageId": image_id, "failureCode": code, "failureReason": reason}
    assert answer["failures"] == [failure]


def test_the_url_of_a_layer_is_presigned_for_an_hour(ecr: Any) -> None:
    """Source: reference api.md §6.6."""
    push(ecr, LAYER, "1.0")
    digest = digest_of(LAYER)
    answer = ecr.get_download_url_for_layer(repositoryName="app", layerDigest=digest)
    assert set(content_of(answer)) == {"downloadUrl", "layerDigest"}
    assert f"/123456789012-us-east-1/{digest}?" in answer["downloadUrl"]
    assert "&X-Amz-Expires=3600&" in answer["downloadUrl"]


def test_deleting_a_tag_leaves_the_image_its_other_tags(ecr: Any) -> None:
    push(ecr, LAYER, "1.0", "latest")
    deleted = ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    (left,) = ecr.list_images(repositoryName="app")["imageIds"]
    gone = {"imageDigest": DIGEST, "imageTag": "1.0"}
    assert (deleted["imageIds"], left["imageTag"]) == ([gone], "latest")


def test_deleting_the_last_tag_deletes_the_image(ecr: Any) -> None:
    """Source: reference api.md §5.7."""
    push(ecr, LAYER, "1.0")
    ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    assert ecr.describe_images(repositoryName="app")["imageDetails"] == []


def test_deleting_by_digest_answers_with_each_tag(ecr: Any) -> None:
    """Source: reference api.md §5.7."""
    push(ecr, LAYER, "1.0", "latest")
    deleted = ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageDigest": DIGEST}])
    entries = [{"imageDigest": DIGEST, "imageTag": tag} for tag in ("1.0", "latest")]
    assert content_of(deleted) == {"imageIds": entries, "failures": []}


def test_an_image_of_an_index_cannot_be_deleted(ecr: Any) -> None:
    """Source: reference api.md §5.4."""
    push(ecr, LAYER)
    index = index_of(MANIFEST)
    ecr.put_image(repositoryName="app", imageManifest=index, imageTag="1.0")
    answer = ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageDigest": DIGEST}])
    (failure,) = answer["failures"]
    reason = f"Requested image referenced by manifest list: [{digest_of(index)}]"
    code = "ImageReferencedByManifestList"
    assert (failure["failureCode"], failure["failureReason"]) == (code, reason)


def test_a_moved_tag_leaves_the_old_image_untagged(ecr: Any) -> None:
    old, new = push(ecr, b"old", "latest"), push(ecr, b"new", "latest")
    untagged = ecr.list_images(repositoryName="app", filter={"tagStatus": "UNTAGGED"})
    tagged = ecr.list_images(repositoryName="app", filter={"tagStatus": "TAGGED"})
    expected = ([{"imageDigest": old}], [{"imageDigest": new, "imageTag": "latest"}])
    assert (untagged["imageIds"], tagged["imageIds"]) == expected


def test_a_push_and_a_deletion_are_events(door: Door, ecr: Any) -> None:
    push(ecr, LAYER, "1.0")
    ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "1.0"}])
    actions = [event["detail"]["action-type"] for event in door.ecr.events]
    assert actions == ["PUSH", "DELETE"]
