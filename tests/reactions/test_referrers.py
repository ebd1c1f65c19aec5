"""Referrers follow their subject: a corridor with answers of a test's making. Source: api.md §5.7, §9.4."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ecrmock.reactions import referrers
from ecrmock.values.events import SubjectLeft
from ecrmock.values.images import ImageIdentifier, ImageNotFoundError
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.values.storage_classes import ImageStorageClassUpdateNotSupportedError
from ecrmock.world.events import EventBus
from ecrmock.world.ids import Ids

SUBJECT = ImageIdentifier(image_digest="sha256:aa")
LEFT = SubjectLeft(
    account="123456789012",
    region="us-east-1",
    time=datetime(2026, 1, 2, tzinfo=UTC),
    repository_name="app",
    subject_digest=SUBJECT.image_digest,
)
ONE, TWO = "sha256:01", "sha256:02"


class Corridor:
    """Answers for a subject in a status, None when it is gone, with a referrer on each page."""

    def __init__(self, status: str | None, found: Sequence[tuple[str, str]]) -> None:
        self.status, self.found = status, found
        self.changes: list[tuple[str, str]] = []
        self.refusal: Exception | None = None

    def __call__(self, event: SubjectLeft, service: str, operation: str, **parameters: Any) -> Any:
        expected = "ecrmock" if operation == "ListHeldReferrers" else "ecr"
        assert (service, parameters.pop("repository_name")) == (expected, "app")
        return getattr(self, operation)(**parameters)

    def DescribeImages(self, image_ids: Sequence[ImageIdentifier]) -> Any:
        if self.status == "no repository":
            raise RepositoryNotFoundError("app", "123456789012")
        if self.status is None:
            raise ImageNotFoundError(image_ids[0], "app", "123456789012")
        return SimpleNamespace(image_details=(SimpleNamespace(image_status=self.status),))

    def ListHeldReferrers(self, next_token: str = "0", **parameters: Any) -> Any:
        assert parameters["filter"].artifact_status == "ANY"
        number = int(next_token)
        page = [
            SimpleNamespace(digest=digest, artifact_status=status)
            for digest, status in self.found[number : number + 1]
        ]
        token = str(number + 1) if number + 1 < len(self.found) else None
        return SimpleNamespace(referrers=page, next_token=token)

    def BatchDeleteImage(self, image_ids: Sequence[ImageIdentifier]) -> None:
        self.changes += [("delete", image_id.image_digest) for image_id in image_ids]

    def UpdateImageStorageClass(self, image_id: ImageIdentifier, target_storage_class: str) -> None:
        self.changes.append((target_storage_class, image_id.image_digest))
        if self.refusal is not None:
            raise self.refusal


def deliver(corridor: Corridor) -> list[tuple[str, str]]:
    bus = EventBus(Ids(seed=1))
    referrers.subscribe(bus, corridor)
    bus.append((LEFT,))
    bus.drain()
    return corridor.changes


def test_the_referrers_of_a_subject_that_is_gone_are_deleted() -> None:
    found = [(ONE, "ACTIVE"), (TWO, "ARCHIVED")]
    assert deliver(Corridor(None, found)) == [("delete", ONE), ("delete", TWO)]


def test_the_referrers_of_an_archived_subject_are_archived() -> None:
    found = [(ONE, "ARCHIVED"), (TWO, "ACTIVE")]
    assert deliver(Corridor("ARCHIVED", found)) == [("ARCHIVE", TWO)]


def test_a_referrer_that_may_not_be_archived_stops_no_other() -> None:
    corridor = Corridor("ARCHIVED", [(ONE, "ACTIVE"), (TWO, "ACTIVE")])
    corridor.refusal = ImageStorageClassUpdateNotSupportedError()
    assert deliver(corridor) == [("ARCHIVE", ONE), ("ARCHIVE", TWO)]


@pytest.mark.parametrize("status", ["ACTIVE", "ACTIVATING", "no repository"])
def test_nothing_follows_a_subject_that_is_back_or_whose_repository_is_gone(status: str) -> None:
    assert deliver(Corridor(status, [(ONE, "ACTIVE")])) == []


@pytest.mark.parametrize("status", [None, "ARCHIVED"])
def test_a_subject_may_have_lost_its_referrers(status: str | None) -> None:
    assert deliver(Corridor(status, [])) == []
