"""The ecrmock command: one module for each of its commands. Exit codes: 0, 1 failed, 2 bad usage."""

import click

from ecrmock.cli.ca import ca
from ecrmock.cli.clock import clock
from ecrmock.cli.completion import completion
from ecrmock.cli.env import env
from ecrmock.cli.export import export
from ecrmock.cli.fault import fault
from ecrmock.cli.iam import iam
from ecrmock.cli.lifecycle import lifecycle
from ecrmock.cli.reset import reset
from ecrmock.cli.sbom import sbom
from ecrmock.cli.seed import seed
from ecrmock.cli.serve import serve
from ecrmock.cli.settle import settle
from ecrmock.cli.token import token
from ecrmock.cli.wait import wait


@click.group()
@click.version_option(package_name="ecrmock")
def main() -> None:
    """Emulate Amazon ECR on this machine.

    Begin with: ecrmock serve. Most other commands speak to the server that runs then, or to that of --url.
    """


main.add_command(ca)
main.add_command(clock)
main.add_command(completion)
main.add_command(env)
main.add_command(export)
main.add_command(fault)
main.add_command(iam)
main.add_command(lifecycle)
main.add_command(reset)
main.add_command(sbom)
main.add_command(seed)
main.add_command(serve)
main.add_command(settle)
main.add_command(token)
main.add_command(wait)
