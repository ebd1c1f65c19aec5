"""What the mode ``oci`` of the registry changes about data. Source: reference registry.md §19."""

import hashlib

import pytest

from ecrmock.operations.images import may_put_image
from ecrmock.operations.layers import (
    delete_layer,
    get_download_url_for_layer,
    hash_layer_upload,
    open_hashed,
)
from ecrmock.operations.mounting import find_layer, may_mount_layer
from ecrmock.operations.storage_classes import update_image_storage_class
from ecrmock.values.images import ImageDigestDoesNotMatchError
from ecrmock.values.layers import (
    InvalidLayerError,
    InvalidLayerPartError,
    LayerInaccessibleError,
    LayerInUseError,
    LayerNotFoundError,
    UploadNotFoundError,
)
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.operations.conftest import by, digest_of

LAYER = digest_of(b"layer")
SHA512 = "sha512:" + hashlib.sha512(b"layer").hexdigest()


@pytest.fixture
def oci(registry_with):
    """A registry in mode ``oci``."""
    return registry_with(registry_mode="oci")


def hashed(registry, upload_id, algorithm="sha512"):
    """Have an upload hashed by another algorithm, as dispatch does."""
    asked = {"repository_name": "app", "upload_id": upload_id, "algorithm": algorithm}
    content = open_hashed(registry.context(), **asked)
    content.begin_part()
    content.write(b"")
    registry(hash_layer_upload, **asked, layer_part_blob=content)
    content.end_part(keep=True)


def upload(registry, digest, *, early):
    upload_id = registry.start()
    if early:
        hashed(registry, upload_id)
    registry.part(upload_id, b"layer")
    if not early:
        hashed(registry, upload_id)
    return registry.complete(upload_id, digest).layer_digest


@pytest.mark.parametrize("early", [True, False], ids=["while it comes in", "afterwards"])
def test_an_upload_is_hashed_by_another_algorithm(oci, early):
    assert upload(oci, SHA512, early=early) == SHA512
    assert SHA512 in oci.state().blobs


def test_an_upload_that_was_hashed_by_another_algorithm_has_its_sha256_too(oci):
    assert upload(oci, LAYER, early=True) == LAYER


@pytest.mark.parametrize("mode", ["ecr", "oci"])
def test_a_digest_that_was_not_taken_is_not_the_upload_s(registry_with, mode):
    registry = registry_with(registry_mode=mode)
    upload_id = registry.start()
    registry.part(upload_id, b"layer")
    with pytest.raises(InvalidLayerError):
        registry.complete(upload_id, SHA512)


def test_an_upload_that_receives_a_part_is_not_hashed(oci):
    upload_id = oci.start()
    content = open_hashed(
        oci.context(), repository_name="app", upload_id=upload_id, algorithm="sha512"
    )
    content.begin_part()
    with pytest.raises(InvalidLayerPartError):
        hashed(oci, upload_id)
    content.end_part(keep=False)


def test_an_unknown_upload_is_not_hashed(oci):
    with pytest.raises(UploadNotFoundError):
        hashed(oci, "00000000-0000-4000-8000-000000000000")


def test_an_image_may_be_named_by_sha512(oci):
    text = oci.manifest(b"layer")
    name = "sha512:" + hashlib.sha512(text.encode()).hexdigest()
    assert oci.put(text, image_digest=name).image_id.image_digest == name
    assert name in oci.state().images


def test_in_mode_ecr_an_image_has_no_sha512(app):
    text = app.manifest(b"layer")
    name = "sha512:" + hashlib.sha512(text.encode()).hexdigest()
    with pytest.raises(ImageDigestDoesNotMatchError):
        app.put(text, image_digest=name)


def test_a_layer_is_read_before_a_manifest_names_it(oci):
    digest = oci.upload(b"layer")
    answer = oci(get_download_url_for_layer, repository_name="app", layer_digest=digest)
    assert answer.layer_digest == digest


def test_a_layer_that_only_archived_images_use_is_not_read(oci):
    image = oci.push(b"layer")
    change = {"image_id": by(image), "target_storage_class": "ARCHIVE"}
    oci(update_image_storage_class, repository_name="app", **change)
    with pytest.raises(LayerInaccessibleError):
        oci(get_download_url_for_layer, repository_name="app", layer_digest=LAYER)


def test_a_layer_is_deleted(oci):
    oci(delete_layer, repository_name="app", layer_digest=oci.upload(b"layer"))
    assert (LAYER in oci.state().blobs, LAYER in oci.store.blobs) == (False, False)


def test_a_layer_in_use_is_not_deleted(oci):
    oci.push(b"layer")
    with pytest.raises(LayerInUseError):
        oci(delete_layer, repository_name="app", layer_digest=LAYER)


def test_a_layer_that_is_not_there_is_not_deleted(oci):
    with pytest.raises(LayerNotFoundError):
        oci(delete_layer, repository_name="app", layer_digest=LAYER)


def test_a_layer_is_mounted_before_a_manifest_names_it(oci):
    oci.create("source").upload(b"layer", name="source")
    asked = {"source_repository_name": "source", "layer_digest": LAYER}
    assert oci(may_mount_layer, repository_name="app", **asked)


def test_the_repositories_with_a_layer_are_found_the_asking_one_first(oci):
    oci.create("other").create("empty")
    for name in ("app", "other"):
        oci.upload(b"layer", name=name)
    found = [
        oci(find_layer, repository_name=name, layer_digest=LAYER) for name in ("other", "empty")
    ]
    assert found == [("other", "app"), ("app", "other")]


def test_a_manifest_may_be_put_where_a_repository_is(app):
    app(may_put_image, repository_name="app")
    with pytest.raises(RepositoryNotFoundError):
        app(may_put_image, repository_name="gone")
