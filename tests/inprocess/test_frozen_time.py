"""freezegun and time-machine move ecrmock's clock as they move every other: what falls due is done.

They move the real time, which the clock reads; ``ecr.clock`` is not needed then.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import time_machine
from freezegun import freeze_time

from ecrmock import Ecr, mock_ecr
from tests.inprocess.conftest import REGION

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
APP = {"repositoryName": "app"}
SELECTION = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
KEEP_ONE = {"rules": [{"rulePriority": 1, "selection": SELECTION, "action": {"type": "expire"}}]}

frozen = pytest.mark.parametrize(
    ("freeze", "advance"),
    [
        pytest.param(
            lambda: freeze_time(START), lambda time, span: time.tick(span), id="freezegun"
        ),
        pytest.param(
            lambda: time_machine.travel(START, tick=False),
            lambda time, span: time.shift(span),
            id="time-machine",
        ),
    ],
)
Freeze = Callable[[], Any]
Advance = Callable[[Any, timedelta], Any]


def put_policy(ecr: Ecr) -> Any:
    """Return a client of a repository with two images and a policy that keeps one."""
    client = boto3.client("ecr", region_name=REGION)
    ecr.push_image("app", tag="old", layers=[{"file": b"old"}])
    ecr.push_image("app", tag="new", layers=[{"file": b"new"}])
    client.put_lifecycle_policy(**APP, lifecyclePolicyText=json.dumps(KEEP_ONE))
    return client


@frozen
def test_a_policy_acts_a_day_after_it_was_put(freeze: Freeze, advance: Advance) -> None:
    with freeze() as time, mock_ecr(region=REGION) as ecr:
        client = put_policy(ecr)
        advance(time, DAY - timedelta(seconds=1))
        assert len(client.list_images(**APP)["imageIds"]) == 2
        advance(time, timedelta(seconds=1))
        assert len(client.list_images(**APP)["imageIds"]) == 1
        assert client.get_lifecycle_policy(**APP)["lastEvaluatedAt"] == START + DAY


@frozen
def test_a_policy_of_a_day_ago_acts_when_time_has_moved(freeze: Freeze, advance: Advance) -> None:
    """The context was entered before time was frozen, as a fixture of a whole session is."""
    with mock_ecr(region=REGION) as ecr, freeze() as time:
        client = put_policy(ecr)
        advance(time, 10 * DAY)
        assert len(client.list_images(**APP)["imageIds"]) == 1
        assert client.get_lifecycle_policy(**APP)["lastEvaluatedAt"] == START + 10 * DAY


@frozen
def test_events_have_the_time_of_their_run(freeze: Freeze, advance: Advance) -> None:
    with freeze() as time, mock_ecr(region=REGION) as ecr:
        client = put_policy(ecr)
        advance(time, 3 * DAY)
        client.list_images(**APP)
        event = ecr.events[-1]
        assert (event["detail"]["action-type"], event["time"]) == ("DELETE", "2026-01-02T00:00:00Z")


@frozen
def test_ecr_shows_the_time_that_is_frozen(freeze: Freeze, advance: Advance) -> None:
    with freeze() as time, mock_ecr(region=REGION) as ecr:
        advance(time, DAY)
        ecr.push_image("app", tag="1.0")
        assert ecr.clock.now() == START + DAY
        assert ecr.images("app")[0].image_pushed_at == START + DAY
