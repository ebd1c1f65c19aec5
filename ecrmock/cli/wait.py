"""``ecrmock wait``: come back when a server answers."""

import time
from datetime import timedelta

import click

from ecrmock.cli.running import ask, read_answer, server_options, show
from ecrmock.cli.times import read_span

_PAUSE = 0.1  # seconds between two attempts
_PATIENCE = 5  # seconds for one answer


@click.command(short_help="Wait until a server answers.")
@click.option(
    "--timeout",
    default="30s",
    metavar="SPAN",
    callback=read_span,
    show_default=True,
    help="Give up after so long, as 90s or 2m.",
)
@server_options
def wait(*, url: str, as_json: bool, timeout: timedelta) -> None:
    """Wait until a server answers, for scripts that have just started one.

    Exit code 1: it did not answer in time.
    """
    deadline = time.monotonic() + timeout.total_seconds()
    while True:
        try:
            answer = ask(url, "/_ecrmock/health", trusting=True, timeout=_PATIENCE)
            found = read_answer(answer, url, "version")
            break
        except click.ClickException as error:
            if time.monotonic() >= deadline:
                waited = f"{timeout.total_seconds():g} s"
                raise click.ClickException(f"after {waited}: {error.message}") from None
        time.sleep(_PAUSE)
    show(answer, f"ecrmock {found['version']} is ready at {url}", as_json=as_json)
