"""A preview and the run that follows agree, whatever the repository and the policy. Source: api.md §9.5."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock import Ecr, mock_ecr
from tests.documents import descriptor
from tests.doors.conftest import OCI_MANIFEST, index_of, manifest_of
from tests.rules.test_lifecycle_against_naive import few_rules, policies

START = datetime(2026, 1, 1, tzinfo=UTC)
APP = {"repositoryName": "app"}
TAGS = ("a", "ab", "b-1", "b-2")

tags = st.none() | st.sampled_from(TAGS)
places = st.integers(0, 7)
steps = st.one_of(
    *[st.tuples(st.just("push"), tags, places)] * 4,
    st.tuples(st.just("push_index"), tags, places),
    st.tuples(st.just("push_referrer"), tags, places),
    st.tuples(st.just("pull"), st.just(None), places),
    st.tuples(st.just("archive"), st.just(None), places),
    st.tuples(st.just("restore"), st.just(None), places),
    *[st.tuples(st.just("wait"), st.just(None), st.sampled_from((0.1, 24, 60, 24 * 91)))] * 2,
)
OLD_IMAGES = (("push", "a", 0), ("push", "b-1", 1), ("push", None, 2), ("wait", None, 24 * 9))


class Preview(NamedTuple):
    """What a preview, or the change that a run makes, says of an image."""

    digest: str
    action: str


class Repository:
    """Makes whatever can be made; what ECR refuses is left out."""

    def __init__(self, ecr: Ecr, client: Any) -> None:
        self.ecr, self.client = ecr, client
        self.manifests: list[str] = []
        ecr.reset()
        ecr.clock.set(START)
        ecr.clock.freeze()
        ecr.clock.set(START)
        client.create_repository(**APP)

    def do(self, step: tuple[str, str | None, Any]) -> None:
        name, tag, number = step
        try:
            getattr(self, name)(tag, number)
        except (self.client.exceptions.ClientError, IndexError):
            return

    def put(self, manifest: str, tag: str | None) -> None:
        named = {} if tag is None else {"imageTag": tag}
        self.client.put_image(**APP, imageManifest=manifest, **named)
        self.manifests.append(manifest)

    def push(self, tag: str | None, number: int) -> None:
        self.put(manifest_of(b"%d" % number), tag)

    def push_index(self, tag: str | None, number: int) -> None:
        self.put(index_of(*self.manifests[number:][:2]), tag)

    def push_referrer(self, tag: str | None, number: int) -> None:
        subject = descriptor(OCI_MANIFEST, self.manifests[number])
        self.put(manifest_of(b"about", subject=subject), tag)

    def named(self, number: int) -> dict[str, str]:
        return {"imageDigest": descriptor(OCI_MANIFEST, self.manifests[number])["digest"]}

    def pull(self, _: None, number: int) -> None:
        self.client.batch_get_image(**APP, imageIds=[self.named(number)])

    def archive(self, _: None, number: int, target: str = "ARCHIVE") -> None:
        image = {**APP, "imageId": self.named(number)}
        self.client.update_image_storage_class(**image, targetStorageClass=target)

    def restore(self, _: None, number: int) -> None:
        self.archive(_, number, "STANDARD")

    def wait(self, _: None, hours: float) -> None:
        self.ecr.clock.advance(hours=hours)

    def previewed(self) -> set[Preview]:
        self.client.start_lifecycle_policy_preview(**APP)
        got = self.client.get_lifecycle_policy_preview(**APP)
        assert got["status"] == "COMPLETE"
        return {
            Preview(each["imageDigest"], each["action"]["type"]) for each in got["previewResults"]
        }

    def statuses(self) -> dict[str, str]:
        shown = self.client.describe_images(**APP, filter={"imageStatus": "ANY"})["imageDetails"]
        return {each["imageDigest"]: each["imageStatus"] for each in shown}

    def done(self) -> set[Preview]:
        before = self.statuses()
        self.ecr.run_lifecycle("app")
        after = self.statuses()
        gone = {Preview(digest, "EXPIRE") for digest in before.keys() - after.keys()}
        changed = {digest for digest in after if after[digest] != before[digest]}
        assert all(after[digest] == "ARCHIVED" for digest in changed)
        return gone | {Preview(digest, "TRANSITION") for digest in changed}


@pytest.fixture(scope="module")
def door() -> Iterator[tuple[Ecr, Any]]:
    with mock_ecr(region="us-east-1", require_layers=False) as ecr:
        yield ecr, boto3.client("ecr", region_name="us-east-1")


@settings(max_examples=250)
@given(
    made=st.lists(steps, min_size=6, max_size=20),
    policy=few_rules | policies().filter(lambda policy: policy["rules"]),
)
def test_what_a_preview_shows_is_what_the_run_does(door: Any, made: Any, policy: Any) -> None:
    repository = Repository(*door)
    for step in (*OLD_IMAGES, *made):
        repository.do(step)
    text = json.dumps(policy, indent=2)
    repository.client.put_lifecycle_policy(**APP, lifecyclePolicyText=text)
    assert repository.previewed() == repository.done()
