"""``ecrmock ca`` against a server."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from ecrmock.cli import main
from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with make_server(Settings(), port=0, tls=True) as server:
        yield server


def ca(*arguments: str, url: str | None) -> Result:
    return CliRunner().invoke(main, ["ca", *arguments], env={"ECRMOCK_URL": url})


def test_it_prints_what_clients_of_tls_have_to_trust(server: Server) -> None:
    authority = server.backend.world.authority
    assert authority is not None
    assert ca(url=server.url).stdout_bytes == authority.pem


def test_it_prints_the_root_of_signatures(server: Server) -> None:
    assert ca("--signing", url=server.url).stdout_bytes == server.backend.world.signer.root_pem


def test_the_root_of_signatures_is_that_of_any_server() -> None:
    with make_server(Settings(), port=0) as server:
        assert ca("--signing", url=server.url).stdout_bytes == server.backend.world.signer.root_pem


@pytest.mark.parametrize(("arguments", "scheme"), [((), "https"), (("--signing",), "http")])
def test_without_a_url_it_asks_where_such_a_server_usually_is(
    arguments: tuple[str, ...], scheme: str
) -> None:
    """Nobody listens there while tests run, or somebody who is of no concern."""
    result = ca(*arguments, url=None)
    assert result.exit_code == 0 or f"{scheme}://localhost:5327" in result.output
