"""Which requests are the registry door's, and what all of its answers have in common."""

import pytest

from ecrmock.frontends.oci.door import OciDoor
from ecrmock.values.errors import ServerError
from tests.frontends.oci.conftest import API_VERSION, EMPTY, Registry, error_of, request


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v2/app/tags/list", "/v2//", "/v2/.."])
def test_what_is_under_v2_is_taken(registry: Registry, path: str) -> None:
    assert OciDoor(registry.backend).takes(request("GET", path))


@pytest.mark.parametrize("path", ["", "/", "/v1/", "/v2x", "/V2/", "/_ecrmock/health", "//v2/"])
def test_what_is_elsewhere_is_not_taken(registry: Registry, path: str) -> None:
    assert not OciDoor(registry.backend).takes(request("GET", path))


@pytest.mark.parametrize("path", ["/v2", "/v2/"])
def test_both_forms_of_the_root_answer_alike(registry: Registry, path: str) -> None:
    """Source: reference registry.md §1, §2.4."""
    response = registry("GET", path)
    assert (response.status, response.body) == (200, b"{}")


@pytest.mark.parametrize(
    "path",
    ["/v2/", "/v2/_catalog", "/v2/app/tags/list", "/v2/app/manifests/gone", "/v2/app/nothing"],
)
def test_every_answer_names_the_version_of_the_api(registry: Registry, path: str) -> None:
    """Source: reference registry.md §4."""
    assert registry("GET", path).headers.items() >= API_VERSION.items()


def test_head_of_the_root_has_the_length_and_no_body(registry: Registry) -> None:
    response = registry("HEAD", "/v2/")
    assert (response.status, response.body, response.length) == (200, b"", 2)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/"),
        ("POST", "/v2/_catalog"),
        ("DELETE", "/v2/app/tags/list"),
        ("POST", "/v2/app/manifests/1.0"),
        ("PATCH", "/v2/app/manifests/1.0"),
        ("PUT", f"/v2/app/blobs/{EMPTY}"),
        ("DELETE", f"/v2/app/blobs/{EMPTY}"),
        ("GET", "/v2/app/blobs/uploads/"),
        ("POST", "/v2/app/blobs/uploads/id"),
        ("OPTIONS", "/v2/"),
    ],
)
def test_what_a_resource_does_not_take_is_unsupported(
    registry: Registry, method: str, path: str
) -> None:
    """DELETE of a blob is among it. Source: reference registry.md §13, §19."""
    assert error_of(registry(method, path)) == (405, "UNSUPPORTED")


def test_a_bug_is_told_in_the_form_of_the_door(registry: Registry) -> None:
    door = OciDoor(registry.backend)
    response = door.fail(request("GET", "/v2/"), ServerError(), "request")
    assert error_of(response) == (500, "UNKNOWN")
