"""``ecrmock reset``: forget what a running server holds."""

import click

from ecrmock.cli.running import ask, read_answer, server_options, show


@click.command(short_help="Forget all that a running server holds.")
@click.option("--account", metavar="ID", help="Forget what this account holds, and nothing else.")
@server_options
def reset(*, url: str, as_json: bool, account: str | None) -> None:
    """Forget all that a running server holds, but its options: it is as if just started.

    With --account it forgets the registries, users, roles and keys of one account; suites that share a
    server can have an account each. Passwords of docker login stay good either way.
    """
    if account is None:
        answer = ask(url, "/_ecrmock/reset", method="POST")
        text = "reset"
    else:
        answer = ask(url, f"/_ecrmock/accounts/{account}", method="DELETE")
        text = f"reset account {account}"
    read_answer(answer, url, "status")
    show(answer, text, as_json=as_json)
