"""Blobs: HEAD, GET and ranges. Source: reference registry.md §6, §19."""

import pytest

from tests.frontends.oci.conftest import (
    API_VERSION,
    EMPTY,
    Registry,
    content_of,
    digest_of,
    error_of,
    manifest_of,
)

BLOB = b"0123456789"
PATH = f"/v2/app/blobs/{digest_of(BLOB)}"
UNKNOWN = f"/v2/app/blobs/sha256:{'0' * 64}"


@pytest.fixture
def pushed(registry: Registry) -> Registry:
    """A registry with an image whose layer has ten bytes."""
    registry.push(BLOB, "1.0")
    return registry


def test_head_tells_the_length_and_no_bytes(pushed: Registry) -> None:
    response = pushed("HEAD", PATH)
    assert (response.status, response.body, response.length) == (200, b"", 10)


def test_head_says_the_type_of_a_docker_config_whatever_the_blob_is(pushed: Registry) -> None:
    """Source: reference registry.md §6."""
    expected = {
        "Content-Type": "application/vnd.docker.container.image.v1+json",
        "Docker-Content-Digest": digest_of(BLOB),
        "Accept-Ranges": "bytes",
    }
    assert pushed("HEAD", PATH).headers == expected | API_VERSION


def test_get_sends_the_bytes(pushed: Registry) -> None:
    response = pushed("GET", PATH)
    assert (response.status, content_of(response)) == (200, BLOB)


def test_get_says_which_blob_it_is(pushed: Registry) -> None:
    response = pushed("GET", PATH)
    content_of(response)
    expected = {
        "Content-Type": "application/octet-stream",
        "Docker-Content-Digest": digest_of(BLOB),
        "Accept-Ranges": "bytes",
    }
    assert response.headers == expected | API_VERSION


@pytest.mark.parametrize(
    ("asked", "content", "told"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=2-5", b"2345", "bytes 2-5/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", BLOB, "bytes 0-9/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=0-", BLOB, "bytes 0-9/10"),
        ("bytes=4-99", b"456789", "bytes 4-9/10"),
    ],
)
def test_a_range_is_sent_alone(pushed: Registry, asked: str, content: bytes, told: str) -> None:
    """Source: RFC 9110 section 14."""
    response = pushed("GET", PATH, Range=asked)
    sent = (response.status, response.headers["Content-Range"], content_of(response))
    assert sent == (206, told, content)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(pushed: Registry, asked: str) -> None:
    response = pushed("GET", PATH, Range=asked)
    told = (response.status, response.headers["Content-Range"], content_of(response))
    assert told == (416, "bytes */10", b"")


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "items=0-3",
        "bytes=0-1,3-4",
        "bytes=0-1, 3-4",
        "bytes=+1-2",
        "bytes=0-3-5",
        f"bytes={'9' * 5000}-",
    ],
)
def test_a_range_that_is_none_or_several_is_ignored(pushed: Registry, asked: str) -> None:
    """A server may ignore any Range. Source: RFC 9110 section 14.2."""
    response = pushed("GET", PATH, Range=asked)
    assert (response.status, content_of(response)) == (200, BLOB)


def test_a_range_of_a_large_blob_may_cross_its_pieces(registry: Registry) -> None:
    blob = bytes(range(256)) * 8192
    registry.push(blob, "1.0")
    path = f"/v2/app/blobs/{digest_of(blob)}"
    response = registry("GET", path, Range="bytes=1048570-1048586")
    assert content_of(response) == blob[1048570:1048587]


def test_head_knows_no_range(pushed: Registry) -> None:
    response = pushed("HEAD", PATH, Range="bytes=0-3")
    assert (response.status, response.length) == (200, 10)


def test_a_blob_without_an_image_is_there_but_cannot_be_got(registry: Registry) -> None:
    """Source: reference registry.md §19."""
    registry.upload(BLOB)
    head, get = registry("HEAD", PATH), registry("GET", PATH)
    assert (head.status, error_of(get)) == (200, (404, "BLOB_UNKNOWN"))


def test_an_empty_blob_is_got(registry: Registry) -> None:
    registry.upload(b"")
    registry.put(manifest_of(config=b""), "1.0")
    response = registry("GET", f"/v2/app/blobs/{EMPTY}")
    assert (response.status, content_of(response)) == (200, b"")


def test_an_empty_blob_has_no_range(registry: Registry) -> None:
    registry.upload(b"")
    registry.put(manifest_of(config=b""), "1.0")
    response = registry("GET", f"/v2/app/blobs/{EMPTY}", Range="bytes=0-")
    assert (response.status, response.headers["Content-Range"]) == (416, "bytes */0")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_unknown_blob_is_404(registry: Registry, method: str) -> None:
    assert registry(method, UNKNOWN).status == 404


def test_an_unknown_blob_has_its_own_code(registry: Registry) -> None:
    assert error_of(registry("GET", UNKNOWN)) == (404, "BLOB_UNKNOWN")


def test_a_blob_is_unknown_in_another_repository(pushed: Registry) -> None:
    """Source: reference registry.md §5.2."""
    pushed.create("other")
    assert pushed("HEAD", PATH.replace("app", "other")).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "digest", ["sha256:0", "sha256", "md5:" + "0" * 32, "sha512:" + "0" * 128, "sha256:" + "g" * 64]
)
def test_a_digest_that_ecr_cannot_have_is_invalid(
    registry: Registry, method: str, digest: str
) -> None:
    """Source: reference registry.md §1.1, §19."""
    assert registry(method, f"/v2/app/blobs/{digest}").status == 400


def test_an_invalid_digest_has_its_own_code(registry: Registry) -> None:
    assert error_of(registry("GET", "/v2/app/blobs/sha256:0")) == (400, "DIGEST_INVALID")


def test_a_blob_cannot_be_deleted(pushed: Registry) -> None:
    """Source: reference registry.md §13."""
    assert error_of(pushed("DELETE", PATH)) == (405, "UNSUPPORTED")
