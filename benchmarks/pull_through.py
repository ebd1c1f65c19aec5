"""Whether a pull of what is cached costs more than a pull of what was pushed."""

from statistics import median
from time import perf_counter

from benchmarks.peers import Server, ecrmock
from benchmarks.registry_client import CHUNK, Content, RegistryClient
from benchmarks.rounds import interleave, say
from benchmarks.table import OURS, Row, Target

RULES = 50
PULLS = 500
BLOB = 64 * 1024 * 1024
CACHE = "123456789012.us-west-2/cache/bench/app"  # of the registry that has the rules
PUSHED = "123456789012.eu-west-1/bench/app"  # addressed in the same way
MANIFEST, LAYER = "cached manifest, over a pushed one", "cached blob of 64 MiB, over a pushed one"


def pull_through(rounds: int | None) -> list[Row]:
    """Measure pulls from a registry with 50 rules, over the same from its upstream without any."""
    say("  filling a cache from another region of the server")
    with ecrmock() as server:
        digest = _fill(server)
        results = interleave({OURS: lambda: _measure(server, digest)}, rounds or 5)
    return [Row(name, "x", results.of(name), (Target(1.1),)) for name in (MANIFEST, LAYER)]


def _fill(server: Server) -> str:
    """Push an image, make the rules, and pull the image through one of them; return its layer's digest."""
    client = server.client("eu-west-1")
    client.create_repository(repositoryName="bench/app")
    issued = client.get_authorization_token()["authorizationData"][0]
    server.headers["Authorization"] = f"Basic {issued['authorizationToken']}"
    content, pusher = Content(BLOB // CHUNK * CHUNK), RegistryClient(server, PUSHED)
    pusher.upload_in_one(content.plain, content.digest)
    pusher.push_manifest("1", len(content), content.digest)
    west = server.client("us-west-2")
    upstream = {"upstreamRegistryUrl": "123456789012.dkr.ecr.eu-west-1.amazonaws.com"}
    for prefix in ("cache", *(f"other-{number}" for number in range(RULES - 1))):
        west.create_pull_through_cache_rule(ecrRepositoryPrefix=prefix, **upstream)
    _pull_manifests(server, CACHE)
    _pull_layer(server, CACHE, content.digest)
    return content.digest


def _measure(server: Server, digest: str) -> dict[str, float]:
    manifests = [_pull_manifests(server, name) for name in (CACHE, PUSHED) * 3]
    layers = [_pull_layer(server, name, digest) for name in (CACHE, PUSHED) * 3]
    return {MANIFEST: _ratio(manifests), LAYER: _ratio(layers)}


def _ratio(seconds: list[float]) -> float:
    return median(seconds[::2]) / median(seconds[1::2])


def _pull_manifests(server: Server, repository: str) -> float:
    client = RegistryClient(server, repository)
    start = perf_counter()
    for _ in range(PULLS):
        client.pull_manifest("1")
    client.close()
    return perf_counter() - start


def _pull_layer(server: Server, repository: str, digest: str) -> float:
    client = RegistryClient(server, repository)
    start = perf_counter()
    client.download(digest, memoryview(bytearray(CHUNK * 32)))
    client.close()
    return perf_counter() - start
