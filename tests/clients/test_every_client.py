"""What every client has to be able to do, each in its own words: log in, push, pull, and be refused."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.clients.image_files import (
    contents_of,
    digest_of,
    random_layer,
    write_docker_archive,
    write_oci_layout,
)
from tests.clients.programs import Program
from tests.clients.running_server import NO_IMAGE, Repository, RunningServer
from tests.clients.words import CLIENTS, EXTRA, Words


@dataclass
class Case:
    """An image, and a client that is logged in."""

    program: Program
    words: Words
    layers: list[bytes]
    values: dict[str, str]

    def run(self, lines: tuple[str, ...]) -> None:
        """Run some of the client's command lines."""
        for line in lines:
            self.program(*line.format_map(self.values).split())

    def asked_for(self, separator: str, reference: str) -> "Case":
        """Name the image in another way."""
        image = self.values["repository"] + separator + reference
        return replace(self, values={**self.values, "image": image, "reference": reference})

    def refusal(self) -> tuple[str, str]:
        """Pull what is not there; return what the client has to say, and what it says."""
        said = self.program.fails(*self.words.pull[0].format_map(self.values).split())
        return self.words.refusal.format_map(self.values), said


@pytest.fixture(
    params=[
        pytest.param(
            name, marks=pytest.mark.clients_extra if name in EXTRA else pytest.mark.clients
        )
        for name in CLIENTS
    ]
)
def case(
    request: pytest.FixtureRequest,
    ready: Callable[[str], Program],
    password: str,
    repository: Repository,
    tmp_path: Path,
) -> Case:
    layers = [random_layer(), random_layer(200_000)]
    image = f"{repository.uri}:1.0"
    write_oci_layout(tmp_path / "layout", "1", layers)
    write_docker_archive(tmp_path / "archive.tar", image, layers)
    values = {
        "password": password,
        "image": image,
        "repository": repository.uri,
        "name": repository.name,
        "layout": str(tmp_path / "layout"),
        "archive": str(tmp_path / "archive.tar"),
        "saved": str(tmp_path / "saved"),
    }
    return Case(ready(request.param), CLIENTS[request.param], layers, values)


def test_what_it_pushes_is_what_the_api_describes(case: Case, repository: Repository) -> None:
    case.run(case.words.push)
    image, text = repository.image("1.0"), repository.manifest("1.0")
    manifest = json.loads(text)
    blobs = [manifest["config"], *manifest["layers"]]
    assert image["imageDigest"] == digest_of(text.encode())
    assert image["imageTags"] == ["1.0"]
    assert image["imageSizeInBytes"] == sum(blob["size"] for blob in blobs)
    assert len(manifest["layers"]) == len(case.layers)


def test_what_it_pulls_has_the_bytes_of_what_it_pushed(case: Case) -> None:
    case.run(case.words.push)
    case.run(case.words.pull)
    saved = contents_of(Path(case.values["saved"]))
    assert saved >= {digest_of(layer) for layer in case.layers}


def test_what_the_api_has_deleted_cannot_be_pulled_by_tag_or_by_digest(
    case: Case, repository: Repository, server: RunningServer
) -> None:
    """ctr and oras put words of their own in the place of ECR's; a plain GET shows that these were sent.

    Source: reference registry.md §3.3.
    """
    case.run(case.words.push)
    digest = repository.delete("1.0")
    for separator, reference in ((":", "1.0"), ("@", digest)):
        expected, said = case.asked_for(separator, reference).refusal()
        assert expected in said
        assert server.refusal(repository.name, reference) == NO_IMAGE
