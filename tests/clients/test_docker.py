"""docker against the server: push, pull, many layers, many at once."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.image_files import random_layer, write_docker_archive
from tests.clients.programs import Program
from tests.clients.running_server import Repository, RunningServer, new_repository

pytestmark = pytest.mark.clients

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"


@pytest.fixture
def load(docker: Program, login: Callable[[Program], None], tmp_path: Path) -> Callable[..., str]:
    """Log docker in; hand out a function that gives its engine an image under a name."""
    login(docker)

    def load(reference: str, layers: int = 1) -> str:
        contents = [random_layer() for _ in range(layers)]
        archive = write_docker_archive(tmp_path / "image.tar", reference, contents)
        docker("load", "--input", str(archive))
        return reference

    return load


def image_id(docker: Program, reference: str) -> str:
    return docker("image", "inspect", "--format", "{{.Id}}", reference).strip()


def pushed_digest(docker: Program, reference: str) -> str:
    """Read the digest that docker itself keeps for what it pushed or pulled."""
    name = reference.rpartition(":")[0]
    digests = json.loads(docker("image", "inspect", "--format", "{{json .RepoDigests}}", reference))
    return next(digest for digest in digests if digest.startswith(name)).split("@")[1]


def test_an_image_survives_push_remove_and_pull(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    reference = load(f"{repository.uri}:1.0", layers=2)
    loaded = image_id(docker, reference)
    docker("push", reference)
    pushed = pushed_digest(docker, reference)
    docker("image", "rm", reference)
    assert pushed in docker("pull", reference)
    assert image_id(docker, reference) == loaded
    assert pushed_digest(docker, reference) == pushed


def test_the_aws_cli_describes_what_docker_pushed(
    docker: Program, aws: Program, load: Callable[..., str], repository: Repository
) -> None:
    reference = load(f"{repository.uri}:1.0", layers=3)
    docker("push", reference)
    arguments = ("ecr", "describe-images", "--repository-name", repository.name)
    (image,) = json.loads(aws(*arguments, "--output", "json"))["imageDetails"]
    manifest = json.loads(repository.manifest("1.0"))
    blobs = [manifest["config"], *manifest["layers"]]
    assert image["imageDigest"] == pushed_digest(docker, reference)
    assert image["imageTags"] == ["1.0"]
    assert image["imageSizeInBytes"] == sum(blob["size"] for blob in blobs)
    assert image["imageManifestMediaType"] == DOCKER_MANIFEST


def test_the_api_returns_the_very_bytes_that_docker_pushed(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    reference = load(f"{repository.uri}:1.0")
    docker("push", reference)
    manifest = repository.manifest("1.0").encode()
    assert f"sha256:{hashlib.sha256(manifest).hexdigest()}" == pushed_digest(docker, reference)


def test_an_image_is_pulled_by_its_digest(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    reference = load(f"{repository.uri}:1.0")
    docker("push", reference)
    by_digest = f"{repository.uri}@{pushed_digest(docker, reference)}"
    docker("image", "rm", reference)
    docker("pull", by_digest)
    docker("image", "rm", by_digest)


def test_a_tag_moves_to_the_image_that_was_pushed_last(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    reference = f"{repository.uri}:latest"
    for _ in range(2):
        docker("push", load(reference))
    assert repository.image("latest")["imageDigest"] == pushed_digest(docker, reference)
    assert len(repository.digests()) == 2


def test_all_tags_of_one_image_are_pushed_by_one_command(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    reference = load(f"{repository.uri}:1.0")
    docker("tag", reference, f"{repository.uri}:latest")
    docker("push", "--all-tags", repository.uri)
    assert set(repository.image("latest")["imageTags"]) == {"1.0", "latest"}


def test_an_image_of_thirty_layers_survives_push_remove_and_pull(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    reference = load(f"{repository.uri}:deep", layers=30)
    loaded = image_id(docker, reference)
    docker("push", reference)
    docker("image", "rm", reference)
    docker("pull", "--quiet", reference)
    assert image_id(docker, reference) == loaded
    assert len(json.loads(repository.manifest("deep"))["layers"]) == 30


def test_layers_that_the_repository_has_are_not_uploaded_again(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    reference = load(f"{repository.uri}:1.0")
    docker("push", reference)
    assert "Layer already exists" in docker("push", reference)
    assert len(repository.digests()) == 1


def test_an_image_is_pushed_to_a_second_repository(
    docker: Program, load: Callable[..., str], repository: Repository, server: RunningServer
) -> None:
    other = new_repository(server.api())
    reference = load(f"{repository.uri}:1.0")
    docker("push", reference)
    docker("tag", reference, f"{other.uri}:1.0")
    docker("push", f"{other.uri}:1.0")
    assert other.digests() == repository.digests()


def test_layers_are_mounted_from_another_repository_when_the_account_allows_it(
    docker: Program, load: Callable[..., str], server: RunningServer
) -> None:
    api = server.api("222233334444", "us-west-2")  # an account of its own: the setting stays there
    api.put_account_setting(name="BLOB_MOUNTING", value="ENABLED")
    one, two = new_repository(api), new_repository(api)
    docker("push", load(f"{one.uri}:1.0"))
    docker("tag", f"{one.uri}:1.0", f"{two.uri}:1.0")
    assert "Mounted from" in docker("push", f"{two.uri}:1.0")


def test_eight_pushes_at_once_all_arrive(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    tags = {f"v{number}" for number in range(8)}
    for tag in tags:
        load(f"{repository.uri}:{tag}", layers=3)
    docker.all_at_once(("push", f"{repository.uri}:{tag}") for tag in tags)
    assert repository.tags() == tags
    assert len(repository.digests()) == 8


def test_a_manifest_list_names_images_of_two_platforms(
    docker: Program, load: Callable[..., str], repository: Repository
) -> None:
    parts = [load(f"{repository.uri}:{platform}") for platform in ("amd64", "arm64")]
    for part in parts:
        docker("push", part)
    together = f"{repository.uri}:both"
    docker("manifest", "create", "--insecure", together, *parts)
    docker("manifest", "annotate", "--arch", "arm64", together, parts[1])
    digest = docker("manifest", "push", "--insecure", together).strip()
    image = repository.image("both")
    assert (image["imageDigest"], image["imageManifestMediaType"]) == (digest, DOCKER_LIST)
    assert len(json.loads(repository.manifest("both"))["manifests"]) == 2
