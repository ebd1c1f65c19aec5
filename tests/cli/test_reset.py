"""``ecrmock reset``."""

from collections.abc import Callable

from click.testing import Result

from ecrmock.server import Server
from tests.cli.calling import OTHER, call

Ask = Callable[..., Result]


def test_reset_forgets_all(ask: Ask, server: Server) -> None:
    call(server, "CreateRepository", OTHER, repository_name="app")
    assert ask("reset").stdout == "reset\n"
    assert server.backend.accounts() == {}


def test_reset_of_an_account_leaves_the_others(ask: Ask, server: Server) -> None:
    for account in (OTHER, server.backend.settings.account):
        call(server, "CreateRepository", account, repository_name="app")
    assert ask("reset", "--account", OTHER).stdout == f"reset account {OTHER}\n"
    assert list(server.backend.accounts()) == [server.backend.settings.account]
