"""Health, versions, reset, settle and events."""

from base64 import b64decode
from datetime import timedelta
from importlib.metadata import version

import pytest

from ecrmock import Ecr
from tests.frontends.admin.conftest import START, Admin

RESETS = ["/_ecrmock/reset", "/moto-api/reset"]


@pytest.fixture
def pushed(admin: Admin) -> Admin:
    """A backend with the image ``app:1.0``."""
    Ecr(admin.backend).push_image("app", tag="1.0", layers=[b"layer"])
    return admin


def upload(admin: Admin, content: bytes) -> None:
    """Send some bytes of an upload that nobody completes."""
    started = admin.call("InitiateLayerUpload", repository_name="app")
    upload = {"repository_name": "app", "upload_id": started.upload_id}
    admin.call("UploadLayerPart", **upload, layer_part_blob=content)


def test_health_says_what_is_running(admin: Admin) -> None:
    expected = {
        "status": "ok",
        "version": version("ecrmock"),
        "account": "123456789012",
        "region": "us-east-1",
        "enforce_iam": False,
    }
    assert admin.get("/_ecrmock/health").items() >= expected.items()


def test_a_report_of_a_bug_can_name_the_versions(admin: Admin) -> None:
    expected = {name: version(name) for name in ("botocore", "ecrmock")}
    found = admin.get("/_ecrmock/version")
    assert (found["botocore"], found["version"]) == tuple(expected.values())
    assert found["python"].startswith("3.")


def test_health_of_an_empty_emulator_counts_nothing(admin: Admin) -> None:
    usage = {"blobs": 0, "memory_bytes": 0, "disk_bytes": 0, "descriptors": 0}
    assert admin.get("/_ecrmock/health")["usage"] == usage


def test_health_counts_blobs_and_their_bytes(pushed: Admin) -> None:
    usage = pushed.get("/_ecrmock/health")["usage"]
    assert (usage["blobs"], usage["memory_bytes"] > len(b"layer")) == (2, True)


@pytest.mark.parametrize("path", RESETS)
def test_reset_forgets_repositories(pushed: Admin, path: str) -> None:
    pushed("POST", path)
    assert pushed.call("DescribeRepositories").repositories == ()


@pytest.mark.parametrize("path", RESETS)
def test_reset_frees_blobs(pushed: Admin, path: str) -> None:
    upload(pushed, b"more")
    pushed("POST", path)
    assert not any(pushed.get("/_ecrmock/health")["usage"].values())


@pytest.mark.parametrize("path", RESETS)
def test_reset_forgets_events_and_calls(pushed: Admin, path: str) -> None:
    pushed("POST", path)
    found = pushed.get("/_ecrmock/events")["events"], pushed.get("/_ecrmock/calls")["calls"]
    assert found == ([], [])


@pytest.mark.parametrize("path", RESETS)
def test_reset_goes_back_to_the_real_time(admin: Admin, path: str) -> None:
    admin("POST", path)
    assert admin.get("/_ecrmock/clock")["frozen"] is False


@pytest.mark.parametrize("path", RESETS)
def test_tokens_outlive_a_reset(admin: Admin, path: str) -> None:
    """A suite that resets between tests stays logged in."""
    issued = admin.call("GetAuthorizationToken").authorization_data[0]
    admin("POST", path)
    password = issued.authorization_token
    tokens, caller = admin.backend.world.tokens, "arn:aws:iam::123456789012:root"
    assert tokens.read(_password(password), START).arn == caller


def _password(authorization_token: str) -> str:
    return b64decode(authorization_token).decode().removeprefix("AWS:")


def test_settle_does_what_is_due(admin: Admin) -> None:
    upload(admin, b"left")
    admin.clock.advance(timedelta(days=1))
    admin("POST", "/_ecrmock/settle")
    assert admin.get("/_ecrmock/health")["usage"]["memory_bytes"] == 0


def test_settle_leaves_what_is_not_due(admin: Admin) -> None:
    upload(admin, b"left")
    admin.clock.advance(timedelta(hours=23))
    admin("POST", "/_ecrmock/settle")
    assert admin.get("/_ecrmock/health")["usage"]["memory_bytes"] == 4


def test_there_are_no_events_before_a_push(admin: Admin) -> None:
    assert admin.get("/_ecrmock/events") == {"events": []}


def test_a_push_is_an_event(pushed: Admin) -> None:
    """Source: reference features.md §11."""
    (event,) = pushed.get("/_ecrmock/events")["events"]
    expected = ("aws.ecr", "ECR Image Action", "PUSH", "1.0")
    detail = event["detail"]
    found = (event["source"], event["detail-type"], detail["action-type"], detail["image-tag"])
    assert found == expected
