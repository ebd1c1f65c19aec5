"""The page of ``ecrmock lifecycle preview --html``: a timeline and tables, in one file that loads nothing."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from ecrmock.cli.lifecycle import headline, shown_time
from ecrmock.values.lifecycle import EXPIRE, LifecyclePolicy, LifecycleRule, LifecycleVerdict

_WIDTH, _MARGIN, _LANE = 960, 120, 34
_STYLE = """
:root { color-scheme: light dark; --line: #8886; --expire: #d1423f; --archive: #b7791f; --stay: #2f855a; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
code { font-size: .85em; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.1rem; }
svg { width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
svg line { stroke: var(--line); }
.expire { color: var(--expire); fill: var(--expire); }
.archive { color: var(--archive); fill: var(--archive); }
.stay { color: var(--stay); fill: var(--stay); }
td.expire, td.archive, td.stay { font-weight: 600; }
circle { fill-opacity: .65; }
"""


def page(policy: LifecyclePolicy, verdicts: Sequence[LifecycleVerdict], at: datetime) -> str:
    """Return the page: what becomes of each image, by which rule, and why."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Lifecycle preview</title><style>{_STYLE}</style></head><body>",
        f"<h1>Lifecycle preview</h1><p>{escape(headline(verdicts, at))}</p>",
        *_timeline(policy, verdicts, at),
        *_rules(policy, verdicts),
        *_images(verdicts),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _outcome(verdict: LifecycleVerdict) -> str:
    if verdict.action is None:
        return "stay"
    return "expire" if verdict.action.type == EXPIRE else "archive"


def _timeline(
    policy: LifecyclePolicy, verdicts: Sequence[LifecycleVerdict], at: datetime
) -> Iterator[str]:
    """Yield a drawing with a lane for each rule, and one for what stays; the images lie at their push."""
    if not verdicts:
        return
    lanes = [str(rule.rule_priority) for rule in policy.rules] + [""]
    height = _LANE * (len(lanes) + 1)
    start = min(each.candidate.image_pushed_at for each in verdicts)
    end = max(at, *(each.candidate.image_pushed_at for each in verdicts))
    yield "<h2>By the time of the push</h2>"
    yield f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Images by push time">'
    for number, name in enumerate(lanes):
        y = _LANE * number + _LANE // 2
        label = f"rule {name}" if name else "stay"
        yield f'<text x="0" y="{y + 4}">{escape(label)}</text>'
        yield f'<line x1="{_MARGIN}" y1="{y}" x2="{_WIDTH - 10}" y2="{y}"/>'
    for verdict in verdicts:
        priority = verdict.applied_rule_priority
        lane = lanes.index("" if priority is None else str(priority))
        yield _dot(verdict, _place(verdict.candidate.image_pushed_at, start, end), lane)
    yield f'<text x="{_MARGIN}" y="{height - 8}">{escape(shown_time(start))}</text>'
    yield (
        f'<text x="{_WIDTH - 10}" y="{height - 8}" text-anchor="end">{escape(shown_time(end))}</text>'
    )
    yield "</svg>"


def _place(time: datetime, start: datetime, end: datetime) -> float:
    """Return how far from the left a time lies."""
    share = (time - start) / (end - start) if end > start else 0.0
    return _MARGIN + share * (_WIDTH - 10 - _MARGIN)


def _dot(verdict: LifecycleVerdict, x: float, lane: int) -> str:
    title = f"{_tags(verdict)}: {shown_time(verdict.candidate.image_pushed_at)}"
    return (
        f'<circle class="{_outcome(verdict)}" cx="{x:.1f}" cy="{_LANE * lane + _LANE // 2}" r="6">'
        f"<title>{escape(title)}</title></circle>"
    )


def _rules(policy: LifecyclePolicy, verdicts: Sequence[LifecycleVerdict]) -> Iterator[str]:
    yield "<h2>Rules</h2><table>"
    yield "<tr><th>Priority</th><th>Rule</th><th>Action</th><th>Images</th></tr>"
    for rule in policy.rules:
        count = sum(each.applied_rule_priority == rule.rule_priority for each in verdicts)
        outcome = "expire" if rule.action.type == EXPIRE else "archive"
        yield (
            f"<tr><td>{rule.rule_priority}</td><td>{escape(_said(rule))}</td>"
            f'<td class="{outcome}">{outcome}</td><td>{count}</td></tr>'
        )
    yield "</table>"


def _said(rule: LifecycleRule) -> str:
    """Return what a rule is about, in the words of its text."""
    selection = rule.selection
    words = [
        rule.description or "",
        selection.tag_status,
        *(selection.tag_pattern_list or selection.tag_prefix_list or ()),
        selection.storage_class or "",
        f"{selection.count_type} {selection.count_number} {selection.count_unit or ''}",
    ]
    return " · ".join(word.strip() for word in words if word)


def _images(verdicts: Sequence[LifecycleVerdict]) -> Iterator[str]:
    yield "<h2>Images</h2><table>"
    yield "<tr><th>Outcome</th><th>Tags</th><th>Digest</th><th>Pushed</th><th>Why</th></tr>"
    ordered = sorted(verdicts, key=lambda each: (each.action is None, _priority(each)))
    for verdict in ordered:
        yield (
            f'<tr><td class="{_outcome(verdict)}">{_outcome(verdict)}</td>'
            f"<td>{escape(_tags(verdict))}</td>"
            f"<td><code>{escape(verdict.candidate.image_digest)}</code></td>"
            f"<td>{escape(shown_time(verdict.candidate.image_pushed_at))}</td>"
            f"<td>{_why(verdict)}</td></tr>"
        )
    yield "</table>"


def _priority(verdict: LifecycleVerdict) -> int:
    return verdict.applied_rule_priority or 0


def _tags(verdict: LifecycleVerdict) -> str:
    return ", ".join(verdict.candidate.image_tags) or "(untagged)"


def _why(verdict: LifecycleVerdict) -> str:
    if verdict.action is not None:
        return escape(f"rule {verdict.applied_rule_priority}: {verdict.reason}")
    reasons = (escape(f"rule {each.rule_priority}: {each.reason}") for each in verdict.spared)
    return f"<ul>{''.join(f'<li>{reason}</li>' for reason in reasons)}</ul>"
