"""``ecrmock ca``: print the certificate that clients of a server have to trust."""

import click
from click.core import ParameterSource

from ecrmock.cli.running import DEFAULT_URL, ask, url_option
from ecrmock.server import DEFAULT_PORT


@click.command(short_help="Print the certificate to trust, of TLS or of signatures.")
@click.option("--signing", is_flag=True, help="Print the root of the signatures that ECR makes.")
@url_option(f"https://localhost:{DEFAULT_PORT}")
@click.pass_context
def ca(ctx: click.Context, url: str, signing: bool) -> None:
    """Print the certificate authority (PEM) of a server that runs with --tls.

    For example: ecrmock ca > ecrmock.pem; export AWS_CA_BUNDLE=$PWD/ecrmock.pem

    With --signing it is the root that signatures go back to, of any server:
    ecrmock ca --signing > root.pem; notation certificate add --type ca --store ecrmock root.pem
    """
    if signing and ctx.get_parameter_source("url") is ParameterSource.DEFAULT:
        url = DEFAULT_URL
    path = "/_ecrmock/signing/ca.pem" if signing else "/_ecrmock/ca.pem"
    click.echo(ask(url, path, trusting=True), nl=False)
