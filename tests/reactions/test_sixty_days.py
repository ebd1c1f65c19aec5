"""Sixty days of a repository: what is left, the events and the timeline agree with the naive evaluator.

Source: reference api.md §9.4, features.md §7 and §10.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from ecrmock import Ecr, mock_ecr
from ecrmock.rules.lifecycle_simulation import simulate
from ecrmock.rules.lifecycle_text import read_lifecycle_policy
from ecrmock.values.images import Image
from ecrmock.values.lifecycle import LifecycleCandidate, LifecyclePeriod
from tests.rules import naive_lifecycle

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS, QUIET_FROM = 60, 40  # later than that day nobody pushes or pulls
ARCHS = ("amd64", "arm64")
APP = {"repositoryName": "app"}
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}


def since(what: str, days: int) -> dict[str, Any]:
    return {"countType": f"sinceImage{what}", "countUnit": "days", "countNumber": days}


def rule(number: int, action: Any, **selection: Any) -> dict[str, Any]:
    return {"rulePriority": number, "selection": selection, "action": action}


RELEASES = {"tagStatus": "tagged", "tagPatternList": ["release-*"]}
POLICY = {
    "rules": [
        rule(1, EXPIRE, tagStatus="untagged", **since("Pushed", 5)),
        rule(2, ARCHIVE, **RELEASES, countType="imageCountMoreThan", countNumber=3),
        rule(3, EXPIRE, tagStatus="tagged", tagPrefixList=["dev-"], **since("Pushed", 14)),
        rule(4, EXPIRE, tagStatus="any", storageClass="archive", **since("Transitioned", 90)),
        rule(5, ARCHIVE, tagStatus="any", **since("Pulled", 20)),
    ]
}


@dataclass
class Diary:
    """The repository through its door, and beside it what the naive evaluator makes of it."""

    ecr: Ecr
    client: Any
    images: dict[str, Image] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)  # digest by tag
    happened: set[tuple[datetime, str, str]] = field(default_factory=set)
    following: list[tuple[datetime, str, str]] = field(default_factory=list)
    foreseen: tuple[LifecycleCandidate, ...] = ()  # the images on the first quiet day

    def push(self, tag: str | None, layer: bytes = b"") -> str:
        content = {"file": layer or repr(tag).encode()}
        return self._pushed(self.ecr.push_image("app", tag=tag, layers=[content]), tag)

    def push_index(self, tag: str, **platforms: str) -> None:
        listed = {f"linux/{name}": digest for name, digest in platforms.items()}
        pushed = self.ecr.push_index("app", listed, tag=tag)
        self._pushed(pushed, tag, is_index=True, references=tuple(platforms.values()))

    def push_artifact(self, subject: str) -> None:
        pushed = self.ecr.push_artifact("app", "application/x", subject=subject)
        self._pushed(pushed, None, subject_manifest_digest=subject)

    def _pushed(self, pushed: Any, tag: str | None, **members: Any) -> str:
        digest = pushed.image_digest
        if tag is not None:
            self.tags[tag] = digest
        self.images[digest] = Image(
            image_digest=digest,
            image_manifest="{}",
            image_manifest_media_type="any",
            artifact_media_type=None,
            image_size_in_bytes=2,
            image_pushed_at=self.ecr.clock.now(),
            **members,
        )
        return str(digest)

    def pull(self, tag: str) -> None:
        answer = self.client.batch_get_image(**APP, imageIds=[{"imageTag": tag}])
        assert len(answer["images"]) == 1
        digest = self.tags[tag]
        now = self.ecr.clock.now()
        self.images[digest] = replace(self.images[digest], last_recorded_pull_time=now)

    def archive(self, digest: str) -> None:
        self.client.update_image_storage_class(
            **APP, imageId={"imageDigest": digest}, targetStorageClass="ARCHIVE"
        )
        self._happen(self.ecr.clock.now(), digest, "transition")

    def run(self, now: datetime) -> None:
        """Let the naive evaluator do one day, after the referrers that follow until then."""
        for due in [due for due in self.following if due[0] <= now]:
            self.following.remove(due)
            _, subject, action = due
            for each in list(self.images.values()):
                if each.subject_manifest_digest == subject:
                    self._happen(now, each.image_digest, action)
        by_digest: dict[str, list[str]] = {}
        for tag, digest in self.tags.items():
            by_digest.setdefault(digest, []).append(tag)
        deeds = naive_lifecycle.run(POLICY, list(self.images.values()), by_digest, now)
        for digest, deed in deeds.items():
            self._happen(now, digest, deed.action)

    def _happen(self, now: datetime, digest: str, action: str) -> None:
        self.happened.add((now, digest, action))
        self.following.append((now + DAY, digest, action))
        deed = {digest: naive_lifecycle.Deed(0, action, 1)}
        left = naive_lifecycle.after(deed, self.images.values(), now)
        self.images = {image.image_digest: image for image in left}


def one_day(diary: Diary, day: int) -> None:
    """Push and pull what a team does on a day."""
    if day % 2 == 0:
        diary.push(f"release-{day}")
    if day % 3 == 0:
        diary.push(f"dev-{day}")
    if day % 5 == 0:
        diary.push("latest", layer=b"%d" % day)  # what had the tag is untagged from now on
    if day % 9 == 4:
        children = {name: diary.push(None, layer=b"%d %b" % (day, name.encode())) for name in ARCHS}
        diary.push_index(f"dev-index-{day}", **children)
    if day % 12 == 6:
        diary.push_artifact(diary.tags[f"release-{day}"])
        diary.push_artifact(diary.tags[f"dev-{day}"])
    if day in (5, 10, 30):
        diary.pull("base")


@pytest.fixture(scope="module")
def diary() -> Iterator[Diary]:
    """The repository after all days, one of which began with an image that was archived long before."""
    with mock_ecr(region="us-east-1") as ecr:
        ecr.clock.set(START - 85 * DAY)
        ecr.clock.freeze()
        diary = Diary(ecr, boto3.client("ecr", region_name="us-east-1"))
        diary.archive(diary.push("old"))
        ecr.clock.set(START)
        diary.push("base")
        diary.client.put_lifecycle_policy(**APP, lifecyclePolicyText=json.dumps(POLICY))
        yield diary


@pytest.fixture(scope="module")
def lived(diary: Diary) -> Diary:
    for day in range(DAYS):
        diary.ecr.clock.advance(hours=7)
        if day < QUIET_FROM:
            one_day(diary, day)
        if day == QUIET_FROM:
            verdicts = diary.ecr.explain_lifecycle("app")
            diary.foreseen = tuple(verdict.candidate for verdict in verdicts)
        diary.ecr.clock.advance(hours=17)
        diary.run(START + (day + 1) * DAY)
    return diary


def shown(diary: Diary) -> dict[str, str]:
    details = diary.client.get_paginator("describe_images").paginate(
        **APP, filter={"imageStatus": "ANY"}
    )
    return {
        each["imageDigest"]: each["imageStatus"]
        for page in details
        for each in page["imageDetails"]
    }


def test_the_days_are_full_of_everything(lived: Diary) -> None:
    """Otherwise the other tests would compare little."""
    actions = [action for _, _, action in lived.happened]
    assert actions.count("expire") > 20
    assert actions.count("transition") > 10
    assert len(lived.images) > 10


def test_what_is_left_is_what_the_naive_evaluator_leaves(lived: Diary) -> None:
    expected = {digest: image.image_status for digest, image in lived.images.items()}
    assert shown(lived) == expected


def test_every_event_is_of_what_happened_and_when(lived: Diary) -> None:
    names = {"DELETE": "expire", "UPDATE_STORAGE_CLASS": "transition"}
    announced = {
        (datetime.fromisoformat(str(event["time"])), detail["image-digest"], names[kind])
        for event in lived.ecr.events
        for detail in [event["detail"]]
        if (kind := detail["action-type"]) in names
    }
    assert announced == lived.happened


# The timeline, that is what ``simulate`` foresees from the first quiet day on


def test_the_timeline_foresees_what_happens(lived: Diary) -> None:
    first, last = START + (QUIET_FROM + 1) * DAY, START + DAYS * DAY
    policy = read_lifecycle_policy(json.dumps(POLICY))
    fates = simulate(policy, lived.foreseen, LifecyclePeriod(at=first, span=last - first))
    foreseen = {
        (change.at, fate.candidate.image_digest, change.action)
        for fate in fates
        for change in fate.changes
        if change.at <= last
    }
    assert foreseen == {each for each in lived.happened if each[0] >= first}
    assert len(foreseen) > 5
