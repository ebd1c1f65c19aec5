"""``ecrmock ca``: print the certificate that clients of a server with --tls have to trust."""

import click

from ecrmock.cli.running import ask
from ecrmock.server import DEFAULT_PORT


@click.command(context_settings={"auto_envvar_prefix": "ECRMOCK", "show_default": True})
@click.option("--url", default=f"https://localhost:{DEFAULT_PORT}", help="The running server.")
def ca(url: str) -> None:
    """Print the certificate authority (PEM) of a server that runs with --tls."""
    click.echo(ask(url, "/_ecrmock/ca.pem", trusting=True), nl=False)
