"""What the commands ask of a running server. Source: DESIGN.md section 4."""

import json
from collections.abc import Iterator

import click
import pytest

from ecrmock.cli.running import ask, describe
from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings

NOBODY = "http://localhost:1"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with make_server(Settings(), port=0) as server:
        yield server


def failure(url: str, path: str = "/_ecrmock/clock", **how: object) -> str:
    with pytest.raises(click.ClickException) as caught:
        ask(url, path, **how)
    return caught.value.message


@pytest.mark.parametrize("end", ["", "/"])
def test_an_answer_is_its_bytes_whether_the_address_ends_in_a_slash_or_not(
    server: Server, end: str
) -> None:
    assert json.loads(ask(server.url + end, "/_ecrmock/calls")) == {"calls": []}


def test_what_is_sent_is_json(server: Server) -> None:
    answer = ask(server.url, "/_ecrmock/clock", method="POST", body={"frozen": True})
    assert json.loads(answer)["frozen"]
    assert server.backend.world.clock.frozen


def test_a_server_says_what_it_is(server: Server) -> None:
    assert describe(server.url)["status"] == "ok"


def test_a_refusal_is_a_failure_in_the_servers_words(server: Server) -> None:
    text = failure(server.url, method="POST", body={"stop": True})
    assert text.startswith("the clock takes one of ")


@pytest.mark.parametrize("url", [NOBODY, "localhost:5327", "", "http://"])
def test_nobody_there_is_a_failure_with_a_way_out(url: str) -> None:
    text = failure(url)
    assert text.startswith(f"no server answers at {url}: ")
    assert text.endswith(". Start one with: ecrmock serve")


def test_an_answer_without_a_message_is_a_failure_with_its_status(server: Server) -> None:
    """The registry door challenges in plain text."""
    assert failure(server.url, "/v2/") == "HTTP Error 401: Unauthorized"


def test_plain_http_where_https_was_meant_is_told(server: Server) -> None:
    url = server.url.replace("http:", "https:")
    assert failure(url) == (
        f"the server at {url} speaks plain HTTP: ask {server.url}, "
        "or start it with: ecrmock serve --tls"
    )


def test_https_where_plain_http_was_meant_is_told() -> None:
    with make_server(Settings(), port=0, tls=True) as server:
        url = server.url.replace("https:", "http:")
        assert failure(url) == f"the server at {url} speaks HTTPS: ask {server.url}"
