"""Where presigned URLs of layers lead on a server. Source: reference registry.md §6, api.md §6.6."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.oci.layer_urls import LayerUrlDoor
from ecrmock.server import Server
from tests.frontends.oci.conftest import Registry, content_of, digest_of, request

LAYER = b"the bytes of a layer"
HOST = "http://localhost:5327"
Get = Callable[..., HttpResponse]


def path_of(registry: Registry, layer: bytes = LAYER) -> str:
    """Push an image with a layer, and return path and query of the layer's URL."""
    registry.push(layer, "1.0")
    answer = registry.call(
        "GetDownloadUrlForLayer", repository_name="app", layer_digest=digest_of(layer)
    )
    return str(answer.download_url.removeprefix(HOST))


@pytest.fixture
def served() -> Registry:
    return Registry(public_url=HOST).create()


@pytest.fixture
def path(served: Registry) -> str:
    return path_of(served)


@pytest.fixture
def get(served: Registry) -> Get:
    """Send a request to the doors without a login."""

    def get(path: str, method: str = "GET", **headers: str) -> HttpResponse:
        return served.doors.handle(request(method, path, headers=headers))

    return get


def refusal_of(response: HttpResponse) -> tuple[int, str | None, str | None]:
    """Return status, code and text of S3's XML."""
    error = ET.fromstring(content_of(response))
    return response.status, error.findtext("Code"), error.findtext("Message")


def test_a_url_gives_its_layer_without_a_login(get: Get, path: str) -> None:
    response = get(path)
    assert (response.status, content_of(response)) == (200, LAYER)


def test_a_layer_is_bytes_that_can_be_asked_for_in_ranges(get: Get, path: str) -> None:
    response = get(path)
    content_of(response)
    assert response.headers == {
        "Content-Type": "application/octet-stream",
        "Accept-Ranges": "bytes",
    }


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-2", 206, LAYER[:3]),
        ("bytes=4-", 206, LAYER[4:]),
        ("bytes=-5", 206, LAYER[-5:]),
        ("bytes=99-", 416, b""),
        ("lines=1-2", 200, LAYER),
    ],
)
def test_a_range_of_a_layer_can_be_had(
    get: Get, path: str, asked: str, status: int, content: bytes
) -> None:
    response = get(path, range=asked)
    assert (response.status, content_of(response)) == (status, content)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "POST", "DELETE"])
def test_only_what_was_presigned_may_be_done(served: Registry, path: str, method: str) -> None:
    """Asked of this door alone, for the body of an answer to HEAD goes no further than the doors."""
    refused = LayerUrlDoor(served.backend).handle(request(method, path), "id")
    assert refusal_of(refused) == (403, "AccessDenied", "Access Denied")


def test_a_login_is_not_looked_at(get: Get, path: str) -> None:
    response = get(path, authorization="Basic nonsense")
    assert content_of(response) == LAYER


def test_the_query_of_a_url_is_no_request_to_the_api(get: Get, path: str) -> None:
    """It has a credential scope, as a presigned request to STS has."""
    response = get(path, **{"x-amz-target": "AmazonEC2ContainerRegistry_V20150921.ListImages"})
    assert content_of(response) == LAYER


@pytest.mark.parametrize("forged", ["/_ecrmock/layers/", "/_ecrmock/layers/x?X-Amz-Signature=0"])
def test_a_path_that_was_not_issued_is_refused(get: Get, forged: str) -> None:
    assert refusal_of(get(forged)) == (403, "AccessDenied", "Access Denied")


def test_a_signature_of_another_layer_is_refused(get: Get, path: str) -> None:
    other = path.replace(digest_of(LAYER), digest_of(b"{}"))
    assert refusal_of(get(other)) == (403, "AccessDenied", "Access Denied")


def test_a_url_of_another_backend_is_refused(get: Get) -> None:
    foreign = path_of(Registry(seed=2, public_url=HOST).create())
    assert refusal_of(get(foreign)) == (403, "AccessDenied", "Access Denied")


def test_after_its_hour_a_url_is_refused(served: Registry, get: Get, path: str) -> None:
    served.clock.advance(timedelta(hours=1))
    assert refusal_of(get(path)) == (403, "AccessDenied", "Request has expired")


def test_a_refusal_is_xml(get: Get) -> None:
    assert get("/_ecrmock/layers/").headers["Content-Type"] == "application/xml"


def test_the_url_of_a_layer_that_has_gone_is_refused(served: Registry, get: Get, path: str) -> None:
    served.call("DeleteRepository", repository_name="app", force=True)
    assert refusal_of(get(path))[:2] == (403, "AccessDenied")


def test_a_config_has_a_url_too(served: Registry, get: Get) -> None:
    """Source: AWS CLI example of get-download-url-for-layer."""
    path_of(served)
    answer = served.call(
        "GetDownloadUrlForLayer", repository_name="app", layer_digest=digest_of(b"{}")
    )
    assert content_of(get(answer.download_url.removeprefix(HOST))) == b"{}"


def test_a_fetch_is_recorded_as_s3s(served: Registry, get: Get, path: str) -> None:
    content_of(get(path))
    record = served.backend.calls()[-1]
    assert (record.operation, record.caller.arn) == ("OpenLayerUrl", "s3.amazonaws.com")


# Over a socket


@pytest.fixture
def over_http() -> Iterator[Callable[..., Any]]:
    """Serve a registry, and send a request to the path of its layer."""
    import http.client

    registry = Registry().create()
    with Server(registry.backend):

        def ask(method: str = "GET", change: str = "", **headers: str) -> tuple[int, bytes]:
            url = urlsplit(path_of(registry))
            connection = http.client.HTTPConnection(url.netloc, timeout=10)
            connection.request(method, f"{url.path}?{url.query}{change}", headers=headers)
            response = connection.getresponse()
            answered = response.status, response.read()
            connection.close()
            return answered

        yield ask


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, (200, LAYER)), ({"Range": "bytes=4-8"}, (206, LAYER[4:9]))],
    ids=["whole", "range"],
)
def test_a_layer_is_sent_over_http(
    over_http: Callable[..., Any], headers: dict[str, str], expected: tuple[int, bytes]
) -> None:
    assert over_http(**headers) == expected


def test_head_is_refused_over_http_without_a_body(over_http: Callable[..., Any]) -> None:
    assert over_http("HEAD") == (403, b"")


def test_a_forged_url_is_refused_over_http(over_http: Callable[..., Any]) -> None:
    status, body = over_http(change="0")
    assert (status, ET.fromstring(body).findtext("Code")) == (403, "AccessDenied")
