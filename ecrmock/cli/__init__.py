"""The ecrmock command: one module for each of its commands. Exit codes: 0, 1 failed, 2 bad usage."""

import click

from ecrmock.cli.ca import ca
from ecrmock.cli.clock import clock
from ecrmock.cli.env import env
from ecrmock.cli.iam import iam
from ecrmock.cli.lifecycle import lifecycle
from ecrmock.cli.serve import serve


@click.group()
@click.version_option(package_name="ecrmock")
def main() -> None:
    """Emulate Amazon ECR on this machine."""


main.add_command(ca)
main.add_command(clock)
main.add_command(env)
main.add_command(iam)
main.add_command(lifecycle)
main.add_command(serve)
