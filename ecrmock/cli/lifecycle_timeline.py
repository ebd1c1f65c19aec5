"""The picture of ``ecrmock lifecycle preview --html``: a line for each image, from its push to its end.

The lines stand in groups by what ends them, and have the colour of that rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby
from types import MappingProxyType

from ecrmock.cli.lifecycle_axis import Axis, axis_of, has_two_scales, shown_tick, ticks
from ecrmock.cli.lifecycle_words import (
    ARCHIVES,
    EXPIRES,
    STAYS,
    Preview,
    action_word,
    outcome,
    shown_time,
    tags,
)
from ecrmock.values.lifecycle import LifecycleFate

_WIDTH, _LEFT, _RIGHT, _HEAD, _TITLE, _GAP = 960, 175, 36, 50, 24, 10
_LONGEST_NAME, _DIGEST = 23, len("sha256:") + 12
_ORDER: Mapping[str, int] = MappingProxyType({EXPIRES: 0, ARCHIVES: 1, STAYS: 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """How the lines are drawn, by how many there are."""

    height: int
    stroke: float
    left: int  # where the axis begins, beside the names
    has_names: bool


def timeline(preview: Preview) -> Iterator[str]:
    """Yield the drawing; there is none of no images."""
    if not preview.fates:
        return
    rows = _rows(len(preview.fates))
    axis = axis_of(preview, rows.left, _WIDTH - _RIGHT)
    y, body = _HEAD, []
    for title, fates in _groups(preview):
        y += _TITLE
        body.append(f'<text class="title" x="0" y="{y - 7}">{escape(title)}</text>')
        for fate in fates:
            body.extend(_line(preview, fate, axis, rows, y))
            y += rows.height
        y += _GAP
    yield (
        f'<svg viewBox="0 0 {_WIDTH} {y + 26}" role="img" '
        'aria-label="A line for each image, from its push to its end">'
    )
    yield from _frame(axis, y)
    yield from body
    yield from _now(axis, y)
    yield "</svg>"


def hints(preview: Preview) -> Iterator[str]:
    """Yield what a reader of the drawing should know."""
    yield "Point at a line to see its image."
    rows = _rows(len(preview.fates))
    if has_two_scales(axis_of(preview, rows.left, _WIDTH - _RIGHT)):
        yield "Before and after now, a day is not of the same length."


def _rows(count: int) -> _Rows:
    if count <= 60:
        return _Rows(height=22, stroke=5, left=_LEFT, has_names=True)
    if count <= 150:
        return _Rows(height=14, stroke=4, left=_LEFT, has_names=True)
    return _Rows(height=6, stroke=3, left=_RIGHT, has_names=False)


def colour(preview: Preview, fate: LifecycleFate) -> str:
    """Return the class that has the colour of the rule that acts last on an image."""
    if not fate.changes:
        return STAYS
    return rule_colour(preview, fate.changes[-1].rule_priority)


def rule_colour(preview: Preview, priority: int) -> str:
    """Return the class that has the colour of a rule."""
    priorities = [rule.rule_priority for rule in preview.policy.rules]
    return f"rule-{priorities.index(priority)}"


def _groups(preview: Preview) -> Iterator[tuple[str, Sequence[LifecycleFate]]]:
    """Yield the images that end alike, under a title, the first to go first."""
    described = {rule.rule_priority: rule.description for rule in preview.policy.rules}

    def ends(fate: LifecycleFate) -> tuple[int, int]:
        priority = fate.changes[-1].rule_priority if fate.changes else 0
        return _ORDER[outcome(fate)], priority

    def order(fate: LifecycleFate) -> tuple[tuple[int, int], datetime, datetime]:
        pushed = fate.candidate.image_pushed_at
        return ends(fate), fate.changes[-1].at if fate.changes else pushed, pushed

    for (place, priority), group in groupby(sorted(preview.fates, key=order), ends):
        fates = tuple(group)
        count = f"{len(fates)} image{'' if len(fates) == 1 else 's'}"
        if place == _ORDER[STAYS]:
            yield f"Stay: {count}", fates
        else:
            verb = "expired" if place == _ORDER[EXPIRES] else "archived"
            about = f" ({described[priority]})" if described[priority] else ""
            yield f"Rule {priority}{about}: {count} {verb}", fates


def _line(
    preview: Preview, fate: LifecycleFate, axis: Axis, rows: _Rows, top: int
) -> Iterator[str]:
    y = top + rows.height / 2
    first = axis.place(fate.candidate.image_pushed_at)
    last = axis.place(fate.end.at) if fate.end else axis.right
    yield f'<g class="image {colour(preview, fate)}" stroke-width="{rows.stroke}">'
    yield f"<title>{escape(_told(fate))}</title>"
    if rows.has_names:
        yield f'<text x="0" y="{y + 4:.1f}">{escape(_name(fate))}</text>'
    archived_at = fate.archiving.at if fate.archiving else fate.candidate.archived_at
    middle = last if archived_at is None else min(max(axis.place(archived_at), first), last)
    yield f'<path d="M{first:.1f} {y:.1f}H{middle:.1f}"/>'
    if archived_at is not None:
        yield f'<path class="archived" d="M{middle:.1f} {y:.1f}H{last:.1f}"/>'
    yield _end(fate, last, y, rows.stroke)
    yield "</g>"


def _end(fate: LifecycleFate, x: float, y: float, stroke: float) -> str:
    """Return a dot where the image is deleted, an arrow where it goes on."""
    if fate.end is not None:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{stroke * 0.95:.1f}"/>'
    size = stroke * 0.95
    return (
        f'<path class="on" d="M{x:.1f} {y - size:.1f}l{2 * size:.1f} {size:.1f}'
        f'l-{2 * size:.1f} {size:.1f}z"/>'
    )


def _told(fate: LifecycleFate) -> str:
    """Return what is shown of an image under the pointer."""
    pushed = f"pushed {shown_time(fate.candidate.image_pushed_at)}"
    changes = [
        f"{action_word(each.action)} {shown_time(each.at)} by rule {each.rule_priority}: {each.reason}"
        for each in fate.changes
    ]
    return "\n".join([tags(fate.candidate), fate.candidate.image_digest, pushed, *changes])


def _name(fate: LifecycleFate) -> str:
    """Return the tags of an image, or the beginning of its digest; cut where there is no room."""
    candidate = fate.candidate
    name = ", ".join(candidate.image_tags) or candidate.image_digest[:_DIGEST]
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _frame(axis: Axis, bottom: int) -> Iterator[str]:
    """Yield what lies behind the lines: the future, and the dates above and below."""
    now, top = axis.place(axis.now), _HEAD - 8
    height = bottom - top
    if axis.right - now > 1:
        yield (
            f'<rect class="future" x="{now:.1f}" y="{top}" '
            f'width="{axis.right - now:.1f}" height="{height}"/>'
        )
    for time in ticks(axis):
        x = axis.place(time)
        yield f'<line class="tick" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>'
        for y in (top - 6, bottom + 16):
            yield f'<text class="date" x="{x:.1f}" y="{y}">{shown_tick(time)}</text>'


def _now(axis: Axis, bottom: int) -> Iterator[str]:
    """Yield the moment of now, across the lines."""
    now, top = axis.place(axis.now), _HEAD - 8
    yield f'<line class="now" x1="{now:.1f}" y1="{top - 18}" x2="{now:.1f}" y2="{bottom}"/>'
    anchor = "end" if now > _WIDTH / 2 else "start"
    x = now - 5 if anchor == "end" else now + 5
    yield (
        f'<text class="now" x="{x:.1f}" y="{top - 24}" text-anchor="{anchor}">'
        f"now: {escape(shown_time(axis.now))}</text>"
    )
