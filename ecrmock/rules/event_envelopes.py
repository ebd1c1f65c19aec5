"""EventBridge envelopes of events. Source: ECR User Guide, "EventBridge events"; reference features.md §11."""

from ecrmock.values.events import (
    Event,
    ImageActivated,
    ImageArchived,
    ImageDeleted,
    ImageEvent,
    ImagePushed,
)

_ACTIONS = (
    (ImagePushed, "PUSH"),
    (ImageDeleted, "DELETE"),
    (ImageArchived, "UPDATE_STORAGE_CLASS"),
    (ImageActivated, "UPDATE_STORAGE_CLASS"),
)


def envelope(event: Event) -> dict[str, object] | None:
    """Return what EventBridge would be sent for an event; None for one that ECR keeps to itself."""
    if not isinstance(event, ImageEvent):
        return None
    action = next(action for kind, action in _ACTIONS if isinstance(event, kind))
    return {
        "version": "0",
        "id": event.event_id,
        "detail-type": "ECR Referrer Action" if event.is_referrer else "ECR Image Action",
        "source": "aws.ecr",
        "account": event.account,
        "time": event.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": event.region,
        "resources": [],
        "detail": _image_detail(event, action),
    }


def _image_detail(event: ImageEvent, action: str) -> dict[str, object]:
    detail: dict[str, object] = {
        "result": "SUCCESS",
        "repository-name": event.repository_name,
        "image-digest": event.image_digest,
        "action-type": action,
        **_change(event),
        "manifest-media-type": event.manifest_media_type,
    }
    if event.artifact_media_type is not None:
        detail["artifact-media-type"] = event.artifact_media_type
    return detail


def _change(event: ImageEvent) -> dict[str, object]:
    """Return what an event says beside the image: of a push or deletion its tag, else the storage class."""
    if isinstance(event, ImageActivated):
        activated_at = event.last_activated_at.isoformat(timespec="milliseconds")
        return {
            "target-storage-class": "STANDARD",
            "last-activated-at": activated_at.replace("+00:00", "Z"),
        }
    if isinstance(event, ImageArchived):
        return {"target-storage-class": "ARCHIVE"}
    return {"image-tag": event.image_tag or ""}
