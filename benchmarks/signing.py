"""Whether a push waits for its signature."""

from http.client import HTTPConnection
from itertools import count
from statistics import median
from time import perf_counter

import boto3

from benchmarks.peers import HOST, Server, ecrmock
from benchmarks.registry_client import CHUNK, Content, RegistryClient
from benchmarks.rounds import interleave, say
from benchmarks.table import OURS, Row, Target

PUSHES = 40
LAYER = 32 * CHUNK  # 1 MiB
NAME = "push with signing on, over one with it off"
_numbers = count()


def signing(rounds: int | None) -> list[Row]:
    """Measure pushes to a repository whose images are signed, over those to one whose are not."""
    say("  pushing images that are signed, and some that are not")
    with ecrmock() as server:
        _prepare(server)
        results = interleave({OURS: lambda: _measure(server)}, rounds or 5)
    return [Row(NAME, "x", results.of(NAME), (Target(1.1),))]


def _prepare(server: Server) -> None:
    client = server.client()
    signer = boto3.client(
        "signer", region_name="us-east-1", endpoint_url=f"http://{HOST}:{server.port}"
    )
    profile = signer.put_signing_profile(
        profileName="bench", platformId="Notation-OCI-SHA384-ECDSA"
    )
    filters = [{"filter": "bench/on", "filterType": "WILDCARD_MATCH"}]
    rule = {"signingProfileArn": profile["arn"], "repositoryFilters": filters}
    client.put_signing_configuration(signingConfiguration={"rules": [rule]})
    for name in ("bench/on", "bench/off"):
        client.create_repository(repositoryName=name)
    issued = client.get_authorization_token()["authorizationData"][0]
    server.headers["Authorization"] = f"Basic {issued['authorizationToken']}"
    _push(server, "bench/on", Content(LAYER))  # what loads when it is first needed


def _measure(server: Server) -> dict[str, float]:
    """Push to both in turn; between two pushes the server finishes what it does later."""
    content = Content(LAYER)
    seconds = [_push(server, name, content) for name in ("bench/on", "bench/off") * PUSHES]
    return {NAME: median(seconds[::2]) / median(seconds[1::2])}


def _push(server: Server, repository: str, content: Content) -> float:
    content.renew()
    client = RegistryClient(server, repository)
    start = perf_counter()
    client.push(f"v{next(_numbers)}", [content.plain], [content.digest])
    taken = perf_counter() - start
    client.close()
    connection = HTTPConnection(HOST, server.port, timeout=60)
    connection.request("POST", "/_ecrmock/settle", b"{}")
    connection.getresponse().read()
    connection.close()
    return taken
