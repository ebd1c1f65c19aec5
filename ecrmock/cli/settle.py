"""``ecrmock settle``: have a running server do what is due."""

import click

from ecrmock.cli.running import ask, read_answer, server_options, show

_PATIENCE = 600  # seconds: it answers when all is done


@click.command(short_help="Do the work that is due, and wait for it.")
@server_options
def settle(*, url: str, as_json: bool) -> None:
    """Have a running server do the work that is due, and wait until it is done.

    That is what AWS does later: scans, copies, signatures, lifecycle runs, uploads that expire. A server does
    it beside the calls, so that a script may have to wait for it; with serve --settle manual nothing else does.
    """
    answer = ask(url, "/_ecrmock/settle", method="POST", timeout=_PATIENCE)
    read_answer(answer, url, "status")
    show(answer, "settled", as_json=as_json)
