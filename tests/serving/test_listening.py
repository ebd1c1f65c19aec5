"""Listening on a port, at every address of a host."""

import errno
import socket

import pytest

from ecrmock.backend import Backend
from ecrmock.frontends.mount import Doors
from ecrmock.serving.listening import Listening
from ecrmock.serving.streams import OpenStreams
from ecrmock.values.errors import ListenError


def listening(host: str = "127.0.0.1", port: int = 0) -> Listening:
    return Listening(Doors(Backend()), host=host, port=port, threads=1, tls=None)


def close(opened: Listening) -> None:
    for thread in opened.begin_to_close():
        thread.join()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost", "http://localhost:5328"),
        ("0.0.0.0", "http://localhost:5328"),
        ("::1", "http://[::1]:5328"),
        ("ecr.test", "http://ecr.test:5328"),
    ],
)
def test_the_url_is_what_a_client_here_writes(host: str, url: str) -> None:
    assert listening(host, 5328).url == url


def test_a_free_port_is_known_once_it_is_open() -> None:
    opened = listening()
    opened.open(OpenStreams())
    assert opened.port > 0
    close(opened)


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError) as caught:
            listening(port=port).open(OpenStreams())
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", port)
    assert caught.value.errno == errno.EADDRINUSE


def test_what_is_closed_can_be_opened_again() -> None:
    opened = listening()
    opened.open(OpenStreams())
    port = opened.port
    close(opened)
    opened.open(OpenStreams())
    assert opened.port == port
    close(opened)
