"""The Python door, what ``mock_ecr`` hands out. Source: DESIGN.md section 4.

Its images, its clock and its users and roles are in test files of their own.
"""

import json
from datetime import timedelta

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.handle import Ecr, ServedEcr
from ecrmock.values.authorization import RegistryPassword
from ecrmock.values.lifecycle import LifecyclePolicyNotFoundError
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from tests.handle.conftest import START


def test_the_handle_tells_account_and_region(handle):
    assert (handle.account, handle.region) == ("111122223333", "eu-west-1")


def test_the_password_is_one_that_the_registry_takes(backend, handle):
    login = Call(
        service="ecrmock",
        operation="CheckLogin",
        parameters={},
        credentials=RegistryPassword("AWS", handle.password()),
        region=handle.region,
        request_id="request",
    )
    assert backend.dispatcher.dispatch(login) is None
    assert backend.calls()[-1].caller.account == "111122223333"


@pytest.mark.parametrize(
    ("url", "registry"),
    [("http://localhost:40000", "localhost:40000"), ("https://ecr.test", "ecr.test")],
)
def test_the_registry_of_a_served_backend_is_its_host_and_port(url, registry):
    served = ServedEcr(Backend(Settings(uri_style="path", public_url=url)), url)
    assert (served.url, served.registry) == (url, registry)


# What happened


def test_the_handle_tells_the_events(handle):
    handle.push_image("team/app", tag="1.0")
    assert [event["detail"]["image-tag"] for event in handle.events] == ["1.0"]


def test_the_handle_tells_the_calls(handle):
    handle.push_image("team/app", tag="1.0")
    assert handle.calls[0].operation == "CreateRepository"
    assert handle.calls[-1].operation == "PutImage"


def test_a_reset_forgets_all(handle, ask):
    handle.push_image("team/app", tag="1.0")
    handle.reset()
    assert (handle.events, handle.calls) == ((), ())
    assert ask("DescribeRepositories").repositories == ()


def test_what_is_due_can_be_done_on_request(handle, ask, backend):
    ask("CreateRepository", repository_name="app")
    ask("InitiateLayerUpload", repository_name="app")
    backend.world.clock.advance(timedelta(days=1))
    handle.settle()
    assert handle.calls[-1].caller.arn == "ecr.amazonaws.com"


# Lifecycle

LIFECYCLE_RULE = {
    "rulePriority": 1,
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1},
    "action": {"type": "expire"},
}
KEEP_ONE = json.dumps({"rules": [LIFECYCLE_RULE]})


@pytest.fixture
def with_policy(handle, ask):
    """A handle whose repository ``app`` has two images and keeps one."""
    for tag in ("1", "2"):
        handle.push_image("app", tag=tag, layers=[tag.encode()])
        handle.clock.advance(seconds=1)
    ask("PutLifecyclePolicy", repository_name="app", lifecycle_policy_text=KEEP_ONE)
    return handle


@pytest.mark.parametrize("repository", [None, "app"])
def test_what_ecr_does_once_a_day_can_be_done_now(with_policy, repository):
    assert with_policy.run_lifecycle(repository) == ("app",)
    assert [image.image_tags for image in with_policy.images("app")] == [("2",)]


def test_a_repository_without_a_policy_has_no_run(handle):
    handle.push_image("app")
    assert handle.run_lifecycle() == ()
    with pytest.raises(LifecyclePolicyNotFoundError):
        handle.run_lifecycle("app")


def test_the_policy_tells_of_each_image_what_becomes_of_it_and_why(with_policy):
    one, two = with_policy.explain_lifecycle("app")
    assert (one.applied_rule_priority, two.applied_rule_priority) == (1, None)
    assert one.reason == "it is number 2 of 2 from the youngest, and 1 are kept"
    assert len(with_policy.images("app")) == 2


def test_a_repository_without_a_policy_explains_nothing(handle):
    handle.push_image("app")
    with pytest.raises(LifecyclePolicyNotFoundError):
        handle.explain_lifecycle("app")


def test_a_preview_can_be_seen_in_progress():
    backend = Backend(Settings(settle="manual"), clock=Clock(START))
    handle = Ecr(backend)
    handle.push_image("app")
    preview = {"repository_name": "app", "lifecycle_policy_text": KEEP_ONE}
    handle._call("StartLifecyclePolicyPreview", **preview)
    found = [handle._call("GetLifecyclePolicyPreview", repository_name="app").status]
    handle.settle()
    found.append(handle._call("GetLifecyclePolicyPreview", repository_name="app").status)
    assert found == ["IN_PROGRESS", "COMPLETE"]
