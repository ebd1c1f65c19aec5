"""What is measured in-process: ecrmock, moto, and the two floors. Each object lives in a worker."""

import gc
import importlib.util
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import MappingProxyType
from typing import Any

import boto3

from benchmarks import floors
from benchmarks.calls import CALLS, seconds_for_each
from benchmarks.images import Repository, numbered_manifest
from benchmarks.rounds import Absent

REGION = "us-east-1"
_MANIFEST = numbered_manifest(0)


def _ecrmock(**options: object) -> AbstractContextManager[object]:
    from ecrmock import mock_ecr

    return mock_ecr(**options)


def _moto(**_: object) -> AbstractContextManager[object]:
    if importlib.util.find_spec("moto") is None:
        raise Absent("moto")
    from moto import mock_aws

    return mock_aws()


def _client() -> Any:
    return boto3.client("ecr", region_name=REGION)


def _inside(context: Callable[[], AbstractContextManager[object]]) -> Callable[[ExitStack], Any]:
    def start(stack: ExitStack) -> Any:
        stack.enter_context(context())
        return _client()

    return start


def _wire(_: ExitStack) -> Any:
    client = _client()
    floors.answer_at_before_send(client)
    return client


CONTEXTS = MappingProxyType({"ecrmock": _ecrmock, "moto": _moto})
STARTS: MappingProxyType[str, Callable[[ExitStack], Any]] = MappingProxyType(
    {
        "ecrmock": _inside(_ecrmock),
        "moto": _inside(_moto),
        "wire": _wire,
        "hook": _inside(floors.answer_at_make_request),
    }
)


class Subject:
    """One subject with a client, inside its context until the process ends."""

    def __init__(self, name: str) -> None:
        self._stack = ExitStack()
        self._client = STARTS[name](self._stack)
        self._is_canned = name in ("wire", "hook")
        self._needs_layers = name == "ecrmock"
        self._repositories: dict[str, Repository] = {}

    def prepare(self, repository: str, size: int) -> None:
        """Have a repository of so many images."""
        if repository not in self._repositories:
            self._repositories[repository] = Repository(
                self._client, repository, with_layers=self._needs_layers
            )
        if not self._is_canned:
            self._repositories[repository].fill(size)
        self._repositories[repository].size = size

    def time(self, call: str, repository: str, times: int) -> float:
        """Return the seconds that one call takes."""
        target = self._repositories[repository]
        seconds = seconds_for_each(CALLS[call](target, times))
        target.tidy()
        return seconds

    def bytes_for_each_image(self, images: int) -> float:
        """Return how much each put image makes this process hold, its manifest included."""
        self.prepare("bench/memory", 200)
        repository = self._repositories["bench/memory"]
        tracemalloc.start()
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        repository.fill(200 + images)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return (after - before) / images


class Contexts:
    """Entering and leaving one subject's context."""

    def __init__(self, name: str) -> None:
        self._context = CONTEXTS[name]
        self.enter_and_leave(1)
        self.typical_test(1)

    def enter_and_leave(self, times: int) -> float:
        """Return the seconds of an empty context."""
        return seconds_for_each([self._empty] * times)

    def typical_test(self, times: int) -> float:
        """Return the seconds of a test with a client and five calls."""
        return seconds_for_each([self._typical] * times)

    def _empty(self) -> None:
        with self._context():
            pass

    def _typical(self) -> None:
        with self._context(require_layers=False):
            client = _client()
            name = {"repositoryName": "team/app"}
            client.create_repository(**name)
            client.put_image(**name, imageManifest=_MANIFEST, imageTag="1.0")
            found = client.describe_images(**name)["imageDetails"]
            assert client.list_images(**name)["imageIds"][0]["imageTag"] == found[0]["imageTags"][0]
            client.delete_repository(**name, force=True)
