"""Manifests about another one, and what becomes of them. Source: reference api.md §18, registry.md §12."""

import json
from typing import Any

import pytest

from tests.doors.conftest import (
    OCI_CONFIG,
    OCI_MANIFEST,
    Door,
    RegistryClient,
    content_of,
    descriptor,
    digest_of,
    manifest_of,
    push,
    upload,
)

IMAGE = manifest_of(b"layer")
SUBJECT = {"imageDigest": digest_of(IMAGE)}
SIGNATURE = "application/x.signature"


def about(text: str = IMAGE, layer: bytes = b"layer", **more: Any) -> str:
    return manifest_of(layer, subject=descriptor(OCI_MANIFEST, text), **more)


def refer(client: Any, **more: Any) -> str:
    """Push a referrer of ``IMAGE``, and return its digest."""
    for blob in (b"{}", b"layer"):
        upload(client, blob)
    manifest = about(**more)
    client.put_image(repositoryName="app", imageManifest=manifest)
    return digest_of(manifest)


def referrers(client: Any, **more: Any) -> list[dict[str, Any]]:
    asked = {"repositoryName": "app", "subjectId": SUBJECT, **more}
    return client.list_image_referrers(**asked)["referrers"]


def digests(client: Any, **more: Any) -> list[str]:
    return [each["digest"] for each in referrers(client, **more)]


def test_a_referrer_is_shown_with_type_size_and_annotations(ecr: Any) -> None:
    digest = refer(ecr, artifactType=SIGNATURE, annotations={"made.by": "ü"})
    (found,) = referrers(ecr)
    assert found == {
        "digest": digest,
        "mediaType": OCI_MANIFEST,
        "artifactType": SIGNATURE,
        "size": len(about(artifactType=SIGNATURE, annotations={"made.by": "ü"}).encode()),
        "annotations": {"made.by": "ü"},
        "artifactStatus": "ACTIVE",
    }


def test_a_referrer_without_annotations_shows_none(ecr: Any) -> None:
    refer(ecr)
    (found,) = referrers(ecr)
    assert (found["artifactType"], "annotations" in found) == (OCI_CONFIG, False)


def test_a_subject_without_referrers_has_an_empty_list(ecr: Any) -> None:
    """Also one that is not there. Inferred: reference api.md §18."""
    answer = ecr.list_image_referrers(repositoryName="app", subjectId=SUBJECT)
    assert content_of(answer) == {"referrers": []}


def test_referrers_are_chosen_by_their_type(ecr: Any) -> None:
    signature = refer(ecr, artifactType=SIGNATURE)
    refer(ecr, artifactType="application/x.other")
    assert digests(ecr, filter={"artifactTypes": [SIGNATURE]}) == [signature]


def test_referrers_come_in_pages(ecr: Any) -> None:
    pushed = [refer(ecr, annotations={"number": str(number)}) for number in range(3)]
    asked = {"repositoryName": "app", "subjectId": SUBJECT}
    first = ecr.list_image_referrers(**asked, maxResults=2)
    assert [each["digest"] for each in first["referrers"]] == pushed[:2]
    assert digests(ecr, nextToken=first["nextToken"]) == pushed[2:]


def test_what_is_no_digest_is_refused(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.list_image_referrers(repositoryName="app", subjectId={"imageDigest": "latest"})


def test_a_page_has_at_most_fifty_referrers(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        referrers(ecr, maxResults=51)


def test_an_archived_referrer_is_hidden(ecr: Any) -> None:
    digest = refer(ecr)
    change = {"imageId": {"imageDigest": digest}, "targetStorageClass": "ARCHIVE"}
    ecr.update_image_storage_class(repositoryName="app", **change)
    assert digests(ecr) == []
    (found,) = referrers(ecr, filter={"artifactStatus": "ANY"})
    assert found["artifactStatus"] == "ARCHIVED"


def test_a_referrer_is_announced_as_one(door: Door, ecr: Any) -> None:
    """Source: reference features.md §11.3."""
    digest = refer(ecr)
    ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageDigest": digest}])
    sent = [(event["detail-type"], event["detail"]["action-type"]) for event in door.ecr.events]
    assert sent == [("ECR Referrer Action", "PUSH"), ("ECR Referrer Action", "DELETE")]


def test_referrers_of_a_deleted_subject_are_gone_after_a_day(door: Door, ecr: Any) -> None:
    """Source: reference api.md §5.7."""
    push(ecr, b"layer", "1.0")
    digest = refer(ecr)
    ecr.batch_delete_image(repositoryName="app", imageIds=[SUBJECT])
    door.ecr.clock.advance(hours=23)
    assert digests(ecr) == [digest]
    door.ecr.clock.advance(hours=1)
    assert ecr.list_images(repositoryName="app")["imageIds"] == []


def test_referrers_stay_when_their_subject_comes_back_in_time(door: Door, ecr: Any) -> None:
    push(ecr, b"layer", "1.0")
    digest = refer(ecr)
    ecr.batch_delete_image(repositoryName="app", imageIds=[SUBJECT])
    push(ecr, b"layer", "1.0")
    door.ecr.clock.advance(days=2)
    assert digests(ecr) == [digest]


def test_referrers_of_an_archived_subject_are_archived_after_a_day(door: Door, ecr: Any) -> None:
    """Source: reference features.md §7.1."""
    push(ecr, b"layer", "1.0")
    refer(ecr)
    change = {"imageId": SUBJECT, "targetStorageClass": "ARCHIVE"}
    ecr.update_image_storage_class(repositoryName="app", **change)
    door.ecr.clock.advance(days=1)
    assert digests(ecr) == []
    assert len(digests(ecr, filter={"artifactStatus": "ARCHIVED"})) == 1


def test_the_registry_and_the_api_list_the_same(http_door: Door) -> None:
    client = http_door.client()
    client.create_repository(repositoryName="app")
    registry = RegistryClient(http_door, client)
    digest = refer(client, artifactType=SIGNATURE)
    answer = registry("GET", f"/v2/app/referrers/{SUBJECT['imageDigest']}")
    (found,) = json.loads(answer.body)["manifests"]
    (shown,) = referrers(client)
    assert found["digest"] == digest
    assert found == {name: value for name, value in shown.items() if name != "artifactStatus"}
