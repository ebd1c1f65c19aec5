"""The lines of `ecrmock env --client …` are typed into a shell as they are printed."""

import os
import sys
from pathlib import Path

import boto3
import pytest

from tests.clients import go_tools
from tests.clients.conftest import containerd
from tests.clients.image_files import random_layer, write_docker_archive, write_oci_layout
from tests.clients.programs import Program
from tests.clients.running_server import Repository, RunningServer, new_repository
from tests.clients.test_helm import write_chart

CONTAINERS_CONF = """\
[containers]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
STORAGE_CONF = """\
[storage]
driver = "vfs"
graphroot = "{folder}/root"
runroot = "{folder}/run"
"""

# What a user has done before: the image, chart or key that the lines name. `$image` is its reference.
BEFORE = {
    "docker": "docker load --input image.tar",
    "podman": "podman load --input image.tar",
    "buildah": "buildah pull docker-archive:image.tar",
    "ctr": "ctr images import --snapshotter native image.tar",
    "cosign": (
        'skopeo copy --dest-tls-verify=false --dest-creds "AWS:$password" '
        "oci:layout:latest docker://$image\ncosign generate-key-pair"
    ),
}
AFTER = {"docker": "docker image rm $image", "ctr": "ctr images rm --sync $image"}
EXTRA = ("crane", "oras", "regctl", "helm", "cosign")


@pytest.fixture(scope="module")
def team_app(server: RunningServer) -> Repository:
    """The repository that the lines push to."""
    return new_repository(server.api(), "team/app")


@pytest.fixture
def shell(tmp_path: Path, password: str, team_app: Repository, aws: Program) -> Program:
    """A shell in a folder with everything that the lines name; nothing of it reaches the user's own."""
    image = f"{team_app.uri}:1.0"
    write_docker_archive(tmp_path / "image.tar", image, [random_layer()])
    write_oci_layout(tmp_path / "layout", "latest", [random_layer()])
    (tmp_path / "file.txt").write_text("text\n")
    write_chart(tmp_path, "chart", "1.0.0")
    (tmp_path / "containers.conf").write_text(CONTAINERS_CONF)
    (tmp_path / "storage.conf").write_text(STORAGE_CONF.format(folder=tmp_path))
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "logins.json").write_text("{}")
    environment = {
        "image": image,
        "password": password,
        "PATH": f"{go_tools.cache_folder() / 'bin'}:{os.environ['PATH']}",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "CONTAINERS_CONF": str(tmp_path / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(tmp_path / "storage.conf"),
        "CONTAINERD_ADDRESS": containerd(),
        "CONTAINERD_NAMESPACE": "ecrmock-tests",
        "CONTAINERD_SNAPSHOTTER": "native",
        "COSIGN_PASSWORD": "",
        "DOCKER_CONFIG": str(tmp_path),
        "HOME": str(tmp_path),
        "REGCTL_CONFIG": str(tmp_path / "regctl.json"),
        "REGISTRY_AUTH_FILE": str(tmp_path / "logins.json"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    return Program(("bash", "-e", "-o", "pipefail", "-c"), environment)


def lines_of(client: str, server: RunningServer, *options: str) -> list[str]:
    command = Program((sys.executable, "-m", "ecrmock", "env", "--url", server.url))
    return command("--client", client, *options).splitlines()


def marked(name: str) -> object:
    mark = pytest.mark.clients_extra if name in EXTRA else pytest.mark.clients
    return pytest.param(name, marks=mark)


NAMES = ("docker", "podman", "buildah", "skopeo", "ctr", *EXTRA)


@pytest.mark.parametrize("name", [marked(name) for name in NAMES])
def test_the_lines_for_a_client_work_as_printed(
    request: pytest.FixtureRequest,
    shell: Program,
    server: RunningServer,
    team_app: Repository,
    name: str,
) -> None:
    request.getfixturevalue(name)  # skips where the program is not to be had
    pushed_to = new_repository(server.api(), "chart") if name == "helm" else team_app
    before = pushed_to.digests()
    script = ["cd", BEFORE.get(name, ""), *lines_of(name, server)]
    shell("\n".join([*script, AFTER.get(name, "")]))
    assert pushed_to.digests() > before


@pytest.mark.parametrize("name", [marked(name) for name in ("docker", "skopeo", "crane")])
def test_the_lines_for_ecr_public_work_as_printed(
    request: pytest.FixtureRequest, shell: Program, server: RunningServer, name: str
) -> None:
    request.getfixturevalue(name)
    api = boto3.client(
        "ecr-public",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    api.create_repository(repositoryName="team/app")
    lines = lines_of(name, server, "--public")
    if name == "docker":  # it pushes what it has under that name
        tagging = "docker tag $image $registry/team/app:1.0"
        lines.insert(-1, f"{BEFORE[name]}\n{tagging}")
        lines.append("docker image rm $image $registry/team/app:1.0")
    try:
        shell("\n".join(["cd", *lines]))
        (tag,) = api.describe_image_tags(repositoryName="team/app")["imageTagDetails"]
    finally:
        api.delete_repository(repositoryName="team/app", force=True)
    assert tag["imageTag"] == "1.0"


@pytest.mark.clients
def test_the_lines_for_the_aws_cli_can_be_evaluated_by_a_shell(
    shell: Program, server: RunningServer, team_app: Repository
) -> None:
    lines = [*lines_of("aws", server), "aws ecr describe-repositories --output text"]
    assert team_app.uri in shell("\n".join(lines))
