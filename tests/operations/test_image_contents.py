"""What of an image is read in one step, to be looked through without the lock."""

import json

import pytest

from ecrmock.operations.image_contents import read_image_contents
from ecrmock.operations.storage_classes import update_image_storage_class
from ecrmock.values.image_contents import ImageArchivedError, UnsupportedImageTypeError
from ecrmock.values.images import ImageIdentifier, ImageNotFoundError
from tests.documents import digest_of
from tests.operations.conftest import OCI_INDEX, OCI_MANIFEST, START, by


def read(app, image_id):
    return app(read_image_contents, repository_name="app", image_id=image_id)


def test_the_layers_come_from_the_lowest_up(app):
    manifest = app.manifest(b"low", b"high")
    app.put(manifest, "1")
    contents = read(app, by(digest_of(manifest)))
    assert contents.layers == (digest_of(b"low"), digest_of(b"high"))
    assert contents.config == digest_of(b"{}")
    assert (contents.image_tags, contents.read_at) == (("1",), START)


def test_layers_that_nobody_pushed_are_left_out(registry_with):
    app = registry_with(require_layers=False)
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2}
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "size": 2}
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {**config, "digest": digest_of(b"{}")},
        "layers": [{**layer, "digest": digest_of(b"no")}],
    }
    app.put(json.dumps(manifest), tag="1")
    contents = read(app, ImageIdentifier(image_tag="1"))
    assert (contents.config, contents.layers) == (None, ())


def test_an_index_has_no_contents_of_its_own(app):
    """Source: reference api.md §10.1; the text is of its manifest's media type."""
    app.push(b"layer")
    app.put(app.index(app.manifest(b"layer")), tag="all")
    with pytest.raises(UnsupportedImageTypeError) as refused:
        read(app, ImageIdentifier(image_tag="all"))
    text = f"An artifact with media type '{OCI_INDEX}' cannot be scanned."
    assert refused.value.message == text


def test_an_archived_image_is_not_looked_into(app):
    digest = app.push(b"layer")
    named = {"repository_name": "app", "image_id": by(digest)}
    app(update_image_storage_class, **named, target_storage_class="ARCHIVE")
    with pytest.raises(ImageArchivedError):
        read(app, by(digest))


def test_the_image_has_to_be_there(app):
    with pytest.raises(ImageNotFoundError):
        read(app, ImageIdentifier(image_tag="none"))
