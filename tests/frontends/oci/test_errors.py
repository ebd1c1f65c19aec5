"""How errors read. Source: reference registry.md §3."""

import json

import pytest

from ecrmock.frontends.oci.errors import failed, render_error
from ecrmock.frontends.oci.modes import MODES
from ecrmock.values.errors import ServerError
from ecrmock.values.images import ImageFailure, ImageIdentifier
from tests.frontends.oci.conftest import API_VERSION, Registry, error_of, message_of, request

MISSING = "The repository with name 'gone' does not exist in the registry with id '123456789012'"


def test_an_error_is_a_list_of_one_with_code_and_message_and_a_newline(registry: Registry) -> None:
    """Source: reference registry.md §3.1."""
    body = registry("GET", "/v2/gone/tags/list").body
    document = {"errors": [{"code": "NAME_UNKNOWN", "message": MISSING}]}
    assert body == json.dumps(document, separators=(",", ":")).encode() + b"\n"


def test_an_error_has_the_headers_of_every_answer(registry: Registry) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"} | API_VERSION
    assert registry("GET", "/v2/gone/tags/list").headers == headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/gone/tags/list"),
        ("GET", "/v2/gone/manifests/1.0"),
        ("PUT", "/v2/gone/manifests/1.0"),
        ("DELETE", "/v2/gone/manifests/1.0"),
        ("GET", "/v2/gone/blobs/sha256:" + "0" * 64),
        ("POST", "/v2/gone/blobs/uploads/"),
        ("GET", "/v2/gone/blobs/uploads/id"),
        ("DELETE", "/v2/gone/blobs/uploads/id"),
    ],
)
def test_a_missing_repository_reads_the_same_on_every_route(
    registry: Registry, method: str, path: str
) -> None:
    response = registry(method, path)
    assert (error_of(response), message_of(response)) == ((404, "NAME_UNKNOWN"), MISSING)


@pytest.mark.parametrize(
    "path", ["/v2/gone/manifests/1.0", "/v2/gone/blobs/sha256:" + "0" * 64, "/v2/app/nothing"]
)
def test_an_error_to_head_has_the_length_and_no_body(registry: Registry, path: str) -> None:
    got, told = registry("GET", path), registry("HEAD", path)
    assert (told.status, told.body, told.length) == (got.status, b"", len(got.body))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ImageNotFound", (404, "MANIFEST_UNKNOWN")),
        ("ImageInaccessible", (404, "MANIFEST_UNKNOWN")),
        ("InvalidImageDigest", (400, "DIGEST_INVALID")),
        ("ImageReferencedByManifestList", (405, "UNSUPPORTED")),
        ("InvalidImageTag", (405, "UNSUPPORTED")),
    ],
)
def test_failures_of_a_batch_are_errors_here(code: str, expected: tuple[int, str]) -> None:
    """Source: reference registry.md §3.4."""
    error = failed(ImageFailure(image_id=ImageIdentifier(), failure_code=code, failure_reason=""))
    assert (error.oci_status, error.oci_code) == expected


@pytest.mark.parametrize("mode", MODES)
def test_a_bug_is_an_unknown_error(mode: str) -> None:
    """Source: reference registry.md §3.4."""
    response = render_error(request("GET", "/v2/"), MODES[mode], ServerError())
    assert error_of(response) == (500, "UNKNOWN")
