"""Faults as the registry says them. Source: reference registry.md §2.3, §3.3, §3.4."""

import pytest

from ecrmock.frontends.oci.door import _HANDLERS
from ecrmock.values.faults import ROUTES, Fault
from tests.documents import digest_of
from tests.frontends.oci.conftest import Registry, error_of, manifest_of, message_of


def strike(registry: Registry, **members):
    return registry.backend.dispatcher.faults.add(Fault(**members))


def test_every_route_of_the_door_can_be_struck():
    routes = {f"{method} {resource}" for resource, method in _HANDLERS}
    assert routes | {"GET layer"} == set(ROUTES)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/"),
        ("GET", "/v2/_catalog"),
        ("GET", "/v2/app/tags/list"),
        ("HEAD", "/v2/app/manifests/1"),
        ("GET", "/v2/app/manifests/1"),
        ("PUT", "/v2/app/manifests/1"),
        ("DELETE", "/v2/app/manifests/1"),
        ("GET", f"/v2/app/blobs/{digest_of(b'layer')}"),
        ("POST", "/v2/app/blobs/uploads/"),
        ("PATCH", "/v2/app/blobs/uploads/1"),
        ("PUT", f"/v2/app/blobs/uploads/1?digest={digest_of(b'layer')}"),
        ("DELETE", "/v2/app/blobs/uploads/1"),
        ("GET", f"/v2/app/referrers/{digest_of(b'layer')}"),
    ],
)
def test_a_request_is_struck_once_by_its_route(registry: Registry, method, path):
    active = strike(registry, route="*", throttle=True)
    response = registry(method, path, b"{}")
    assert (response.status, response.headers["Retry-After"], active.times) == (429, "1", 1)


def test_too_many_requests_read_as_ecr_says_it(registry: Registry):
    strike(registry, route="PUT manifest", throttle=True)
    response = registry.put(manifest_of(b"layer"), "1")
    assert error_of(response) == (429, "TOOMANYREQUESTS")
    assert message_of(response) == "Rate exceeded"


def test_a_fault_of_an_operation_strikes_docker_too(registry: Registry):
    strike(registry, operation="PutImage", error="LimitExceededException", message="enough")
    for blob in (b"{}", b"layer"):
        registry.upload(blob)
    response = registry.put(manifest_of(b"layer"), "1")
    assert (error_of(response), message_of(response)) == ((403, "DENIED"), "enough")


def test_a_token_expires_in_the_middle_of_an_upload(registry: Registry):
    strike(registry, route="PUT upload", expire_token=True, count=1)
    path = registry.start()
    assert registry("PATCH", path, b"layer").status == 201
    response = registry("PUT", f"{path}?digest={digest_of(b'layer')}")
    assert error_of(response) == (403, "DENIED")
    assert message_of(response).startswith("Your authorization token has expired. Reauth")
    assert error_of(registry("GET", "/v2/")) == (403, "DENIED")


def test_a_part_that_was_refused_is_not_in_the_upload(registry: Registry):
    path = registry.start()
    strike(registry, route="PATCH upload", drop=True, count=1)
    assert registry("PATCH", path, b"layer").abort
    assert registry.progress(path) == "0-0"
    assert registry("PATCH", path, b"layer").status == 201
    assert registry("PUT", f"{path}?digest={digest_of(b'layer')}").status == 201


def test_an_answer_that_is_cut_is_whole_until_it_is_sent(registry: Registry):
    registry.push(b"layer", "1")
    strike(registry, route="GET blob", truncate=3, count=1)
    path = f"/v2/app/blobs/{digest_of(b'layer')}"
    assert [registry("GET", path).cut for _ in range(2)] == [3, None]


def test_an_answer_of_the_admin_door_is_never_struck(registry: Registry):
    strike(registry, route="*", drop=True)
    strike(registry, drop=True)
    assert registry("GET", "/_ecrmock/health").status == 200


def test_the_presigned_url_of_a_layer_is_a_route_too(registry: Registry):
    registry.push(b"layer", "1")
    registry.backend.world.addresses.serve_at("http://localhost:5327")
    answer = registry.call(
        "GetDownloadUrlForLayer", repository_name="app", layer_digest=digest_of(b"layer")
    )
    strike(registry, route="GET layer", truncate=1)
    path = answer.download_url.removeprefix("http://localhost:5327")
    assert registry.without_login("GET", path).cut == 1
