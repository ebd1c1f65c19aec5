"""A real server, the real client programs, and a report of which of them took part."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.programs import Program, without_aws_settings
from tests.clients.running_server import (
    Repository,
    RunningServer,
    new_repository,
    running_server,
)

REQUIRED = "ECRMOCK_REQUIRE_CLIENTS"


@dataclass(frozen=True)
class Client:
    """A program that tests drive, and how it tells its version."""

    mark: str
    version: tuple[str, ...]


CLIENTS = {
    "docker": Client(
        "clients",
        ("version", "--format", "client {{.Client.Version}}, engine {{.Server.Version}}"),
    ),
    "podman": Client("clients", ("--version",)),
    "skopeo": Client("clients", ("--version",)),
    "aws": Client("clients", ("--version",)),
}
used: dict[str, str] = {}  # program → what became of it in this run; the report's only source


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def repository(server: RunningServer) -> Repository:
    return new_repository(server.api())


@pytest.fixture
def docker(tmp_path: Path, docker_engine: str) -> Program:
    config = tmp_path / "docker-config"
    config.mkdir()
    return Program(("docker",), {"DOCKER_CONFIG": str(config), "DOCKER_BUILDKIT": "0"})


@pytest.fixture(scope="session")
def docker_engine(server: RunningServer) -> Iterator[str]:
    """Require an engine; afterwards remove the images that the tests left in it."""
    yield available("docker")
    names = ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]
    listed = subprocess.run(names, capture_output=True, text=True, check=False).stdout.split()
    ours = [name for name in listed if name.startswith(f"{server.registry}/")]
    if ours:
        subprocess.run(["docker", "image", "rm", *ours], capture_output=True, check=False)


@pytest.fixture
def podman(podman_storage: tuple[str, ...], tmp_path: Path) -> Program:
    available("podman")
    return Program(("podman", *podman_storage), with_login_file(tmp_path))


@pytest.fixture(scope="session")
def podman_storage(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Keep podman's images and state in a folder of the tests; works without systemd."""
    folder = tmp_path_factory.mktemp("podman")
    places = [("--root", "root"), ("--runroot", "run"), ("--tmpdir", "tmp")]
    options = [text for option, name in places for text in (option, str(folder / name))]
    plain = ["--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--events-backend=file"]
    return (*options, *plain)


@pytest.fixture
def skopeo(tmp_path: Path) -> Program:
    available("skopeo")
    return Program(("skopeo", "--insecure-policy"), with_login_file(tmp_path))


def with_login_file(folder: Path) -> dict[str, str]:
    """Give podman or skopeo an empty file to keep logins in."""
    logins = folder / "logins.json"
    logins.write_text("{}")
    return {"REGISTRY_AUTH_FILE": str(logins)}


@pytest.fixture
def aws(server: RunningServer, tmp_path: Path) -> Program:
    available("aws")
    nothing = str(tmp_path / "no-such-file")
    files = {"AWS_CONFIG_FILE": nothing, "AWS_SHARED_CREDENTIALS_FILE": nothing}
    return Program(("aws",), {**server.variables, **files, "AWS_PAGER": ""})


@pytest.fixture
def shell(docker: Program, aws: Program) -> Program:
    """A shell in which the docker and AWS command lines of a README can be typed."""
    environment = {**docker.environment, **aws.environment}
    return Program(("bash", "-o", "pipefail", "-c"), environment)


@pytest.fixture
def login(aws: Program, server: RunningServer) -> Callable[[Program], None]:
    """Log a program in to the server, with a password that the AWS CLI fetched."""

    def login(program: Program) -> None:
        insecure = [] if program.command[0] == "docker" else ["--tls-verify=false"]
        arguments = ["login", *insecure, "--username", "AWS", "--password-stdin", server.registry]
        assert "Login Succeeded" in program(*arguments, stdin=aws("ecr", "get-login-password"))

    return login


def available(name: str) -> str:
    """Return a program's version; skip the test when it, or the engine behind it, is missing."""
    if name not in used:
        used[name] = version(name)
    if used[name].startswith("absent"):
        pytest.skip(f"{name} is {used[name]}")
    return used[name]


def version(name: str) -> str:
    """Ask a program for its version; ``absent`` and a reason when it cannot work here."""
    if not shutil.which(name):
        return "absent"
    try:
        result = subprocess.run(
            [name, *CLIENTS[name].version],
            env=without_aws_settings(os.environ),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "absent: it does not answer"
    lines = (result.stdout if result.returncode == 0 else result.stderr).strip().splitlines()
    answer = lines[-1] if lines else "no answer"
    return answer if result.returncode == 0 else f"absent: {answer}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where the programs are required, a test that skips itself has failed."""
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and os.environ.get(REQUIRED) and item.get_closest_marker("clients"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{REQUIRED} is set, and this test was skipped: {reason}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say last which client programs took part."""
    yield
    terminalreporter.section("client programs")
    for mark in ("clients", "clients_extra"):
        names = [name for name, client in CLIENTS.items() if client.mark == mark]
        for name in names:
            seen = used.get(name, "not asked for" if shutil.which(name) else "absent")
            terminalreporter.write_line(f"{mark:14} {name:8} {seen}")
        if not names:
            terminalreporter.write_line(f"{mark:14} no tests yet")
