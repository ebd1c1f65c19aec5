"""A real server, the real client programs, and a report of which of them took part."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.clients import container, go_tools
from tests.clients.enforcing import Office
from tests.clients.image_files import random_layer, write_oci_layout
from tests.clients.programs import Program, without_aws_settings
from tests.clients.running_server import (
    Repository,
    RunningServer,
    new_repository,
    running_server,
)
from tests.clients.terraform_folders import Folders, NoProviderError
from tests.clients.words import log_in

REQUIRED = "ECRMOCK_REQUIRE_CLIENTS"


CONTAINERD = "ECRMOCK_CONTAINERD"  # the socket of a containerd, where it is not the usual one
USUAL_CONTAINERD = "/run/containerd/containerd.sock"


@dataclass(frozen=True)
class Client:
    """A program that tests drive, and how it tells its version; those in Go are built."""

    mark: str
    version: tuple[str, ...] = ("--version",)


CLIENTS = {
    "docker": Client(
        "clients",
        ("version", "--format", "client {{.Client.Version}}, engine {{.Server.Version}}"),
    ),
    "podman": Client("clients"),
    "skopeo": Client("clients"),
    "buildah": Client("clients"),
    "umoci": Client("clients"),
    "ctr": Client("clients", ("version",)),
    "aws": Client("clients"),
    "node": Client("clients"),
    "npm": Client("clients"),
    "docker-compose": Client("clients"),
    "chromium": Client("clients"),
    "container image": Client("clients"),
    "testcontainers (Python)": Client("clients"),
    "docker (Python)": Client("clients"),
    "oras (Python)": Client("clients"),
    "terraform": Client("clients_extra", ("version",)),
    **dict.fromkeys(go_tools.PROGRAMS, Client("clients_extra")),
}
used: dict[str, str] = {}  # program → what became of it in this run; the report's only source


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A server that asks policies about everything."""
    with running_server(tmp_path_factory.mktemp("enforcing"), "--enforce-iam") as server:
        yield Office(server)


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
    hosts = (f"{server.registry}/", f"{server.public_host}/")
    ours = [name for name in listed if name.startswith(hosts)]
    if ours:
        subprocess.run(["docker", "image", "rm", *ours], capture_output=True, check=False)


@pytest.fixture(scope="session")
def container_image() -> Program:
    """docker, whose engine has the image of the Dockerfile."""
    available("docker")
    docker = Program(("docker",), {"DOCKER_BUILDKIT": "0"})
    name, base = "container image", container.base()
    if name not in used:
        used[name] = container.build(docker) if base else f"absent: set {container.BASE}"
    if not base:
        pytest.skip(f"{name} is {used[name]}")
    return docker


@pytest.fixture
def podman(podman_storage: tuple[str, ...], tmp_path: Path) -> Program:
    available("podman")
    return Program(("podman", *podman_storage), with_login_file(tmp_path))


@pytest.fixture(scope="session")
def podman_storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """Keep podman's images and state in a folder of the tests; works without systemd."""
    folder = tmp_path_factory.mktemp("podman")
    places = [("--root", folder / "root"), ("--tmpdir", folder / "tmp")]
    plain = ["--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--events-backend=file"]
    with TemporaryDirectory(prefix="podman-", ignore_cleanup_errors=True) as run:
        places.append(("--runroot", Path(run)))  # podman takes no more than 50 characters
        yield (*(text for option, place in places for text in (option, str(place))), *plain)


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
def buildah(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Program:
    available("buildah")
    folder = tmp_path_factory.mktemp("buildah")
    storage = ("--root", str(folder / "root"), "--runroot", str(folder / "run"))
    isolated = {"BUILDAH_ISOLATION": "chroot"}
    command = ("buildah", *storage, "--storage-driver=vfs")
    return Program(command, {**with_login_file(tmp_path), **isolated})


@pytest.fixture
def umoci() -> Program:
    return Program((available("umoci"),))


@pytest.fixture
def ctr() -> Program:
    """containerd's own client; it keeps no logins."""
    available("ctr")
    return Program(("ctr", "--address", containerd(), "--namespace", "ecrmock-tests"))


def containerd() -> str:
    """Return the socket of the containerd to use."""
    return os.environ.get(CONTAINERD, USUAL_CONTAINERD)


@pytest.fixture
def crane(built: Callable[[str], Program]) -> Program:
    return built("crane")


@pytest.fixture
def oras(built: Callable[[str], Program]) -> Program:
    return built("oras")


@pytest.fixture
def regctl(built: Callable[[str], Program]) -> Program:
    return built("regctl")


@pytest.fixture
def helm(built: Callable[[str], Program]) -> Program:
    return built("helm")


@pytest.fixture
def cosign(built: Callable[[str], Program]) -> Program:
    return built("cosign").with_environment(COSIGN_PASSWORD="")


@pytest.fixture
def notation(built: Callable[[str], Program]) -> Program:
    return built("notation")


@pytest.fixture
def conformance(built: Callable[[str], Program]) -> Program:
    return built("conformance")


@pytest.fixture
def built(tmp_path: Path, announce: Callable[[str], None]) -> Callable[[str], Program]:
    """Hand out programs written in Go; all of them have an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.json").write_text("{}")  # with no file at all, oras asks for a credential store
    files = ("DOCKER_CONFIG", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME")
    environment = dict.fromkeys(files, str(home))
    environment["REGCTL_CONFIG"] = str(home / "regctl.json")
    return lambda name: Program((available(name, announce),), environment)


@pytest.fixture
def ready(
    request: pytest.FixtureRequest, server: RunningServer, password: str
) -> Callable[[str], Program]:
    """Hand out programs that are logged in."""
    return lambda name: log_in(request.getfixturevalue(name), name, server.registry, password)


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """An image of two layers in a folder, tagged `1`."""
    return write_oci_layout(tmp_path / "layout", "1", [random_layer(), random_layer()])


@pytest.fixture(scope="session")
def announce(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print a line to stderr at once, also where pytest keeps what tests print."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def announce(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{line}", file=sys.stderr, flush=True)

    return announce


@pytest.fixture
def aws(server: RunningServer, tmp_path: Path) -> Program:
    available("aws")
    nothing = str(tmp_path / "no-such-file")
    files = {"AWS_CONFIG_FILE": nothing, "AWS_SHARED_CREDENTIALS_FILE": nothing}
    return Program(("aws",), {**server.variables, **files, "AWS_PAGER": ""})


@pytest.fixture(scope="session")
def node() -> Program:
    """Node.js; its packages are installed by npm."""
    available("npm")
    return Program((available("node"),))


@pytest.fixture(scope="session")
def terraform() -> Program:
    return Program((available("terraform"),), {"CHECKPOINT_DISABLE": "1"})


@pytest.fixture(scope="session")
def folder(terraform: Program, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Program]:
    """Make folders of Terraform configuration; without its provider Terraform counts as absent."""
    folders = Folders(terraform, tmp_path_factory.mktemp("terraform"))

    def folder(name: str, *sources: Path, **variables: str) -> Program:
        try:
            return folders(name, *sources, **variables)
        except NoProviderError as error:
            used["terraform"] = f"absent: {error}"
            pytest.skip(f"terraform is {used['terraform']}")

    return folder


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


@pytest.fixture(scope="session")
def password(server: RunningServer) -> str:
    """ECR's token, as the password of the user AWS."""
    return password_of(server)


def password_of(server: RunningServer) -> str:
    """Ask a server for a token, and take the password from it."""
    return b64decode(server.login()).decode().removeprefix("AWS:")


def available(name: str, say: Callable[[str], None] = print) -> str:
    """Return a program's path; skip the test when it, or the engine behind it, is missing."""
    path = ""
    if name in go_tools.PROGRAMS and not used.get(name, "").startswith("absent"):
        path, used[name] = built_program(name, say)
    elif name not in used:
        used[name] = version(name)
    if used[name].startswith("absent"):
        pytest.skip(f"{name} is {used[name]}")
    return path or name


def available_package(name: str) -> str:
    """Return the version of a Python package; skip the test when it is missing."""
    client = f"{name} (Python)"
    try:
        used[client] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        used[client] = "absent: install ecrmock[test]"
        pytest.skip(f"{client} is {used[client]}")
    return used[client]


def built_program(name: str, say: Callable[[str], None]) -> tuple[str, str]:
    """Return the path and the version of a program in Go; build it when it is not yet there."""
    try:
        return str(go_tools.build(name, say)), go_tools.PROGRAMS[name].version
    except go_tools.NotBuiltError as error:
        return "", f"absent: {error}"


def version(name: str) -> str:
    """Ask a program for its version; ``absent`` and a reason when it cannot work here."""
    if not shutil.which(name):
        return "absent"
    to_engine = ("--address", containerd()) if name == "ctr" else ()
    try:
        result = subprocess.run(
            [name, *to_engine, *CLIENTS[name].version],
            env=without_aws_settings(os.environ),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "absent: it does not answer"
    if result.returncode:
        return f"absent: {(result.stderr.strip().splitlines() or ['no answer'])[-1]}"
    lines = result.stdout.splitlines()
    return next((line.strip() for line in lines if re.search(r"\d\.\d", line)), "no number")


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
    for name, client in CLIENTS.items():
        terminalreporter.write_line(f"{client.mark:14} {name:28} {used.get(name, 'not asked for')}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker of pytest-xdist hand its part of the report on."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["clients"] = dict(used)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take a worker's part of the report."""
    used.update(getattr(node, "workeroutput", {}).get("clients", {}))
