"""Clients that try TLS first, on a port that speaks plain HTTP."""

import socket
import ssl

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import RunningServer

pytestmark = pytest.mark.clients


def client_hello() -> bytes:
    """Make the first bytes that a TLS client sends."""
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(
        ssl.MemoryBIO(), outgoing, server_hostname="localhost"
    )
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_a_tls_greeting_is_answered_in_plain_http_at_once(server: RunningServer) -> None:
    """Go's clients, `docker manifest --insecure` above all, turn to http when they read `HTTP/`."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
        connection.sendall(client_hello())
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("verify", ["true", "false"])
def test_skopeo_is_never_kept_waiting(skopeo: Program, server: RunningServer, verify: str) -> None:
    """A server that waits for more of the greeting costs skopeo and podman 10 s a command."""
    absent = f"docker://{server.registry}/absent:1"
    skopeo.fails("inspect", f"--tls-verify={verify}", absent, timeout=5)


def test_docker_manifest_inspect_falls_back_to_http(docker: Program, server: RunningServer) -> None:
    said = docker.fails("manifest", "inspect", "--insecure", f"{server.registry}/absent:1")
    assert "tls" not in said.lower(), said
