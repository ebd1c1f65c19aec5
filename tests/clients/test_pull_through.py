"""Pull through a cache rule with real programs, from registries that are really asked.

The upstream is the registry of the CNCF distribution project, or a second ecrmock as another ECR.
"""

import http.client
import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.clients.image_files import digest_of, random_layer, write_multi_arch_layout
from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT, RunningServer, running_server
from tests.clients.upstreams import Distribution
from tests.clients.words import log_in

pytestmark = pytest.mark.clients

SECRET = (
    f"arn:aws:secretsmanager:us-east-1:{DEFAULT_ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"
)
HUB = "registry-1.docker.io"
WEST = f"{DEFAULT_ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"
TO_UPSTREAM = ("copy", "--all", "--dest-tls-verify=false")
CLIENTS = 50


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Distribution]:
    folder = tmp_path / "upstream"
    folder.mkdir()
    distribution = Distribution(folder).start()
    yield distribution
    distribution.stop()


@pytest.fixture
def cache(upstream: Distribution, tmp_path: Path) -> Iterator[RunningServer]:
    """A server with the rule ``hub``, whose upstream is the other registry."""
    folder = tmp_path / "cache"
    folder.mkdir()
    options = ("--upstream", f"docker.io=http://{upstream.registry}", "--offline")
    with running_server(folder, *options) as server:
        rule = {"ecrRepositoryPrefix": "hub", "credentialArn": SECRET}
        server.api().create_pull_through_cache_rule(upstreamRegistryUrl=HUB, **rule)
        yield server


@pytest.fixture
def push(skopeo: Program, tmp_path: Path) -> Callable[[str], str]:
    """Push an index of two platforms to a registry, and return its digest."""

    def push(reference: str, *options: str) -> str:
        layers = {arch: [random_layer(2_000_000)] for arch in ("amd64", "arm64")}
        folder = tmp_path / f"layout-{random_layer(8).hex()[-16:]}"
        layout = write_multi_arch_layout(folder, "1", layers)
        skopeo(*TO_UPSTREAM, *options, f"oci:{layout}:1", f"docker://{reference}")
        return json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]

    return push


def password_of(server: RunningServer) -> str:
    return b64decode(server.login()).decode().partition(":")[2]


def advance(server: RunningServer, hours: float) -> None:
    body = json.dumps({"advance": hours * 3600}).encode()
    urlopen(Request(f"{server.url}/_ecrmock/clock", body)).close()


def settle(server: RunningServer) -> None:
    urlopen(Request(f"{server.url}/_ecrmock/settle", b"{}")).close()


class Puller:
    """Pulls one platform with skopeo, and tells the digest of what came."""

    def __init__(self, skopeo: Program, server: RunningServer, folder: Path) -> None:
        self._skopeo, self._server, self._folder = skopeo, server, folder

    def __call__(self, repository: str, tag: str = "1", arch: str = "amd64") -> str:
        reference = f"docker://{self._server.registry}/{repository}:{tag}"
        layout = self._folder / f"pulled-{random_layer(8).hex()[-16:]}"
        options = ("copy", "--src-tls-verify=false", "--override-arch", arch)
        self._log_in()(*options, reference, f"dir:{layout}")
        return digest_of((layout / "manifest.json").read_bytes())

    def index(self, repository: str, tag: str = "1") -> str:
        """Return the digest of what a tag points at."""
        reference = f"docker://{self._server.registry}/{repository}:{tag}"
        program = self._log_in()
        return digest_of(program("inspect", "--raw", "--tls-verify=false", reference).encode())

    def _log_in(self) -> Program:
        """Log in anew: a token is good for twelve hours."""
        server = self._server
        return log_in(self._skopeo, "skopeo", server.registry, password_of(server))


@pytest.fixture
def pull(skopeo: Program, cache: RunningServer, tmp_path: Path) -> Puller:
    return Puller(skopeo, cache, tmp_path)


def test_a_cold_pull_is_fetched_and_a_warm_one_is_not(
    upstream: Distribution, cache: RunningServer, push: Callable[[str], str], pull: Puller
) -> None:
    pushed = push(f"{upstream.registry}/library/app:1")
    assert pull.index("hub/library/app") == pushed
    pull("hub/library/app")
    settle(cache)
    upstream.forget()
    pull("hub/library/app")
    pull("hub/library/app", arch="arm64")
    assert upstream.requests() + upstream.requests("HEAD") == {}


def test_the_api_shows_what_was_pulled_through(
    upstream: Distribution, cache: RunningServer, push: Callable[[str], str], pull: Puller
) -> None:
    """The index with each of its images: reference features.md §4.4."""
    pushed = push(f"{upstream.registry}/library/app:1")
    pull("hub/library/app")
    settle(cache)
    pages = cache.api().describe_images(repositoryName="hub/library/app")["imageDetails"]
    assert len(pages) == 3
    assert {image["imageDigest"]: image.get("imageTags") for image in pages}[pushed] == ["1"]


def test_a_change_upstream_is_seen_after_a_day(
    upstream: Distribution, cache: RunningServer, push: Callable[[str], str], pull: Puller
) -> None:
    first = push(f"{upstream.registry}/library/app:1")
    assert pull.index("hub/library/app") == first
    second = push(f"{upstream.registry}/library/app:1")
    advance(cache, hours=23.9)
    assert pull.index("hub/library/app") == first
    advance(cache, hours=0.2)
    assert pull.index("hub/library/app") == second


def test_the_cached_image_is_served_while_the_upstream_is_down(
    upstream: Distribution, cache: RunningServer, push: Callable[[str], str], pull: Puller
) -> None:
    pushed = push(f"{upstream.registry}/library/app:1")
    pull("hub/library/app")
    settle(cache)
    upstream.stop()
    advance(cache, hours=25)
    assert pull.index("hub/library/app") == pushed
    pull("hub/library/app", arch="arm64")


def test_a_cold_pull_while_the_upstream_is_down_works_when_it_is_back(
    upstream: Distribution, cache: RunningServer, push: Callable[[str], str], pull: Puller
) -> None:
    push(f"{upstream.registry}/library/app:1")
    upstream.stop()
    assert cache.refusal("hub/library/app", "1")[0] == "MANIFEST_UNKNOWN"
    assert cache.api().describe_repositories()["repositories"] == []
    upstream.start()
    pull("hub/library/app")


def test_an_image_that_the_upstream_does_not_have_is_not_found(cache: RunningServer) -> None:
    """As no repository comes without an image. Source: reference registry.md §14.1."""
    assert cache.refusal("hub/library/none", "1")[0] == "NAME_UNKNOWN"
    assert cache.api().describe_repositories()["repositories"] == []


def test_fifty_cold_clients_cause_one_fetch_of_each_blob(
    upstream: Distribution, cache: RunningServer, push: Callable[[str], str]
) -> None:
    push(f"{upstream.registry}/library/app:1")
    upstream.forget()
    login = {"Authorization": f"Basic {cache.login()}"}

    def get(connection: http.client.HTTPConnection, path: str) -> bytes:
        connection.request("GET", f"/v2/hub/library/app/{path}", headers=login)
        answer = connection.getresponse()
        assert answer.status == http.HTTPStatus.OK
        return answer.read()

    def pull_all(_: int) -> None:
        connection = cache.connection()
        index = json.loads(get(connection, "manifests/1"))
        for child in index["manifests"]:
            manifest = json.loads(get(connection, f"manifests/{child['digest']}"))
            for blob in (manifest["config"], *manifest["layers"]):
                content = get(connection, f"blobs/{blob['digest']}")
                assert digest_of(content) == blob["digest"]
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(pull_all, range(CLIENTS)))
    settle(cache)
    assert len(upstream.blobs()) == 4  # a config and a layer for each platform
    assert set(upstream.requests().values()) == {1}


def test_docker_pulls_through_cold_and_with_the_upstream_stopped(
    docker: Program,
    upstream: Distribution,
    cache: RunningServer,
    push: Callable[[str], str],
) -> None:
    push(f"{upstream.registry}/library/app:1")
    log_in(docker, "docker", cache.registry, password_of(cache))
    image = f"{cache.registry}/hub/library/app:1"
    docker("pull", image)
    settle(cache)
    docker("image", "rm", image)
    upstream.stop()
    docker("pull", image)
    docker("image", "rm", image)


def test_another_ecr_over_the_network_is_an_upstream(
    skopeo: Program, push: Callable[..., str], tmp_path: Path
) -> None:
    """It is asked for a token, as the account that has the rule."""
    for name in ("far", "near"):
        (tmp_path / name).mkdir()
    with running_server(tmp_path / "far") as far:
        far.api(region="us-west-2").create_repository(repositoryName="team/app")
        log_in(skopeo, "skopeo", far.registry, password_of(far))
        place = f"{far.registry}/{DEFAULT_ACCOUNT}.us-west-2/team/app:1"
        pushed = push(place)
        with running_server(tmp_path / "near", "--upstream", f"{WEST}={far.url}") as near:
            near.api().create_pull_through_cache_rule(
                ecrRepositoryPrefix="west", upstreamRegistryUrl=WEST
            )
            pull = Puller(skopeo, near, tmp_path)
            assert pull.index("west/team/app") == pushed
            pull("west/team/app", arch="arm64")
