"""Mounting a blob. Source: reference registry.md §11."""

from datetime import timedelta

import pytest

from ecrmock.operations.image_deletions import batch_delete_image
from ecrmock.operations.layers import drop_unclaimed_layer
from ecrmock.operations.mounting import may_mount_layer, mount_layer
from ecrmock.operations.registry_settings import put_account_setting
from ecrmock.operations.storage_classes import update_image_storage_class
from ecrmock.values.events import LayerGraceEnded
from ecrmock.values.repositories import EncryptionConfiguration, RepositoryNotFoundError
from tests.operations.conftest import START, by, digest_of

LAYER = digest_of(b"layer")
DAY = timedelta(days=1)


def asked(name="app", source="source", digest=LAYER):
    return {
        "repository_name": name,
        "source_repository_name": source,
        "layer_digest": digest,
    }


def mount(registry, **which):
    return registry(mount_layer, **asked(**which)).is_mounted


def set_mounting(registry, value):
    registry(put_account_setting, name="BLOB_MOUNTING", value=value)


@pytest.fixture
def app(app):
    """A registry that mounts: ``source`` has an image with a layer, ``app`` is empty."""
    set_mounting(app, "ENABLED")
    app.create("source").push(b"layer", "latest", name="source")
    return app


def test_a_layer_of_another_repository_is_mounted(app):
    assert app(may_mount_layer, **asked())
    assert mount(app)
    held = app.state().blobs.get(LAYER)
    assert (held.size, held.held_since) == (5, START)


def test_a_mounted_layer_lets_an_image_be_pushed(app):
    mount(app)
    app.upload(b"{}")
    assert app.push(b"layer", "1.0") in app.state().images


def test_a_mounted_layer_outlives_its_source(app):
    mount(app)
    app(batch_delete_image, repository_name="source", image_ids=(by(tag="latest"),))
    assert LAYER in app.state().blobs
    assert LAYER in app.store.blobs


def test_a_mounted_layer_that_no_image_names_goes_after_its_grace(app):
    mount(app)
    ((due, event),) = app.later
    assert (due, type(event)) == (START + DAY, LayerGraceEnded)
    app.clock.advance(DAY)
    app(drop_unclaimed_layer, repository_name="app", layer_digest=LAYER)
    assert LAYER not in app.state().blobs


def test_a_layer_that_is_there_already_is_left_as_it_is(app):
    mount(app)
    app.clock.advance(DAY)
    assert mount(app)
    assert app.state().blobs.get(LAYER).held_since == START


def test_a_config_is_mounted_as_a_layer_is(app):
    assert mount(app, digest=digest_of(b"{}"))


@pytest.mark.parametrize(
    "which", [{"source": "no"}, {"source": "app"}, {"digest": digest_of(b"unknown")}]
)
def test_what_is_not_in_the_source_is_not_mounted(app, which):
    assert not app(may_mount_layer, **asked(**which))
    assert not mount(app, **which)


def test_nothing_is_mounted_where_the_setting_is_off(app):
    set_mounting(app, "DISABLED")
    assert not app(may_mount_layer, **asked())
    assert not mount(app)
    assert LAYER not in app.state().blobs


def test_switching_it_off_keeps_what_was_mounted(app):
    mount(app)
    set_mounting(app, "DISABLED")
    assert LAYER in app.state().blobs


def test_a_layer_that_no_image_references_is_not_mounted(app):
    digest = app.upload(b"unreferenced", name="source")
    assert not mount(app, digest=digest)


def test_a_layer_that_only_archived_images_reference_is_not_mounted(app):
    """Inferred: it cannot be read either (reference features.md §7.2)."""
    change = {"image_id": by(tag="latest"), "target_storage_class": "ARCHIVE"}
    app(update_image_storage_class, repository_name="source", **change)
    assert not mount(app)


def test_repositories_that_encrypt_differently_share_nothing(app):
    app.create("secret", encryption_configuration=EncryptionConfiguration(encryption_type="KMS"))
    assert not mount(app, name="secret")


def test_the_setting_of_another_region_does_not_count(app):
    app.in_account("123456789012", "eu-west-1").create("source").create("app")
    app.push(b"layer", "latest", name="source")
    assert not mount(app)


def test_the_target_has_to_be_there(app):
    assert not app(may_mount_layer, **asked(name="no"))
    with pytest.raises(RepositoryNotFoundError):
        mount(app, name="no")
