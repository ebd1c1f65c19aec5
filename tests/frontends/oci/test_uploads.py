"""Uploads, from start to end. Source: OCI distribution spec, end-4 to end-6; reference registry.md §5."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ecrmock.frontends.http import BodyError
from tests.frontends.oci.conftest import (
    API_VERSION,
    BROKEN,
    EMPTY,
    HOST,
    Registry,
    StreamBody,
    content_of,
    digest_of,
    error_of,
    manifest_of,
    request,
)

UPLOADS = "/v2/app/blobs/uploads/"
NO_UPLOAD = f"{UPLOADS}00000000-0000-4000-8000-000000000000"
LAYER = b"layer"
DIGEST = digest_of(LAYER)
PART = b"x" * (5 * 1024 * 1024)


@pytest.fixture
def path(registry: Registry) -> str:
    """The path of an upload that has just begun."""
    return registry.start()


@pytest.mark.parametrize(
    "path",
    [
        UPLOADS,
        "/v2/app/blobs/uploads",
        f"{UPLOADS}?mount={DIGEST}&from=other",
        f"{UPLOADS}?digest={DIGEST}",
    ],
)
def test_a_post_starts_an_upload(registry: Registry, path: str) -> None:
    """Nothing is mounted unless a setting allows it. Source: reference registry.md §4, §11."""
    response = registry("POST", path)
    upload_id = response.headers["Docker-Upload-UUID"]
    headers = {
        "Location": f"http://{HOST}{UPLOADS}{upload_id}",
        "Range": "0-0",
        "Docker-Upload-UUID": upload_id,
    }
    assert (response.status, response.headers) == (202, headers | API_VERSION)


def test_the_location_is_a_path_for_a_client_that_names_no_host(registry: Registry) -> None:
    headers = {"authorization": registry.authorization}
    response = registry.doors.handle(request("POST", UPLOADS, headers=headers))
    assert response.headers["Location"].startswith(UPLOADS)


def test_the_location_keeps_the_segment_that_names_the_registry(registry: Registry) -> None:
    registry.create("app", account="111122223333", region="eu-west-1")
    response = registry("POST", "/v2/111122223333.eu-west-1/app/blobs/uploads/")
    assert "/v2/111122223333.eu-west-1/app/blobs/uploads/" in response.headers["Location"]


def test_a_streamed_patch_is_answered_201(registry: Registry, path: str) -> None:
    """The specification says 202. Source: reference registry.md §5.2."""
    response = registry("PATCH", path, StreamBody([b"la", b"yer"]))
    headers = {
        "Location": f"http://{HOST}{path}",
        "Range": "0-4",
        "Docker-Upload-UUID": path.removeprefix(UPLOADS),
    }
    assert (response.status, response.headers) == (201, headers | API_VERSION)


def test_a_second_stream_goes_on_where_the_first_one_ended(registry: Registry, path: str) -> None:
    """The range advances, where ECR's freezes by a defect. Source: reference registry.md §19."""
    registry("PATCH", path, b"la")
    assert registry("PATCH", path, b"yer").headers["Range"] == "0-4"


def test_chunks_in_order_make_a_blob(registry: Registry, path: str) -> None:
    """The last chunk may ride in the closing PUT. Source: reference registry.md §5.1, §5.2."""
    size = len(PART)
    registry("PATCH", path, PART, Content_Range=f"0-{size - 1}")
    registry("PATCH", path, PART, Content_Range=f"{size}-{2 * size - 1}")
    end = f"{2 * size}-{2 * size + 4}"
    digest = digest_of(PART + PART + LAYER)
    response = registry("PUT", f"{path}?digest={digest}", LAYER, Content_Range=end)
    assert response.status == 201


def test_a_chunk_in_order_is_answered_with_the_range(registry: Registry, path: str) -> None:
    response = registry("PATCH", path, LAYER, Content_Range="0-4")
    assert (response.status, response.headers["Range"]) == (201, "0-4")


def test_a_chunk_that_goes_on_behind_its_end_is_not_waited_for(
    registry: Registry, path: str
) -> None:
    """It may have none."""
    pieces = iter([LAYER] * 100)
    response = registry("PATCH", path, StreamBody(pieces), Content_Range="0-4")
    assert (error_of(response), len(list(pieces))) == ((416, "RANGE_INVALID"), 98)
    assert registry("GET", path).headers["Range"] == "0-0"


OUT_OF_ORDER = [
    pytest.param("6-10", id="gap"),
    pytest.param("0-4", id="again"),
    pytest.param("4-8", id="overlap"),
    pytest.param("5-5", id="longer than it says"),
    pytest.param("5-20", id="shorter than it says"),
    pytest.param("9-5", id="backwards"),
]
GARBAGE = ["", "garbage", "5", "5-", "-9", "bytes 5-9", "bytes 5-9/10", "5-9/10", "5-" + "9" * 99]


@pytest.mark.parametrize("content_range", [*OUT_OF_ORDER, *GARBAGE])
def test_a_chunk_out_of_order_is_refused(registry: Registry, path: str, content_range: str) -> None:
    """Source: OCI distribution spec, end-5; reference registry.md §3.4."""
    registry("PATCH", path, LAYER)
    response = registry("PATCH", path, LAYER, Content_Range=content_range)
    assert error_of(response) == (416, "RANGE_INVALID")


@pytest.mark.parametrize("content_range", OUT_OF_ORDER)
def test_a_refused_chunk_is_answered_with_where_the_upload_stands(
    registry: Registry, path: str, content_range: str
) -> None:
    """Source: reference registry.md §3.4, ``Location`` and ``Range`` of the upload."""
    registry("PATCH", path, LAYER)
    headers = registry("PATCH", path, LAYER, Content_Range=content_range).headers
    expected = (f"http://{HOST}{path}", "0-4")
    assert (headers.get("Location"), headers.get("Range")) == expected


@pytest.mark.parametrize("content_range", [*OUT_OF_ORDER, *GARBAGE])
def test_nothing_is_left_of_a_refused_chunk(
    registry: Registry, path: str, content_range: str
) -> None:
    registry("PATCH", path, LAYER)
    registry("PATCH", path, LAYER, Content_Range=content_range)
    assert registry("PUT", f"{path}?digest={DIGEST}").status == 201


def test_a_body_that_breaks_off_has_no_answer(registry: Registry, path: str) -> None:
    with pytest.raises(BodyError):
        registry("PATCH", path, StreamBody([b"la", BROKEN]))


def test_nothing_is_left_of_a_body_that_breaks_off(registry: Registry, path: str) -> None:
    registry("PATCH", path, LAYER)
    with pytest.raises(BodyError):
        registry("PATCH", path, StreamBody([PART, b"more", BROKEN]))
    assert registry("PUT", f"{path}?digest={DIGEST}").status == 201


class Meanwhile:
    """A body that does something else between its pieces."""

    length = None

    def __init__(self, act: Any) -> None:
        self._act = act

    def chunks(self) -> Iterator[bytes]:
        yield b"la"
        self.answer = self._act()
        yield b"yer"


def test_a_second_stream_at_the_same_time_is_refused(registry: Registry, path: str) -> None:
    body = Meanwhile(lambda: registry("PATCH", path, LAYER))
    registry("PATCH", path, body)
    assert error_of(body.answer) == (416, "RANGE_INVALID")


def test_a_second_stream_at_the_same_time_does_no_harm(registry: Registry, path: str) -> None:
    registry("PATCH", path, Meanwhile(lambda: registry("PATCH", path, b"other")))
    assert registry("PUT", f"{path}?digest={DIGEST}").status == 201


def test_an_upload_may_be_cancelled_while_its_bytes_come_in(registry: Registry, path: str) -> None:
    response = registry("PATCH", path, Meanwhile(lambda: registry("DELETE", path)))
    assert error_of(response) == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_repository_may_be_deleted_while_a_layer_comes_in(registry: Registry, path: str) -> None:
    delete = {"operation": "DeleteRepository", "repository_name": "app"}
    response = registry("PATCH", path, Meanwhile(lambda: registry.call(**delete)))
    assert error_of(response) == (404, "NAME_UNKNOWN")


def test_no_bytes_are_kept_of_an_upload_that_was_cancelled(registry: Registry, path: str) -> None:
    registry("PATCH", path, Meanwhile(lambda: registry("DELETE", path)))
    assert registry.backend.usage()["memory_bytes"] == 0


@pytest.mark.parametrize("body", [LAYER, StreamBody([b"la", b"yer"])], ids=["sized", "chunked"])
def test_a_put_with_the_whole_body_makes_a_blob(
    registry: Registry, path: str, body: bytes | StreamBody
) -> None:
    response = registry("PUT", f"{path}?digest={DIGEST}", body)
    location = f"http://{HOST}/v2/app/blobs/{DIGEST}"
    headers = {"Location": location, "Docker-Content-Digest": DIGEST}
    assert (response.status, response.headers) == (201, headers | API_VERSION)


@pytest.mark.parametrize("body", [b"", StreamBody([])], ids=["sized", "chunked"])
def test_a_put_without_a_body_ends_what_was_streamed(
    registry: Registry, path: str, body: bytes | StreamBody
) -> None:
    registry("PATCH", path, LAYER)
    assert registry("PUT", f"{path}?digest={DIGEST}", body).status == 201


def test_a_blob_has_the_bytes_that_came_in(registry: Registry, path: str) -> None:
    registry("PATCH", path, StreamBody([PART, LAYER]))
    registry("PUT", f"{path}?digest={digest_of(PART + LAYER)}")
    registry.upload(b"{}")
    registry.put(manifest_of(PART + LAYER), "1.0")
    got = registry("GET", f"/v2/app/blobs/{digest_of(PART + LAYER)}")
    assert content_of(got) == PART + LAYER


def test_a_digest_may_be_encoded(registry: Registry, path: str) -> None:
    """Source: reference registry.md §17."""
    assert registry("PUT", f"{path}?digest={DIGEST.replace(':', '%3A')}", LAYER).status == 201


@pytest.mark.parametrize("streams", [0, 1])
def test_an_empty_blob_is_taken(registry: Registry, path: str, streams: int) -> None:
    """The API does not take one. Source: reference registry.md §3.4, §5.2."""
    for _ in range(streams):
        registry("PATCH", path)
    registry("PUT", f"{path}?digest={EMPTY}")
    head = registry("HEAD", f"/v2/app/blobs/{EMPTY}")
    assert (head.status, head.length) == (200, 0)


def test_an_upload_without_bytes_is_no_other_blob(registry: Registry, path: str) -> None:
    """Source: reference registry.md §3.4, EmptyUploadException."""
    assert error_of(registry("PUT", f"{path}?digest={DIGEST}")) == (400, "DIGEST_INVALID")


@pytest.mark.parametrize(
    "query",
    ["", "?digest", "?digest=", "?digest=sha256:0", "?digest=layer", f"?digest=sha512:{'0' * 128}"],
)
def test_a_put_needs_a_digest_that_ecr_can_have(registry: Registry, path: str, query: str) -> None:
    assert error_of(registry("PUT", f"{path}{query}", LAYER)) == (400, "DIGEST_INVALID")


def test_a_put_without_a_digest_takes_no_bytes(registry: Registry, path: str) -> None:
    registry("PUT", path, LAYER)
    assert registry("PUT", f"{path}?digest={DIGEST}", LAYER).status == 201


def test_another_digest_than_announced_is_refused(registry: Registry, path: str) -> None:
    response = registry("PUT", f"{path}?digest={DIGEST}", b"other")
    assert error_of(response) == (400, "DIGEST_INVALID")


def test_another_digest_than_announced_makes_no_blob(registry: Registry, path: str) -> None:
    registry("PUT", f"{path}?digest={DIGEST}", b"other")
    digests = (digest_of(b"other"), DIGEST)
    found = [registry("HEAD", f"/v2/app/blobs/{digest}").status for digest in digests]
    assert found == [404, 404]


@pytest.mark.parametrize("path", [NO_UPLOAD, f"{UPLOADS}id", f"{UPLOADS}%00", f"{UPLOADS}.."])
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_an_unknown_upload_is_404(registry: Registry, method: str, path: str) -> None:
    response = registry(method, f"{path}?digest={DIGEST}", LAYER)
    assert error_of(response) == (404, "BLOB_UPLOAD_UNKNOWN")


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_an_upload_is_unknown_in_another_repository(
    registry: Registry, path: str, method: str
) -> None:
    registry.create("other")
    response = registry(method, f"{path.replace('app', 'other')}?digest={DIGEST}", LAYER)
    assert error_of(response) == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_fresh_upload_stands_at_the_beginning(registry: Registry, path: str) -> None:
    """Docker's registries say ``0-0`` then. Source: reference registry.md §4.1."""
    response = registry("GET", path)
    assert (response.status, response.headers["Range"]) == (204, "0-0")


def test_progress_is_where_the_upload_stands(registry: Registry, path: str) -> None:
    registry("PATCH", path, LAYER)
    headers = registry("GET", path).headers
    assert (headers["Range"], headers["Location"]) == ("0-4", f"http://{HOST}{path}")


def test_an_upload_can_be_cancelled(registry: Registry, path: str) -> None:
    response = registry("DELETE", path)
    assert (response.status, response.body, registry("GET", path).status) == (204, b"", 404)


def test_a_finished_upload_is_used_up(registry: Registry, path: str) -> None:
    registry("PUT", f"{path}?digest={DIGEST}", LAYER)
    assert error_of(registry("GET", path)) == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_blob_that_is_there_is_taken_again(registry: Registry, path: str) -> None:
    """An error in the API, a success here. Source: reference registry.md §3.4."""
    registry.upload(LAYER)
    assert registry("PUT", f"{path}?digest={DIGEST}", LAYER).status == 201


def test_the_upload_of_a_blob_that_is_there_is_used_up(registry: Registry, path: str) -> None:
    registry.upload(LAYER)
    registry("PUT", f"{path}?digest={DIGEST}", LAYER)
    assert registry("GET", path).status == 404


def test_an_upload_that_was_left_expires(registry: Registry, path: str) -> None:
    """Source: reference registry.md §5.2, abandoned sessions are collected."""
    registry.clock.advance(timedelta(hours=24))
    registry.call("DescribeRepositories")
    (issued,) = registry.call("GetAuthorizationToken").authorization_data
    header = f"Basic {issued.authorization_token}"
    assert registry("GET", path, Authorization=header).status == 404
