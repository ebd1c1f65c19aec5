"""What ``ecrmock lifecycle preview --json`` prints: one JSON document."""

import json
from datetime import datetime
from typing import Any

from ecrmock.cli.lifecycle_words import Preview, action_word, counts, outcome, shown_span
from ecrmock.rules.lifecycle_protection import ProtectedLoss
from ecrmock.values.lifecycle import LifecycleChange, LifecycleFate


def document(preview: Preview) -> str:
    """Return the text of the document; its keys are described in docs/lifecycle.md."""
    period = preview.period
    summary = {"images": len(preview.fates), **counts(preview.fates)}
    listing = preview.listing
    members = {
        "at": _time(period.at),
        "every": shown_span(period.every) if period.span else None,
        "for": shown_span(period.span) if period.span else None,
        "until": _time(period.end),
        "summary": summary | {"indexes": listing.indexes, "leftOut": len(listing.left_out)},
        "images": [_image(fate) for fate in preview.fates],
        "leftOut": list(listing.left_out),
        "protectedLosses": [_loss(loss) for loss in preview.losses],
    }
    return json.dumps(members, indent=2)


def _image(fate: LifecycleFate) -> dict[str, Any]:
    candidate = fate.candidate
    last = fate.changes[-1] if fate.changes else None
    return {
        "digest": candidate.image_digest,
        "tags": list(candidate.image_tags),
        "pushedAt": _time(candidate.image_pushed_at),
        "outcome": outcome(fate),
        "when": last and _time(last.at),
        "rule": last and last.rule_priority,
        "reason": last and last.reason,
        "changes": [_change(change) for change in fate.changes],
        "spared": [{"rule": each.rule_priority, "reason": each.reason} for each in fate.spared],
    }


def _change(change: LifecycleChange) -> dict[str, Any]:
    return {
        "action": action_word(change.action),
        "when": _time(change.at),
        "rule": change.rule_priority,
        "reason": change.reason,
    }


def _loss(loss: ProtectedLoss) -> dict[str, Any]:
    return {
        "digest": loss.fate.candidate.image_digest,
        "tag": loss.image_tag,
        "pattern": loss.pattern,
        "when": _time(loss.end.at),
        "rule": loss.end.rule_priority,
        "reason": loss.end.reason,
    }


def _time(time: datetime) -> str:
    """Return a time in ISO 8601, in UTC."""
    return time.isoformat().removesuffix("+00:00") + "Z"
