from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ecrmock.rules.event_envelopes import envelope
from ecrmock.values.events import (
    ActivationDue,
    Event,
    ImageActivated,
    ImageArchived,
    ImageDeleted,
    ImageEvent,
    ImagePushed,
    LayerGraceEnded,
    RepositoryCreated,
    RepositoryDeleted,
    SubjectLeft,
    UploadExpired,
)
from ecrmock.values.manifests import OCI_CONFIG, OCI_MANIFEST

PLACE = {
    "account": "111122223333",
    "region": "eu-west-1",
    "time": datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC),
    "event_id": "00000000-1111-2222-3333-444444444444",
    "repository_name": "team/app",
}
IMAGE = {
    **PLACE,
    "image_digest": "sha256:aa",
    "image_tag": "v1",
    "manifest_media_type": OCI_MANIFEST,
    "artifact_media_type": OCI_CONFIG,
}
PUSHED = ImagePushed(**IMAGE)
PUSH_ENVELOPE = {
    "version": "0",
    "id": "00000000-1111-2222-3333-444444444444",
    "detail-type": "ECR Image Action",
    "source": "aws.ecr",
    "account": "111122223333",
    "time": "2026-01-02T03:04:05Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {
        "result": "SUCCESS",
        "repository-name": "team/app",
        "image-digest": "sha256:aa",
        "action-type": "PUSH",
        "image-tag": "v1",
        "manifest-media-type": OCI_MANIFEST,
        "artifact-media-type": OCI_CONFIG,
    },
}


def detail(event: Event) -> dict[str, object]:
    return envelope(event)["detail"]


def test_a_push_reads_as_eventbridge_gets_it() -> None:
    """Source: reference features.md §11, the skeleton of a push."""
    assert envelope(PUSHED) == PUSH_ENVELOPE


@pytest.mark.parametrize(("event", "action"), [(PUSHED, "PUSH"), (ImageDeleted(**IMAGE), "DELETE")])
def test_the_action_is_push_or_delete(event: ImageEvent, action: str) -> None:
    """Source: reference features.md §11.1."""
    assert detail(event)["action-type"] == action


def test_an_event_of_an_untagged_image_has_an_empty_tag() -> None:
    """The member is there all the same. Source: reference features.md §11.1."""
    assert detail(replace(PUSHED, image_tag=None))["image-tag"] == ""


def test_an_event_of_an_index_has_no_artifact_media_type() -> None:
    """Source: reference features.md §11.1."""
    assert "artifact-media-type" not in detail(replace(PUSHED, artifact_media_type=None))


def test_what_happens_to_a_referrer_is_a_referrer_action() -> None:
    """Source: reference features.md §11.3."""
    assert envelope(replace(PUSHED, is_referrer=True))["detail-type"] == "ECR Referrer Action"


def test_what_goes_into_the_archive_tells_its_storage_class_and_no_tag() -> None:
    """Source: reference features.md §11.2."""
    shown = detail(ImageArchived(**IMAGE | {"image_tag": None}))
    assert (shown["action-type"], shown["target-storage-class"]) == (
        "UPDATE_STORAGE_CLASS",
        "ARCHIVE",
    )
    assert not {"image-tag", "last-activated-at"} & set(shown)


def test_what_is_back_from_the_archive_tells_since_when() -> None:
    """Source: reference features.md §11.2."""
    restored = ImageActivated(**IMAGE | {"image_tag": None}, last_activated_at=PLACE["time"])
    shown = detail(restored)
    assert (shown["target-storage-class"], shown["last-activated-at"]) == (
        "STANDARD",
        "2026-01-02T03:04:05.678Z",
    )
    assert "image-tag" not in shown


@pytest.mark.parametrize(
    "event",
    [
        RepositoryCreated(**PLACE),
        RepositoryDeleted(**PLACE),
        UploadExpired(**PLACE, upload_id="01234567-89ab-cdef-0123-456789abcdef"),
        LayerGraceEnded(**PLACE, layer_digest="sha256:aa"),
        ActivationDue(**PLACE, image_digest="sha256:aa"),
        SubjectLeft(**PLACE, subject_digest="sha256:aa"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_ecr_keeps_other_events_to_itself(event: Event) -> None:
    """A repository's creation and deletion appear only through CloudTrail. Source: features.md §11."""
    assert envelope(event) is None
