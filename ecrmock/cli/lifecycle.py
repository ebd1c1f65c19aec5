"""``ecrmock lifecycle``: what a lifecycle policy would do, without a server and without AWS."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecrmock.cli.times import read_date, read_span
from ecrmock.world.clock import Clock

if TYPE_CHECKING:
    from ecrmock.cli.lifecycle_words import Preview
    from ecrmock.values.lifecycle import LifecyclePeriod

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAILY = timedelta(days=1)


@click.group(short_help="Say what a lifecycle policy would do.")
def lifecycle() -> None:
    """Try lifecycle policies."""


@lifecycle.command()
@click.option("--policy", type=_FILE, required=True, help="The policy (JSON).")
@click.option(
    "--images", type=_FILE, required=True, help="What 'aws ecr describe-images' printed (JSON)."
)
@click.option(
    "--at", metavar="DATE", callback=read_date, help="Evaluate as of this date.  [default: now]"
)
@click.option(
    "--for",
    "span",
    metavar="SPAN",
    callback=read_span,
    help="Evaluate again and again for so long, such as 60d, and say when each image goes.",
)
@click.option(
    "--every",
    metavar="SPAN",
    callback=read_span,
    help="How often within --for, such as 12h.  [default: 1d, as ECR does]",
)
@click.option(
    "--protect",
    metavar="PATTERN",
    multiple=True,
    help="Fail if an image with such a tag would be deleted, as 'prod-*'; can be given again. "
    "To archive is not to delete.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page to look at."
)
@click.option(
    "--skip-incomplete", is_flag=True, help="Leave out images that lack a member, and say so."
)
def preview(
    *,
    policy: Path,
    images: Path,
    at: datetime | None,
    span: timedelta | None,
    every: timedelta | None,
    protect: tuple[str, ...],
    as_json: bool,
    html: Path | None,
    skip_incomplete: bool,
) -> None:
    """Print which images a lifecycle policy acts on, by which rule, and why it spares the others.

    Exit code 1: a file is not what it should be, or a protected image would be deleted.
    """
    from ecrmock.cli.lifecycle_files import listing_of, policy_of  # noqa: PLC0415 - loaded when needed
    from ecrmock.cli.lifecycle_words import Preview  # noqa: PLC0415
    from ecrmock.rules.lifecycle_protection import idle, losses  # noqa: PLC0415
    from ecrmock.rules.lifecycle_simulation import simulate  # noqa: PLC0415

    period = _period(at, span, every)
    rules = policy_of(policy)
    listing = listing_of(images, skip_incomplete=skip_incomplete)
    fates = simulate(rules, listing.candidates, period)
    found = Preview(
        policy=rules,
        listing=listing,
        period=period,
        fates=fates,
        losses=tuple(losses(fates, protect)),
    )
    if html is not None:  # first, for who reads what is printed may have enough, as head(1) has
        _write_page(html, found)
    _print(found, as_json=as_json)
    for pattern in idle(fates, protect):
        click.echo(f"Warning: no image has a tag as {pattern!r}, which protects nothing", err=True)
    _judge(found)


def _period(
    at: datetime | None, span: timedelta | None, every: timedelta | None
) -> "LifecyclePeriod":
    from ecrmock.values.lifecycle import LifecyclePeriod  # noqa: PLC0415 - loaded when needed

    if every is not None and span is None:
        raise click.UsageError("--every needs --for, which says for how long")
    first, length = at or Clock().now(), span or timedelta(0)
    if length > datetime.max.replace(tzinfo=UTC) - first:
        raise click.UsageError("--for leads beyond the year 9999")
    return LifecyclePeriod(at=first, every=every or _DAILY, span=length)


def _print(found: "Preview", *, as_json: bool) -> None:
    from ecrmock.cli.lifecycle_document import document  # noqa: PLC0415 - loaded when needed
    from ecrmock.cli.lifecycle_table import lines  # noqa: PLC0415
    from ecrmock.cli.lifecycle_words import printable  # noqa: PLC0415

    for line in [document(found)] if as_json else lines(found):
        click.echo(printable(line))


def _write_page(path: Path, found: "Preview") -> None:
    """Write the page; on stderr, where no document is disturbed, stands where it is."""
    from ecrmock.cli.lifecycle_page import page  # noqa: PLC0415 - loaded when needed
    from ecrmock.cli.lifecycle_words import printable  # noqa: PLC0415

    try:
        path.write_text(printable(page(found)), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error}") from None
    click.echo(f"The page is {path}", err=True)


def _judge(found: "Preview") -> None:
    """End with exit code 1 when an image goes that was to be protected."""
    from ecrmock.cli.lifecycle_table import told  # noqa: PLC0415 - loaded when needed
    from ecrmock.cli.lifecycle_words import printable  # noqa: PLC0415

    for loss in found.losses:
        click.echo(printable(f"Error: {told(loss)}"), err=True)
    if found.losses:
        raise click.exceptions.Exit(1)
