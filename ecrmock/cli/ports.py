"""The ports of a server, as options say them."""

from typing import Any

import click

from ecrmock.server import DEFAULT_PUBLIC_PORT

LAST_PORT = 65535


class PublicPort(click.ParamType):  # type: ignore[type-arg] # older ones have no argument
    """The ports to try for ECR Public: one that is given, or none for ``off``."""

    name = "port"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Return the ports."""
        if isinstance(value, tuple):
            return value
        if value == "off":
            return ()
        if not str(value).isdigit() or int(value) > LAST_PORT:
            self.fail(
                f"{value!r} is no port; one is a number up to {LAST_PORT}, or off", param, ctx
            )
        return (int(value),)


def usual_public_ports(port: int) -> tuple[int, ...]:
    """Return the ports to try for ECR Public when none is asked for.

    Servers beside each other take any port for it: most users never ask for ECR Public.
    """
    return (DEFAULT_PUBLIC_PORT, 0) if port else (0,)
