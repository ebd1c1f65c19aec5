"""The page of ``ecrmock lifecycle preview --html``: a timeline and tables, in one file that loads nothing."""

from collections.abc import Iterator
from datetime import datetime
from html import escape

from ecrmock.cli.lifecycle_timeline import colour, hints, rule_colour, timeline
from ecrmock.cli.lifecycle_words import (
    LATER,
    STAYS,
    Preview,
    action_word,
    headline,
    notes,
    outcome,
    shown_time,
    tags,
)
from ecrmock.values.lifecycle import LifecycleChange, LifecycleFate, LifecycleRule

_GOLDEN_ANGLE, _FIRST_HUE = (
    137.508,
    25,
)  # neighbours are far from each other, however many there are
_STYLE = """
:root { color-scheme: light dark; --faint: #8883; --soft: #8881; --light: 56%; --grey: 62%; }
@media (prefers-color-scheme: dark) { :root { --light: 74%; --grey: 58%; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--faint); }
td.time { white-space: nowrap; }
code { font-size: .85em; overflow-wrap: anywhere; }
td ul { margin: 0; padding-left: 1.1rem; }
.swatch { display: inline-block; width: 1.6em; height: .5em; border-radius: .25em; margin-right: .5em;
  background: var(--colour); vertical-align: middle; }
.swatch.archived { background: repeating-linear-gradient(90deg, var(--colour) 0 5px, transparent 5px 8px); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; padding: 0; list-style: none; font-size: .9rem; }
.hint { font-size: .9rem; opacity: .8; }
svg { width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
svg text.title { font-weight: 600; }
svg text.date { text-anchor: middle; font-size: 11px; opacity: .7; }
svg .tick { stroke: var(--faint); }
svg .future { fill: var(--soft); }
svg line.now { stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 5 3; }
svg text.now { font-weight: 600; }
.image path { stroke: var(--colour); fill: none; }
.image path.archived { stroke-dasharray: 5 3; opacity: .75; }
.image circle, .image path.on { fill: var(--colour); stroke: none; }
.image:hover path { stroke: currentColor; }
.stay { --colour: oklch(var(--grey) 0 0); }
"""


def page(preview: Preview) -> str:
    """Return the page: what becomes of each image and when, by which rule, and why."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Lifecycle preview</title><style>{_STYLE}{_colours(preview)}</style></head><body>",
        f"<h1>Lifecycle preview</h1><p>{escape(headline(preview))}</p>",
        *(f"<p>{escape(note)}</p>" for note in notes(preview)),
        *_legend(preview),
        *timeline(preview),
        *_rules(preview),
        *_images(preview),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _colours(preview: Preview) -> str:
    """Return a colour for each rule; its lightness is that of the page, dark or light."""
    hues = ((_FIRST_HUE + n * _GOLDEN_ANGLE) % 360 for n in range(len(preview.policy.rules)))
    return "\n".join(
        f".rule-{number} {{ --colour: oklch(var(--light) .16 {hue:.0f}); }}"
        for number, hue in enumerate(hues)
    )


def _legend(preview: Preview) -> Iterator[str]:
    """Yield what the colours and strokes of the lines mean, of the rules that act."""
    if not preview.fates:
        return
    acting = {change.rule_priority for fate in preview.fates for change in fate.changes}
    yield '<h2>From push to end</h2><ul class="legend">'
    for rule in preview.policy.rules:
        if rule.rule_priority in acting:
            name = f"rule {rule.rule_priority}: {action_word(rule.action.type)}"
            yield _entry(rule_colour(preview, rule.rule_priority), name)
    yield _entry(STAYS, "stays")
    yield _entry(f"{STAYS} archived", "in the archive")
    yield "<li>● deleted</li><li>▶ still there</li></ul>"
    yield f'<p class="hint">{" ".join(hints(preview))}</p>'


def _entry(classes: str, name: str) -> str:
    return f'<li><span class="swatch {classes}"></span>{escape(name)}</li>'


def _rules(preview: Preview) -> Iterator[str]:
    yield "<h2>Rules</h2><table>"
    yield "<tr><th>Priority</th><th>Rule</th><th>Action</th><th>Images</th></tr>"
    for rule in preview.policy.rules:
        acted = [
            change.rule_priority == rule.rule_priority
            for fate in preview.fates
            for change in fate.changes
        ]
        swatch = f'<span class="swatch {rule_colour(preview, rule.rule_priority)}"></span>'
        yield (
            f"<tr><td>{swatch}{rule.rule_priority}</td><td>{escape(_said(rule))}</td>"
            f"<td>{action_word(rule.action.type)}</td><td>{sum(acted)}</td></tr>"
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


def _images(preview: Preview) -> Iterator[str]:
    yield "<h2>Images</h2><table>"
    yield "<tr><th>Outcome</th><th>Tags</th><th>Digest</th><th>Pushed</th><th>Why</th></tr>"
    for fate in sorted(preview.fates, key=_when):
        swatch = f'<span class="swatch {colour(preview, fate)}"></span>'
        yield (
            f'<tr><td class="time">{swatch}{outcome(fate)}</td>'
            f"<td>{escape(tags(fate.candidate))}</td>"
            f"<td><code>{escape(fate.candidate.image_digest)}</code></td>"
            f'<td class="time">{escape(shown_time(fate.candidate.image_pushed_at))}</td>'
            f"<td>{_why(fate)}</td></tr>"
        )
    yield "</table>"


def _when(fate: LifecycleFate) -> tuple[bool, datetime]:
    """Return by what the images are sorted: those that change by time, then the others by their push."""
    last = fate.changes[-1].at if fate.changes else fate.candidate.image_pushed_at
    return not fate.changes, last


def _why(fate: LifecycleFate) -> str:
    if fate.changes:
        reasons = [_changed(change) for change in fate.changes]
    else:
        reasons = [f"rule {each.rule_priority}: {each.reason}" for each in fate.spared] or [LATER]
    return f"<ul>{''.join(f'<li>{escape(reason)}</li>' for reason in reasons)}</ul>"


def _changed(change: LifecycleChange) -> str:
    when = shown_time(change.at)
    return f"{action_word(change.action)} {when}, rule {change.rule_priority}: {change.reason}"
