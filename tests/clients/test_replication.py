"""What docker pushes in one region is pulled in another one, and from another account."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.clients.image_files import contents_of, digest_of, random_layer, write_docker_archive
from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT, RunningServer, running_server
from tests.clients.words import log_in

pytestmark = pytest.mark.clients

PARTNER = "111122223333"
LET_IN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": DEFAULT_ACCOUNT},
            "Action": ["ecr:ReplicateImage", "ecr:CreateRepository"],
            "Resource": f"arn:aws:ecr:us-east-1:{PARTNER}:repository/*",
        }
    ],
}


@pytest.fixture(scope="module")
def replicating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that copies to another region and another account, and makes what is pushed to."""
    with running_server(tmp_path_factory.mktemp("replicating")) as server:
        api = server.api()
        destinations = [
            {"region": "eu-west-1", "registryId": DEFAULT_ACCOUNT},
            {"region": "us-east-1", "registryId": PARTNER},
        ]
        rules = [{"destinations": destinations}]
        api.put_replication_configuration(replicationConfiguration={"rules": rules})
        api.create_repository_creation_template(prefix="ROOT", appliedFor=["CREATE_ON_PUSH"])
        server.api(PARTNER).put_registry_policy(policyText=json.dumps(LET_IN))
        yield server


def settle(server: RunningServer) -> None:
    urlopen(Request(f"{server.url}/_ecrmock/settle", b"{}")).close()


def push(docker: Program, name: str, layer: bytes, folder: Path) -> None:
    archive = write_docker_archive(folder / "image.tar", name, [layer])
    docker("load", "--input", str(archive))
    docker("push", name)
    docker("image", "rm", name)


@pytest.mark.parametrize(
    "prefix", [f"{DEFAULT_ACCOUNT}.eu-west-1", f"{PARTNER}.us-east-1"], ids=["region", "account"]
)
def test_docker_pulls_the_copy_of_what_it_pushed_to_a_repository_that_was_not_there(
    docker: Program, replicating: RunningServer, tmp_path: Path, prefix: str
) -> None:
    log_in(
        docker,
        "docker",
        replicating.registry,
        b64decode(replicating.login()).decode().partition(":")[2],
    )
    layer, name = random_layer(), f"team/{prefix[-9:]}"
    push(docker, f"{replicating.registry}/{name}:1", layer, tmp_path)
    settle(replicating)
    copy = f"{replicating.registry}/{prefix}/{name}:1"
    docker("pull", copy)
    saved = tmp_path / "saved.tar"
    docker("save", "--output", str(saved), copy)
    assert digest_of(layer) in contents_of(saved)
    docker("image", "rm", copy)


def test_the_status_is_told_by_the_api(
    replicating: RunningServer, skopeo: Program, tmp_path: Path
) -> None:
    password = b64decode(replicating.login()).decode()
    archive = write_docker_archive(tmp_path / "image.tar", "image:1", [random_layer()])
    target = f"docker://{replicating.registry}/team/status:1"
    skopeo(
        "copy",
        "--dest-tls-verify=false",
        "--dest-creds",
        password,
        f"docker-archive:{archive}",
        target,
    )
    settle(replicating)
    image: dict[str, Any] = {"repositoryName": "team/status", "imageId": {"imageTag": "1"}}
    found = replicating.api().describe_image_replication_status(**image)["replicationStatuses"]
    assert [each["status"] for each in found] == ["COMPLETE", "COMPLETE"]
