"""The corridor: identify → authorize → fault → run → record. Source: DESIGN.md section 2."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from ecrmock.values.authorization import AccessKey, Anonymous, NotAuthenticatedError
from ecrmock.values.errors import (
    EcrError,
    InvalidParameterError,
    OperationNotImplementedError,
)
from ecrmock.values.events import RepositoryCreated, RepositoryDeleted
from ecrmock.values.layers import (
    InvalidLayerPartError,
    UploadNotFoundError,
)
from ecrmock.values.repositories import RepositoryAlreadyExistsError, RepositoryNotFoundError
from tests.dispatch.conftest import START, Corridor, digest_of, manifest_of

OTHER = "111122223333"


def test_a_call_returns_what_the_operation_answers(corridor):
    answer = corridor("CreateRepository", repository_name="app")
    assert answer.repository.repository_name == "app"


def test_an_operation_that_ecrmock_lacks_says_so(corridor):
    with pytest.raises(OperationNotImplementedError, match="sts:AssumeRoot"):
        corridor("AssumeRoot", service="sts")


def test_a_call_counts_as_of_its_time(corridor):
    """Only seeds say one."""
    call = corridor.call("CreateRepository", repository_name="app")
    then = START - timedelta(days=3)
    made = corridor.backend.dispatcher.dispatch(replace(call, time=then)).repository
    assert (made.created_at, corridor.backend.calls()[-1].time) == (then, then)
    assert corridor.clock.now() == START


# Which registry is meant: DESIGN.md section 3


def made(corridor: Corridor, **how) -> tuple[str, str]:
    repository = corridor("CreateRepository", repository_name="app", **how).repository
    return repository.registry_id, repository.repository_arn.split(":")[3]


def test_without_more_the_registry_is_the_callers_own(corridor):
    key = AccessKey(OTHER)
    assert made(corridor, credentials=key, region="eu-west-1") == (OTHER, "eu-west-1")


def test_the_member_registry_id_names_the_registry(corridor):
    assert made(corridor, registry_id=OTHER) == (OTHER, "us-east-1")


def test_the_address_decides_before_the_member_registry_id(corridor):
    assert made(corridor, registry_id="444455556666", account=OTHER) == (OTHER, "us-east-1")


def test_registries_of_two_regions_do_not_meet(app):
    with pytest.raises(RepositoryNotFoundError):
        app("DeleteRepository", repository_name="app", region="eu-west-1")


def test_two_backends_do_not_meet(app, corridor_with):
    with pytest.raises(RepositoryNotFoundError):
        corridor_with()("DeleteRepository", repository_name="app")


# Step 5, record


def test_each_call_is_recorded_in_its_order(app):
    app.upload(b"layer")
    assert [record.operation for record in app.records] == [
        "CreateRepository",
        "InitiateLayerUpload",
        "UploadLayerPart",
        "CompleteLayerUpload",
    ]


def test_a_record_says_what_was_asked(corridor):
    corridor("CreateRepository", repository_name="app", region="eu-west-1", request_id="r-1")
    (record,) = corridor.records
    assert (record.service, record.operation) == ("ecr", "CreateRepository")
    assert (record.region, record.request_id, record.time) == ("eu-west-1", "r-1", START)
    assert record.parameters == {"repository_name": "app"}


def test_a_record_says_who_asked_and_how_it_was_decided(corridor):
    corridor("CreateRepository", repository_name="app", credentials=AccessKey(OTHER))
    (record,) = corridor.records
    assert record.caller.arn == f"arn:aws:iam::{OTHER}:root"
    assert record.decision.allowed


def test_a_success_is_recorded_without_an_error(app):
    assert [record.error for record in app.records] == [None]


def test_a_failure_is_recorded_with_its_code(corridor):
    with pytest.raises(RepositoryNotFoundError):
        corridor("DeleteRepository", repository_name="app")
    (record,) = corridor.records
    assert record.error == "RepositoryNotFoundException"
    assert record.decision.allowed


def test_an_operation_that_ecrmock_lacks_is_recorded(corridor):
    with pytest.raises(OperationNotImplementedError):
        corridor("AssumeRoot", service="sts")
    assert [record.error for record in corridor.records] == ["NotImplementedException"]


def test_a_caller_that_nobody_knows_is_recorded(corridor):
    with pytest.raises(NotAuthenticatedError):
        corridor("DescribeRepositories", credentials=Anonymous())
    (record,) = corridor.records
    assert (record.caller, record.decision) == (None, None)
    assert record.error == "MissingAuthenticationTokenException"


def test_a_call_that_its_door_refused_is_recorded(corridor):
    error = InvalidParameterError("maxResults", "must be small")
    with pytest.raises(InvalidParameterError):
        corridor.backend.dispatcher.refuse(corridor.call("DescribeRepositories"), error)
    assert [record.error for record in corridor.records] == ["InvalidParameterException"]


def test_the_bytes_of_a_part_are_not_recorded(app):
    app.part(app.start(), b"layer")
    assert app.records[-1].parameters["layer_part_blob"] is None


def test_a_call_that_only_opens_a_blob_is_recorded(app):
    app.push(b"layer")
    app.open("GetDownloadUrlForLayer", repository_name="app", layer_digest=digest_of(b"layer"))
    assert app.records[-1].operation == "GetDownloadUrlForLayer"


# Events


def test_events_are_numbered_in_the_order_of_commits(app):
    app.create("other")
    app("DeleteRepository", repository_name="app")
    kinds = [(type(event), event.sequence) for event in app.published]
    assert kinds == [(RepositoryCreated, 1), (RepositoryCreated, 2), (RepositoryDeleted, 3)]


def test_each_event_has_an_id_of_its_own(app):
    app.create("other")
    assert len({event.event_id for event in app.published}) == 2


def test_a_failed_call_publishes_nothing(app):
    with pytest.raises(RepositoryAlreadyExistsError):
        app.create()
    assert len(app.published) == 1


def test_a_listener_finds_the_store_as_the_call_left_it(corridor):
    found = []
    bus = corridor.backend.world.events
    bus.subscribe(
        RepositoryCreated,
        lambda event: found.append(corridor("DescribeRepositories").repositories),
    )
    corridor.create()
    assert [repository.repository_name for repository in found[0]] == ["app"]


def test_what_a_listener_causes_comes_after_what_it_heard(corridor):
    heard = []
    bus = corridor.backend.world.events
    bus.subscribe(
        RepositoryCreated, lambda event: corridor("DeleteRepository", repository_name="app")
    )
    bus.subscribe(RepositoryCreated, lambda event: heard.append("created"))
    bus.subscribe(RepositoryDeleted, lambda event: heard.append("deleted"))
    corridor.create()
    assert heard == ["created", "deleted"]


# Work that is due


def test_work_that_falls_due_is_done_before_the_next_call_returns(app):
    upload = app.start()
    app.clock.advance(timedelta(days=1))
    app("DescribeRepositories")
    with pytest.raises(UploadNotFoundError):
        app("DescribeLayerUpload", service="ecrmock", **upload)


def test_work_is_not_done_before_it_is_due(app):
    upload = app.start()
    app.clock.advance(timedelta(days=1) - timedelta(milliseconds=1))
    app("DescribeRepositories")
    assert app("DescribeLayerUpload", service="ecrmock", **upload).last_byte_received == -1


# Bytes that come in and go out


def test_a_part_may_come_in_pieces(app):
    upload = app.start()
    assert app.part(upload, iter([b"one", b"", b"two"])).last_byte_received == 5


def test_a_blob_of_an_image_can_be_opened(app):
    app.push(b"layer")
    digest = digest_of(b"layer")
    opened = app.open("GetDownloadUrlForLayer", repository_name="app", layer_digest=digest)
    assert opened == b"layer"


def test_what_was_opened_stays_readable_when_its_repository_is_deleted(app):
    app.push(b"layer")
    call = app.call(
        "GetDownloadUrlForLayer", repository_name="app", layer_digest=digest_of(b"layer")
    )
    reader = app.backend.dispatcher.open(call)
    app("DeleteRepository", repository_name="app", force=True)
    assert b"".join(reader.chunks()) == b"layer"


class Broken(Exception):
    """The connection broke off."""


def broken_off(*chunks):
    yield from chunks
    raise Broken


@pytest.mark.parametrize("chunks", [(), (b"half",), (b"x" * 2**20, b"y" * 2**20)])
def test_a_part_that_breaks_off_is_taken_back(app, chunks):
    """The last one is beyond what is kept as bytes in memory."""
    upload = app.start()
    app.part(upload, b"first")
    with pytest.raises(Broken):
        app.part(upload, broken_off(*chunks))
    assert app("DescribeLayerUpload", service="ecrmock", **upload).last_byte_received == 4


def test_after_a_part_that_broke_off_the_upload_goes_on(app):
    upload = app.start()
    app.part(upload, b"first")
    with pytest.raises(Broken):
        app.part(upload, broken_off(b"half"))
    app.part(upload, b"second")
    digests = (digest_of(b"firstsecond"),)
    assert app("CompleteLayerUpload", **upload, layer_digests=digests).layer_digest == digests[0]


def test_a_part_that_is_refused_at_the_end_is_taken_back(app):
    upload = app.start()
    with pytest.raises(InvalidLayerPartError):
        app.part(upload, b"layer", part_first_byte=0, part_last_byte=99)
    assert app.backend.usage()["memory_bytes"] == 0


def test_a_part_that_is_refused_at_once_is_not_read(app):
    upload = app.start()
    with pytest.raises(InvalidLayerPartError):
        app.part(upload, broken_off(), part_first_byte=7, part_last_byte=9)


def test_an_upload_that_ends_while_a_part_comes_in_frees_its_bytes(app):
    upload = app.start()

    def cancelled():
        yield b"half"
        app("CancelLayerUpload", service="ecrmock", **upload)
        yield b"other half"

    with pytest.raises(UploadNotFoundError):
        app.part(upload, cancelled())
    assert app.backend.usage()["memory_bytes"] == 0


def claim(app, upload):
    """Complete an upload of ``layer``, and push an image that needs it."""
    app("CompleteLayerUpload", **upload, layer_digests=(digest_of(b"layer"),))
    app("PutImage", repository_name="app", image_manifest=manifest_of(b"layer"))


def fetched(app):
    digest = digest_of(b"layer")
    return app.open("GetDownloadUrlForLayer", repository_name="app", layer_digest=digest)


@pytest.mark.parametrize("begun", [False, True], ids=["part begins", "part has begun"])
def test_a_blob_keeps_its_bytes_when_another_part_comes_in(app, begun):
    """Completed by one client while another one still sends: the digest must stay true."""
    app.upload(b"{}")
    upload, seen = app.start(), []
    app.part(upload, b"layer")
    with suppress(EcrError):
        app.part(upload, late_part(app, upload, seen, begun))
    assert seen in ([], [b"layer"])


def late_part(app, upload, seen, begun):
    """Send a part in whose midst another client completes the upload and fetches the layer."""
    if begun:
        yield b"more"
    claim(app, upload)
    yield b"and more"
    seen.append(fetched(app))


# What a server's worker does later: DESIGN.md section 4


def test_what_a_call_set_off_wakes_the_worker(app):
    woken = []
    app.backend.dispatcher.hand_over(lambda: woken.append(True))
    app("CreateRepository", repository_name="other")
    assert woken == [True]


def test_what_falls_due_after_all_else_wakes_nobody(app):
    """An upload expires a day after its beginning; the worker wakes up for the first of them anyway."""
    woken = []
    app.backend.dispatcher.hand_over(lambda: woken.append(app.clock.now()))
    for _ in range(3):
        app.start()
        app.clock.advance(timedelta(seconds=1))
    assert woken == [START]
