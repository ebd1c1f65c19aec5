"""The image of the Dockerfile, built on the base that ECRMOCK_BASE names, and containers of it.

A build has no network, so the packages are fetched outside and handed in by the build argument BUILDER.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.clients.go_tools import cache_folder
from tests.clients.programs import Program
from tests.clients.running_server import ROOT, RunningServer

BASE = "ECRMOCK_BASE"
IMAGE, BUILDER = "ecrmock-tests", "ecrmock-tests-builder"
PORT = 5327
PIP_CONF = "[global]\nno-index = true\nfind-links = /wheels\nroot-user-action = ignore\n"
BUILDER_FILE = "FROM {base}\nCOPY wheels /wheels\nCOPY pip.conf /etc/pip.conf\n"
PYTHON_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Container:
    """A container of the image, reached through another port than it listens on."""

    docker: Program
    name: str
    server: RunningServer

    def logs(self) -> str:
        """Return what the server has written."""
        return self.docker("logs", self.name)

    def state(self, template: str) -> str:
        """Ask the engine about the container."""
        return self.docker("inspect", "--format", template, self.name).strip()

    def usage(self) -> dict[str, int]:
        """Return how much the server keeps, and where."""
        connection = self.server.connection()
        connection.request("GET", "/_ecrmock/health")
        usage: dict[str, int] = json.loads(connection.getresponse().read())["usage"]
        connection.close()
        return usage

    def run(self, *command: str) -> str:
        """Run a program in the container."""
        return self.docker("exec", self.name, *command).strip()


def base() -> str:
    """Return the image to build on: any that has Python with its module venv."""
    return os.environ.get(BASE, "")


def build(docker: Program) -> str:
    """Build the image; return how large it is."""
    with (_cache() / "image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second test process finds the engine's cache
        _build_builder(docker)
        bases = ("--build-arg", f"BASE={base()}", "--build-arg", f"BUILDER={BUILDER}")
        docker("build", *bases, "--tag", IMAGE, str(ROOT), timeout=600)
    size = size_of(docker, IMAGE)
    return f"{size / 1e6:.0f} MB, {(size - size_of(docker, base())) / 1e6:.0f} MB of it on the base"


def size_of(docker: Program, image: str) -> int:
    """Return how many bytes an image unpacks to."""
    return int(docker("image", "inspect", "--format", "{{.Size}}", image))


def _cache() -> Path:
    folder = cache_folder().parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _build_builder(docker: Program) -> None:
    version = docker("run", "--rm", base(), "python3", "-c", PYTHON_VERSION).strip()
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        shutil.copytree(_wheels(version), context / "wheels")
        (context / "pip.conf").write_text(PIP_CONF)
        (context / "Dockerfile").write_text(BUILDER_FILE.format(base=base()))
        docker("build", "--tag", BUILDER, folder, timeout=300)


def _wheels(version: str) -> Path:
    """Return a folder with all that ecrmock needs in a version of Python; fetch it once."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = document["project"]
    wanted = [*document["build-system"]["requires"], *project["dependencies"]]
    (extras,) = re.findall(r"^ARG EXTRAS=(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for extra in extras.split(","):
        wanted += project["optional-dependencies"][extra]
    stamp = hashlib.sha256(repr(wanted).encode()).hexdigest()[:12]
    folder = _cache() / "wheels" / f"{version}-{stamp}"
    if not folder.exists():
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:")
        where = ("--python-version", version, "--dest", str(partial))
        subprocess.run([*pip, *where, *wanted], check=True, timeout=300)
        partial.rename(folder)
    return folder


@contextmanager
def running(
    docker: Program, *options: str, scheme: str = "http", port: int = 0
) -> Iterator[Container]:
    """Run a container that is locked down, with a port mapped to it; wait until it is healthy."""
    port = port or free_port()
    closed = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")
    mapped = ("--publish", f"127.0.0.1:{port}:{PORT}")
    public = ("--env", f"ECRMOCK_PUBLIC_URL={scheme}://localhost:{port}")
    often = ("--health-interval", "500ms")
    name = docker("run", "--detach", *closed, *often, *mapped, *public, *options, IMAGE).strip()
    container = Container(docker, name, RunningServer(f"{scheme}://localhost:{port}", 0))
    try:
        wait_until_healthy(container)
        yield container
        assert "Traceback" not in container.logs(), container.logs()
    finally:
        docker("rm", "--force", "--volumes", name)


def wait_until_healthy(container: Container) -> None:
    """Wait for the engine's word, which comes from the image's own check."""
    for _ in range(300):
        status = container.state("{{.State.Status}} {{.State.Health.Status}}")
        if status == "running healthy":
            return
        assert status == "running starting", f"{status}:\n{container.logs()}"
        time.sleep(0.1)
    raise AssertionError(f"the container did not become healthy:\n{container.logs()}")


def free_port() -> int:
    """Return a port that nobody listens on; the address that ecrmock prints has to be known beforehand."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
