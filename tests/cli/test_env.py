"""``ecrmock env``; tests/clients types its lines."""

import json
from collections.abc import Callable

from click.testing import Result

from ecrmock.server import Server

Ask = Callable[..., Result]


def test_the_environment_can_be_had_as_json(ask: Ask, server: Server) -> None:
    told = json.loads(ask("env", "--client", "docker", "--json").stdout)
    assert told["environment"]["AWS_ENDPOINT_URL"] == server.url
    assert told["registry"] == server.url.removeprefix("http://")
    assert told["commands"][1] == f"docker push {told['registry']}/team/app:1.0"


def test_the_lines_for_ecr_public_ask_which_registry_it_is(ask: Ask, server: Server) -> None:
    told = json.loads(ask("env", "--client", "docker", "--public", "--json").stdout)
    host = server.public_registry_url.removeprefix("http://")
    asked, login, push = told["commands"]
    assert (told["registry"], push) == (host, "docker push $registry/team/app:1.0")
    assert (asked.startswith("registry=$(aws ecr-public "), login.endswith(host)) == (True, True)


def test_the_environment_as_lines_says_the_same(ask: Ask) -> None:
    told = json.loads(ask("env", "--json").stdout)["environment"]
    lines = [f"export {name}={value}" for name, value in told.items()]
    assert ask("env").stdout.splitlines() == lines
