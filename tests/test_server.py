"""Server: from start to stop, on a real port."""

import http.client
import json
import logging
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ecrmock import Ecr
from ecrmock.backend import Backend
from ecrmock.server import Server, make_server
from ecrmock.values.errors import ListenError
from ecrmock.values.settings import Settings
from tests.documents import digest_of

ANONYMOUS = Settings(anonymous=True, uri_style="path")
PATIENCE = 30  # seconds; far more than anything here takes


def health(port: int, host: str = "127.0.0.1") -> int:
    """Return the status of the server's health."""
    return get(port, "/_ecrmock/health", host)[0]


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def is_open(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether somebody listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as client:
        return client.connect_ex((host, port)) == 0


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Start servers that are stopped at the end."""
    with ExitStack() as stack:
        yield lambda **where: stack.enter_context(make_server(ANONYMOUS, **where))


@pytest.fixture
def uploading(start: Callable[..., Server]) -> Iterator[Server]:
    """A server in the middle of taking a layer in."""
    server = start()
    Ecr(server.backend).push_image("app", tag="1.0")
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(b"POST /v2/app/blobs/uploads/ HTTP/1.1\r\nHost: x\r\n\r\n")
        upload_id = client.recv(65_536).partition(b"Docker-Upload-UUID: ")[2][:36].decode()
        head = f"PATCH /v2/app/blobs/uploads/{upload_id} HTTP/1.1\r\nHost: x\r\n"
        client.sendall(f"{head}Content-Length: 99\r\nExpect: 100-continue\r\n\r\n".encode())
        assert client.recv(65_536).startswith(b"HTTP/1.1 100")
        client.sendall(b"some")
        yield server


def test_port_0_takes_a_free_port(start: Callable[..., Server]) -> None:
    server = start(port=0)
    assert (server.port > 0, health(server.port)) == (True, 200)


def test_localhost_answers_at_127_0_0_1(start: Callable[..., Server]) -> None:
    assert health(start().port, "127.0.0.1") == 200


@needs_ipv6
def test_localhost_answers_at_the_same_port_of_ipv6(start: Callable[..., Server]) -> None:
    """docker may take either."""
    assert health(start().port, "::1") == 200


@needs_ipv6
def test_both_addresses_are_the_same_emulator(start: Callable[..., Server]) -> None:
    server = start()
    Ecr(server.backend).push_image("app", tag="1.0")
    found = [get(server.port, "/v2/_catalog", host)[1] for host in ("127.0.0.1", "::1")]
    assert found == [b'{"repositories":["app"]}'] * 2


@needs_ipv6
def test_an_address_alone_is_the_only_one_that_answers(start: Callable[..., Server]) -> None:
    server = start(host="127.0.0.1")
    assert (health(server.port), is_open(server.port, "::1")) == (200, False)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("localhost", "localhost:5327"),
        ("127.0.0.1", "127.0.0.1:5327"),
        ("0.0.0.0", "localhost:5327"),
        ("::", "localhost:5327"),
        ("::1", "[::1]:5327"),
        ("ecr.test", "ecr.test:5327"),
    ],
)
def test_the_address_is_what_a_client_here_writes(host: str, address: str) -> None:
    server = Server(Backend(), host=host, port=5327)
    assert (server.address, server.url) == (address, f"http://{address}")


def test_repositories_have_the_address_of_the_server(start: Callable[..., Server]) -> None:
    server = start()
    settings, addresses = server.backend.settings, server.backend.world.addresses
    registry = addresses.registry(settings.account, settings.region)
    assert registry == f"localhost:{server.port}"


def test_repositories_have_the_public_address_when_there_is_one() -> None:
    settings = Settings(uri_style="path", public_url="https://ecr.test")
    with make_server(settings, port=0) as server:
        registry = server.backend.world.addresses.registry(settings.account, settings.region)
    assert registry == "ecr.test"


def test_a_port_in_use_is_an_error(start: Callable[..., Server]) -> None:
    taken = start().port
    with pytest.raises(OSError, match="in use"):
        start(port=taken)


def test_a_server_that_cannot_start_leaves_the_first_one_alone(
    start: Callable[..., Server],
) -> None:
    taken = start().port
    with pytest.raises(OSError, match="in use"):
        start(port=taken)
    assert health(taken) == 200


@needs_ipv6
def test_a_port_in_use_at_one_address_frees_the_other_one(start: Callable[..., Server]) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        taken = other.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            start(port=taken)
        assert not is_open(taken)


def test_an_address_of_another_machine_is_an_error(start: Callable[..., Server]) -> None:
    with pytest.raises(OSError, match="assign"):
        start(host="203.0.113.1")


def test_a_stopped_server_does_not_answer(start: Callable[..., Server]) -> None:
    server = start()
    server.stop()
    assert not is_open(server.port)


def test_a_server_may_be_stopped_twice(start: Callable[..., Server]) -> None:
    server = start()
    server.stop()
    server.stop()
    assert not is_open(server.port)


def test_a_server_that_never_ran_may_be_stopped() -> None:
    server = make_server(Settings())
    server.stop()
    assert server.port == 0


def test_stopping_closes_connections_that_are_kept_open(start: Callable[..., Server]) -> None:
    server = start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(65_536)
        server.stop()
        assert client.recv(1) == b""


@pytest.mark.slow
def test_stopping_does_not_wait_for_an_upload_to_end(uploading: Server) -> None:
    stopping = threading.Thread(target=uploading.stop)
    stopping.start()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()


@pytest.mark.slow
def test_a_server_that_was_stopped_in_an_upload_starts_again(
    uploading: Server, start: Callable[..., Server]
) -> None:
    uploading.stop()
    assert health(start(port=uploading.port).port) == 200


def test_another_server_may_have_the_port_afterwards(start: Callable[..., Server]) -> None:
    first = start()
    health(first.port)
    first.stop()
    assert health(start(port=first.port).port) == 200


def test_the_same_server_starts_again_with_all_that_it_had(start: Callable[..., Server]) -> None:
    server = start()
    Ecr(server.backend).push_image("app", tag="1.0")
    server.stop()
    with server:
        assert json.loads(get(server.port, "/v2/_catalog")[1]) == {"repositories": ["app"]}


def test_two_servers_are_apart(start: Callable[..., Server]) -> None:
    first, second = start(), start()
    Ecr(first.backend).push_image("app", tag="1.0")
    assert json.loads(get(second.port, "/v2/_catalog")[1]) == {"repositories": []}


def test_no_thread_is_left_of_a_stopped_server(start: Callable[..., Server]) -> None:
    before = set(threading.enumerate())
    server = start()
    health(server.port)
    server.stop()
    assert set(threading.enumerate()) <= before


# The port of ECR Public


def challenge(url: str) -> str:
    """Return how the registry at a URL asks for a login."""
    host, _, port = url.partition("://")[2].rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE)
    try:
        connection.request("GET", "/v2/")
        return connection.getresponse().headers["Www-Authenticate"]
    finally:
        connection.close()


def test_ecr_public_has_a_port_of_its_own() -> None:
    with make_server(Settings(uri_style="path")) as server:
        url = server.public_registry_url
        assert challenge(url).startswith(f'Bearer realm="{url}/token/"')


@needs_ipv6
def test_ecr_public_answers_at_both_addresses(start: Callable[..., Server]) -> None:
    port = int(start().public_registry_url.rpartition(":")[2])
    assert [get(port, "/token/", host)[0] for host in ("127.0.0.1", "::1")] == [200, 200]


def test_both_ports_are_the_same_emulator(start: Callable[..., Server]) -> None:
    server = start()
    Ecr(server.backend).public.push_image("app", tag="1.0")
    status, page = get(int(server.public_registry_url.rpartition(":")[2]), "/")
    assert (status, b">app</a>" in page) == (200, True)


def test_the_first_port_that_can_be_had_is_ecr_publics(
    start: Callable[..., Server], caplog: pytest.LogCaptureFixture
) -> None:
    taken = int(start().public_registry_url.rpartition(":")[2])
    other = start(public_ports=(taken, 0)).public_registry_url
    assert other.rpartition(":")[2] != str(taken)
    assert f"port {taken} is taken: ECR Public is on port" in caplog.text


def test_a_port_for_ecr_public_that_is_taken_is_an_error_that_names_it(
    start: Callable[..., Server],
) -> None:
    taken = int(start().public_registry_url.rpartition(":")[2])
    server = make_server(ANONYMOUS, public_ports=(taken,))
    with pytest.raises(ListenError) as caught:
        server.start()
    assert (caught.value.port, is_open(server.port)) == (taken, False)


def test_both_ports_speak_tls() -> None:
    with make_server(Settings(uri_style="path"), tls=True) as server:
        host, _, port = server.public_registry_url.removeprefix("https://").rpartition(":")
        assert server.backend.world.authority is not None
        trust = ssl.create_default_context(cadata=server.backend.world.authority.pem.decode())
        connection = http.client.HTTPSConnection(host, int(port), timeout=PATIENCE, context=trust)
        connection.request("GET", "/v2/")
        challenge = connection.getresponse().headers["Www-Authenticate"]
        connection.close()
    assert challenge.startswith(f'Bearer realm="https://{host}:{port}/token/"')


def test_who_leaves_in_the_middle_of_an_answer_is_not_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither with TLS."""
    layer = bytes(8 * 1024 * 1024)
    with make_server(ANONYMOUS, tls=True) as server:
        Ecr(server.backend).push_image("app", tag="1.0", layers=[layer])
        authority = server.backend.world.authority
        assert authority is not None
        trust = ssl.create_default_context(cadata=authority.pem.decode())
        connection = http.client.HTTPSConnection("localhost", server.port, context=trust)
        connection.request("GET", f"/v2/app/blobs/{digest_of(layer)}")
        connection.getresponse().read(1)
        at_once = struct.pack("ii", 1, 0)
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        connection.close()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_ecr_public_need_not_have_a_port(start: Callable[..., Server]) -> None:
    server = start(public_ports=())
    assert (server.public_registry_url, health(server.port)) == ("", 200)


def test_stopping_frees_the_port_of_ecr_public(start: Callable[..., Server]) -> None:
    server = make_server(ANONYMOUS)
    with server:
        port = int(server.public_registry_url.rpartition(":")[2])
    assert not is_open(port)


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"public_url": "https://ecr.test"}, "https://ecr.test:{port}"),
        ({"public_url": "http://[fd00::1]:8080"}, "http://[fd00::1]:{port}"),
        ({"public_registry_url": "https://public.test"}, "https://public.test"),
    ],
)
def test_where_clients_reach_ecr_public(settings: dict[str, str], url: str) -> None:
    """Behind port mappings it is another port of the same host, unless it is told."""
    with make_server(Settings(uri_style="path", **settings)) as server:
        assert server._public is not None
        expected = url.format(port=server._public.port)
        assert server.public_registry_url == expected
        shown = server.backend.world.addresses.public_registry("alias")
        assert shown == f"{expected.partition('://')[2]}/alias"


def test_the_style_of_aws_has_awss_host(start: Callable[..., Server]) -> None:
    with make_server(Settings(uri_style="aws")) as server:
        assert server.backend.world.addresses.public_registry("alias") == "public.ecr.aws/alias"
