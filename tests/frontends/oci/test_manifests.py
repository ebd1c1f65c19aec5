"""Manifests: PUT, GET, HEAD, DELETE. Source: reference registry.md §7, §8, §13, §19."""

from datetime import timedelta
from typing import Any

import pytest

from tests.frontends.oci.conftest import (
    ACCOUNT,
    API_VERSION,
    OCI_INDEX,
    OCI_MANIFEST,
    Registry,
    StreamBody,
    descriptor,
    digest_of,
    error_of,
    index_of,
    manifest_of,
    message_of,
)

LIMIT = 4 * 1024 * 1024
MANIFEST = manifest_of(b"layer")
DIGEST = digest_of(MANIFEST)
UNKNOWN = "sha256:" + "0" * 64
SYNTAX = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'"


@pytest.fixture
def blobs(registry: Registry) -> Registry:
    """A registry with the blobs of an image that nobody has pushed yet."""
    for blob in (b"{}", b"layer"):
        registry.upload(blob)
    return registry


@pytest.fixture
def pushed(registry: Registry) -> Registry:
    """A registry with the image ``app:1.0``."""
    registry.push(b"layer", "1.0")
    return registry


def immutable(registry: Registry) -> Registry:
    parameters = {"repository_name": "app", "image_tag_mutability": "IMMUTABLE"}
    registry.call("PutImageTagMutability", **parameters)
    return registry


def pull_time(registry: Registry) -> Any:
    (detail,) = registry.call("DescribeImages", repository_name="app").image_details
    return detail.last_recorded_pull_time


@pytest.mark.parametrize("reference", ["1.0", DIGEST, DIGEST.replace(":", "%3A")])
def test_a_manifest_is_put_by_tag_and_by_digest(blobs: Registry, reference: str) -> None:
    """ECR sends no ``Location``. Source: reference registry.md §7."""
    response = blobs.put(MANIFEST, reference)
    headers = {"Docker-Content-Digest": DIGEST} | API_VERSION
    assert (response.status, response.headers, response.body) == (201, headers, b"")


def test_a_manifest_put_by_digest_has_no_tag(blobs: Registry) -> None:
    blobs.put(MANIFEST, DIGEST)
    (image_id,) = blobs.call("ListImages", repository_name="app").image_ids
    assert (image_id.image_digest, image_id.image_tag) == (DIGEST, None)


def test_a_manifest_has_the_digest_that_it_is_put_by(blobs: Registry) -> None:
    """Source: reference registry.md §3.3."""
    response = blobs.put(MANIFEST, UNKNOWN)
    text = (
        f"The image with digest '{UNKNOWN}' in repository 'app' and registry ID '{ACCOUNT}' "
        "does not match the image digest that Amazon ECR has calculated."
    )
    assert (error_of(response), message_of(response)) == ((400, "MANIFEST_INVALID"), text)


def test_a_manifest_needs_its_layers(registry: Registry) -> None:
    assert error_of(registry.put(MANIFEST, "1.0")) == (400, "MANIFEST_BLOB_UNKNOWN")


def test_an_index_needs_its_manifests(registry: Registry) -> None:
    """Source: reference registry.md §3.3."""
    children = [manifest_of(b"1"), manifest_of(b"2")]
    response = registry.put(index_of(*children), "1.0")
    text = (
        f"Images with digests '[{digest_of(children[0])}, {digest_of(children[1])}]' required for "
        f"pushing image into repository with name 'app' in the registry with id '{ACCOUNT}' "
        "do not exist"
    )
    assert (error_of(response)[1], message_of(response)) == ("MANIFEST_BLOB_UNKNOWN", text)


def test_an_index_of_pushed_manifests_is_taken(pushed: Registry) -> None:
    assert pushed.put(index_of(MANIFEST), "all").status == 201


def test_a_subject_need_not_be_there(blobs: Registry) -> None:
    """Source: reference registry.md §7."""
    manifest = manifest_of(b"layer", subject=descriptor(OCI_MANIFEST, b"elsewhere"))
    assert blobs.put(manifest, "1.0").status == 201


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'{"schemaVersion":2}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"schemaVersion":' + b"1" * 5000 + b"}",
        b'"\\ud800"',
    ],
    ids=range(11),
)
def test_what_is_no_manifest_is_unsupported(registry: Registry, body: bytes) -> None:
    """Source: reference registry.md §3.3."""
    response = registry.put(body, "1.0")
    assert (error_of(response), message_of(response)) == ((405, "UNSUPPORTED"), SYNTAX)


def padded(size: int) -> bytes:
    return MANIFEST + b" " * (size - len(MANIFEST))


def test_a_manifest_may_have_4_mib(blobs: Registry) -> None:
    """Source: reference registry.md §7."""
    assert blobs.put(padded(LIMIT), "1.0").status == 201


@pytest.mark.parametrize(
    "body",
    [padded(LIMIT + 1), StreamBody([padded(LIMIT), b" "])],
    ids=["sized", "chunked"],
)
def test_a_manifest_may_not_have_more(blobs: Registry, body: Any) -> None:
    assert error_of(blobs.put(body, "1.0")) == (413, "SIZE_INVALID")


def without_media_type() -> bytes:
    return MANIFEST.replace(f'"mediaType": "{OCI_MANIFEST}", '.encode(), b"")


@pytest.mark.parametrize("content_type", [OCI_MANIFEST, f"{OCI_MANIFEST}; charset=utf-8"])
def test_the_media_type_is_that_of_the_header(blobs: Registry, content_type: str) -> None:
    """Parameters after ``;`` are ignored. Source: reference registry.md §7."""
    path = "/v2/app/manifests/1.0"
    blobs("PUT", path, without_media_type(), Content_Type=content_type)
    assert blobs("GET", path).headers["Content-Type"] == OCI_MANIFEST


def test_a_manifest_without_a_media_type_anywhere_is_unsupported(blobs: Registry) -> None:
    """Source: reference registry.md §7."""
    response = blobs.put(without_media_type(), "1.0")
    assert (error_of(response), message_of(response)) == ((405, "UNSUPPORTED"), SYNTAX)


def test_a_header_that_contradicts_the_manifest_is_unsupported(blobs: Registry) -> None:
    response = blobs("PUT", "/v2/app/manifests/1.0", MANIFEST, Content_Type=OCI_INDEX)
    assert error_of(response) == (405, "UNSUPPORTED")


@pytest.mark.parametrize("reference", ["1.0", DIGEST])
def test_the_same_push_again_is_no_error(pushed: Registry, reference: str) -> None:
    """It is one in the API. Source: reference registry.md §3.4."""
    assert pushed.put(MANIFEST, reference).status == 201


def test_the_same_push_again_is_no_error_in_an_immutable_repository(pushed: Registry) -> None:
    """Inferred: reference registry.md §7."""
    assert immutable(pushed).put(MANIFEST, "1.0").status == 201


def test_the_same_push_again_is_no_event(pushed: Registry) -> None:
    """Source: reference registry.md §7."""
    pushed.put(MANIFEST, "1.0")
    assert len(pushed.backend.events()) == 1


def test_an_immutable_tag_does_not_move(pushed: Registry) -> None:
    """Source: reference registry.md §3.3."""
    pushed.upload(b"other")
    response = immutable(pushed).put(manifest_of(b"other"), "1.0")
    text = (
        "The image tag '1.0' already exists in the 'app' repository "
        "and cannot be overwritten because the tag is immutable."
    )
    assert (error_of(response), message_of(response)) == ((400, "TAG_INVALID"), text)


@pytest.mark.parametrize("tag", ["a%2fb", "a%20b", "%C3%A4", "a" * 301, "%00"])
def test_what_cannot_be_a_tag_is_unsupported(blobs: Registry, tag: str) -> None:
    """Source: reference registry.md §3.3, other parameter violations."""
    assert error_of(blobs.put(MANIFEST, tag)) == (405, "UNSUPPORTED")


@pytest.mark.parametrize("reference", ["1.0", DIGEST])
def test_get_sends_the_manifest_without_its_digest(pushed: Registry, reference: str) -> None:
    """ECR leaves ``Docker-Content-Digest`` out. Source: reference registry.md §4.1."""
    response = pushed("GET", f"/v2/app/manifests/{reference}")
    headers = {"Content-Type": OCI_MANIFEST} | API_VERSION
    assert (response.status, response.headers, response.body) == (200, headers, MANIFEST)


@pytest.mark.parametrize("reference", ["1.0", DIGEST])
def test_head_describes_the_manifest(pushed: Registry, reference: str) -> None:
    """With an empty ``Sizes``. Source: reference registry.md §4."""
    headers = {"Content-Type": OCI_MANIFEST, "Docker-Content-Digest": DIGEST, "Sizes": ""}
    response = pushed("HEAD", f"/v2/app/manifests/{reference}")
    assert (response.status, response.headers) == (200, headers | API_VERSION)


def test_head_of_a_manifest_has_the_length_and_no_body(pushed: Registry) -> None:
    response = pushed("HEAD", "/v2/app/manifests/1.0")
    assert (response.body, response.length) == (b"", len(MANIFEST))


def test_a_manifest_comes_back_byte_for_byte(blobs: Registry) -> None:
    manifest = (
        b"\n " + manifest_of(b"layer", annotations={"name": "\u00e4\u20ac\U0001f433"}) + b"\n"
    )
    blobs.put(manifest, "1.0")
    assert blobs("GET", "/v2/app/manifests/1.0").body == manifest


def test_a_length_is_in_bytes_also_when_the_manifest_has_other_characters(blobs: Registry) -> None:
    manifest = manifest_of(b"layer", annotations={"name": "\u20ac"})
    blobs.put(manifest, "1.0")
    assert blobs("HEAD", "/v2/app/manifests/1.0").length == len(manifest)


@pytest.mark.parametrize("accept", ["", OCI_INDEX, "*/*", f"{OCI_INDEX}, {OCI_MANIFEST};q=0.5"])
def test_what_is_accepted_changes_nothing(pushed: Registry, accept: str) -> None:
    """The stored manifest is sent. Source: reference registry.md §8."""
    assert pushed("GET", "/v2/app/manifests/1.0", Accept=accept).body == MANIFEST


@pytest.mark.parametrize("reference", ["gone", UNKNOWN])
def test_an_unknown_manifest_is_404(pushed: Registry, reference: str) -> None:
    """Source: reference registry.md §3.3."""
    response = pushed("GET", f"/v2/app/manifests/{reference}")
    expected = ((404, "MANIFEST_UNKNOWN"), "Requested image not found")
    assert (error_of(response), message_of(response)) == expected


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("digest", ["sha256:0", "sha512:" + "0" * 128, "a:b", ":", "sha256:"])
def test_a_digest_that_ecr_cannot_have_is_invalid(
    blobs: Registry, method: str, digest: str
) -> None:
    """Source: reference registry.md §8."""
    response = blobs(method, f"/v2/app/manifests/{digest}", MANIFEST)
    assert error_of(response) == (400, "DIGEST_INVALID")


def test_get_is_a_pull(pushed: Registry) -> None:
    """Source: reference registry.md §8."""
    pushed.clock.advance(timedelta(hours=1))
    pushed("GET", "/v2/app/manifests/1.0")
    assert pull_time(pushed) == pushed.clock.now()


def test_head_is_no_pull(pushed: Registry) -> None:
    """Inferred: reference registry.md §8."""
    pushed("HEAD", "/v2/app/manifests/1.0")
    assert pull_time(pushed) is None


@pytest.mark.parametrize("reference", ["1.0", DIGEST])
def test_an_image_is_deleted_by_tag_and_by_digest(pushed: Registry, reference: str) -> None:
    """By its last tag, that is. Source: reference registry.md §13."""
    response = pushed("DELETE", f"/v2/app/manifests/{reference}")
    left = pushed.call("ListImages", repository_name="app").image_ids
    assert (response.status, response.body, left) == (202, b"", ())


def test_an_image_keeps_its_other_tags(pushed: Registry) -> None:
    pushed.put(MANIFEST, "latest")
    pushed("DELETE", "/v2/app/manifests/1.0")
    assert pushed("GET", "/v2/app/manifests/latest").status == 200


@pytest.mark.parametrize("reference", ["gone", UNKNOWN])
def test_an_unknown_image_cannot_be_deleted(pushed: Registry, reference: str) -> None:
    response = pushed("DELETE", f"/v2/app/manifests/{reference}")
    assert error_of(response) == (404, "MANIFEST_UNKNOWN")


@pytest.mark.parametrize("reference", ["1.0", DIGEST])
def test_an_image_of_an_index_cannot_be_deleted(pushed: Registry, reference: str) -> None:
    """Source: reference registry.md §3.3."""
    index = index_of(MANIFEST)
    pushed.put(index, "all")
    response = pushed("DELETE", f"/v2/app/manifests/{reference}")
    text = f"Requested image referenced by manifest list: [{digest_of(index)}]"
    assert (error_of(response), message_of(response)) == ((405, "UNSUPPORTED"), text)
