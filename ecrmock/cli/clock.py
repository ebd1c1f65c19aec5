"""``ecrmock clock``: show the clock of a running server, and move it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click

from ecrmock.cli.running import ask, server_options, show
from ecrmock.cli.times import read_date, read_span

_PATH = "/_ecrmock/clock"
_PATIENCE = 600  # seconds: a move answers when all is done that fell due


@click.group(
    invoke_without_command=True, short_help="Show the time of a running server, or move it."
)
@server_options
@click.pass_context
def clock(ctx: click.Context, *, url: str, as_json: bool) -> None:
    """Show or move the clock of a running server.

    Alone it prints the server's time, and whether it is frozen. A move is over when all that fell due by it
    is done: daily lifecycle runs, uploads and tokens that expire.
    """
    if ctx.invoked_subcommand is None:
        _show(url, None, as_json=as_json)


@clock.command("set", short_help="Move to a date.")
@click.argument("date", callback=read_date)
@server_options
def set_(*, url: str, as_json: bool, date: datetime) -> None:
    """Move to DATE: 2026-01-31, or 2026-01-31T12:00:00Z; without a time zone it is UTC."""
    _show(url, {"now": date.isoformat()}, as_json=as_json)


@clock.command(short_help="Move forward by days, hours, minutes, seconds.")
@click.argument("span", callback=read_span)
@server_options
def advance(*, url: str, as_json: bool, span: timedelta) -> None:
    """Move forward by SPAN: days, hours, minutes and seconds, as in 15d, 3h, 90s, 1d12h."""
    _show(url, {"advance": span.total_seconds()}, as_json=as_json)


@clock.command()
@server_options
def freeze(*, url: str, as_json: bool) -> None:
    """Let time stand still."""
    _show(url, {"frozen": True}, as_json=as_json)


@clock.command()
@server_options
def resume(*, url: str, as_json: bool) -> None:
    """Let time go on from where it stands."""
    _show(url, {"frozen": False}, as_json=as_json)


def _show(url: str, change: Mapping[str, Any] | None, *, as_json: bool) -> None:
    """Ask for a change, if any, and print what the clock says. Raises: ClickException."""
    method = "GET" if change is None else "POST"
    answer = ask(url, _PATH, method=method, body=change, timeout=_PATIENCE)
    try:
        document = json.loads(answer)
        time, state = datetime.fromisoformat(document["now"]), document["frozen"]
    except (ValueError, LookupError, TypeError):
        raise click.ClickException(f"what answers at {url} is not ecrmock") from None
    text = f"{time:%Y-%m-%d %H:%M:%S} UTC, {'frozen' if state else 'running'}"
    show(answer, text, as_json=as_json)
