"""``ecrmock token``."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result

from ecrmock.server import Server
from ecrmock.values.authorization import root_of
from ecrmock.values.names import AccountId, Region, partition_of
from tests.cli.calling import OTHER

Ask = Callable[..., Result]


@pytest.mark.parametrize(
    ("arguments", "account"),
    [((), "123456789012"), (("--account", OTHER, "--region", "eu-west-1"), OTHER)],
)
def test_a_token_is_a_password_of_the_root(
    ask: Ask, server: Server, arguments: tuple[str, ...], account: str
) -> None:
    password = ask("token", *arguments).stdout.rstrip("\n")
    world = server.backend.world
    found = world.tokens.read(password, world.clock.now())
    assert found == root_of(AccountId(account), partition_of(Region("us-east-1")))


def test_a_token_comes_with_the_address_on_request(ask: Ask, server: Server) -> None:
    assert json.loads(ask("token", "--json").stdout)["registry"] == server.url


def test_a_token_for_ecr_public_comes_with_its_address(ask: Ask, server: Server) -> None:
    told = json.loads(ask("token", "--public", "--json").stdout)
    assert told["registry"] == server.public_registry_url


def test_a_token_for_ecr_public_has_no_region(ask: Ask) -> None:
    assert ask("token", "--public", "--region", "eu-west-1").exit_code == 2
