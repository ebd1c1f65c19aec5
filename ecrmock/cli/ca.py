"""``ecrmock ca``: print the certificate that clients of a server with --tls have to trust."""

import click

from ecrmock.cli.running import ask, url_option
from ecrmock.server import DEFAULT_PORT


@click.command(short_help="Print the certificate to trust, of a server with --tls.")
@url_option(f"https://localhost:{DEFAULT_PORT}")
def ca(url: str) -> None:
    """Print the certificate authority (PEM) of a server that runs with --tls.

    For example: ecrmock ca > ecrmock.pem; export AWS_CA_BUNDLE=$PWD/ecrmock.pem
    """
    click.echo(ask(url, "/_ecrmock/ca.pem", trusting=True), nl=False)
