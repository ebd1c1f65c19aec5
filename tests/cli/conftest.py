"""The ``ecrmock`` command as a process of its own, and as one that asks a server in this process."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ecrmock.cli import main
from ecrmock.server import Server, make_server
from ecrmock.values.settings import MANUAL, Settings
from tests.cli.previewing import Preview, previewing

PATIENCE = 30  # seconds; far more than anything here takes
COMMAND = (sys.executable, "-W", "error", "-m", "ecrmock")


class Process:
    """``ecrmock serve`` with some options; it accepts connections."""

    def __init__(self, environment: dict[str, str], *options: str) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, "serve", *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # so that the first line is read without what follows it
        )
        assert self._process.stdout is not None
        self.ready_line = self._process.stdout.readline().decode()
        self._output = self._process.stdout

    @property
    def port(self) -> int:
        return int(self.ready_line.strip().rpartition(":")[2])

    @cached_property
    def public_url(self) -> str:
        """Where ECR Public is, as the last line of its output says."""
        while "ECR Public" not in (line := self._output.readline().decode()):
            assert line, "it does not say where ECR Public is"
        return line.split()[-1]

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE)

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Make one request on a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> "Process":
        """End it by a signal, and keep its exit code and what it said."""
        self._process.send_signal(number)
        output, log = self._process.communicate(timeout=PATIENCE)
        self.output, self.log = output.decode(), log.decode()
        self.exit_code = self._process.returncode
        return self

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment that says nothing of AWS or ecrmock."""
    return {"HOME": str(tmp_path), "PATH": os.defpath}


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[Callable[..., Process]]:
    """Start ``ecrmock serve`` on a free port; variables of its environment are given by name."""
    processes: list[Process] = []

    def serve(*options: str, **variables: str) -> Process:
        port = () if "ECRMOCK_PORT" in variables else ("--port", "0")
        processes.append(Process(environment | variables, *port, *options))
        return processes[-1]

    yield serve
    for process in processes:
        process.kill()


@pytest.fixture
def run(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run an ``ecrmock`` command that ends by itself."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.fixture
def server() -> Iterator[Server]:
    """A server in this process that does what is due when it is told to."""
    with make_server(Settings(uri_style="path", settle=MANUAL), port=0) as server:
        yield server


@pytest.fixture
def ask(server: Server) -> Callable[..., Result]:
    """Run a command that asks the server."""

    def ask(*arguments: str, url: str = server.url, **variables: str) -> Result:
        return CliRunner().invoke(main, arguments, env={"ECRMOCK_URL": url, **variables})

    return ask


@pytest.fixture
def preview(tmp_path: Path) -> Preview:
    """Run ``ecrmock lifecycle preview``."""
    return previewing(tmp_path)
