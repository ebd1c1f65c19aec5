"""The state machine of the archive. Source: reference features.md §7.1, api.md §17."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.rules.images import back_from_archive
from ecrmock.rules.storage_classes import activating, archived, due_since
from ecrmock.values.images import Image
from ecrmock.values.storage_classes import ImageStorageClassUpdateNotSupportedError

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LATER = NOW + timedelta(minutes=20)
ACTIVE = Image(
    image_digest="sha256:aa",
    image_manifest="{}",
    image_manifest_media_type="application/vnd.oci.image.manifest.v1+json",
    artifact_media_type=None,
    image_size_in_bytes=2,
    image_pushed_at=NOW - timedelta(days=1),
)


def in_status(status: str) -> Image:
    return replace(ACTIVE, image_status=status)


def test_an_archived_image_knows_since_when() -> None:
    found = archived(ACTIVE, (), NOW)
    assert (found.image_status, found.last_archived_at) == ("ARCHIVED", NOW)


@pytest.mark.parametrize("status", ["ARCHIVED", "ACTIVATING"])
def test_only_an_active_image_is_archived(status: str) -> None:
    with pytest.raises(ImageStorageClassUpdateNotSupportedError):
        archived(in_status(status), (), NOW)


@pytest.mark.parametrize("status", ["ACTIVE", "ACTIVATING"])
def test_an_index_in_use_keeps_its_images_from_the_archive(status: str) -> None:
    """Source: reference features.md §7.1, a child is not archived before its index."""
    with pytest.raises(ImageStorageClassUpdateNotSupportedError):
        archived(ACTIVE, (in_status("ARCHIVED"), in_status(status)), NOW)


def test_an_archived_index_lets_its_images_go() -> None:
    assert archived(ACTIVE, (in_status("ARCHIVED"),), NOW).image_status == "ARCHIVED"


def test_a_restore_has_a_time_at_which_it_is_complete() -> None:
    found = activating(in_status("ARCHIVED"), LATER)
    assert (found.image_status, found.activates_at) == ("ACTIVATING", LATER)


@pytest.mark.parametrize("status", ["ACTIVE", "ACTIVATING"])
def test_only_an_archived_image_is_restored(status: str) -> None:
    with pytest.raises(ImageStorageClassUpdateNotSupportedError):
        activating(in_status(status), LATER)


@pytest.mark.parametrize(
    ("now", "expected"), [(NOW, None), (LATER, LATER), (LATER + timedelta(days=1), LATER)]
)
def test_a_restore_is_complete_when_its_time_has_come(
    now: datetime, expected: datetime | None
) -> None:
    assert due_since(activating(in_status("ARCHIVED"), LATER), now) == expected


def test_without_a_restore_nothing_is_due() -> None:
    assert due_since(ACTIVE, NOW) is None


def test_an_image_that_is_back_keeps_its_push_and_its_archiving() -> None:
    before = activating(archived(ACTIVE, (), NOW), LATER)
    found = back_from_archive(before, LATER)
    assert found == replace(ACTIVE, last_archived_at=NOW, last_activated_at=LATER)
