"""``ecrmock fault``: let calls to a running server fail, and see how often they did."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import click

from ecrmock.cli.running import ask, server_options
from ecrmock.cli.times import read_span
from ecrmock.values.faults import SERVICES

F = TypeVar("F", bound=Callable[..., Any])

_PATH = "/_ecrmock/faults"
_PATIENCE = 30  # seconds


def _times(_: click.Context, param: click.Parameter, value: str | None) -> bool | int | None:
    """Return the number of times, or true for always."""
    if value is None or value == "always":
        return None if value is None else True
    if not (value.isascii() and value.isdecimal()):
        raise click.BadParameter(f"--{param.name} takes how many times, as in --{param.name} 3")
    return int(value)


def _switch(name: str, text: str) -> Callable[[F], F]:
    return click.option(
        name, is_flag=False, flag_value="always", metavar="[N]", callback=_times, help=text
    )


@click.group()
def fault() -> None:
    """Let calls to a running server fail.

    A fault strikes calls of an operation, or requests to the registry, until it has struck as often as it was
    told, or is cleared. docs/faults.md says what each option means.
    """


@fault.command(short_help="Put a fault in force.")
@click.argument("operation", default="*")
@click.option("--service", type=click.Choice(SERVICES), help="Strike calls of this service alone.")
@click.option("--route", metavar="TEXT", help='Requests to the registry, as "PATCH upload".')
@click.option("--account", help="The account whose registry is meant.")
@click.option("--region", help="The region whose registry is meant.")
@click.option("--repository", help="A repository's name; * is any run of characters.")
@click.option("--probability", type=float, help="Strike by chance: above 0, up to 1.")
@click.option("--count", type=click.IntRange(1), help="Strike so many times, then no more.")
@click.option("--after", type=click.IntRange(0), help="Spare so many first.")
@click.option("--error", metavar="CODE", help="Answer with an error of the operation's model.")
@click.option("--message", help="The text of the error.")
@_switch("--throttle", "Answer 'Rate exceeded'; with a number, so many times.")
@click.option("--rates", is_flag=True, help="Throttle what comes faster than ECR documents.")
@click.option("--latency", metavar="SPAN", callback=read_span, help="Answer late, as by 0.5s.")
@_switch("--drop", "Close the connection without an answer.")
@click.option("--truncate", type=click.IntRange(0), metavar="BYTES", help="Cut the answer's body.")
@_switch("--expire-token", "Let the login in use expire.")
@server_options
def add(
    *, url: str, as_json: bool, operation: str, latency: timedelta | None, **members: Any
) -> None:
    """Put a fault in force for calls of OPERATION; without it, of every operation.

    For example: ecrmock fault add PutImage --throttle 3
    """
    seconds = None if latency is None else latency.total_seconds()
    given = {"operation": operation, "latency": seconds, **members}
    asked = {
        name: value for name, value in given.items() if value is not None and value is not False
    }
    answer = ask(url, _PATH, method="POST", body=asked, timeout=_PATIENCE)
    _print(answer, url, as_json, lambda document: [document])


@fault.command("list", short_help="Show the faults in force.")
@server_options
def list_(*, url: str, as_json: bool) -> None:
    """Show the faults in force, and how often each has struck."""
    answer = ask(url, _PATH, timeout=_PATIENCE)
    _print(answer, url, as_json, lambda document: document["faults"])


@fault.command(short_help="End faults.")
@click.argument("number", type=click.IntRange(1), required=False)
@server_options
def clear(*, url: str, as_json: bool, number: int | None) -> None:
    """End all faults, or the one with a NUMBER, and show how often they have struck."""
    path = _PATH if number is None else f"{_PATH}/{number}"
    answer = ask(url, path, method="DELETE", timeout=_PATIENCE)
    _print(answer, url, as_json, lambda document: document.get("faults", [document]))


def _print(
    answer: bytes,
    url: str,
    as_json: bool,
    faults_in: Callable[[Any], list[Mapping[str, Any]]],
) -> None:
    """Print a line for each fault, or the answer as it is. Raises: ClickException."""
    try:
        lines = [_line(each) for each in faults_in(json.loads(answer))]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise click.ClickException(f"what answers at {url} is not ecrmock") from None
    if as_json:
        click.echo(answer, nl=False)
    else:
        click.echo("\n".join(lines) or "no faults")


def _line(fault: Mapping[str, Any]) -> str:
    return f"{fault['id']}  {fault['description']}; struck {fault['times']}"
