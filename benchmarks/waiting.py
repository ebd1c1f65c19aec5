"""Whether calls wait while a server evaluates a lifecycle policy over many images."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from threading import Event, Thread
from time import perf_counter

from benchmarks.images import CONFIG_TYPE, descriptor, digest_of, manifest
from benchmarks.load import REQUEST
from benchmarks.peers import HOST, Server, ecrmock
from benchmarks.rounds import interleave, say
from benchmarks.table import OURS, Row, Target

IMAGES, RULES = 10_000, 50
IDLE_SECONDS = 3.0
NAME = "calls while a lifecycle run works, 99 %"


def waiting(rounds: int | None) -> list[Row]:
    """Measure the slowest hundredth of calls during a run, over that of an idle server."""
    say(f"  filling a server with {IMAGES:,} images")
    with ecrmock("--no-require-layers") as server:
        _fill(server)
        results = interleave({OURS: lambda: _measure(server)}, rounds or 5)
    return [Row(NAME, "x", results.of(NAME), (Target(2),))]


def _fill(server: Server) -> None:
    """Put images, and a policy of which no rule acts on any of them."""
    client = server.client()
    client.create_repository(repositoryName="bench")
    config = descriptor(CONFIG_TYPE, 2, digest_of(b"{}"))
    for number in range(IMAGES):
        text = manifest({**config, "annotations": {"number": str(number)}}, [])
        client.put_image(repositoryName="bench", imageManifest=text, imageTag=f"v{number}")
    rules = [
        {
            "rulePriority": priority,
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": [f"v*{priority}"],
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 100,
            },
            "action": {"type": "expire"},
        }
        for priority in range(1, RULES + 1)
    ]
    policy = json.dumps({"rules": rules})
    client.put_lifecycle_policy(repositoryName="bench", lifecyclePolicyText=policy)


def _measure(server: Server) -> dict[str, float]:
    end = perf_counter() + IDLE_SECONDS
    idle = _slowest(server, lambda: perf_counter() > end)
    is_over = Event()
    run = Thread(target=_run, args=(server, is_over))
    run.start()
    busy = _slowest(server, is_over.is_set)
    run.join()
    return {NAME: busy / idle}


def _run(server: Server, is_over: Event) -> None:
    """Have the policy evaluated; the server answers when it is done."""
    connection = HTTPConnection(HOST, server.port, timeout=300)
    for _ in range(3):
        connection.request("POST", "/_ecrmock/lifecycle", b"{}")
        connection.getresponse().read()
    is_over.set()


def _slowest(server: Server, is_over: Callable[[], bool]) -> float:
    """Describe repositories one after the other, and return what 99 in 100 calls stay below."""
    connection = HTTPConnection(HOST, server.port, timeout=300)
    connection.connect()
    seconds = []
    while not is_over():
        start = perf_counter()
        connection.sock.sendall(REQUEST)
        connection.sock.recv(65536)
        seconds.append(perf_counter() - start)
    return sorted(seconds)[len(seconds) * 99 // 100]
