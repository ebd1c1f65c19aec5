"""Images by the Python door: pushed, pulled and told. Source: DESIGN.md section 4."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.handle import Ecr
from ecrmock.rules.image_building import BuiltImage, build_image
from ecrmock.values.authorization import AccessKey, LayerUrlError
from ecrmock.values.errors import EcrError
from ecrmock.values.images import (
    ImageIdentifier,
    ImageNotFoundError,
    ImageTagAlreadyExistsError,
)
from ecrmock.values.manifests import OCI_INDEX
from ecrmock.values.names import sha256_of
from ecrmock.values.settings import Settings


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


@pytest.mark.parametrize("name", ["a", "Team/app", "team//app", "a" * 257])
def test_a_name_that_the_api_refuses_makes_no_repository(handle, ask, name):
    with pytest.raises(ValueError, match="cannot name a repository"):
        handle.push_image(name, tag="1.0")
    assert ask("DescribeRepositories").repositories == ()


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


def test_a_push_meets_the_errors_of_the_api(handle, ask):
    ask("CreateRepository", repository_name="team/app", image_tag_mutability="IMMUTABLE")
    handle.push_image("team/app", tag="1.0", layers=[b"one"])
    with pytest.raises(ImageTagAlreadyExistsError):
        handle.push_image("team/app", tag="1.0", layers=[b"two"])


def test_an_image_that_is_there_may_be_pushed_again(handle):
    """As docker may: it is what was asked for."""
    pushed = [handle.push_image("team/app", tag="1.0", layers=[b"same"]) for _ in range(2)]
    assert pushed[0] == pushed[1]


def test_a_push_moves_a_tag(handle):
    handle.push_image("team/app", tag="1.0", layers=[b"one"])
    second = handle.push_image("team/app", tag="1.0", layers=[b"two"])
    assert handle.pull("team/app", "1.0").digest == second.image_digest


def test_a_layer_may_be_a_file(handle, tmp_path):
    (tmp_path / "layer.tar").write_bytes(tar("a"))
    handle.push_image("team/app", tag="1", layers=[tmp_path / "layer.tar"])
    assert handle.pull("team/app", "1").blobs[1] == tar("a")


def test_a_file_that_is_not_there_makes_no_repository(handle, ask, tmp_path):
    with pytest.raises(FileNotFoundError):
        handle.push_image("team/app", layers=[tmp_path / "no"])
    assert ask("DescribeRepositories").repositories == ()


def test_a_layer_may_be_the_files_that_it_is_made_of(handle):
    handle.push_image("team/app", tag="1", layers=[{"etc/app": b"text"}])
    with tarfile.open(fileobj=io.BytesIO(handle.pull("team/app", "1").blobs[1])) as archive:
        assert archive.extractfile("etc/app").read() == b"text"


def test_layers_may_be_given_in_every_form_at_once(handle, tmp_path):
    (tmp_path / "layer.tar").write_bytes(tar("a"))
    handle.push_image("app", tag="1", layers=[b"bytes", tmp_path / "layer.tar", {"name": b""}])
    assert len(handle.pull("app", "1").blobs) == 4


def test_an_image_is_for_the_platform_that_it_is_pushed_for(handle):
    handle.push_image("team/app", tag="1", platform="linux/arm/v7")
    config = json.loads(handle.pull("team/app", "1").blobs[0])
    assert (config["os"], config["architecture"], config["variant"]) == ("linux", "arm", "v7")


def test_a_platform_of_another_form_is_refused(handle):
    with pytest.raises(ValueError, match="linux/amd64"):
        handle.push_image("team/app", platform="linux")


@pytest.mark.parametrize("by", ["image_tag", "image_digest"])
def test_layers_go_on_top_of_a_base(handle, by):
    base = handle.push_image("team/app", tag="base", layers=[b"below"])
    handle.push_image("team/app", tag="1", base=getattr(base, by), layers=[b"above"])
    assert handle.pull("team/app", "1").blobs[1:] == (b"below", b"above")


def test_a_base_that_is_not_there_is_refused(handle):
    handle.push_image("team/app")
    with pytest.raises(ImageNotFoundError):
        handle.push_image("team/app", base="no", layers=[b"above"])


# push_image, from files


def docker_archive(path: Path, *names: str) -> Path:
    """Write what ``docker save`` writes: an image of one layer for each name."""
    entries, files = [], {}
    for name in names:
        files |= {f"{name}.json": b"{}", f"{name}.tar": name.encode()}
        entry = {"Config": f"{name}.json", "RepoTags": [f"{name}:1"], "Layers": [f"{name}.tar"]}
        entries.append(entry)
    files["manifest.json"] = json.dumps(entries).encode()
    (path / "saved.tar").write_bytes(build_image([files]).blobs[1])
    return path / "saved.tar"


def oci_layout(path: Path, image: BuiltImage) -> Path:
    text = image.manifest.encode()
    descriptor = {"mediaType": image.media_type, "digest": image.digest, "size": len(text)}
    (path / "blobs/sha256").mkdir(parents=True)
    for content in (text, *image.blobs):
        (path / "blobs/sha256" / sha256_of(content).partition(":")[2]).write_bytes(content)
    (path / "index.json").write_text(json.dumps({"manifests": [descriptor]}))
    return path


def test_an_oci_layout_can_be_pushed(handle, tmp_path):
    image = build_image([b"layer"])
    pushed = handle.push_image("team/app", tag="1", source=oci_layout(tmp_path, image))
    assert pushed == ImageIdentifier(image_digest=image.digest, image_tag="1")
    assert handle.pull("team/app", "1") == image


def test_an_archive_of_docker_can_be_pushed(handle, tmp_path):
    handle.push_image("team/app", tag="1", source=docker_archive(tmp_path, "app"))
    assert handle.pull("team/app", "1").blobs == (b"{}", b"app")


def test_an_archive_with_several_images_is_refused(handle, tmp_path):
    with pytest.raises(ValueError, match="2 images, not one; it names: app:1, other:1"):
        handle.push_image("team/app", source=docker_archive(tmp_path, "app", "other"))


def test_a_file_that_is_no_image_is_refused(handle, tmp_path):
    (tmp_path / "file").write_bytes(b"text")
    with pytest.raises(ValueError, match="neither an OCI layout folder nor a tar archive"):
        handle.push_image("team/app", source=tmp_path / "file")


# push_index


@pytest.fixture
def platforms(handle):
    """Two images, by tag and by digest, for a platform each."""
    handle.push_image("team/app", tag="amd64", platform="linux/amd64")
    arm = handle.push_image("team/app", platform="linux/arm64")
    return {"linux/amd64": "amd64", "linux/arm64": arm.image_digest}


def test_an_index_lists_its_images(handle, platforms):
    handle.push_index("team/app", platforms, tag="1")
    index = handle.pull("team/app", "1")
    assert (index.media_type, index.blobs) == (OCI_INDEX, ())
    assert [child.digest for child in index.children] == [
        handle.pull("team/app", reference).digest for reference in platforms.values()
    ]


def test_an_index_names_the_platforms_of_its_images(handle, platforms):
    handle.push_index("team/app", platforms, tag="1")
    listed = json.loads(handle.pull("team/app", "1").manifest)["manifests"]
    assert [child["platform"]["architecture"] for child in listed] == ["amd64", "arm64"]


def test_an_index_of_an_image_that_is_not_there_is_refused(handle, platforms):
    with pytest.raises(ImageNotFoundError):
        handle.push_index("team/app", {"linux/amd64": "no"})


def test_an_index_for_a_platform_of_another_form_is_refused(handle, platforms):
    with pytest.raises(ValueError, match="linux/amd64"):
        handle.push_index("team/app", {"linux": "amd64"})


def test_an_index_is_no_base(handle, platforms):
    handle.push_index("team/app", platforms, tag="1")
    with pytest.raises(ValueError, match="an index is no base"):
        handle.push_image("team/app", base="1", layers=[b"above"])


def test_listing_an_image_in_an_index_is_no_pull(handle, platforms):
    handle.push_index("team/app", platforms)
    assert {detail.last_recorded_pull_time for detail in handle.images("team/app")} == {None}


# push_artifact


def test_an_artifact_has_its_type_and_its_contents(handle):
    pushed = handle.push_artifact("app", "application/spdx+json", contents=[b"sbom"], tag="sbom")
    artifact = handle.pull("app", pushed.image_digest)
    assert json.loads(artifact.manifest)["artifactType"] == "application/spdx+json"
    assert artifact.blobs == (b"{}", b"sbom")


@pytest.mark.parametrize("by", ["image_tag", "image_digest"])
def test_an_artifact_is_about_its_subject(handle, by):
    image = handle.push_image("app", tag="1")
    pushed = handle.push_artifact("app", "application/x", subject=getattr(image, by))
    subject = json.loads(handle.pull("app", pushed.image_digest).manifest)["subject"]
    assert subject["digest"] == image.image_digest


def test_an_artifact_about_an_image_is_an_event_of_its_own(handle):
    handle.push_image("app", tag="1")
    handle.push_artifact("app", "application/x", subject="1")
    assert [event["detail-type"] for event in handle.events[-1:]] == ["ECR Referrer Action"]


def test_an_artifact_may_have_annotations(handle):
    pushed = handle.push_artifact("app", "application/x", annotations={"a": "b"})
    manifest = json.loads(handle.pull("app", pushed.image_digest).manifest)
    assert manifest["annotations"] == {"a": "b"}


def test_an_artifact_about_nothing_that_is_there_is_refused(handle):
    handle.push_image("app")
    with pytest.raises(ImageNotFoundError):
        handle.push_artifact("app", "application/x", subject="no")


def test_an_artifact_can_be_listed_in_an_index(handle):
    pushed = handle.push_artifact("app", "application/x")
    handle.push_index("app", {"linux/amd64": pushed.image_digest}, tag="1")
    (listed,) = json.loads(handle.pull("app", "1").manifest)["manifests"]
    assert listed["artifactType"] == "application/x"


# images, pull, fetch


def test_all_images_are_told(handle):
    pushed = {handle.push_image("app", layers=[tag.encode()], tag=tag) for tag in ("a", "b")}
    details = handle.images("app")
    assert {(detail.image_digest, *detail.image_tags) for detail in details} == {
        (image.image_digest, image.image_tag) for image in pushed
    }


def test_images_are_told_beyond_the_first_page():
    """A page has at most a thousand."""
    handle = Ecr(Backend(Settings(require_layers=False)))
    for number in range(1001):
        handle.push_artifact("app", "application/x", annotations={"number": str(number)})
    assert len({detail.image_digest for detail in handle.images("app")}) == 1001


def test_the_images_of_no_repository_are_an_error(handle):
    with pytest.raises(EcrError, match="does not exist"):
        handle.images("no")


@pytest.mark.parametrize("by", ["image_tag", "image_digest"])
def test_what_is_pulled_is_what_was_pushed(handle, by):
    layers = [tar("a"), gzip.compress(tar("b")), bytes(range(256)) * 10_000]
    pushed = handle.push_image("app", tag="1", layers=layers)
    pulled = handle.pull("app", getattr(pushed, by))
    assert (pulled.blobs[1:], pulled.digest) == (tuple(layers), pushed.image_digest)


def test_a_pull_is_recorded_on_the_image(handle):
    handle.push_image("app", tag="1")
    handle.pull("app", "1")
    (detail,) = handle.images("app")
    assert detail.last_recorded_pull_time is not None


@pytest.mark.parametrize("reference", ["no", "sha256:" + "0" * 64])
def test_an_image_that_is_not_there_cannot_be_pulled(handle, reference):
    handle.push_image("app")
    with pytest.raises(ImageNotFoundError):
        handle.pull("app", reference)


@pytest.fixture
def url(handle, ask):
    """The URL of the layer of a pushed image."""
    handle.push_image("app", tag="1", layers=[b"layer"])
    digest = sha256_of(b"layer")
    answer = ask("GetDownloadUrlForLayer", repository_name="app", layer_digest=digest)
    return answer.download_url


def test_a_url_is_fetched_without_a_network(handle, url):
    assert url.startswith("https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.")
    assert handle.fetch(url) == b"layer"


def test_a_url_cannot_be_fetched_after_its_hour(handle, url):
    handle.clock.advance(hours=1)
    with pytest.raises(LayerUrlError, match="Request has expired"):
        handle.fetch(url)


def test_a_url_that_was_forged_cannot_be_fetched(handle, url):
    with pytest.raises(LayerUrlError, match="Access Denied"):
        handle.fetch(url.replace(sha256_of(b"layer"), sha256_of(b"other")))


@pytest.mark.parametrize("foreign", ["", "https://example.com/layer", "/etc/passwd"])
def test_a_url_of_somebody_elses_cannot_be_fetched(handle, foreign):
    with pytest.raises(LayerUrlError, match="Access Denied"):
        handle.fetch(foreign)


def test_a_url_of_another_backend_cannot_be_fetched(url):
    with pytest.raises(LayerUrlError, match="Access Denied"):
        Ecr(Backend()).fetch(url)
