"""Where the URLs of logos lead on a server. Source: reference public.md §4.1."""

from typing import Any

import pytest

from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import HttpResponse
from ecrmock.values.authorization import AccessKey
from ecrmock.values.public_gallery import CatalogDataInput
from tests.documents import png
from tests.frontends.oci.conftest import Registry, content_of, request

HOST = "http://localhost:5327"
LOGO = png(60, 60)


@pytest.fixture
def served() -> Registry:
    return Registry(public_url=HOST)


@pytest.fixture
def path(served: Registry) -> str:
    """The path of the logo of a public repository."""
    said = CatalogDataInput(logo_image_blob=LOGO)
    call = Call(
        service="ecr-public",
        operation="CreateRepository",
        parameters={"repository_name": "app", "catalog_data": said},
        credentials=AccessKey("123456789012"),
        region="us-east-1",
        request_id="request",
    )
    url = served.backend.dispatcher.dispatch(call).catalog_data.logo_url
    return str(url.removeprefix(HOST))


def get(served: Registry, path: str, method: str = "GET", **headers: str) -> HttpResponse:
    return served.doors.handle(request(method, path, headers=headers))


def test_a_logo_is_seen_without_a_login(served: Registry, path: str) -> None:
    response = get(served, path)
    assert (response.status, content_of(response)) == (200, LOGO)
    assert response.headers["Content-Type"] == "image/png"


def test_a_logo_may_stand_in_a_page_from_elsewhere(served: Registry, path: str) -> None:
    browser: dict[str, Any] = {"sec-fetch-site": "cross-site", "origin": "https://example.com"}
    assert get(served, path, **browser).status == 200


def test_a_head_tells_the_size(served: Registry, path: str) -> None:
    response = get(served, path, "HEAD")
    assert (response.status, response.body, response.length) == (200, b"", len(LOGO))


def test_nothing_else_can_be_done_with_a_logo(served: Registry, path: str) -> None:
    response = get(served, path, "DELETE")
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("other", ["", "no.png", "0000/1111.png"])
def test_where_there_is_no_logo_nothing_is_found(served: Registry, other: str) -> None:
    assert get(served, f"/_ecrmock/logo/{other}").status == 404
