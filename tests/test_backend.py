"""Backend, the composition root: what all doors share."""

import base64
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from ecrmock import Ecr
from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.values.authorization import AccessKey, RegistryPassword
from ecrmock.values.errors import EcrError
from ecrmock.values.settings import Settings
from ecrmock.values.signer import NOTATION
from ecrmock.values.signing import SigningConfiguration, SigningRule
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from tests.documents import digest_of
from tests.receivers import free_port, receiving

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
DAY = timedelta(days=1)
APP = {"repository_name": "app"}


class Calls:
    """``calls("CreateRepository", …)`` makes a call on a backend with a frozen clock."""

    def __init__(self, **settings) -> None:
        self.clock = Clock(START)
        self.backend = Backend(Settings(**settings), clock=self.clock, ids=Ids(seed=1))

    def __call__(self, operation, service="ecr", key="AKIAIOSFODNN7EXAMPLE", **parameters):
        return self.with_credentials(AccessKey(key), operation, service, **parameters)

    def with_credentials(self, credentials, operation, service, **parameters):
        call = Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=credentials,
            region="us-east-1",
            request_id="request",
        )
        return self.backend.dispatcher.dispatch(call)

    def upload(self, content: bytes) -> str:
        upload = {**APP, "upload_id": self("InitiateLayerUpload", **APP).upload_id}
        self("UploadLayerPart", **upload, layer_part_blob=content)
        digests = (digest_of(content),)
        return self("CompleteLayerUpload", **upload, layer_digests=digests).layer_digest

    def push(self, **more) -> str:
        self.upload(b"{}")
        config = {"mediaType": "application/x", "digest": digest_of(b"{}"), "size": 2}
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": config,
                "layers": [],
            }
            | more
        )
        self("PutImage", **APP, image_manifest=manifest, image_tag="latest")
        return digest_of(manifest.encode())

    def uploads(self, account: str = "123456789012") -> int:
        """Return how many uploads are in progress in ``app``."""
        (repository,) = self.backend.state()[account]["us-east-1"]["repositories"]
        return len(repository["uploads"])

    @property
    def by_ecr(self) -> list:
        """The calls that ECR itself made."""
        calls = self.backend.calls()
        return [call for call in calls if call.caller.arn == "ecr.amazonaws.com"]


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def app(calls: Calls) -> Calls:
    calls("CreateRepository", **APP)
    return calls


def test_a_new_backend_is_empty(calls):
    backend = calls.backend
    assert (backend.calls(), backend.events(), backend.state()) == ((), (), {})


def test_looking_at_an_empty_registry_leaves_no_state(calls):
    calls("DescribeRepositories")
    assert calls.backend.state() == {}


def test_the_state_can_be_written_as_json(app):
    app.push()
    assert json.loads(json.dumps(app.backend.state())) == app.backend.state()


def test_the_state_is_ordered_by_account_and_region(app):
    app("CreateRepository", **APP, key="111122223333")
    accounts = {account: list(regions) for account, regions in app.backend.state().items()}
    assert accounts == {"123456789012": ["us-east-1"], "111122223333": ["us-east-1"]}


def test_a_push_is_an_event_for_eventbridge(app):
    """Source: reference features.md §11."""
    digest = app.push()
    (event,) = app.backend.events()
    assert (event["source"], event["detail-type"]) == ("aws.ecr", "ECR Image Action")
    assert event["time"] == "2026-01-02T03:04:05Z"
    assert event["detail"]["image-digest"] == digest
    assert event["detail"]["action-type"] == "PUSH"


def test_a_referrer_is_an_event_of_its_own_kind(app):
    """Source: reference features.md §11."""
    app.push(subject={"digest": digest_of(b"x"), "size": 1, "mediaType": "application/x"})
    assert [event["detail-type"] for event in app.backend.events()] == ["ECR Referrer Action"]


def test_a_new_repository_is_no_event_for_eventbridge(app):
    assert app.backend.events() == ()


def test_the_bytes_of_blobs_are_counted(app):
    app.upload(b"layer")
    usage = app.backend.usage()
    assert (usage["blobs"], usage["memory_bytes"], usage["disk_bytes"]) == (1, 5, 0)


def test_an_upload_that_nobody_finishes_goes_after_a_day(app):
    app("InitiateLayerUpload", **APP)
    app.clock.advance(DAY)
    app.backend.settle()
    assert app.uploads() == 0


def test_an_upload_is_left_alone_before_its_time(app):
    app("InitiateLayerUpload", **APP)
    app.clock.advance(DAY - timedelta(seconds=1))
    app.backend.settle()
    assert app.uploads() == 1


def test_a_layer_that_no_manifest_names_goes_after_a_day(app):
    app.upload(b"layer")
    app.clock.advance(DAY)
    app.backend.settle()
    assert app.backend.usage()["blobs"] == 0


def test_a_layer_of_an_image_stays(app):
    app.push()
    app.clock.advance(DAY)
    app.backend.settle()
    assert app.backend.usage()["blobs"] == 1


def test_what_ecr_does_when_all_was_finished_in_time_is_no_error(app):
    app.push()
    app.clock.advance(DAY)
    app.backend.settle()
    assert [call.error for call in app.by_ecr] == [None, None]


def test_a_reaction_acts_in_the_registry_of_its_event(calls):
    calls("CreateRepository", **APP, key="111122223333")
    calls("InitiateLayerUpload", **APP, key="111122223333")
    calls.clock.advance(DAY)
    calls.backend.settle()
    assert calls.uploads("111122223333") == 0


def test_a_reset_forgets_everything(app):
    app.push()
    app.backend.reset()
    backend = app.backend
    assert (backend.calls(), backend.events(), backend.state()) == ((), (), {})
    assert set(backend.usage().values()) == {0}


def test_a_reset_goes_back_to_the_real_time(app):
    app.backend.reset()
    assert not app.backend.world.clock.frozen


def test_a_reset_forgets_what_was_due_later(app):
    app("InitiateLayerUpload", **APP)
    app.backend.reset()
    assert app.backend.world.scheduler.next_due is None


def test_after_a_reset_the_backend_works_as_a_new_one(app):
    app.push()
    app.backend.reset()
    app("CreateRepository", **APP)
    assert app.push()


def test_a_token_outlives_a_reset(app):
    """A suite that resets between tests logs in once."""
    (data,) = app("GetAuthorizationToken").authorization_data
    app.backend.reset()
    app.clock.set(START)
    login = RegistryPassword("AWS", password_of(data.authorization_token))
    assert app.with_credentials(login, "CheckLogin", "ecrmock") is None


def password_of(token: str) -> str:
    return base64.b64decode(token).decode().partition(":")[2]


def test_a_closed_backend_has_freed_its_blobs(app):
    app.push()
    app.backend.close()
    assert set(app.backend.usage().values()) == {0}


def test_two_backends_with_the_same_seed_give_the_same_ids():
    first, second = Calls(), Calls()
    for calls in (first, second):
        calls("CreateRepository", **APP)
        calls("InitiateLayerUpload", **APP)
    assert first.backend.state() == second.backend.state()


def test_two_backends_do_not_meet(app):
    with pytest.raises(EcrError):
        Calls()("DeleteRepository", **APP)
    assert len(app.backend.calls()) == 1


# Followers and sinks of events


def test_a_follower_is_told_what_the_list_of_events_has(app):
    heard = []
    app.backend.follow_events(lambda _, envelope: heard.append(envelope))
    app.push()
    assert heard == list(app.backend.events()) != []


def test_a_follower_is_told_nothing_that_ecr_keeps_to_itself():
    calls, heard = Calls(), []
    calls.backend.follow_events(lambda *event: heard.append(event))
    calls("CreateRepository", **APP)
    assert heard == []


def test_a_follower_may_begin_with_what_is_kept(app):
    heard = []
    app.push()
    app.backend.follow_events(lambda number, _: heard.append(number), after=0)
    Ecr(app.backend).push_image("app", tag="1.0")
    assert (len(heard), heard) == (2, sorted(heard))


def test_a_follower_that_ended_is_told_no_more(app):
    heard = []
    app.backend.follow_events(lambda *event: heard.append(event))()
    app.push()
    assert heard == []


def test_without_sinks_nobody_follows(app):
    before = set(threading.enumerate())
    app.backend.send_events()
    assert set(threading.enumerate()) == before


def push_with_a_sink_that_is_down(port: int, count: int):
    """Return what ends the sending, with so many events that nobody has taken."""
    calls = Calls(events_webhook=(f"http://127.0.0.1:{port}/",))
    end = calls.backend.send_events()
    for number in range(count):
        Ecr(calls.backend).push_image("app", tag=f"{number}")
    return calls, end


def test_events_wait_in_their_order_for_a_sink_that_is_down():
    port = free_port()
    calls, end = push_with_a_sink_that_is_down(port, 20)
    with receiving(port=port) as webhook:
        got = [received.document for received in webhook.take(20)]
        end()
    assert got == list(calls.backend.events())


def test_ending_delivers_what_is_queued(tmp_path):
    file = tmp_path / "events"
    calls = Calls(events_file=(str(file),))
    calls("CreateRepository", **APP)
    end = calls.backend.send_events()
    calls.push()
    end()
    Ecr(calls.backend).push_image("app", tag="late")
    written = [json.loads(line) for line in file.read_text().splitlines()]
    assert written == list(calls.backend.events()[:1])


def test_a_file_that_cannot_be_written_fails_no_call(tmp_path):
    calls = Calls(events_file=(str(tmp_path / "gone" / "events"),))
    calls("CreateRepository", **APP)
    end = calls.backend.send_events()
    assert calls.push().startswith("sha256:")
    end()


def test_the_root_of_signatures_survives_a_restart(tmp_path):
    """With a data folder; without one every emulator has its own."""
    roots = []
    for _ in range(2):
        backend = Backend(Settings(data=str(tmp_path)))
        roots.append(backend.world.signer.root_pem)
        backend.close()
    assert roots[0] == roots[1] != Backend().world.signer.root_pem


def test_a_signature_that_was_due_is_made_after_a_restart(tmp_path):
    name = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/prod"
    rule = SigningRule(signing_profile_arn=name)
    first = Calls(data=str(tmp_path), settle="manual")
    first("PutSigningProfile", "signer", profile_name="prod", platform_id=NOTATION)
    configuration = SigningConfiguration(rules=(rule,))
    first("PutSigningConfiguration", signing_configuration=configuration)
    pushed = {"repository_name": "app", "image_id": Ecr(first.backend).push_image("app")}
    first.backend.close()
    again = Calls(data=str(tmp_path))
    again.backend.settle()
    (status,) = again("DescribeImageSigningStatus", **pushed).signing_statuses
    assert status.status == "COMPLETE"
    again.backend.close()
