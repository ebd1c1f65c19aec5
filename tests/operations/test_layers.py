"""The layer operations, and what the registry door does with uploads. Source: reference api.md §6."""

import hashlib
from datetime import timedelta

import pytest

from ecrmock.operations.layers import (
    batch_check_layer_availability,
    cancel_layer_upload,
    complete_layer_upload,
    describe_layer_upload,
    drop_unclaimed_layer,
    expire_layer_upload,
    get_download_url_for_layer,
    initiate_layer_upload,
    open_part,
)
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.events import LayerGraceEnded, UploadExpired
from ecrmock.values.layers import (
    MAXIMUM_LAYER_SIZE,
    MAXIMUM_PARTS,
    EmptyUploadError,
    InvalidLayerError,
    InvalidLayerPartError,
    LayerAlreadyExistsError,
    LayerInaccessibleError,
    LayerNotFoundError,
    LayerPartTooSmallError,
    Upload,
    UploadNotFoundError,
)
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.operations.conftest import START, digest_of

DAY = timedelta(hours=24)
MIB = 1024 * 1024
NO_UPLOAD = "00000000-0000-4000-8000-000000000000"
UNKNOWN = digest_of("nobody uploaded this")
CONFIG = digest_of(b"{}")


def check(app, *digests):
    return app(batch_check_layer_availability, repository_name="app", layer_digests=digests)


def download(app, digest):
    return app(get_download_url_for_layer, repository_name="app", layer_digest=digest)


def described(app, upload_id, name="app"):
    return app(describe_layer_upload, repository_name=name, upload_id=upload_id)


def cancel(app, upload_id):
    app(cancel_layer_upload, repository_name="app", upload_id=upload_id)


def sent(app, *parts):
    """Return an upload that has some parts, as a client sends them."""
    upload_id, first = app.start(), 0
    for part in parts:
        app.part(upload_id, part, part_first_byte=first, part_last_byte=first + len(part) - 1)
        first += len(part)
    return upload_id


def set_upload(app, upload_id, **members):
    """Put an upload where no test can bring it by sending bytes."""
    upload = Upload(upload_id=upload_id, started_at=START, **members)
    app.state().uploads.put(upload_id, upload)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        (batch_check_layer_availability, {"layer_digests": (UNKNOWN,)}),
        (initiate_layer_upload, {}),
        (open_part, {"upload_id": NO_UPLOAD}),
        (complete_layer_upload, {"upload_id": NO_UPLOAD, "layer_digests": (UNKNOWN,)}),
        (get_download_url_for_layer, {"layer_digest": UNKNOWN}),
        (describe_layer_upload, {"upload_id": NO_UPLOAD}),
        (cancel_layer_upload, {"upload_id": NO_UPLOAD}),
        (expire_layer_upload, {"upload_id": NO_UPLOAD}),
        (drop_unclaimed_layer, {"layer_digest": UNKNOWN}),
    ],
)
def test_every_operation_on_layers_needs_the_repository(registry, operation, parameters):
    with pytest.raises(RepositoryNotFoundError) as caught:
        registry(operation, repository_name="no", **parameters)
    assert caught.value.message == (
        "The repository with name 'no' does not exist in the registry with id '123456789012'"
    )


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        (open_part, {}),
        (complete_layer_upload, {"layer_digests": (UNKNOWN,)}),
        (describe_layer_upload, {}),
        (cancel_layer_upload, {}),
    ],
)
class TestAnUpload:
    """What holds for every operation that takes the id of an upload."""

    def test_must_exist(self, app, operation, parameters):
        """Inferred text: reference api.md §6.3."""
        with pytest.raises(UploadNotFoundError):
            app(operation, repository_name="app", upload_id=NO_UPLOAD, **parameters)

    def test_belongs_to_one_repository(self, app, operation, parameters):
        upload_id = app.create("other").start("other")
        with pytest.raises(UploadNotFoundError):
            app(operation, repository_name="app", upload_id=upload_id, **parameters)

    def test_is_over_when_it_is_completed(self, app, operation, parameters):
        upload_id = sent(app, b"layer")
        app.complete(upload_id, digest_of(b"layer"))
        with pytest.raises(UploadNotFoundError):
            app(operation, repository_name="app", upload_id=upload_id, **parameters)

    def test_is_over_when_it_is_cancelled(self, app, operation, parameters):
        upload_id = sent(app, b"layer")
        cancel(app, upload_id)
        with pytest.raises(UploadNotFoundError):
            app(operation, repository_name="app", upload_id=upload_id, **parameters)


# InitiateLayerUpload


def test_an_upload_has_an_id_and_a_part_size(app):
    """Source: reference api.md §6.2; the size is that of the AWS CLI's example."""
    started = app(initiate_layer_upload, repository_name="app")
    assert (len(started.upload_id), started.part_size) == (36, 10 * MIB)


def test_each_upload_has_an_id_of_its_own(app):
    assert app.start() != app.start()


def test_an_upload_expires_after_a_day(app):
    upload_id = app.start()
    ((due, event),) = app.later
    assert (due, type(event)) == (START + DAY, UploadExpired)
    assert (event.repository_name, event.upload_id) == ("app", upload_id)


# UploadLayerPart


def test_a_part_tells_how_much_has_come(app):
    upload_id = app.start()
    answer = app.part(upload_id, b"12345", part_first_byte=0, part_last_byte=4)
    assert answer.last_byte_received == 4
    assert (answer.registry_id, answer.repository_name) == ("123456789012", "app")


def test_parts_follow_each_other(app):
    upload_id = sent(app, b"12345", b"678")
    assert described(app, upload_id).last_byte_received == 7


def test_the_id_of_an_upload_may_be_in_capitals(app):
    """The pattern of the service model allows both."""
    upload_id = app.start()
    answer = app.part(upload_id.upper(), b"12345", part_first_byte=0, part_last_byte=4)
    assert answer.upload_id == upload_id


@pytest.mark.parametrize("first", [0, 4, 6], ids=["again", "overlap", "gap"])
def test_a_part_that_does_not_follow_is_refused(app, first):
    upload_id = sent(app, b"12345")
    with pytest.raises(InvalidLayerPartError) as caught:
        app.part(upload_id, b"678", part_first_byte=first, part_last_byte=first + 2)
    assert caught.value.message == f"First byte of the layer part is {first} instead of 5"


def test_a_refused_part_tells_where_the_upload_stands(app):
    upload_id = sent(app, b"12345")
    with pytest.raises(InvalidLayerPartError) as caught:
        app.part(upload_id, b"678", part_first_byte=9, part_last_byte=11)
    error = caught.value
    assert (error.registry_id, error.repository_name) == ("123456789012", "app")
    assert (error.upload_id, error.last_valid_byte_received) == (upload_id, 4)


def test_before_the_first_part_the_last_byte_is_minus_one(app):
    """Inferred: reference api.md §6.3."""
    with pytest.raises(InvalidLayerPartError) as caught:
        app.part(app.start(), b"678", part_first_byte=9, part_last_byte=11)
    assert caught.value.last_valid_byte_received == -1


@pytest.mark.parametrize(
    ("content", "last"),
    [(b"678", 6), (b"678", 8), (b"678", 4), (b"678", 0), (b"", 5), (b"", 4)],
    ids=["longer", "shorter", "before first", "far before first", "empty", "empty before first"],
)
def test_a_part_that_is_not_as_long_as_its_range_is_refused(app, content, last):
    """A range that ends before it begins has no length (reference api.md §6.3)."""
    upload_id = sent(app, b"12345")
    with pytest.raises(InvalidLayerPartError):
        app.part(upload_id, content, part_first_byte=5, part_last_byte=last)


def test_while_a_part_comes_in_another_one_is_refused(app):
    upload_id = app.start()
    open_part(app.context(), repository_name="app", upload_id=upload_id).begin_part()
    with pytest.raises(InvalidLayerPartError):
        app(open_part, repository_name="app", upload_id=upload_id)


def test_an_upload_has_at_most_4200_parts(app):
    upload_id = app.start()
    set_upload(app, upload_id, parts=MAXIMUM_PARTS)
    with pytest.raises(LimitExceededError):
        app.part(upload_id, b"x", part_first_byte=0, part_last_byte=0)


def test_an_upload_has_any_number_of_streamed_parts(app):
    """Their size is no choice of the client's."""
    upload_id = app.start()
    set_upload(app, upload_id, parts=MAXIMUM_PARTS)
    assert app.part(upload_id, b"x").last_byte_received == 0


def test_a_layer_has_at_most_52000_mib(app):
    upload_id = app.start()
    content = open_part(app.context(), repository_name="app", upload_id=upload_id)
    content.size = MAXIMUM_LAYER_SIZE
    set_upload(app, upload_id, received=MAXIMUM_LAYER_SIZE)
    with pytest.raises(LimitExceededError):
        app.part(upload_id, b"x")


# CompleteLayerUpload


def test_a_completed_layer_is_known_by_its_digest(app):
    upload_id = sent(app, b"layer")
    answer = app.complete(upload_id, digest_of(b"layer"))
    assert (answer.layer_digest, answer.upload_id) == (digest_of(b"layer"), upload_id)
    assert (answer.registry_id, answer.repository_name) == ("123456789012", "app")


def test_a_layer_is_made_of_all_parts(app):
    upload_id = sent(app, b"x" * 5 * MIB, b"y")
    digest = digest_of(b"x" * 5 * MIB + b"y")
    assert app.complete(upload_id, digest).layer_digest == digest


def test_a_completed_layer_has_its_bytes(app):
    digest = app.upload(b"layer")
    assert b"".join(app.store.blobs.open(digest).chunks()) == b"layer"


def test_an_upload_without_parts_cannot_be_completed(app):
    upload_id = app.start()
    with pytest.raises(EmptyUploadError) as caught:
        app.complete(upload_id, digest_of(b""))
    assert caught.value.message == (
        f"The upload with id '{upload_id}' in the repository with name 'app' in registry with id "
        "'123456789012' cannot be completed because it does not have any parts"
    )


@pytest.mark.parametrize("parts", [(b"x", b"y"), (b"x" * (5 * MIB - 1), b"y")])
def test_only_the_last_part_may_be_below_5_mib(app, parts):
    upload_id = sent(app, *parts)
    with pytest.raises(LayerPartTooSmallError) as caught:
        app.complete(upload_id, digest_of(b"".join(parts)))
    assert caught.value.message == ("All layer parts except the last part should be at least 5MB")


def test_streamed_parts_may_be_small(app):
    upload_id = app.start()
    app.part(upload_id, b"x")
    app.part(upload_id, b"y")
    assert app.complete(upload_id, digest_of(b"xy")).layer_digest == digest_of(b"xy")


@pytest.mark.parametrize(
    "digests",
    [
        (digest_of(b"other"),),
        (digest_of(b"layer"), digest_of(b"other")),
        ("no digest",),
        (digest_of(b"layer")[:-1],),
    ],
)
def test_a_wrong_digest_is_refused(app, digests):
    """Inferred text: reference api.md §6.4; every sha256 one must match."""
    upload_id = sent(app, b"layer")
    with pytest.raises(InvalidLayerError):
        app.complete(upload_id, *digests)


def test_a_digest_of_another_algorithm_may_be_given_beside(app):
    """Inferred: reference api.md §6.4, they are digests of the same bytes."""
    upload_id = sent(app, b"layer")
    sha512 = "sha512:" + hashlib.sha512(b"layer").hexdigest()
    digest = digest_of(b"layer")
    assert app.complete(upload_id, digest, sha512).layer_digest == digest


def test_a_digest_may_be_in_capitals(app):
    upload_id = sent(app, b"layer")
    announced = "sha256:" + digest_of(b"layer")[7:].upper()
    assert app.complete(upload_id, announced).layer_digest == digest_of(b"layer")


def test_a_layer_that_the_repository_holds_is_refused(app):
    """Inferred text: reference api.md §6.4."""
    digest = app.upload(b"layer")
    with pytest.raises(LayerAlreadyExistsError):
        app.complete(sent(app, b"layer"), digest)


def test_a_layer_of_another_repository_is_uploaded_again_and_kept_once(app):
    digest = app.upload(b"layer")
    app.create("other").upload(b"layer", name="other")
    assert digest in app.state("other").blobs
    assert len(app.store.blobs) == 1


def test_a_refused_completion_leaves_the_upload_as_it_is(app):
    upload_id = sent(app, b"layer")
    with pytest.raises(InvalidLayerError):
        app.complete(upload_id, UNKNOWN)
    assert app.complete(upload_id, digest_of(b"layer")).upload_id == upload_id


def test_a_new_layer_waits_a_day_for_an_image(app):
    app.upload(b"layer")
    ((due, event),) = app.later
    assert (due, type(event)) == (START + DAY, LayerGraceEnded)
    assert (event.repository_name, event.layer_digest) == ("app", digest_of(b"layer"))


# BatchCheckLayerAvailability


def test_a_held_layer_is_available(app):
    digest = app.upload(b"layer")
    (layer,) = check(app, digest).layers
    assert (layer.layer_digest, layer.layer_availability) == (digest, "AVAILABLE")
    assert layer.layer_size == 5


def test_a_layer_that_no_manifest_names_has_the_type_of_a_docker_layer(app):
    """Inferred: reference api.md §6.5."""
    (layer,) = check(app, app.upload(b"layer")).layers
    assert layer.media_type == "application/vnd.docker.image.rootfs.diff.tar.gzip"


def test_a_layer_has_the_type_that_a_manifest_says(app):
    """A config blob is a layer too (reference api.md §6.5)."""
    app.push(b"layer")
    config, layer = check(app, CONFIG, digest_of(b"layer")).layers
    assert config.media_type == "application/vnd.oci.image.config.v1+json"
    assert layer.media_type == "application/vnd.oci.image.layer.v1.tar"


def test_an_unknown_layer_is_unavailable_and_no_failure(app):
    answer = check(app, UNKNOWN)
    (layer,) = answer.layers
    assert (layer.layer_digest, layer.layer_availability) == (UNKNOWN, "UNAVAILABLE")
    assert (layer.layer_size, layer.media_type, answer.failures) == (None, None, ())


def test_a_layer_of_another_repository_is_unavailable(app):
    digest = app.create("other").upload(b"layer", name="other")
    (layer,) = check(app, digest).layers
    assert layer.layer_availability == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("digest", "code"),
    [
        ("no digest", "InvalidLayerDigest"),
        ("sha256:xyz", "InvalidLayerDigest"),
        ("", "MissingLayerDigest"),
    ],
)
def test_what_is_no_digest_is_a_failure_entry(app, digest, code):
    """Inferred texts: reference api.md §6.5."""
    answer = check(app, digest)
    assert [(each.layer_digest, each.failure_code) for each in answer.failures] == [(digest, code)]
    assert answer.layers == ()


def test_a_digest_that_is_given_twice_is_one_entry(app):
    assert len(check(app, UNKNOWN, UNKNOWN).layers) == 1


# GetDownloadUrlForLayer


@pytest.mark.parametrize("digest", [digest_of(b"layer"), CONFIG])
def test_a_layer_of_an_image_can_be_fetched(app, digest):
    """A config too (reference api.md §6.6)."""
    app.push(b"layer")
    answer = download(app, digest)
    assert answer.layer_digest == digest
    assert answer.download_url.startswith("https://")


def test_an_unknown_layer_cannot_be_fetched(app):
    """Inferred text: reference api.md §24."""
    with pytest.raises(LayerNotFoundError):
        download(app, UNKNOWN)


def test_a_layer_of_no_image_cannot_be_fetched(app):
    """Inferred text: reference api.md §6.6."""
    digest = app.upload(b"layer")
    with pytest.raises(LayerInaccessibleError):
        download(app, digest)


def test_a_layer_of_another_repository_cannot_be_fetched(app):
    app.create("other").push(b"layer", name="other")
    with pytest.raises(LayerNotFoundError):
        download(app, digest_of(b"layer"))


# What the registry door and ECR itself do


def test_an_upload_without_parts_stands_at_minus_one(app):
    assert described(app, app.start()).last_byte_received == -1


def test_the_bytes_of_a_cancelled_upload_are_freed(app):
    cancel(app, sent(app, b"layer"))
    assert app.store.blobs.usage.memory == 0


def expire(app, upload_id):
    app(expire_layer_upload, repository_name="app", upload_id=upload_id)


def test_an_expired_upload_is_gone(app):
    upload_id = sent(app, b"layer")
    expire(app, upload_id)
    with pytest.raises(UploadNotFoundError):
        described(app, upload_id)


def test_the_bytes_of_an_expired_upload_are_freed(app):
    expire(app, sent(app, b"layer"))
    assert app.store.blobs.usage.memory == 0


def test_expiring_an_upload_that_was_finished_does_nothing(app):
    upload_id = sent(app, b"layer")
    digest = app.complete(upload_id, digest_of(b"layer")).layer_digest
    expire(app, upload_id)
    assert digest in app.state().blobs


def drop(app, digest):
    app(drop_unclaimed_layer, repository_name="app", layer_digest=digest)


def test_a_layer_that_no_image_claimed_in_a_day_is_dropped(app):
    digest = app.upload(b"layer")
    app.clock.advance(DAY)
    drop(app, digest)
    assert digest not in app.state().blobs


def test_a_layer_is_not_dropped_before_its_day_is_over(app):
    digest = app.upload(b"layer")
    app.clock.advance(DAY - timedelta(milliseconds=1))
    drop(app, digest)
    assert digest in app.state().blobs


def test_a_layer_of_an_image_is_not_dropped(app):
    app.push(b"layer")
    app.clock.advance(DAY)
    drop(app, digest_of(b"layer"))
    assert digest_of(b"layer") in app.state().blobs


def test_dropping_a_layer_that_is_gone_does_nothing(app):
    drop(app, UNKNOWN)
    assert app.events == ()
