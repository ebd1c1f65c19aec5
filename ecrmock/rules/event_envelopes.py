"""EventBridge envelopes of events. Source: ECR User Guide, "EventBridge events"; reference features.md §11."""

from ecrmock.values.events import (
    Event,
    ImageActivated,
    ImageArchived,
    ImageDeleted,
    ImageEvent,
    ImagePushed,
    ImageReplicated,
    ScanningEvent,
    UpstreamImportEnded,
)
from ecrmock.values.names import PUBLIC

_ACTIONS = (
    (ImagePushed, "PUSH"),
    (ImageDeleted, "DELETE"),
    (ImageArchived, "UPDATE_STORAGE_CLASS"),
    (ImageActivated, "UPDATE_STORAGE_CLASS"),
)


def envelope(event: Event) -> dict[str, object] | None:
    """Return what EventBridge would be sent for an event; None for one that ECR keeps to itself."""
    if event.region == PUBLIC:  # ECR Public sends none. Inferred: reference public.md §4.2
        return None
    if isinstance(event, ImageReplicated):
        detail = _replication_detail(event)
        return _sent(event, "ECR Replication Action", detail, event.repository_arn)
    if isinstance(event, UpstreamImportEnded):
        detail = _import_detail(event)
        return _sent(event, "ECR Pull Through Cache Action", detail, event.repository_arn)
    if isinstance(event, ScanningEvent):
        from ecrmock.rules.scan_envelopes import told  # noqa: PLC0415 - who does not scan needs no findings

        scan = told(event)
        made = _sent(event, scan.detail_type, scan.detail, *scan.resources)
        return {**made, "source": scan.source}
    if not isinstance(event, ImageEvent):
        return None
    action = next(action for kind, action in _ACTIONS if isinstance(event, kind))
    kind = "ECR Referrer Action" if event.is_referrer else "ECR Image Action"
    return _sent(event, kind, _image_detail(event, action))


def _sent(
    event: Event, detail_type: str, detail: dict[str, object], *resources: str
) -> dict[str, object]:
    return {
        "version": "0",
        "id": event.event_id,
        "detail-type": detail_type,
        "source": "aws.ecr",
        "account": event.account,
        "time": event.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": event.region,
        "resources": list(resources),
        "detail": detail,
    }


def _replication_detail(event: ImageReplicated) -> dict[str, object]:
    """Source: reference features.md §11.7."""
    return {
        "result": "SUCCESS" if event.is_success else "FAILED",
        "repository-name": event.repository_name,
        "image-digest": event.image_digest,
        "source-account": event.source_account,
        "action-type": "REPLICATE",
        "source-region": event.source_region,
        "image-tag": event.image_tag or "",
    }


def _import_detail(event: UpstreamImportEnded) -> dict[str, object]:
    """Source: reference features.md §11.8."""
    detail = {
        "rule-version": "1",
        "sync-status": "SUCCESS" if event.failure_code is None else "FAILED",
        "ecr-repository-prefix": event.ecr_repository_prefix,
        "repository-name": event.repository_name,
        "upstream-registry-url": event.upstream_registry_url,
        "image-tag": event.image_tag,
        "image-digest": event.image_digest,
        "failure-code": event.failure_code,
        "failure-reason": event.failure_reason,
    }
    return {name: value for name, value in detail.items() if value is not None}


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
