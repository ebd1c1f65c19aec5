"""``ecrmock token``: a password for docker, without the AWS CLI."""

import click

from ecrmock.cli.running import ask, read_answer, server_options, show


@click.command(short_help="Print a password for docker login.")
@click.option("--account", metavar="ID", help="Whose root it stands for.  [default: the server's]")
@click.option("--region", metavar="NAME", help="Of which region.  [default: the server's]")
@click.option("--public", is_flag=True, help="For ECR Public's registry, in place of a region.")
@server_options
def token(
    *, url: str, as_json: bool, account: str | None, region: str | None, public: bool
) -> None:
    """Print a password for docker login, good for twelve hours, as 'aws ecr get-login-password' does.

    For example: ecrmock token | docker login --username AWS --password-stdin localhost:5327
    """
    if public and region:
        raise click.UsageError("--public has no --region: there is one public registry")
    named = {"account": account, "region": region, "public": public or None}
    body = {name: value for name, value in named.items() if value is not None}
    answer = ask(url, "/_ecrmock/token", method="POST", body=body)
    show(answer, read_answer(answer, url, "password")["password"], as_json=as_json)
