"""``ecrmock clock``: show the clock of a running server, and move it."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import click

from ecrmock.cli.running import ask
from ecrmock.cli.times import read_date, read_span
from ecrmock.server import DEFAULT_PORT

F = TypeVar("F", bound=Callable[..., Any])

_PATH = "/_ecrmock/clock"
_URL = f"http://localhost:{DEFAULT_PORT}"
_PATIENCE = 600  # seconds: a move answers when all is done that fell due


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep an option for all commands here: it may stand before or after the command's name."""
    name = f"{__name__}.{param.name}"
    if value or name not in ctx.meta:
        ctx.meta[name] = value


def _options(*, envvar: str | None = None) -> Callable[[F], F]:
    """Give a command the options that all commands here have."""
    kept: dict[str, Any] = {"expose_value": False, "callback": _keep}
    url = click.option(
        "--url",
        envvar=envvar,
        help=f"The running server.  [default: {_URL}]",
        **kept,
        show_envvar=True,
    )
    as_json = click.option("--json", is_flag=True, help="Print what the server answers.", **kept)
    return lambda command: url(as_json(command))


@click.group(invoke_without_command=True)
@_options(envvar="ECRMOCK_URL")
@click.pass_context
def clock(ctx: click.Context) -> None:
    """Show or move the clock of a running server.

    Alone it prints the server's time, and whether it is frozen. A move is over when all that fell due by it
    is done: daily lifecycle runs, uploads and tokens that expire.
    """
    if ctx.invoked_subcommand is None:
        _show(ctx, None)


@clock.command("set", short_help="Move to a date.")
@click.argument("date", callback=read_date)
@_options()
@click.pass_context
def set_(ctx: click.Context, date: datetime) -> None:
    """Move to DATE: 2026-01-31, or 2026-01-31T12:00:00Z; without a time zone it is UTC."""
    _show(ctx, {"now": date.isoformat()})


@clock.command(short_help="Move forward by days, hours, minutes, seconds.")
@click.argument("span", callback=read_span)
@_options()
@click.pass_context
def advance(ctx: click.Context, span: timedelta) -> None:
    """Move forward by SPAN: days, hours, minutes and seconds, as in 15d, 3h, 90s, 1d12h."""
    _show(ctx, {"advance": span.total_seconds()})


@clock.command()
@_options()
@click.pass_context
def freeze(ctx: click.Context) -> None:
    """Let time stand still."""
    _show(ctx, {"frozen": True})


@clock.command()
@_options()
@click.pass_context
def resume(ctx: click.Context) -> None:
    """Let time go on from where it stands."""
    _show(ctx, {"frozen": False})


def _show(ctx: click.Context, change: Mapping[str, Any] | None) -> None:
    """Ask for a change, if any, and print what the clock says. Raises: ClickException."""
    url = ctx.meta[f"{__name__}.url"] or _URL
    method = "GET" if change is None else "POST"
    answer = ask(url, _PATH, method=method, body=change, timeout=_PATIENCE)
    try:
        document = json.loads(answer)
        time, state = datetime.fromisoformat(document["now"]), document["frozen"]
    except (ValueError, LookupError, TypeError):
        raise click.ClickException(f"what answers at {url} is not ecrmock") from None
    if ctx.meta[f"{__name__}.json"]:
        click.echo(answer, nl=False)
    else:
        click.echo(f"{time:%Y-%m-%d %H:%M:%S} UTC, {'frozen' if state else 'running'}")
