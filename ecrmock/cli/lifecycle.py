"""``ecrmock lifecycle``: what a lifecycle policy would do, without a server and without AWS."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecrmock.world.clock import Clock

if TYPE_CHECKING:
    from ecrmock.values.lifecycle import LifecycleCandidate, LifecyclePolicy, LifecycleVerdict

Row = Sequence[str]
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_HEAD = ("PRIORITY", "ACTION", "TAGS", "DIGEST", "PUSHED", "REASON")
_SPARED_HEAD = ("TAGS", "DIGEST", "PUSHED", "RULE", "SPARED BECAUSE")
_DIGEST_LENGTH = len("sha256:") + 12


def _time(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Return the time of a date or time of ISO 8601. Raises: BadParameter."""
    from ecrmock.rules.lifecycle_listing import read_time  # noqa: PLC0415 - loaded when needed

    try:
        return None if value is None else read_time(value)
    except (ValueError, OverflowError):
        text = f"{value!r} is no date such as 2026-01-31 or 2026-01-31T12:00:00Z"
        raise click.BadParameter(text, ctx, param) from None


@click.group()
def lifecycle() -> None:
    """Try lifecycle policies."""


@lifecycle.command()
@click.option("--policy", type=_FILE, required=True, help="The policy (JSON).")
@click.option(
    "--images", type=_FILE, required=True, help="What 'aws ecr describe-images' printed (JSON)."
)
@click.option(
    "--at", metavar="DATE", callback=_time, help="Evaluate as of this date.  [default: now]"
)
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page to look at."
)
def preview(policy: Path, images: Path, at: datetime | None, html: Path | None) -> None:
    """Print which images a lifecycle policy acts on, by which rule, and why it spares the others."""
    from ecrmock.rules.lifecycle import evaluate  # noqa: PLC0415 - loaded when needed

    rules = _read_policy(policy)
    candidates, indexes = _read_images(images)
    time = at or Clock().now()
    verdicts = evaluate(rules, candidates, time)
    for line in (*_lines(verdicts, time), *_note(indexes)):
        click.echo(printable(line))
    if html is not None:
        _write_page(html, rules, verdicts, time)


def _read_policy(path: Path) -> "LifecyclePolicy":
    from ecrmock.rules.lifecycle_text import read_lifecycle_policy  # noqa: PLC0415
    from ecrmock.values.errors import InvalidParameterError  # noqa: PLC0415

    try:
        return read_lifecycle_policy(_read(path))
    except InvalidParameterError as error:
        raise click.ClickException(printable(f"{path}: {error.message}")) from None


def _read_images(path: Path) -> "tuple[tuple[LifecycleCandidate, ...], int]":
    from ecrmock.rules.lifecycle_listing import read_listing  # noqa: PLC0415

    try:
        return read_listing(_read(path))
    except ValueError as error:
        raise click.ClickException(printable(f"{path}: {error}")) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path} cannot be read: {error}") from None


def _write_page(
    path: Path, policy: "LifecyclePolicy", verdicts: "Sequence[LifecycleVerdict]", at: datetime
) -> None:
    from ecrmock.cli.lifecycle_page import page  # noqa: PLC0415 - loaded when needed

    try:
        path.write_text(printable(page(policy, verdicts, at)), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error}") from None
    click.echo(f"\nThe page is {path}")


def printable(text: str) -> str:
    """Return a text that can be written: JSON can say halves of characters, UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _lines(verdicts: "Sequence[LifecycleVerdict]", at: datetime) -> Iterator[str]:
    yield headline(verdicts, at)
    acted = sorted(
        (each for each in verdicts if each.action), key=lambda each: each.applied_rule_priority or 0
    )
    if acted:
        yield ""
        yield from _table([_HEAD, *map(_acted, acted)])
    spared = [row for each in verdicts if not each.action for row in _spared(each)]
    if spared:
        yield ""
        yield from _table([_SPARED_HEAD, *spared])


def headline(verdicts: "Sequence[LifecycleVerdict]", at: datetime) -> str:
    """Return a sentence that counts what becomes of the images."""
    actions = [each.action.type for each in verdicts if each.action]
    expire, archive = actions.count("expire"), actions.count("transition")
    stay = len(verdicts) - len(actions)
    return (
        f"As of {shown_time(at)}, of {len(verdicts)} images: {expire} to expire, "
        f"{archive} to archive, {stay} to stay."
    )


def _note(indexes: int) -> Iterator[str]:
    if indexes:
        yield (
            f"\nIndexes among the images: {indexes}. The file does not say which images they list; "
            "ECR leaves those alone as long as their index is there."
        )


def _acted(verdict: "LifecycleVerdict") -> Row:
    action = "archive" if verdict.action and verdict.action.type == "transition" else "expire"
    return (str(verdict.applied_rule_priority), action, *_image(verdict.candidate), verdict.reason)


def _spared(verdict: "LifecycleVerdict") -> Iterator[Row]:
    """Yield a row for each rule; the image stands in the first."""
    image: Row = _image(verdict.candidate)
    for each in verdict.spared:
        yield (*image, str(each.rule_priority), each.reason)
        image = ("",) * len(image)


def _image(candidate: "LifecycleCandidate") -> Row:
    tags = ", ".join(candidate.image_tags) or "(untagged)"
    return tags, candidate.image_digest[:_DIGEST_LENGTH], shown_time(candidate.image_pushed_at)


def shown_time(time: datetime) -> str:
    """Return a time to the minute, in UTC."""
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield lines whose columns are as wide as their widest cell."""
    cells = [[_one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _one_line(cell: str) -> str:
    """Return a cell without what would move the cursor of a terminal."""
    return "".join(char if char.isprintable() else "?" for char in cell)
