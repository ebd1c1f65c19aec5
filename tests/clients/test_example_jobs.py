"""The examples for hosted CI and clusters: their lines are run as they are written, but for the port."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.clients.container import free_port
from tests.clients.image_files import random_layer, write_oci_layout
from tests.clients.programs import Program, without_aws_settings
from tests.clients.running_server import ROOT, RunningServer, new_repository, running_server

pytestmark = pytest.mark.clients

EXAMPLES = ROOT / "examples"
NODE = "localhost:30527"
FIRST, OTHER = ("123456789012", "us-east-1"), ("111122223333", "eu-west-1")


def load(name: str) -> Any:
    """Return the only document of a file of YAML."""
    return pytest.importorskip("yaml").safe_load((EXAMPLES / name).read_text())


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder as a checkout of the reader's project: something to build, and ecrmock beside it."""
    folder = tmp_path / "checkout"
    shutil.copytree(EXAMPLES / "assets/hello", folder)
    (folder / "ecrmock").mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "ecrmock")
    shutil.copytree(
        ROOT / "ecrmock", folder / "ecrmock/ecrmock", ignore=shutil.ignore_patterns("__pycache__")
    )
    return folder


@pytest.fixture
def local(tmp_path: Path) -> Iterator[RunningServer]:
    """A server of one test's own, whose addresses have the form that they have on AWS."""
    with running_server(tmp_path, "--uri-style", "aws", "--anonymous") as server:
        yield server


class Job:
    """The steps of a job, one shell after another; what they leave in the background ends with it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.shells = folder, list[subprocess.Popen[bytes]]()
        self.environment = {**without_aws_settings(os.environ), **environment}
        self.output = folder.parent / "output"

    def run(self, lines: str) -> str:
        """Run the lines of a step to success; return what the job has written so far."""
        with self.output.open("ab") as output:
            shell = subprocess.Popen(
                ["bash", "-e", "-o", "pipefail", "-c", lines],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.shells.append(shell)
        assert shell.wait(timeout=300) == 0, f"{lines}\n{self.output.read_text()}"
        return self.output.read_text()

    def end(self) -> None:
        """End what still runs."""
        for shell in self.shells:
            try:
                os.killpg(shell.pid, signal.SIGTERM)
            except ProcessLookupError:
                continue


def test_the_steps_of_the_github_job_push_an_image(
    files: Path, docker: Program, aws: Program, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "python"], check=True)
    port = free_port()
    document = load("github-actions.yml")["jobs"]["push"]
    given = {name: text.replace("5327", str(port)) for name, text in document["env"].items()}
    mine = {"ECRMOCK_PORT": str(port), "ECRMOCK_URL": f"http://localhost:{port}"}
    path = {"PATH": f"{tmp_path}/python/bin:{os.environ['PATH']}"}
    job = Job(files, {**aws.environment, **docker.environment, **given, **mine, **path})
    del job.environment["AWS_ENDPOINT_URL"]  # the job has those of two services
    try:
        for step in document["steps"]:
            said = job.run(step.get("run", "true").replace("localhost:5327", f"localhost:{port}"))
    finally:
        job.end()
        docker("image", "rm", f"localhost:{port}/team/app:1.0")
    assert '"imageTags"' in said


def test_the_lines_of_the_gitlab_job_push_an_image(
    files: Path, docker: Program, aws: Program, tmp_path: Path
) -> None:
    document = load("gitlab-ci.yml")["push"]
    with running_server(tmp_path) as server:
        job = Job(files, {**aws.environment, **server.variables, **docker.environment})
        said = job.run("\n".join(document["script"]).replace("ecrmock:5327", server.registry))
        docker("image", "rm", f"{server.registry}/team/app:1.0")
    assert '"imageTags"' in said


def test_an_asset_is_published_by_docker_and_then_found(docker: Program, tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        program = Program(
            (sys.executable, str(EXAMPLES / "publish_assets.py"), str(EXAMPLES / "assets")),
            {**server.variables, **docker.environment},
        )
        assert "was published" in program()
        assert "is there" in program()
        (repository,) = server.api().describe_repositories()["repositories"]
        images = server.api().list_images(repositoryName=repository["repositoryName"])["imageIds"]
        docker("image", "rm", f"{repository['repositoryUri']}:{images[0]['imageTag']}")
    assert repository["imageTagMutability"] == "IMMUTABLE"


@pytest.mark.parametrize("owner", [FIRST, OTHER])
def test_containerd_pulls_from_the_mirror_what_a_pod_names_as_on_aws(
    local: RunningServer, ctr: Program, skopeo: Program, tmp_path: Path, owner: tuple[str, str]
) -> None:
    account, region = owner
    repository = new_repository(local.api(account, region), "team/app")
    host = f"{account}.dkr.ecr.{region}.amazonaws.com"
    assert repository.uri == f"{host}/team/app"
    layout = write_oci_layout(tmp_path / "layout", "1", [random_layer()])
    path = "" if owner == FIRST else f"{account}.{region}/"
    target = f"docker://{local.registry}/{path}team/app:1.0"
    skopeo("copy", "--dest-tls-verify=false", f"oci:{layout}:1", target)
    (tmp_path / "hosts" / host).mkdir(parents=True)
    (tmp_path / "hosts" / host / "hosts.toml").write_text(hosts_toml(local, owner))
    image = f"{repository.uri}:1.0"
    options = ("--snapshotter", "native", "--hosts-dir", str(tmp_path / "hosts"))
    ctr("images", "pull", *options, image)
    assert repository.image("1.0")["imageDigest"] in ctr("images", "ls", f"name=={image}")
    ctr("images", "rm", "--sync", image)


def hosts_toml(server: RunningServer, owner: tuple[str, str]) -> str:
    """Return the example for an account's registry, with the port of this server."""
    name = "hosts.toml" if owner == FIRST else "hosts-of-another-account.toml"
    return (EXAMPLES / "kubernetes" / name).read_text().replace(NODE, server.registry)
