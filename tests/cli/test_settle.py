"""``ecrmock settle``."""

from collections.abc import Callable
from datetime import timedelta

from click.testing import Result

from ecrmock.server import Server
from tests.cli.calling import OTHER, call

Ask = Callable[..., Result]


def test_settle_does_what_is_due(ask: Ask, server: Server) -> None:
    call(server, "CreateRepository", OTHER, repository_name="app")
    call(server, "InitiateLayerUpload", OTHER, repository_name="app")
    server.backend.world.clock.advance(timedelta(days=2))
    assert ask("settle").stdout == "settled\n"
    assert server.backend.accounts()[OTHER]["regions"]["us-east-1"]["uploads"] == 0
