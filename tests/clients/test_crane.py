"""crane against the server: what go-containerregistry does beside push and pull."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import Repository, RunningServer, new_repository

pytestmark = pytest.mark.clients_extra


@pytest.fixture
def reference(
    crane: Program, ready: Callable[[str], Program], repository: Repository, layout: Path
) -> str:
    """An image that crane has pushed."""
    ready("crane")
    crane("push", str(layout), f"{repository.uri}:1")
    return f"{repository.uri}:1"


def test_crane_sees_the_digest_and_the_very_manifest(
    crane: Program, repository: Repository, reference: str
) -> None:
    assert crane("digest", reference).strip() == repository.image("1")["imageDigest"]
    assert crane("manifest", reference).strip() == repository.manifest("1").strip()


def test_crane_tags_an_image_and_lists_more_tags_than_a_page_has(
    crane: Program, repository: Repository, reference: str
) -> None:
    tags = [f"v{number}" for number in range(120)]  # the server's pages have 100
    image, manifest = repository.image("1"), repository.manifest("1")
    for tag in tags[:-1]:
        repository.api.put_image(
            repositoryName=repository.name,
            imageManifest=manifest,
            imageManifestMediaType=image["imageManifestMediaType"],
            imageTag=tag,
        )
    crane("tag", reference, tags[-1])
    assert set(crane("ls", repository.uri).split()) == {"1", *tags}


def test_crane_copies_an_image_into_another_repository(
    crane: Program, server: RunningServer, repository: Repository, reference: str
) -> None:
    other = new_repository(server.api())
    crane("copy", reference, f"{other.uri}:copied")
    assert other.image("copied")["imageDigest"] == repository.image("1")["imageDigest"]


def test_crane_deletes_an_image(crane: Program, repository: Repository, reference: str) -> None:
    digest = repository.image("1")["imageDigest"]
    crane("delete", f"{repository.uri}@{digest}")
    assert not repository.digests()
    assert "Requested image not found" in crane.fails("manifest", reference)


def test_crane_lists_the_repositories(
    crane: Program, server: RunningServer, repository: Repository, reference: str
) -> None:
    assert repository.name in crane("catalog", server.registry).split()


def test_crane_validates_what_it_pulls(crane: Program, reference: str) -> None:
    assert "PASS" in crane("validate", "--remote", reference)
