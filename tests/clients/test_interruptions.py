"""Pushes that are cut off in the middle, and what a second attempt finds."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clients.image_files import digest_of, random_layer, write_oci_layout
from tests.clients.programs import Program
from tests.clients.running_server import Repository, RunningServer

pytestmark = pytest.mark.clients

MIB = 1 << 20


def start_upload(server: RunningServer, repository: Repository) -> str:
    """Begin an upload in the registry; return the path that takes the bytes."""
    connection = server.connection()
    authorization = {"Authorization": f"Basic {server.login()}", "Content-Length": "0"}
    connection.request("POST", f"/v2/{repository.name}/blobs/uploads/", headers=authorization)
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 202
    location = urlsplit(response.headers["Location"])
    return f"{location.path}?{location.query}" if location.query else location.path


def send_half(server: RunningServer, path: str, content: bytes, framing: str) -> None:
    """Promise the whole content, send half of it, and hang up."""
    half = content[: len(content) // 2]
    sent = {
        "Content-Length": (f"Content-Length: {len(content)}", half),
        "chunked": ("Transfer-Encoding: chunked", b"%x\r\n%b" % (len(content), half)),
    }
    header, body = sent[framing]
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sender:
        lines = (f"PATCH {path} HTTP/1.1", f"Host: {server.registry}", header)
        authorization = f"Authorization: Basic {server.login()}"
        sender.sendall("\r\n".join([*lines, authorization, "", ""]).encode() + body)


def blob_status(server: RunningServer, repository: Repository, digest: str) -> int:
    connection = server.connection()
    authorization = {"Authorization": f"Basic {server.login()}"}
    connection.request("HEAD", f"/v2/{repository.name}/blobs/{digest}", headers=authorization)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture
def pusher(skopeo: Program, login: Callable[[Program], None]) -> Program:
    login(skopeo)
    return skopeo


@pytest.mark.parametrize("framing", ["Content-Length", "chunked"])
def test_a_layer_cut_off_in_the_middle_is_not_there_and_can_be_pushed_again(
    server: RunningServer, pusher: Program, repository: Repository, tmp_path: Path, framing: str
) -> None:
    layout = write_oci_layout(tmp_path / "layout", "1", [random_layer(4 * MIB)])
    layer = max((layout / "blobs" / "sha256").iterdir(), key=lambda blob: blob.stat().st_size)
    content = layer.read_bytes()
    send_half(server, start_upload(server, repository), content, framing)
    assert blob_status(server, repository, digest_of(content)) == 404
    pusher("copy", "--dest-tls-verify=false", f"oci:{layout}:1", f"docker://{repository.uri}:1")
    assert blob_status(server, repository, digest_of(content)) == 200
    assert repository.tags() == {"1"}


def test_what_was_sent_before_the_cut_never_counts_as_the_layer_of_its_own_digest(
    server: RunningServer, repository: Repository
) -> None:
    content = os.urandom(2 * MIB)
    send_half(server, start_upload(server, repository), content, "chunked")
    assert blob_status(server, repository, digest_of(content[:MIB])) == 404


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="needs Linux's /proc")
def test_a_killed_push_leaves_no_image_and_can_be_repeated(
    pusher: Program, repository: Repository, tmp_path: Path
) -> None:
    layout = write_oci_layout(tmp_path / "layout", "1", [random_layer(128 * MIB)])
    target = f"docker://{repository.uri}:1"
    push = ("copy", "--dest-tls-verify=false", f"oci:{layout}:1", target)
    with pusher.start(*push) as process:
        while process.poll() is None and bytes_written(process.pid) < 32 * MIB:
            time.sleep(0.001)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not repository.digests()
    pusher(*push)
    assert repository.tags() == {"1"}


def bytes_written(process_id: int) -> int:
    """Say how much a process has written, to sockets too."""
    lines = Path(f"/proc/{process_id}/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["wchar"])
