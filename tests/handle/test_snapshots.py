"""Snapshots of the Python door: what is set up once is gone back to before each test."""

from datetime import timedelta

import pytest

from ecrmock.values.repositories import RepositoryNotFoundError


def describe(ask):
    return ask("DescribeImages", repository_name="app").image_details


def test_images_come_back(handle, ask):
    handle.push_image("app", tag="1.0", layers=[b"layer"])
    before, snapshot = describe(ask), handle.snapshot()
    ask("DeleteRepository", repository_name="app", force=True)
    with pytest.raises(RepositoryNotFoundError):
        describe(ask)
    handle.restore(snapshot)
    assert describe(ask) == before


def test_events_and_calls_go_back(handle, ask):
    handle.push_image("app", tag="1.0", layers=[b"layer"])
    snapshot, expected = handle.snapshot(), (handle.events, handle.calls)
    handle.push_image("app", tag="2.0", layers=[b"other"])
    assert (handle.events, handle.calls) != expected
    handle.restore(snapshot)
    assert (handle.events, handle.calls) == expected


def test_the_clock_goes_back(handle):
    snapshot, before = handle.snapshot(), handle.clock.now()
    handle.clock.advance(days=3)
    handle.restore(snapshot)
    assert handle.clock.now() == before


def test_work_that_was_done_is_due_again(handle, ask, backend):
    ask("CreateRepository", repository_name="app")
    ask("InitiateLayerUpload", repository_name="app")
    snapshot, planned = handle.snapshot(), backend.world.scheduler.entries()
    handle.clock.advance(days=2)
    assert backend.world.scheduler.entries() == ()
    handle.restore(snapshot)
    assert backend.world.scheduler.entries() == planned
    assert backend.world.scheduler.next_due - handle.clock.now() == timedelta(days=1)


def test_work_that_came_after_is_not_done(handle, ask, backend):
    ask("CreateRepository", repository_name="app")
    snapshot = handle.snapshot()
    ask("InitiateLayerUpload", repository_name="app")
    handle.restore(snapshot)
    assert backend.world.scheduler.entries() == ()
    handle.clock.advance(days=2)


def test_an_upload_goes_on_from_where_it_was(handle, ask):
    ask("CreateRepository", repository_name="app")
    upload = {
        "repository_name": "app",
        "upload_id": ask("InitiateLayerUpload", repository_name="app").upload_id,
    }
    ask("UploadLayerPart", **upload, layer_part_blob=b"one")
    snapshot = handle.snapshot()
    ask("UploadLayerPart", **upload, layer_part_blob=b"two")
    handle.restore(snapshot)
    part = ask("UploadLayerPart", **upload, layer_part_blob=b"2")
    assert part.last_byte_received == 3
