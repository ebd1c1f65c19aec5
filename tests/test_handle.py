"""The Python door, what ``mock_ecr`` hands out. Source: DESIGN.md section 4."""

import gzip
import io
import json
import tarfile
from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.handle import Ecr
from ecrmock.values.authorization import AccessKey
from ecrmock.values.images import ImageAlreadyExistsError, ImageIdentifier
from ecrmock.values.names import sha256_of
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def backend() -> Backend:
    return Backend(Settings(account="111122223333", region="eu-west-1"), clock=Clock(START))


@pytest.fixture
def handle(backend: Backend) -> Ecr:
    return Ecr(backend)


@pytest.fixture
def ask(backend: Backend, handle: Ecr):
    """Make a call of the account that the handle stands for."""

    def ask(operation, **parameters):
        call = Call(
            service="ecr",
            operation=operation,
            parameters=parameters,
            credentials=AccessKey(handle.account),
            region=handle.region,
            request_id="request",
        )
        return backend.dispatcher.dispatch(call)

    return ask


@pytest.fixture
def manifest_of(ask):
    """Return the manifest of a pushed image as a document."""

    def manifest_of(image_id, repository="team/app"):
        found = ask("BatchGetImage", repository_name=repository, image_ids=(image_id,))
        return json.loads(found.images[0].image_manifest)

    return manifest_of


@pytest.fixture
def bytes_of(backend, handle, ask):
    """Return the bytes of a blob that an image of ``team/app`` names."""

    def bytes_of(digest):
        parameters = {"repository_name": "team/app", "layer_digest": digest}
        call = Call(
            service="ecr",
            operation="GetDownloadUrlForLayer",
            parameters=parameters,
            credentials=AccessKey(handle.account),
            region=handle.region,
            request_id="request",
        )
        return b"".join(backend.dispatcher.open(call).chunks())

    return bytes_of


def test_the_handle_tells_account_and_region(handle):
    assert (handle.account, handle.region) == ("111122223333", "eu-west-1")


# push_image


def test_a_pushed_image_is_known_by_its_digest_and_tag(handle, ask):
    image_id = handle.push_image("team/app", tag="1.0")
    assert image_id.image_tag == "1.0"
    assert ask("ListImages", repository_name="team/app").image_ids == (image_id,)


def test_an_image_can_be_pushed_without_a_tag(handle, ask):
    digest = handle.push_image("team/app").image_digest
    listed = ask("ListImages", repository_name="team/app").image_ids
    assert listed == (ImageIdentifier(image_digest=digest),)


def test_a_missing_repository_is_made(handle, ask):
    handle.push_image("team/app")
    (repository,) = ask("DescribeRepositories").repositories
    assert repository.repository_name == "team/app"


def test_a_repository_that_is_there_is_used(handle, ask):
    ask("CreateRepository", repository_name="team/app", image_tag_mutability="IMMUTABLE")
    handle.push_image("team/app")
    (repository,) = ask("DescribeRepositories").repositories
    assert repository.image_tag_mutability == "IMMUTABLE"


def test_the_layers_are_stored_as_they_are(handle, manifest_of, bytes_of):
    contents = [tar("a"), gzip.compress(tar("b"))]
    manifest = manifest_of(handle.push_image("team/app", layers=contents))
    assert [bytes_of(layer["digest"]) for layer in manifest["layers"]] == contents


def tar(name: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    return file.getvalue()


@pytest.mark.parametrize(
    ("layer", "media_type"),
    [
        (tar("a"), "application/vnd.oci.image.layer.v1.tar"),
        (gzip.compress(tar("a")), "application/vnd.oci.image.layer.v1.tar+gzip"),
    ],
    ids=["tar", "gzip"],
)
def test_a_layer_has_the_media_type_of_its_bytes(handle, manifest_of, layer, media_type):
    """Source: OCI image spec, "layer"."""
    manifest = manifest_of(handle.push_image("team/app", layers=[layer]))
    assert [each["mediaType"] for each in manifest["layers"]] == [media_type]


def test_an_image_without_layers_gets_one_that_is_a_tar_file(handle, manifest_of, bytes_of):
    (layer,) = manifest_of(handle.push_image("team/app"))["layers"]
    with tarfile.open(fileobj=io.BytesIO(bytes_of(layer["digest"]))) as archive:
        assert len(archive.getnames()) == 1


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["tar", "gzip"])
def test_the_config_names_the_unpacked_layers(handle, manifest_of, bytes_of, pack):
    """Source: OCI image spec, "image configuration", ``rootfs.diff_ids``."""
    manifest = manifest_of(handle.push_image("team/app", layers=[pack(tar("a"))]))
    config = json.loads(bytes_of(manifest["config"]["digest"]))
    assert config["rootfs"]["diff_ids"] == [sha256_of(tar("a"))]


def test_bytes_that_only_begin_like_gzip_can_be_pushed(handle, manifest_of):
    manifest = manifest_of(handle.push_image("team/app", layers=[b"\x1f\x8bnot really"]))
    assert len(manifest["layers"]) == 1


def test_images_may_share_layers(handle, backend):
    handle.push_image("team/app", tag="1", layers=[b"base", b"one"])
    handle.push_image("team/app", tag="2", layers=[b"base", b"two"])
    assert backend.usage()["blobs"] == 5


def test_an_image_may_have_the_same_layer_twice(handle, manifest_of):
    manifest = manifest_of(handle.push_image("team/app", layers=[b"same", b"same"]))
    assert len(manifest["layers"]) == 2


def test_pushing_leaves_no_upload_behind(handle, backend):
    handle.push_image("team/app", tag="1", layers=[b"base"])
    handle.push_image("team/app", tag="2", layers=[b"base"])
    registry = backend.state()["111122223333"]["eu-west-1"]
    assert [repository["uploads"] for repository in registry["repositories"]] == [[]]


def test_a_push_meets_the_errors_of_the_api(handle):
    handle.push_image("team/app", tag="1.0")
    with pytest.raises(ImageAlreadyExistsError):
        handle.push_image("team/app", tag="1.0")


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


# The clock


def test_the_clock_tells_the_time_of_the_backend(handle):
    assert handle.clock.now() == START


@pytest.mark.parametrize(
    ("span", "later"),
    [
        ({"days": 30}, timedelta(days=30)),
        ({"hours": 5}, timedelta(hours=5)),
        ({"seconds": 1.5}, timedelta(seconds=1.5)),
        ({"days": 1, "hours": 1, "seconds": 1}, timedelta(days=1, hours=1, seconds=1)),
    ],
)
def test_the_clock_can_be_moved_forward(handle, span, later):
    handle.clock.advance(**span)
    assert handle.clock.now() == START + later


def test_the_clock_can_be_set(handle):
    time = datetime(2030, 1, 1, tzinfo=UTC)
    handle.clock.set(time)
    assert handle.clock.now() == time


def test_the_clock_needs_a_time_zone(handle):
    with pytest.raises(ValueError, match="time zone"):
        handle.clock.set(datetime(2030, 1, 1))


def test_the_clock_stands_still_until_it_goes_on(handle, backend):
    handle.clock.resume()
    assert not backend.world.clock.frozen
    handle.clock.freeze()
    assert handle.clock.now() == handle.clock.now()


@pytest.mark.parametrize("move", ["advance", "set"])
def test_what_falls_due_is_done_when_the_clock_moves(handle, ask, backend, move):
    ask("CreateRepository", repository_name="app")
    ask("InitiateLayerUpload", repository_name="app")
    if move == "advance":
        handle.clock.advance(days=1)
    else:
        handle.clock.set(START + timedelta(days=1))
    assert handle.calls[-1].caller.arn == "ecr.amazonaws.com"


def test_what_is_due_can_be_done_on_request(handle, ask, backend):
    ask("CreateRepository", repository_name="app")
    ask("InitiateLayerUpload", repository_name="app")
    backend.world.clock.advance(timedelta(days=1))
    handle.settle()
    assert handle.calls[-1].caller.arn == "ecr.amazonaws.com"
