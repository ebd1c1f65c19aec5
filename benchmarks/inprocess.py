"""Calls, contexts, processes and memory inside one Python process."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial

from benchmarks.rounds import Absent, interleave, say
from benchmarks.subjects import Contexts, Subject
from benchmarks.table import Row, Target
from benchmarks.workers import Worker, workers

SMALL = (
    "describe_repositories",
    "create_repository + delete",
    "put_image",
    "batch_get_image",
    "an error (describe of a missing one)",
)
PAGE = "describe_images, page of 1,000"


def calls(rounds: int | None) -> list[Row]:
    """Measure one small call after another, and a large page, in the middle of a context."""
    small = (Target(0.5, "wire"), Target(4, "moto", better=True))
    large = (Target(0.25, "wire"), Target(20, "moto", better=True))
    with workers(("ecrmock", "moto", "wire", "hook"), Subject) as started:
        rows = [
            _row(name, _timed(started, name, "bench/app", 50, 40), rounds or 15, small)
            for name in SMALL
        ]
        page = _timed(started, PAGE, "bench/page", 1000, 5)
        return [*rows, _row(PAGE, page, rounds or 7, large)]


def _timed(
    started: dict[str, Worker], call: str, repository: str, size: int, times: int
) -> dict[str, Callable[[], float]]:
    def timed(worker: Worker) -> float:
        worker.call("prepare", repository, size)
        return worker.call("time", call, repository, times)

    return {name: partial(timed, worker) for name, worker in started.items()}


def _row(
    name: str, subjects: dict[str, Callable[[], float]], rounds: int, targets: tuple[Target, ...]
) -> Row:
    say(f"  {name}")
    results = interleave({s: partial(_named, name, call) for s, call in subjects.items()}, rounds)
    return Row(name, "s", results.of(name), targets)


def _named(name: str, call: Callable[[], float]) -> dict[str, float]:
    return {name: call()}


def contexts(rounds: int | None) -> list[Row]:
    """Measure an empty context and a typical test, over and over in one process."""
    enter, test = "enter and leave the context", "a typical test: client and five calls"
    with workers(("ecrmock", "moto"), Contexts) as started:
        empty = {n: partial(w.call, "enter_and_leave", 20) for n, w in started.items()}
        typical = {n: partial(w.call, "typical_test", 4) for n, w in started.items()}
        return [
            _row(enter, empty, rounds or 9, (Target(50e-6),)),
            _row(test, typical, rounds or 7, (Target(10, "moto", better=True),)),
        ]


_CLIENT = 'client = boto3.client("ecr", region_name="us-east-1")'
_START = "from time import perf_counter; start = perf_counter()"
_STOP = "print(perf_counter() - start)"
_DECORATED = f"""{_START}
import boto3
from PACKAGE import DECORATOR

@DECORATOR
def test():
    {_CLIENT}
    client.create_repository(repositoryName="team/app")

test()
{_STOP}"""
_PLAIN = f"{_START}\nimport boto3\n{_CLIENT}\n{_STOP}"
_IMPORT = f"import boto3\n{_START}\nfrom PACKAGE import DECORATOR\n{_STOP}"
_DECORATORS = {"ecrmock": ("ecrmock", "mock_ecr"), "moto": ("moto", "mock_aws")}


def fresh(rounds: int | None) -> list[Row]:
    """Measure what a process pays once: the import, and the first decorated call.

    The time runs inside the process from before ``import boto3`` (for the import: from after it),
    so the start of the interpreter dilutes no ratio. The peer ``boto3`` imports it and makes a
    client.
    """
    first, imported = "first decorated call in a process", "import, on top of boto3"
    decorated = {name: partial(_seconds, _script(_DECORATED, name)) for name in _DECORATORS}
    imports = {name: partial(_seconds, _script(_IMPORT, name)) for name in _DECORATORS}
    alone = {"boto3": partial(_seconds, _PLAIN)}
    return [
        _row(first, decorated | alone, rounds or 7, (Target(1.25, "boto3"),)),
        _row(imported, imports, rounds or 7, (Target(0.030),)),
    ]


def _script(template: str, name: str) -> str:
    package, decorator = _DECORATORS[name]
    return template.replace("PACKAGE", package).replace("DECORATOR", decorator)


def _seconds(script: str) -> float:
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    if "No module named 'moto'" in ended.stderr:
        raise Absent("moto")
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return float(ended.stdout)


def memory(_: int | None) -> list[Row]:
    """Measure what each image of one layer costs, put through the client."""
    name = "memory for each image"
    say(f"  {name}")
    images = {"ecrmock": 20_000, "moto": 1_000}  # moto's put takes longer with each image
    with workers(images, Subject) as started:
        measures = {
            subject: partial(
                _named, name, partial(worker.call, "bytes_for_each_image", images[subject])
            )
            for subject, worker in started.items()
        }
        return [Row(name, "B", interleave(measures, 1).of(name), (Target(2000),))]
