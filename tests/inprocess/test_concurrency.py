"""Threads on one backend, and backends in turn: what the answers promised is what there is in the end."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ecrmock import Ecr, mock_ecr
from ecrmock.rules.image_building import BuiltImage, build_image
from tests.inprocess.conftest import REGION

THREADS, CALLS = 16, 1_000
TAGS = ("a", "b", "c")
IMAGES = [build_image([bytes([number])]) for number in range(4)]
DIGESTS = {image.digest: image for image in IMAGES}
SHARED = "shared"


def ids_of(*tags_or_digests: str) -> list[dict[str, str]]:
    return [{"imageDigest" if ":" in one else "imageTag": one} for one in tags_or_digests]


@dataclass
class Worker:
    """One thread: it makes calls in a repository of its own, and keeps what the answers promise."""

    number: int
    client: Any
    promised: dict[str, set[str]] = field(default_factory=dict)  # digest → tags
    made: int = 0
    wrong: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.repository = f"own{self.number}"
        self.chance = random.Random(self.number)

    def run(self) -> None:
        self.call("create_repository", repositoryName=self.repository)
        steps = (self.put, self.put, self.describe, self.get, self.delete, self.in_shared)
        while self.made < CALLS:
            self.chance.choice(steps)()

    def call(self, operation: str, **parameters: Any) -> Any:
        self.made += 1
        return getattr(self.client, operation)(**parameters)

    def check(self, found: object, expected: object) -> None:
        if found != expected:
            self.wrong.append((found, expected))

    def put(self) -> None:
        """Put an image under a tag, which may move there from another image."""
        image, tag = self.chance.choice(IMAGES), self.chance.choice(TAGS)
        known = tag in self.promised.get(image.digest, ())
        try:
            self.call("put_image", **put(self.repository, image, tag))
        except self.client.exceptions.ImageAlreadyExistsException:
            self.check(known, True)
            return
        self.check(known, False)
        for tags in self.promised.values():
            tags.discard(tag)
        self.promised.setdefault(image.digest, set()).add(tag)

    def describe(self) -> None:
        details = self.call("describe_images", repositoryName=self.repository)["imageDetails"]
        self.check(tags_by_digest(details), self.promised)

    def get(self) -> None:
        tag = self.chance.choice(TAGS)
        answer = self.call("batch_get_image", repositoryName=self.repository, imageIds=ids_of(tag))
        found = {image["imageId"]["imageDigest"] for image in answer["images"]}
        self.check(found, {digest for digest, tags in self.promised.items() if tag in tags})

    def delete(self) -> None:
        """Delete a tag, and the image with its last one; or an image with all of its tags."""
        one = self.chance.choice([*TAGS, *DIGESTS])
        self.call("batch_delete_image", repositoryName=self.repository, imageIds=ids_of(one))
        self.promised.pop(one, None)
        for digest, tags in list(self.promised.items()):
            if one in tags:
                tags.discard(one)
                if not tags:
                    del self.promised[digest]

    def in_shared(self) -> None:
        """Move a tag in the repository of all threads, or take it away."""
        image, tag = self.chance.choice(IMAGES), self.chance.choice(TAGS)
        if self.chance.random() < 0.2:
            self.call("batch_delete_image", repositoryName=SHARED, imageIds=ids_of(tag))
            return
        try:
            self.call("put_image", **put(SHARED, image, tag))
        except self.client.exceptions.ImageAlreadyExistsException:
            return


def put(repository: str, image: BuiltImage, tag: str) -> dict[str, str]:
    return {"repositoryName": repository, "imageManifest": image.manifest, "imageTag": tag}


def tags_by_digest(details: list[dict[str, Any]]) -> dict[str, set[str]]:
    return {detail["imageDigest"]: set(detail.get("imageTags", ())) for detail in details}


def at_once(*targets: Callable[[], object]) -> None:
    """Run functions in a thread each, from a common start, to their ends."""
    start = threading.Barrier(len(targets))
    threads = [threading.Thread(target=lambda run=run: (start.wait(), run())) for run in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture(scope="module")
def worked() -> Any:
    """Let all threads work on one backend, and give the handle, a client and the workers."""
    with mock_ecr(region=REGION, require_layers=False) as handle:
        client = boto3.client("ecr", region_name=REGION)
        client.create_repository(repositoryName=SHARED)
        workers = [Worker(number, client) for number in range(THREADS)]
        at_once(*(worker.run for worker in workers))
        yield handle, client, workers


@pytest.mark.slow
def test_every_thread_reads_what_it_was_promised(worked):
    _, _, workers = worked
    assert [worker.wrong for worker in workers] == [[]] * THREADS
    assert min(worker.made for worker in workers) >= CALLS


@pytest.mark.slow
def test_the_repository_of_each_thread_is_as_its_answers_promised(worked):
    _, client, workers = worked
    for worker in workers:
        found = client.describe_images(repositoryName=worker.repository)["imageDetails"]
        assert tags_by_digest(found) == worker.promised


@pytest.mark.slow
def test_in_the_shared_repository_a_tag_is_on_one_image(worked):
    _, client, _ = worked
    details = client.describe_images(repositoryName=SHARED)["imageDetails"]
    tags = [tag for detail in details for tag in detail.get("imageTags", ())]
    assert len(tags) == len(set(tags))


@pytest.mark.slow
@pytest.mark.parametrize("repository", [SHARED, "own0"])
def test_list_and_describe_and_get_agree(worked, repository):
    _, client, _ = worked
    name = {"repositoryName": repository}
    details = tags_by_digest(client.describe_images(**name)["imageDetails"])
    listed = client.list_images(**name)["imageIds"]
    pairs = {(digest, tag) for digest, tags in details.items() for tag in tags or {None}}
    assert {(each["imageDigest"], each.get("imageTag")) for each in listed} == pairs
    got = client.batch_get_image(**name, imageIds=ids_of(*details) or ids_of("a"))["images"]
    assert {image["imageManifest"] for image in got} == {DIGESTS[key].manifest for key in details}


@pytest.mark.slow
def test_every_call_is_recorded_once(worked):
    handle, _, _ = worked
    ids = [call.request_id for call in handle.calls]
    assert len(ids) == len(set(ids)) == 10_000


@pytest.mark.slow
def test_every_push_of_the_shared_tag_is_an_event_of_an_image_that_was_put(worked):
    handle, _, _ = worked
    pushed = {event["detail"]["image-digest"] for event in handle.events}
    assert pushed <= set(DIGESTS)


def outcome_of(call: Callable[..., Any], **parameters: Any) -> str:
    """Return the code of the error of a call, or that it was done."""
    try:
        call(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"


def outcomes_of(*calls: Callable[[], str]) -> list[str]:
    found: list[str] = []
    at_once(*(lambda call=call: found.append(call()) for call in calls))
    return sorted(found)


def test_one_of_many_threads_makes_a_repository(handle):
    create = boto3.client("ecr", region_name=REGION).create_repository
    found = outcomes_of(*[lambda: outcome_of(create, repositoryName="app")] * THREADS)
    assert found == ["RepositoryAlreadyExistsException"] * (THREADS - 1) + ["done"]


def test_one_of_many_threads_sets_an_immutable_tag(handle):
    client = boto3.client("ecr", region_name=REGION)
    client.create_repository(repositoryName="app", imageTagMutability="IMMUTABLE")
    pushed = [handle.push_image("app", layers=[bytes([number])]) for number in range(THREADS)]
    images = [handle.pull("app", each.image_digest) for each in pushed]
    tags = (
        lambda image=image: outcome_of(client.put_image, **put("app", image, "1"))
        for image in images
    )
    assert outcomes_of(*tags) == ["ImageTagAlreadyExistsException"] * (THREADS - 1) + ["done"]


def test_pushes_of_the_same_layers_at_once_all_succeed(handle):
    pushed = []

    def push() -> None:
        pushed.append(handle.push_image("app", tag="1", layers=[b"x" * 100_000]).image_digest)

    at_once(*[push] * THREADS)
    assert len(pushed) == THREADS
    assert [detail.image_digest for detail in handle.images("app")] == pushed[:1]


def test_backends_in_turn_never_mix():
    client = boto3.client("ecr", region_name=REGION)
    with mock_ecr() as one:
        for number in range(50):
            client.create_repository(repositoryName=f"one{number}")
            with mock_ecr() as other:
                client.create_repository(repositoryName=f"other{number}")
                assert repositories(other) == [f"other{number}"]
        assert repositories(one) == sorted(f"one{number}" for number in range(50))


def repositories(handle: Ecr) -> list[str]:
    found = boto3.client("ecr", region_name=REGION).describe_repositories()["repositories"]
    assert handle.calls[-1].operation == "DescribeRepositories"
    return sorted(each["repositoryName"] for each in found)


def test_two_backends_that_threads_push_to_at_once_never_mix():
    with mock_ecr() as one, mock_ecr(account="111122223333") as other:
        at_once(
            *(lambda: one.push_image("app", layers=[b"one"]),) * 4,
            *(lambda: other.push_image("app", layers=[b"other"]),) * 4,
        )
        layers = [
            {handle.pull("app", detail.image_digest).blobs[1] for detail in handle.images("app")}
            for handle in (one, other)
        ]
    assert layers == [{b"one"}, {b"other"}]


def enter_often() -> None:
    for _ in range(100):
        with mock_ecr():
            pass


def test_contexts_that_end_while_threads_call_leave_every_call_answered():
    """The calls fall to whichever context is the innermost; an outer one takes those that come after."""
    describe = boto3.client("ecr", region_name=REGION).describe_repositories

    def describe_often() -> str:
        return "".join({outcome_of(describe) for _ in range(500)})

    with mock_ecr():
        found = outcomes_of(describe_often, describe_often, lambda: enter_often() or "entered")
    assert found == ["done", "done", "entered"]
