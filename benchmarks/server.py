"""The AWS API over HTTP: answers a second, and the time to the first one."""

import subprocess
import sys
from contextlib import ExitStack
from functools import partial

from benchmarks.peers import APIS, STARTS, Server
from benchmarks.rounds import Measure, interleave, say
from benchmarks.table import Row, Target

CONNECTIONS, SECONDS = 8, 2.0


def server(rounds: int | None) -> list[Row]:
    """Measure the API's servers."""
    return [_start(rounds or 5), _throughput(rounds or 5)]


def _start(rounds: int) -> Row:
    name = "server: start to first answer"
    say(f"  {name}")

    def start(subject: str) -> dict[str, float]:
        with STARTS[subject]() as started:
            return {name: started.seconds_to_answer}

    results = interleave({s: partial(start, s) for s in STARTS}, rounds)
    return Row(name, "s", results.of(name), (Target(0.4),))


def _throughput(rounds: int) -> Row:
    """Let both servers run throughout, of which one works at a time."""
    name = f"server: DescribeRepositories, {CONNECTIONS} connections"
    say(f"  {name}")
    with ExitStack() as stack:
        servers: dict[str, Server] = {}

        def load(subject: str) -> dict[str, float]:
            if subject not in servers:
                servers[subject] = stack.enter_context(APIS[subject]())
                servers[subject].client().create_repository(repositoryName="bench/app")
                _load(servers[subject], 0.3)
            return {name: _load(servers[subject], SECONDS)}

        measures: dict[str, Measure] = {s: partial(load, s) for s in APIS}
        results = interleave(measures, rounds)
    return Row(name, "/s", results.of(name), (Target(4, "moto_server", better=True),))


def _load(target: Server, seconds: float) -> float:
    command = [sys.executable, "-m", "benchmarks.load", str(target.port), str(CONNECTIONS)]
    ended = subprocess.run([*command, str(seconds)], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return float(ended.stdout)
