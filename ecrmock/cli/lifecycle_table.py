"""What ``ecrmock lifecycle preview`` prints: a table of what happens when, and one of what stays and why."""

from collections.abc import Iterable, Iterator, Sequence

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
from ecrmock.rules.lifecycle_protection import ProtectedLoss
from ecrmock.values.lifecycle import LifecycleCandidate, LifecycleChange, LifecycleFate

Row = Sequence[str]
_HEAD = ("WHEN", "RULE", "ACTION", "TAGS", "DIGEST", "PUSHED", "REASON")
_SPARED_HEAD = ("TAGS", "DIGEST", "PUSHED", "RULE", "SPARED BECAUSE")
_DIGEST_LENGTH = len("sha256:") + 12


def lines(preview: Preview) -> Iterator[str]:
    """Yield the lines of a preview."""
    yield headline(preview)
    changes = sorted(
        ((fate, change) for fate in preview.fates for change in fate.changes),
        key=lambda each: (each[1].at, each[1].rule_priority),
    )
    yield from _titled(_HEAD, [_change(fate, change) for fate, change in changes])
    stays = (fate for fate in preview.fates if outcome(fate) == STAYS)
    yield from _titled(_SPARED_HEAD, [row for fate in stays for row in _spared(fate)])
    for note in notes(preview):
        yield ""
        yield note


def told(loss: ProtectedLoss) -> str:
    """Return a line about an image that was to be protected."""
    return one_line(
        f"protected, but deleted: tag {loss.image_tag!r} (as {loss.pattern!r}) of "
        f"{loss.fate.candidate.image_digest}, by rule {loss.end.rule_priority} "
        f"at {shown_time(loss.end.at)}: {loss.end.reason}"
    )


def _change(fate: LifecycleFate, change: LifecycleChange) -> Row:
    when, priority = shown_time(change.at), str(change.rule_priority)
    return when, priority, action_word(change.action), *_image(fate.candidate), change.reason


def _spared(fate: LifecycleFate) -> Iterator[Row]:
    """Yield a row for each rule; the image stands in the first."""
    image: Row = _image(fate.candidate)
    if not fate.spared:
        yield (*image, "", LATER)
    for each in fate.spared:
        yield (*image, str(each.rule_priority), each.reason)
        image = ("",) * len(image)


def _image(candidate: LifecycleCandidate) -> Row:
    digest, pushed = candidate.image_digest[:_DIGEST_LENGTH], candidate.image_pushed_at
    return tags(candidate), digest, shown_time(pushed)


def _titled(head: Row, rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        yield ""
        yield from _table([head, *rows])


def _table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield lines whose columns are as wide as their widest cell."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def one_line(cell: str) -> str:
    """Return a text without what would move the cursor of a terminal."""
    return "".join(char if char.isprintable() else "?" for char in cell)
