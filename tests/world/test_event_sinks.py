"""Sinks against files and real HTTP servers. Source: EventBridge API reference, PutEvents."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import botocore.exceptions
import pytest

from ecrmock.values.settings import Settings
from ecrmock.world.event_sinks import (
    EventBridgeSink,
    JsonLinesSink,
    PartlyDeliveredError,
    WebhookSink,
    sinks_of,
)
from tests.receivers import Receiver, accept_events, events_answer, free_port, receiving


def envelope(name: str, region: str = "us-east-1") -> dict[str, Any]:
    return {
        "version": "0",
        "id": f"id of {name}",
        "detail-type": "ECR Image Action",
        "source": "aws.ecr",
        "account": "123456789012",
        "time": "2026-01-02T03:04:05Z",
        "region": region,
        "resources": [],
        "detail": {"repository-name": name},
    }


FIRST, SECOND, THIRD = (envelope(name) for name in ("first", "second", "third"))


# Files


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_file_gets_a_line_for_each_event(tmp_path: Path) -> None:
    sink = JsonLinesSink(str(tmp_path / "events"))
    sink.deliver([FIRST, SECOND])
    sink.deliver([THIRD])
    assert lines_of(tmp_path / "events") == [FIRST, SECOND, THIRD]


def test_what_a_file_had_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_text('"before"\n')
    JsonLinesSink(str(path)).deliver([FIRST])
    assert lines_of(path) == ["before", FIRST]


def test_a_file_that_was_moved_away_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "events"
    sink = JsonLinesSink(str(path))
    sink.deliver([FIRST])
    path.rename(tmp_path / "older")
    sink.deliver([SECOND])
    assert (lines_of(tmp_path / "older"), lines_of(path)) == ([FIRST], [SECOND])


def test_a_file_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    sink = JsonLinesSink(str(tmp_path / "gone" / "events"))
    with pytest.raises(FileNotFoundError):
        sink.deliver([FIRST])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_a_failure() -> None:
    with pytest.raises(OSError, match="space"):
        JsonLinesSink("/dev/full").deliver([FIRST])


# Webhooks


@pytest.fixture
def webhook() -> Iterator[Receiver]:
    """A webhook."""
    with receiving() as receiver:
        yield receiver


def test_a_webhook_gets_the_envelope_as_json(webhook: Receiver) -> None:
    WebhookSink(f"{webhook.url}/ecr?key=1").deliver([FIRST])
    (got,) = webhook.take()
    assert (got.method, got.path, got.document) == ("POST", "/ecr?key=1", FIRST)
    assert got.headers["Content-Type"] == "application/json"


def test_a_webhook_gets_one_event_a_request(webhook: Receiver) -> None:
    assert WebhookSink(webhook.url).batch_size == 1


@pytest.mark.parametrize("status", [302, 307, 400, 404, 500, 503])
def test_what_is_not_2xx_is_a_failure_of_a_webhook(webhook: Receiver, status: int) -> None:
    webhook.answers.append((status, {"Location": "/elsewhere"}, b"no"))
    with pytest.raises(HTTPError, match=str(status)):
        WebhookSink(webhook.url).deliver([FIRST])
    assert [got.path for got in webhook.take()] == ["/"]
    assert webhook.requests.empty()


def test_a_webhook_that_nobody_serves_is_a_failure() -> None:
    with pytest.raises(URLError):
        WebhookSink(f"http://127.0.0.1:{free_port()}").deliver([FIRST])


def test_the_name_of_a_webhook_keeps_its_secrets() -> None:
    """It stands in the log."""
    assert WebhookSink("https://me:word@host:1/path?key=1").name == "https://host:1/path"


# EventBridge


@pytest.fixture
def bridge() -> Iterator[Receiver]:
    """An EventBridge endpoint."""
    with receiving(accept_events) as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials in the environment, so that none are asked of a network."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def test_an_endpoint_is_asked_to_put_events(bridge: Receiver) -> None:
    EventBridgeSink(bridge.url).deliver([FIRST])
    (got,) = bridge.take()
    target = got.headers["X-Amz-Target"]
    assert (got.method, got.path, target) == ("POST", "/", "AWSEvents.PutEvents")


def test_an_entry_says_what_the_envelope_says(bridge: Receiver) -> None:
    EventBridgeSink(bridge.url).deliver([FIRST])
    (entry,) = bridge.take()[0].document["Entries"]
    assert json.loads(entry.pop("Detail")) == FIRST["detail"]
    assert entry == {
        "Time": 1767323045,
        "Source": "aws.ecr",
        "DetailType": "ECR Image Action",
        "Resources": [],
    }


def test_a_request_has_at_most_ten_entries(bridge: Receiver) -> None:
    assert EventBridgeSink(bridge.url).batch_size == 10


def test_an_event_goes_to_the_region_that_it_is_of(bridge: Receiver) -> None:
    european = envelope("first", region="eu-west-1")
    EventBridgeSink(bridge.url).deliver([european, SECOND])
    scopes = [got.headers["Authorization"].split("/")[2] for got in bridge.take(2)]
    assert scopes == ["eu-west-1", "us-east-1"]


def test_the_credentials_are_those_of_the_environment(bridge: Receiver) -> None:
    EventBridgeSink(bridge.url).deliver([FIRST])
    assert "Credential=AKIAIOSFODNN7EXAMPLE/" in bridge.take()[0].headers["Authorization"]


def test_without_credentials_somebody_signs(
    bridge: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    EventBridgeSink(bridge.url).deliver([FIRST])
    assert "Credential=test/" in bridge.take()[0].headers["Authorization"]


REFUSED = {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"}


def test_refused_entries_are_left_with_the_reason(bridge: Receiver) -> None:
    bridge.answers.append(events_answer({"EventId": "1"}, REFUSED, {"EventId": "3"}))
    with pytest.raises(PartlyDeliveredError, match="ThrottlingException: Rate") as caught:
        EventBridgeSink(bridge.url).deliver([FIRST, SECOND, THIRD])
    assert caught.value.left == [SECOND]


def test_an_endpoint_that_fails_is_asked_once(bridge: Receiver) -> None:
    """Waiting and trying again is the worker's."""
    bridge.answers.append((500, {}, b"{}"))
    with pytest.raises(botocore.exceptions.ClientError):
        EventBridgeSink(bridge.url).deliver([FIRST])
    assert bridge.requests.qsize() == 1


def test_an_endpoint_that_nobody_serves_is_a_failure() -> None:
    with pytest.raises(botocore.exceptions.EndpointConnectionError):
        EventBridgeSink(f"http://127.0.0.1:{free_port()}").deliver([FIRST])


# Settings


def test_there_are_no_sinks_unless_the_settings_say_so() -> None:
    assert sinks_of(Settings()) == ()


def test_each_setting_is_a_sink() -> None:
    urls = ("http://a", "http://b")
    settings = Settings(events_file=("f", "g"), events_webhook=urls, events_endpoint=urls)
    kinds = [JsonLinesSink, JsonLinesSink, WebhookSink, WebhookSink]
    assert [type(sink) for sink in sinks_of(settings)] == [*kinds, EventBridgeSink, EventBridgeSink]
