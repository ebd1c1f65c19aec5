"""Start and stop the servers that are measured, each in a process of its own."""

import base64
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep
from types import MappingProxyType
from typing import Any

import boto3

from benchmarks.rounds import Absent

HOST = "127.0.0.1"
_PATIENCE = 30.0
_REGISTRY_CONFIG = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {root}}}
  cache: {{blobdescriptor: inmemory}}
http: {{addr: "127.0.0.1:{port}"}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    pid: int
    port: int
    seconds_to_answer: float
    headers: dict[str, str] = field(default_factory=dict)
    """What a registry client sends with each request."""

    def client(self, region: str = "us-east-1") -> Any:
        """Return a boto3 client of the server."""
        return boto3.client("ecr", region_name=region, endpoint_url=f"http://{HOST}:{self.port}")


@contextmanager
def ecrmock(*options: str) -> Iterator[Server]:
    """Run ``ecrmock serve`` with everything in memory."""
    port = free_port()
    command = [sys.executable, "-m", "ecrmock", "serve", "--port", str(port), *options]
    with _running(command, port, "/_ecrmock/health") as server:
        yield server


@contextmanager
def ecrmock_registry(*options: str) -> Iterator[Server]:
    """Run ``ecrmock serve`` with the repository that is pushed to."""
    with ecrmock(*options) as server:
        client = server.client()
        client.create_repository(repositoryName="bench/app")
        token = client.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        server.headers["Authorization"] = f"Basic {token}"
        yield server


@contextmanager
def moto_server() -> Iterator[Server]:
    """Run moto's server."""
    if not all(map(importlib.util.find_spec, ("moto", "flask", "flask_cors"))):
        raise Absent("moto[server]")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    with _running(command, port, "/moto-api/") as server:
        yield server


@contextmanager
def ecrmock_on_disk() -> Iterator[Server]:
    """Run ``ecrmock serve --data`` on a disk, with the repository that is pushed to."""
    with (
        tempfile.TemporaryDirectory(prefix="ecrmock-bench-") as folder,
        ecrmock_registry("--data", f"{folder}/data") as server,
    ):
        yield server


@contextmanager
def docker_registry_on_disk() -> Iterator[Server]:
    """Run CNCF's registry on the same disk."""
    with docker_registry(in_memory=False) as server:
        yield server


@contextmanager
def docker_registry(*, in_memory: bool = True) -> Iterator[Server]:
    """Run CNCF's registry with its files in memory where the system has such a folder."""
    program = shutil.which("docker-registry") or shutil.which("registry")
    if program is None:
        raise Absent("docker-registry")
    port = free_port()
    with scratch(in_memory=in_memory) as folder:
        config = folder / "config.yml"
        config.write_text(_REGISTRY_CONFIG.format(root=folder / "blobs", port=port))
        with _running([program, "serve", str(config)], port, "/v2/") as server:
            yield server


APIS = MappingProxyType({"ecrmock": ecrmock, "moto_server": moto_server})
REGISTRIES = MappingProxyType({"ecrmock": ecrmock_registry, "docker-registry": docker_registry})
ON_DISK = MappingProxyType({"ecrmock": ecrmock_on_disk, "docker-registry": docker_registry_on_disk})
STARTS: MappingProxyType[str, Callable[[], Any]] = MappingProxyType(
    {**APIS, "docker-registry": docker_registry}
)


@contextmanager
def scratch(*, in_memory: bool = True) -> Iterator[Path]:
    """Have a folder for a while, in memory if wanted and possible."""
    memory = Path("/dev/shm")
    parent = memory if in_memory and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="ecrmock-bench-", dir=parent) as folder:
        yield Path(folder)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def password(server: Server) -> str | None:
    """Return ``AWS:<password>``, as command lines want it."""
    given = server.headers.get("Authorization")
    return base64.b64decode(given.removeprefix("Basic ")).decode() if given else None


@contextmanager
def _running(command: Sequence[str], port: int, path: str) -> Iterator[Server]:
    with tempfile.TemporaryFile() as log:
        start = perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            while not _answers(port, path):
                if process.poll() is not None or perf_counter() - start > _PATIENCE:
                    log.seek(0)
                    said = log.read().decode(errors="replace")
                    raise RuntimeError(f"{' '.join(command)} did not start:\n{said}")
                sleep(0.0005)
            yield Server(process.pid, port, perf_counter() - start)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(HOST, port, timeout=_PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
