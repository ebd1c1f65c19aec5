"""UpdateImageStorageClass, and what the others do with an archived image. Source: features.md §7."""

from datetime import timedelta

import pytest

from ecrmock.operations.image_deletions import batch_delete_image
from ecrmock.operations.images import batch_get_image
from ecrmock.operations.layers import batch_check_layer_availability, get_download_url_for_layer
from ecrmock.operations.storage_classes import complete_activation, update_image_storage_class
from ecrmock.values.errors import InvalidParameterError, LimitExceededError
from ecrmock.values.events import (
    ActivationDue,
    ImageActivated,
    ImageArchived,
    ImagePushed,
    SubjectLeft,
)
from ecrmock.values.images import (
    ImageAlreadyExistsError,
    ImageNotFoundError,
    ImageTagAlreadyExistsError,
    ListImagesFilter,
)
from ecrmock.values.layers import LayerInaccessibleError
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.values.settings import Quotas
from ecrmock.values.storage_classes import ImageStorageClassUpdateNotSupportedError
from tests.operations.conftest import (
    OCI_MANIFEST,
    START,
    by,
    detail,
    details,
    digest_of,
    listed,
)

MINUTES = timedelta(minutes=20)
LAYER = digest_of(b"layer")


def change(app, image_id, storage_class="ARCHIVE"):
    parameters = {"image_id": image_id, "target_storage_class": storage_class}
    return app(update_image_storage_class, repository_name="app", **parameters)


def archived(app, *tags):
    """Push an image and archive it."""
    digest = app.push(b"layer", *tags)
    change(app, by(digest))
    return digest


def complete(app, digest):
    return app(complete_activation, repository_name="app", image_digest=digest)


def status(app, digest):
    return detail(app, digest).image_status


def available(app, *layers):
    parameters = {"repository_name": "app", "layer_digests": layers}
    return [
        each.layer_availability for each in app(batch_check_layer_availability, **parameters).layers
    ]


def test_an_image_goes_into_the_archive(app):
    digest = app.push(b"layer", "latest")
    answer = change(app, by(digest))
    assert (answer.image_status, answer.image_id) == ("ARCHIVED", by(digest))
    assert detail(app, digest).last_archived_at == START


def test_by_one_tag_the_whole_image_goes_and_its_tags_stay(app):
    """Inferred: reference features.md §7.1."""
    digest = app.push(b"layer", "a", "b")
    assert change(app, by(tag="a")).image_id == by(digest, "a")
    assert (status(app, digest), detail(app, digest).image_tags) == ("ARCHIVED", ("a", "b"))


def test_a_restore_takes_its_time(app):
    digest = archived(app)
    assert change(app, by(digest), "STANDARD").image_status == "ACTIVATING"
    ((due, event),) = app.later
    assert (due, type(event)) == (START + MINUTES, ActivationDue)
    assert detail(app, digest).last_activated_at is None


def test_a_restore_is_complete_after_twenty_minutes(app):
    digest = archived(app, "latest")
    change(app, by(digest), "STANDARD")
    app.clock.advance(MINUTES)
    complete(app, digest)
    shown = detail(app, digest)
    assert (shown.image_status, shown.last_activated_at) == ("ACTIVE", START + MINUTES)
    assert (shown.image_pushed_at, shown.last_archived_at) == (START, START)


def test_a_restore_is_not_complete_before_its_time(app):
    """What was planned for an earlier restore may come while a later one is under way."""
    digest = archived(app, "latest")
    change(app, by(digest), "STANDARD")
    complete(app, digest)
    assert (status(app, digest), app.events) == ("ACTIVATING", ())


def test_the_end_of_a_restore_means_nothing_to_an_image_that_is_gone(app):
    digest = archived(app)
    app(batch_delete_image, repository_name="app", image_ids=(by(digest),))
    assert complete(app, digest) is None


@pytest.mark.parametrize(
    ("steps", "storage_class"),
    [
        (("ARCHIVE",), "ARCHIVE"),
        (("ARCHIVE", "STANDARD"), "ARCHIVE"),
        (("ARCHIVE", "STANDARD"), "STANDARD"),
        ((), "STANDARD"),
    ],
)
def test_any_other_change_is_not_supported(app, steps, storage_class):
    """Inferred: reference api.md §17."""
    digest = app.push()
    for step in steps:
        change(app, by(digest), step)
    with pytest.raises(ImageStorageClassUpdateNotSupportedError):
        change(app, by(digest), storage_class)


@pytest.fixture
def indexed(app):
    """An index with the tag ``index`` that lists an image with the tag ``child``."""
    child = app.manifest(b"layer")
    app.put(child, "child")
    app.put(app.index(child), "index")
    return app


def test_an_image_of_an_index_is_archived_after_it(indexed):
    with pytest.raises(ImageStorageClassUpdateNotSupportedError):
        change(indexed, by(tag="child"))
    change(indexed, by(tag="index"))
    assert change(indexed, by(tag="child")).image_status == "ARCHIVED"


def test_archiving_an_index_leaves_its_images(indexed):
    """Inferred: reference features.md §7.1."""
    change(indexed, by(tag="index"))
    assert [tag for _, tag in listed(indexed)] == ["child"]


@pytest.mark.parametrize("image_id", [by(), by("no digest"), by(tag="no tag")])
def test_an_identifier_that_cannot_mean_an_image_is_a_bad_parameter(app, image_id):
    """Inferred: reference api.md §3.5."""
    with pytest.raises(InvalidParameterError):
        change(app, image_id)


@pytest.mark.parametrize("image_id", [by(tag="no"), by(LAYER)])
def test_a_missing_image_is_not_found(app, image_id):
    with pytest.raises(ImageNotFoundError):
        change(app, image_id)


def test_the_repository_has_to_be_there(registry):
    with pytest.raises(RepositoryNotFoundError):
        change(registry, by(tag="latest"))


# Events


def test_archiving_is_announced(app):
    digest = archived(app, "latest")
    (event,) = app.events
    assert (type(event), event.image_digest, event.image_tag) == (ImageArchived, digest, None)


def test_the_end_of_a_restore_is_announced_and_not_its_beginning(app):
    digest = archived(app, "latest")
    change(app, by(digest), "STANDARD")
    assert app.events == ()
    app.clock.advance(MINUTES)
    complete(app, digest)
    (event,) = app.events
    assert (type(event), event.last_activated_at) == (ImageActivated, START + MINUTES)


def test_archiving_a_subject_has_its_referrers_looked_after_a_day_later(app):
    subject = app.push(b"layer", "latest")
    about = {"mediaType": OCI_MANIFEST, "digest": subject, "size": 1}
    app.push(b"signature", subject=about)
    change(app, by(subject))
    ((due, event),) = app.later
    assert (due, type(event)) == (START + timedelta(hours=24), SubjectLeft)


# Pushes


@pytest.mark.parametrize("is_activating", [False, True])
def test_a_push_of_the_same_manifest_restores_at_once(app, is_activating):
    """Also with the same tag: that is no ImageAlreadyExistsException then (reference api.md §5.1)."""
    digest = archived(app, "latest")
    if is_activating:
        change(app, by(digest), "STANDARD")
    app.clock.advance(timedelta(minutes=1))
    app.put(app.manifest(b"layer"), "latest")
    shown = detail(app, digest)
    assert (shown.image_status, shown.last_activated_at) == ("ACTIVE", app.clock.now())
    assert (shown.image_pushed_at, shown.image_tags) == (START, ("latest",))


def test_a_push_that_restores_is_announced_as_a_push(app):
    archived(app, "latest")
    app.put(app.manifest(b"layer"), "latest")
    (event,) = app.events
    assert type(event) is ImagePushed


def test_a_push_with_another_tag_restores_and_adds_it(app):
    digest = archived(app, "latest")
    app.put(app.manifest(b"layer"), "another")
    assert listed(app) == [(digest, "latest"), (digest, "another")]


@pytest.mark.parametrize("tags", [(), ("a", "b")])
def test_a_push_without_a_tag_restores_and_changes_no_tag(app, tags):
    digest = archived(app, *tags)
    app.put(app.manifest(b"layer"))
    assert listed(app) == [(digest, tag) for tag in tags or (None,)]


def test_a_restored_image_keeps_its_place_in_lists(app):
    digest = archived(app, "first")
    other = app.push(b"other", "second")
    app.put(app.manifest(b"layer"), "first")
    assert listed(app) == [(digest, "first"), (other, "second")]


def test_once_restored_the_same_push_changes_nothing(app):
    archived(app, "latest")
    app.put(app.manifest(b"layer"), "latest")
    with pytest.raises(ImageAlreadyExistsError):
        app.put(app.manifest(b"layer"), "latest")


def test_the_end_of_a_restore_that_a_push_overtook_changes_nothing(app):
    digest = archived(app, "latest")
    change(app, by(digest), "STANDARD")
    app.put(app.manifest(b"layer"), "latest")
    app.clock.advance(MINUTES)
    complete(app, digest)
    assert (detail(app, digest).last_activated_at, app.events) == (START, ())


def test_an_immutable_tag_of_another_image_is_still_refused(registry):
    app = registry.create(image_tag_mutability="IMMUTABLE")
    archived(app, "old")
    app.push(b"other", "new")
    with pytest.raises(ImageTagAlreadyExistsError):
        app.put(app.manifest(b"layer"), "new")


def test_a_full_image_is_restored_by_a_tag_that_it_has(registry_with):
    app = registry_with(quotas=Quotas(tags_per_image=1))
    digest = archived(app, "latest")
    with pytest.raises(LimitExceededError):
        app.put(app.manifest(b"layer"), "another")
    app.put(app.manifest(b"layer"), "latest")
    assert status(app, digest) == "ACTIVE"


# Pulls and lists


@pytest.mark.parametrize("is_activating", [False, True])
def test_an_archived_image_cannot_be_pulled(app, is_activating):
    digest = archived(app, "latest")
    if is_activating:
        change(app, by(digest), "STANDARD")
    answer = app(batch_get_image, repository_name="app", image_ids=(by(tag="latest"),))
    (failure,) = answer.failures
    assert (answer.images, failure.failure_code) == ((), "ImageInaccessible")
    assert detail(app, digest).last_recorded_pull_time is None


def test_lists_hide_an_archived_image_unless_asked(app):
    digest = archived(app, "latest")
    assert (listed(app), details(app)) == ([], ())
    for wanted in (ListImagesFilter(image_status=each) for each in ("ARCHIVED", "ANY")):
        assert listed(app, filter=wanted) == [(digest, "latest")]
        assert len(details(app, filter=wanted)) == 1


def test_an_archived_image_can_be_deleted(app):
    digest = archived(app, "a", "b")
    answer = app(batch_delete_image, repository_name="app", image_ids=(by(digest),))
    assert (len(answer.image_ids), answer.failures) == (2, ())
    assert available(app, LAYER) == ["UNAVAILABLE"]


def test_layers_that_only_archived_images_use_are_archived(app):
    archived(app, "latest")
    unused = app.upload(b"unused")
    assert available(app, LAYER, unused) == ["ARCHIVED", "AVAILABLE"]
    with pytest.raises(LayerInaccessibleError, match="only archived images"):
        app(get_download_url_for_layer, repository_name="app", layer_digest=LAYER)


def test_layers_that_another_image_uses_stay_available(app):
    archived(app, "latest")
    app.push(b"layer", config=b"{ }")
    assert available(app, LAYER, digest_of(b"{}")) == ["AVAILABLE", "ARCHIVED"]


def test_layers_of_a_restored_image_are_available_again(app):
    archived(app, "latest")
    app.put(app.manifest(b"layer"), "latest")
    assert available(app, LAYER) == ["AVAILABLE"]
