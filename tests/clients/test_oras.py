"""oras and regctl against the server: artifacts, and what is attached to an image."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import Repository

pytestmark = pytest.mark.clients_extra

KIND = "application/vnd.example.report"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "report.txt"
    file.write_text("all is well\n")
    return file


@pytest.fixture
def plain(oras: Program, ready: Callable[[str], Program]) -> Callable[..., str]:
    """Run a command of oras, logged in; what it names a path by is relative or allowed."""
    ready("oras")
    return lambda *words: oras(*words[:1], "--plain-http", *words[1:])


@pytest.fixture
def reference(
    oras: Program, plain: Callable[..., str], repository: Repository, layout: Path
) -> str:
    """An image that oras has pushed."""
    oras("cp", "--from-oci-layout", f"{layout}:1", "--to-plain-http", f"{repository.uri}:1")
    return f"{repository.uri}:1"


def test_a_file_is_pushed_as_an_artifact_and_pulled(
    plain: Callable[..., str], repository: Repository, file: Path, tmp_path: Path
) -> None:
    artifact = f"{repository.uri}:report"
    options = ("--disable-path-validation", "--artifact-type", KIND)
    plain("push", *options, artifact, f"{file}:text/plain")
    assert repository.image("report")["artifactMediaType"] == KIND
    file.rename(tmp_path / "original")
    plain("pull", "--allow-path-traversal", "--output", str(tmp_path), artifact)
    assert file.read_bytes() == (tmp_path / "original").read_bytes()


def test_what_is_attached_to_an_image_is_discovered_by_the_referrers_api(
    plain: Callable[..., str], repository: Repository, reference: str, file: Path
) -> None:
    options = ("--disable-path-validation", "--artifact-type", KIND)
    plain("attach", *options, reference, str(file))
    found = json.loads(plain("discover", "--format", "json", reference))["referrers"]
    assert [referrer["artifactType"] for referrer in found] == [KIND]


def test_the_api_lists_what_oras_has_attached(
    plain: Callable[..., str], repository: Repository, reference: str, file: Path
) -> None:
    plain("attach", "--disable-path-validation", "--artifact-type", KIND, reference, str(file))
    subject = {"imageDigest": repository.image("1")["imageDigest"]}
    listed = repository.api.list_image_referrers(repositoryName=repository.name, subjectId=subject)
    assert [referrer["artifactType"] for referrer in listed["referrers"]] == [KIND]


def test_oras_deletes_a_manifest(oras: Program, repository: Repository, reference: str) -> None:
    oras("manifest", "delete", "--plain-http", "--force", reference)
    assert not repository.digests()


def test_oras_lists_the_tags(oras: Program, repository: Repository, reference: str) -> None:
    oras("tag", "--plain-http", reference, "2")
    assert oras("repo", "tags", "--plain-http", repository.uri).split() == ["1", "2"]


def test_regctl_lists_the_tags(
    regctl: Program, ready: Callable[[str], Program], repository: Repository, layout: Path
) -> None:
    ready("regctl")
    for tag in ("1", "2"):
        regctl("image", "copy", f"ocidir://{layout}:1", f"{repository.uri}:{tag}")
    assert regctl("tag", "ls", repository.uri).split() == ["1", "2"]


def test_regctl_puts_an_artifact_beside_an_image_and_lists_it(
    regctl: Program, ready: Callable[[str], Program], repository: Repository, layout: Path
) -> None:
    ready("regctl")
    reference = f"{repository.uri}:1"
    regctl("image", "copy", f"ocidir://{layout}:1", reference)
    put = ("artifact", "put", "--artifact-type", KIND, "--subject", reference)
    regctl(*put, stdin="all is well\n")
    assert KIND in regctl("artifact", "list", reference)
    got = regctl("artifact", "get", "--subject", reference, "--filter-artifact-type", KIND)
    assert got == "all is well\n"


def test_regctl_uploads_a_large_layer_in_chunks_that_are_not_too_small(
    regctl: Program, ready: Callable[[str], Program], repository: Repository, file: Path
) -> None:
    ready("regctl")
    file.write_bytes(bytes(range(256)) * 80_000)
    host = repository.uri.partition("/")[0]
    sizes = ("--blob-chunk", "6000000", "--blob-max", "6000000")  # ECR takes none below 5 MiB
    regctl("registry", "set", "--skip-check", *sizes, host)
    artifact = f"{repository.uri}:large"
    regctl("artifact", "put", "--artifact-type", KIND, "--file", str(file), artifact)
    layer = json.loads(repository.manifest("large"))["layers"][0]
    assert layer["size"] == file.stat().st_size
