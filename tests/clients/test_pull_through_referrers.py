"""What is attached to an image upstream, discovered and pulled through a cache rule by oras and regctl.

The upstream is the registry of the CNCF distribution project, which leaves the list of referrers to clients, or
a second ecrmock as another ECR, which has the referrers API.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT, RunningServer, running_server
from tests.clients.upstreams import Distribution
from tests.clients.words import log_in

pytestmark = pytest.mark.clients_extra

KIND = "application/vnd.example.report"
QUAY = "quay.io"
WEST = f"{DEFAULT_ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"


def logged_in(program: Program, name: str, server: RunningServer) -> Program:
    password = b64decode(server.login()).decode().partition(":")[2]
    return log_in(program, name, server.registry, password)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "report.txt"
    file.write_text("all is well\n")
    return file


@pytest.fixture
def attach(oras: Program, layout: Path, file: Path) -> Callable[[str], None]:
    """Push an image to a place, and attach a report to it."""

    def attach(place: str) -> None:
        oras("cp", "--from-oci-layout", f"{layout}:1", "--to-plain-http", place)
        options = ("--plain-http", "--disable-path-validation", "--artifact-type", KIND)
        oras("attach", *options, place, str(file))

    return attach


@pytest.fixture
def cache(
    tmp_path: Path, attach: Callable[[str], None]
) -> Iterator[tuple[RunningServer, Distribution]]:
    """A server with the rule ``quay``, and its upstream, where a report is attached to an image."""
    for name in ("upstream", "cache"):
        (tmp_path / name).mkdir()
    upstream = Distribution(tmp_path / "upstream").start()
    options = ("--upstream", f"{QUAY}=http://{upstream.registry}", "--offline")
    with running_server(tmp_path / "cache", *options) as server:
        attach(f"{upstream.registry}/team/app:1")
        server.api().create_pull_through_cache_rule(
            ecrRepositoryPrefix="quay", upstreamRegistryUrl=QUAY
        )
        yield server, upstream
    upstream.stop()


def discovered(oras: Program, reference: str) -> tuple[str, str]:
    """Return type and digest of the one referrer that oras finds."""
    found = json.loads(oras("discover", "--plain-http", "--format", "json", reference))
    (referrer,) = found["referrers"]
    return referrer["artifactType"], referrer["digest"]


def test_oras_discovers_and_pulls_what_is_attached_upstream(
    oras: Program, cache: tuple[RunningServer, Distribution], file: Path
) -> None:
    server, _ = cache
    logged_in(oras, "oras", server)
    reference = f"{server.registry}/quay/team/app:1"
    kind, digest = discovered(oras, reference)
    assert kind == KIND
    file.unlink()
    options = ("--plain-http", "--allow-path-traversal", "--output", str(file.parent))
    oras("pull", *options, f"{server.registry}/quay/team/app@{digest}")
    assert file.read_text() == "all is well\n"
    assert discovered(oras, reference) == (kind, digest)


def test_regctl_reads_what_is_attached_upstream(
    regctl: Program, cache: tuple[RunningServer, Distribution]
) -> None:
    server, _ = cache
    logged_in(regctl, "regctl", server)
    reference = f"{server.registry}/quay/team/app:1"
    got = regctl("artifact", "get", "--subject", reference, "--filter-artifact-type", KIND)
    assert got == "all is well\n"


def test_the_image_is_served_and_its_referrers_are_an_error_while_the_upstream_is_down(
    oras: Program, cache: tuple[RunningServer, Distribution]
) -> None:
    server, upstream = cache
    logged_in(oras, "oras", server)
    reference = f"{server.registry}/quay/team/app:1"
    oras("manifest", "fetch", "--plain-http", reference)
    upstream.stop()
    oras("manifest", "fetch", "--plain-http", reference)
    refusal = oras.fails("discover", "--plain-http", reference)
    assert "The referrer or referrers were unable to be listed" in refusal


def test_what_is_attached_in_another_ecr_is_discovered(
    oras: Program, attach: Callable[[str], None], tmp_path: Path
) -> None:
    for name in ("far", "near"):
        (tmp_path / name).mkdir()
    with running_server(tmp_path / "far") as far:
        far.api(region="us-west-2").create_repository(repositoryName="team/app")
        logged_in(oras, "oras", far)
        attach(f"{far.registry}/{DEFAULT_ACCOUNT}.us-west-2/team/app:1")
        with running_server(tmp_path / "near", "--upstream", f"{WEST}={far.url}") as near:
            near.api().create_pull_through_cache_rule(
                ecrRepositoryPrefix="west", upstreamRegistryUrl=WEST
            )
            logged_in(oras, "oras", near)
            assert discovered(oras, f"{near.registry}/west/team/app:1")[0] == KIND
