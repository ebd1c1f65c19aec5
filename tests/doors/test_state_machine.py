"""Random walks through the API, compared step by step with a plain model of ECR's rules."""

import random
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ecrmock.inprocess.active import innermost
from tests.doors.conftest import (
    Door,
    digest_of,
    index_of,
    manifest_of,
    upload,
)
from tests.doors.plain_model import PlainEcr, Refused, Repository, read

NAMES = ("app", "app", "app", "team/app")
LAYERS = (b"one", b"three", b"seventeen bytes!!")
BLOBS = (b"{}", *LAYERS)
ONE, TWO, THREE, BOTH, BARE = (
    *(manifest_of(layer) for layer in LAYERS),
    manifest_of(*LAYERS[:2]),
    manifest_of(),
)
SMALL, LARGE = index_of(ONE, BARE), index_of(TWO, THREE, BOTH)
NESTED = index_of(SMALL).replace("image.manifest.v1", "image.index.v1")
IMAGES = (ONE, TWO, THREE, BOTH, BARE)
TEXTS = (*IMAGES, SMALL, LARGE, NESTED)
TAGS = ("1", "1.1", "dev", "dev-latest")
SETTINGS = (
    ("MUTABLE", ()),
    ("IMMUTABLE", ()),
    ("IMMUTABLE_WITH_EXCLUSION", ("dev*",)),
    ("MUTABLE_WITH_EXCLUSION", ("*.*", "dev")),
    ("MUTABLE", ("dev*",)),
    ("IMMUTABLE_WITH_EXCLUSION", ()),
    ("MUTABLE_WITH_EXCLUSION", ("*d*v*",)),
)
UNKNOWN = digest_of(b"nothing")
DIGESTS = (*map(digest_of, TEXTS), UNKNOWN, "sha256")
TAG_STATUSES = (None, "TAGGED", "UNTAGGED", "ANY")
EMPTY = {"blobs": 0, "memory_bytes": 0, "disk_bytes": 0, "descriptors": 0}


def outcome(work: Callable[[], Any]) -> Any:
    """Return an answer, or the code of the refusal."""
    try:
        return work()
    except ClientError as error:
        return error.response["Error"]["Code"]
    except Refused as refused:
        return refused.code


def pair(image_id: Mapping[str, str]) -> tuple[str, str | None]:
    return image_id["imageDigest"], image_id.get("imageTag")


def setting_of(mutability: str, filters: Sequence[str]) -> dict[str, Any]:
    entries = [{"filterType": "WILDCARD", "filter": each} for each in filters]
    return {
        "imageTagMutability": mutability,
        **({"imageTagMutabilityExclusionFilters": entries} if entries else {}),
    }


def described(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tags": sorted(detail.get("imageTags", ())),
        "size": detail["imageSizeInBytes"],
        "media_type": detail["imageManifestMediaType"],
        "pulled": "lastRecordedPullTime" in detail,
    }


def by_tag_status(tag_status: str | None) -> dict[str, Any]:
    return {} if tag_status is None else {"filter": {"tagStatus": tag_status}}


def batch(answer: Mapping[str, Any], image_ids: list[Any]) -> tuple[Any, Any]:
    failures = [(each["failureCode"], each["imageId"]) for each in answer["failures"]]
    found = set(map(pair, image_ids))
    assert len(found) == len(image_ids)
    return found, failures


class Compared:
    """A client and the model: each method asks both and compares what they say."""

    def __init__(self, client: Any) -> None:
        self.client, self.model = client, PlainEcr()

    def _same(self, real: Callable[[], Any], plain: Callable[[], Any]) -> None:
        assert outcome(real) == outcome(plain)

    def create(self, name: str, setting: tuple[str, Sequence[str]]) -> None:
        members = {"repositoryName": name, **setting_of(*setting)}
        self._same(
            lambda: self.client.create_repository(**members)["repository"]["imageTagMutability"],
            lambda: self.model.create(name, *setting),
        )

    def delete(self, name: str, force: bool) -> None:
        members = {"repositoryName": name, "force": force}
        self._same(
            lambda: self.client.delete_repository(**members)["repository"]["imageTagMutability"],
            lambda: self.model.delete(name, force),
        )

    def change(self, name: str, setting: tuple[str, Sequence[str]]) -> None:
        members = {"repositoryName": name, **setting_of(*setting)}
        self._same(
            lambda: self.client.put_image_tag_mutability(**members)["imageTagMutability"],
            lambda: self.model.change_mutability(name, *setting),
        )

    def upload(self, name: str, layer: bytes) -> None:
        self._same(lambda: self._upload(name, layer), lambda: self.model.upload(name, layer))

    def _upload(self, name: str, layer: bytes) -> str:
        upload_id = self.client.initiate_layer_upload(repositoryName=name)["uploadId"]
        members = {"repositoryName": name, "uploadId": upload_id}
        if layer:
            span = {"partFirstByte": 0, "partLastByte": len(layer) - 1}
            self.client.upload_layer_part(**members, **span, layerPartBlob=layer)
        digests = [digest_of(layer)]
        return self.client.complete_layer_upload(**members, layerDigests=digests)["layerDigest"]

    def upload_all(self, name: str, text: str) -> None:
        for blob in BLOBS:
            if digest_of(blob) in read(text).blobs:
                self.upload(name, blob)

    def check(self, name: str, layers: Sequence[bytes]) -> None:
        digests = [digest_of(layer) for layer in layers]
        members = {"repositoryName": name, "layerDigests": digests}
        self._same(
            lambda: {
                layer["layerDigest"]: layer["layerAvailability"]
                for layer in self.client.batch_check_layer_availability(**members)["layers"]
            },
            lambda: self.model.availability(name, digests),
        )

    def download(self, name: str, layer: bytes) -> None:
        members = {"repositoryName": name, "layerDigest": digest_of(layer)}
        self._same(
            lambda: self.client.get_download_url_for_layer(**members)["layerDigest"],
            lambda: self.model.download(name, digest_of(layer)),
        )

    def put(self, name: str, text: str, tag: str | None, digest: str | None = None) -> None:
        members = {"imageTag": tag, "imageDigest": digest}
        given = {key: value for key, value in members.items() if value is not None}
        put = {"repositoryName": name, "imageManifest": text, **given}
        self._same(
            lambda: pair(self.client.put_image(**put)["image"]["imageId"]),
            lambda: self.model.put(name, text, tag, digest),
        )

    def get(self, name: str, ids: list[Any]) -> None:
        def real() -> Any:
            answer = self.client.batch_get_image(repositoryName=name, imageIds=ids)
            for image in answer["images"]:
                assert digest_of(image["imageManifest"]) == image["imageId"]["imageDigest"]
            return batch(answer, [image["imageId"] for image in answer["images"]])

        self._same(real, lambda: self.model.get(name, ids))

    def remove(self, name: str, ids: list[Any]) -> None:
        def real() -> Any:
            answer = self.client.batch_delete_image(repositoryName=name, imageIds=ids)
            return batch(answer, answer["imageIds"])

        self._same(real, lambda: self.model.remove(name, ids))

    def listed(self, name: str, tag_status: str | None, size: int = 100) -> None:
        def real() -> Any:
            listed = self._pages("list_images", "imageIds", name, tag_status, size)
            return sorted(map(pair, listed), key=repr)

        self._same(real, lambda: sorted(self.model.listed(name, tag_status), key=repr))

    def describe(self, name: str, tag_status: str | None, size: int = 100) -> None:
        def real() -> Any:
            details = self._pages("describe_images", "imageDetails", name, tag_status, size)
            assert len({detail["imageDigest"] for detail in details}) == len(details)
            return {detail["imageDigest"]: described(detail) for detail in details}

        self._same(real, lambda: self.model.describe(name, status=tag_status))

    def _pages(
        self, operation: str, key: str, name: str, tag_status: str | None, size: int
    ) -> list[Any]:
        pages = self.client.get_paginator(operation).paginate(
            repositoryName=name, **by_tag_status(tag_status), PaginationConfig={"PageSize": size}
        )
        return [entry for page in pages for entry in page[key]]

    def describe_some(self, name: str, ids: list[Any], tag_status: str | None) -> None:
        members = {"repositoryName": name, "imageIds": ids, **by_tag_status(tag_status)}
        self._same(
            lambda: {
                detail["imageDigest"]: described(detail)
                for detail in self.client.describe_images(**members)["imageDetails"]
            },
            lambda: self.model.describe(name, ids, tag_status),
        )

    def repositories(self) -> None:
        page = self.client.describe_repositories()["repositories"]
        names = [repository["repositoryName"] for repository in page]
        assert names == list(self.model.repositories)  # in the order of creation, which is ours

    def everything(self) -> None:
        self.repositories()
        for name in self.model.repositories:
            self.listed(name, None)
            self.describe(name, None)
            self.check(name, BLOBS)


names = st.sampled_from(NAMES)
deletable = st.sampled_from(("team/app", "team/app", "app"))
texts = st.sampled_from(TEXTS)
tags = st.sampled_from(TAGS)
tag_statuses = st.sampled_from(TAG_STATUSES)
sizes = st.integers(1, 4)


def some_ids(repository: Repository) -> st.SearchStrategy[list[Any]]:
    """Identifiers of what is there and of what is not, whole, halved and mismatched."""
    digests = st.sampled_from((*repository.images, UNKNOWN, "sha256"))
    named = st.sampled_from((*repository.tags, "unknown", "no tag!"))
    any_id = st.fixed_dictionaries({}, optional={"imageDigest": digests, "imageTag": named})
    pairs = [{"imageDigest": each, "imageTag": tag} for tag, each in repository.tags.items()]
    one_id = any_id | st.sampled_from(pairs) if pairs else any_id
    return st.lists(one_id, min_size=1, max_size=4)


class Walk(RuleBasedStateMachine):
    """Any calls in any order; the repositories are deleted in the end, and nothing is left."""

    def __init__(self, client: Any, usage: Callable[[], Mapping[str, int]]) -> None:
        super().__init__()
        self.both, self.usage = Compared(client), usage

    @initialize(setting=st.sampled_from(SETTINGS[:4]))
    def begin(self, setting: Any) -> None:
        self.both.create("app", setting)
        for blob in BLOBS:
            self.both.upload("app", blob)

    def drawn_ids(self, data: st.DataObject, name: str) -> list[Any]:
        return data.draw(some_ids(self.repository(name)))

    def repository(self, name: str) -> Repository:
        return self.both.model.repositories.get(name, Repository())

    @rule(name=names, setting=st.sampled_from(SETTINGS))
    def create(self, name: str, setting: Any) -> None:
        self.both.create(name, setting)

    @rule(name=deletable, force=st.booleans())
    def delete(self, name: str, force: bool) -> None:
        self.both.delete(name, force)

    @rule(name=names, setting=st.sampled_from(SETTINGS))
    def change(self, name: str, setting: Any) -> None:
        self.both.change(name, setting)

    @rule(name=names, layer=st.sampled_from((b"", *BLOBS)))
    def upload(self, name: str, layer: bytes) -> None:
        self.both.upload(name, layer)
        self.both.download(name, layer)

    @rule(name=names, text=texts, tag=st.none() | tags)
    def push(self, name: str, text: str, tag: str | None) -> None:
        self.both.upload_all(name, text)
        self.both.put(name, text, tag)

    @rule(name=names, text=st.sampled_from((SMALL, LARGE, NESTED)), tag=st.none() | tags)
    def push_with_children(self, name: str, text: str, tag: str | None) -> None:
        known = {digest_of(each): each for each in TEXTS}
        for child in read(text).children:
            if not read(known[child]).children:
                self.push(name, known[child], None)
        self.both.put(name, text, tag)

    @rule(name=names, text=texts, tag=st.sampled_from((None, *TAGS, "no tag!")))
    def put(self, name: str, text: str, tag: str | None) -> None:
        self.both.put(name, text, tag)

    @rule(name=names, text=texts, digest=st.sampled_from(DIGESTS))
    def put_by_digest(self, name: str, text: str, digest: str) -> None:
        self.both.put(name, text, None, digest)

    @rule(name=names, layer=st.sampled_from(BLOBS))
    def download(self, name: str, layer: bytes) -> None:
        self.both.download(name, layer)

    @rule(name=names, data=st.data())
    def get(self, name: str, data: st.DataObject) -> None:
        self.both.get(name, self.drawn_ids(data, name))

    @rule(name=names, data=st.data())
    def remove(self, name: str, data: st.DataObject) -> None:
        self.both.remove(name, self.drawn_ids(data, name))

    @rule(name=names, data=st.data(), by_both=st.booleans())
    def remove_tag(self, name: str, data: st.DataObject, by_both: bool) -> None:
        tagged = self.repository(name).tags or {"unknown": UNKNOWN}
        tag = data.draw(st.sampled_from(tuple(tagged)))
        self.both.remove(
            name, [{"imageTag": tag, **({"imageDigest": tagged[tag]} if by_both else {})}]
        )

    @rule(name=names, data=st.data())
    def remove_images(self, name: str, data: st.DataObject) -> None:
        present = (*self.repository(name).images, UNKNOWN)
        digests = data.draw(st.lists(st.sampled_from(present), min_size=1, max_size=3))
        self.both.remove(name, [{"imageDigest": digest} for digest in digests])

    @rule(name=names, data=st.data(), tag_status=tag_statuses)
    def describe_some(self, name: str, data: st.DataObject, tag_status: str | None) -> None:
        self.both.describe_some(name, self.drawn_ids(data, name), tag_status)

    @rule(name=names, tag_status=tag_statuses, size=sizes)
    def listed(self, name: str, tag_status: str | None, size: int) -> None:
        self.both.listed(name, tag_status, size)
        self.both.describe(name, tag_status, size)

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        self.both.everything()

    def teardown(self) -> None:
        for name in tuple(self.both.model.repositories):
            self.both.delete(name, force=True)
        assert self.usage() == EMPTY


def walks(max_examples: int, stateful_step_count: int) -> settings:
    return settings(
        max_examples=max_examples,
        stateful_step_count=stateful_step_count,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def test_a_walk_in_process_agrees_with_the_model(in_process_door: Door) -> None:
    client, backend = in_process_door.client(), innermost()
    run_state_machine_as_test(lambda: Walk(client, backend.usage), settings=walks(80, 40))


def test_a_walk_over_http_agrees_with_the_model(http_door: Door, server: Any) -> None:
    client = http_door.client()
    run_state_machine_as_test(lambda: Walk(client, server.backend.usage), settings=walks(8, 25))


THREADS = 16
STEPS = 40
SHARED = "shared"
REFUSALS = {
    "ImageAlreadyExistsException",
    "LayerAlreadyExistsException",
    "LayersNotFoundException",
    "ReferencedImagesNotFoundException",
}


@dataclass
class Stroller:
    """A thread's walk: compared with the model where it is alone, and logged where all are."""

    client: Any
    number: int
    own_tags: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.both, self.chance = Compared(self.client), random.Random(self.number)
        self.name = f"own-{self.number}"

    def walk(self, ready: threading.Barrier) -> int:
        self.both.create(self.name, self.chance.choice(SETTINGS[:4]))
        ready.wait(timeout=30)
        for _ in range(STEPS):
            self.chance.choice((self.push, self.put, self.remove, self.read, self.share))()
            self.both.listed(self.name, None)
        self.both.describe(self.name, None)
        return self.number

    def ids(self) -> list[Any]:
        pick = {"imageDigest": self.chance.choice(DIGESTS), "imageTag": self.chance.choice(TAGS)}
        kept = self.chance.choice((["imageDigest"], ["imageTag"], list(pick)))
        return [{name: pick[name] for name in kept}]

    def push(self) -> None:
        text = self.chance.choice(IMAGES)
        self.both.upload_all(self.name, text)
        self.both.put(self.name, text, self.chance.choice((None, *TAGS)))

    def put(self) -> None:
        self.both.put(self.name, self.chance.choice(TEXTS), self.chance.choice((None, *TAGS)))

    def remove(self) -> None:
        self.both.remove(self.name, self.ids())

    def read(self) -> None:
        self.both.get(self.name, self.ids())
        self.both.describe_some(self.name, self.ids(), None)
        self.both.check(self.name, BLOBS)

    def share(self) -> None:
        """Push to the repository of all under a tag that others move, and under one of its own."""
        text, own = self.chance.choice(TEXTS), f"of-{self.number}-{self.chance.randrange(3)}"
        for blob in BLOBS:
            allowed(lambda blob=blob: upload(self.client, blob, SHARED))
        allowed(lambda: self._put_shared(text, "moving"))
        if allowed(lambda: self._put_shared(text, own)):
            self.own_tags[own] = digest_of(text)
        self._remove_shared(self.chance.choice(tuple(self.own_tags) or (own,)))

    def _put_shared(self, text: str, tag: str) -> bool:
        self.client.put_image(repositoryName=SHARED, imageManifest=text, imageTag=tag)
        return True

    def _remove_shared(self, own: str) -> None:
        ids = [{"imageTag": own}]
        answer = self.client.batch_delete_image(repositoryName=SHARED, imageIds=ids)
        assert {pair(each) for each in answer["imageIds"]} <= {(self.own_tags.get(own), own)}
        if answer["imageIds"]:
            del self.own_tags[own]


def allowed(work: Callable[[], Any]) -> Any:
    """Do what others may have made impossible; return nothing then."""
    try:
        return work()
    except ClientError as error:
        assert error.response["Error"]["Code"] in REFUSALS
        return None


@contextmanager
def hasty_switches() -> Iterator[None]:
    """Let threads take turns in the midst of operations, which take less than the usual interval."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def strolled(door: Door) -> list[Stroller]:
    """Let all threads walk to their ends."""
    door.client().create_repository(repositoryName=SHARED)
    strollers = [Stroller(door.client(), number) for number in range(THREADS)]
    ready = threading.Barrier(THREADS)
    with hasty_switches(), ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(lambda stroller: stroller.walk(ready), strollers))
    assert done == list(range(THREADS))
    return strollers


@pytest.fixture
def strollers(in_process_door: Door) -> list[Stroller]:
    return strolled(in_process_door)


def check_shared(client: Any, strollers: Sequence[Stroller]) -> None:
    """Check what must hold whatever the order: no tag lost, no child missing, the sizes right."""
    listed = [pair(each) for each in client.list_images(repositoryName=SHARED)["imageIds"]]
    details = client.describe_images(repositoryName=SHARED)["imageDetails"]
    images = {detail["imageDigest"]: described(detail) for detail in details}
    assert {digest for digest, _ in listed} == set(images)
    tags = {tag: digest for digest, tag in listed if tag is not None}
    kept = [stroller.own_tags for stroller in strollers]
    assert {tag: digest for tag, digest in tags.items() if tag != "moving"} == {
        tag: digest for own in kept for tag, digest in own.items()
    }
    known = Repository(images={digest_of(text): read(text) for text in TEXTS})
    for digest, image in images.items():
        assert set(known.images[digest].children) <= set(images)
        assert image["size"] == known.size_of(digest)


def check_blobs(usage: Mapping[str, int], state: Mapping[str, Any]) -> None:
    """Check that the store has what some repository holds or some upload brings, and no more."""
    repositories = [
        repository
        for regions in state.values()
        for registry in regions.values()
        for repository in registry["repositories"]
    ]
    held = {blob["digest"]: blob["size"] for each in repositories for blob in each["blobs"]}
    arriving = sum(upload["received"] for each in repositories for upload in each["uploads"])
    assert usage["blobs"] == len(held)
    assert usage["memory_bytes"] == sum(held.values()) + arriving


def test_threads_leave_a_shared_repository_in_order(
    in_process_door: Door, strollers: list[Stroller]
) -> None:
    check_shared(in_process_door.client(), strollers)


def test_the_store_has_the_blobs_that_threads_left_and_no_more(strollers: list[Stroller]) -> None:
    check_blobs(innermost().usage(), innermost().state())


def test_nothing_is_left_of_threads_when_their_repositories_are_deleted(
    strollers: list[Stroller],
) -> None:
    for name in (SHARED, *(stroller.name for stroller in strollers)):
        strollers[0].client.delete_repository(repositoryName=name, force=True)
    assert innermost().usage() == EMPTY


def test_threads_over_http_leave_all_in_order(http_door: Door, server: Any) -> None:
    strollers = strolled(http_door)
    check_shared(http_door.client(), strollers)
    check_blobs(server.backend.usage(), server.backend.state())
