"""What the admin door takes, and how it says what is wrong with a request."""

import pytest

from ecrmock.frontends.admin.door import AdminDoor
from ecrmock.frontends.http import HttpRequest
from ecrmock.values.errors import ServerError
from tests.frontends.admin.conftest import Admin, document_of

GETS = ["/_ecrmock/health", "/_ecrmock/clock", "/_ecrmock/events", "/_ecrmock/calls"]
POSTS = ["/_ecrmock/reset", "/moto-api/reset", "/_ecrmock/settle"]


@pytest.mark.parametrize("path", GETS)
def test_an_answer_is_json_that_ends_its_line(admin: Admin, path: str) -> None:
    response = admin("GET", path)
    expected = (200, "application/json", b"}\n")
    assert (response.status, response.headers["Content-Type"], response.body[-2:]) == expected


@pytest.mark.parametrize("path", POSTS)
def test_a_post_needs_no_body(admin: Admin, path: str) -> None:
    response = admin("POST", path)
    assert (response.status, document_of(response)) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/_ecrmock", "/_ecrmock/nothing", "/v1/"])
def test_an_unknown_path_is_404_with_what_there_is(admin: Admin, path: str) -> None:
    response = admin("GET", path)
    text = document_of(response)["message"]
    assert response.status == 404
    assert all(known in text for known in (path, "/v2/", "/gallery/", "/_ecrmock/clock"))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_method_that_a_path_does_not_take_is_405(admin: Admin, method: str) -> None:
    response = admin(method, "/_ecrmock/health")
    text = f"/_ecrmock/health does not take {method}"
    assert (response.status, document_of(response)) == (405, {"message": text})


@pytest.mark.parametrize("path", POSTS)
def test_what_changes_something_is_not_got(admin: Admin, path: str) -> None:
    assert admin("GET", path).status == 405


@pytest.mark.parametrize("path", POSTS)
def test_head_changes_nothing(admin: Admin, path: str) -> None:
    admin("HEAD", path)
    assert len(admin.call("DescribeRepositories").repositories) == 1


@pytest.mark.parametrize("path", [*GETS, "/_ecrmock/nothing"])
def test_head_has_the_length_and_no_body(admin: Admin, path: str) -> None:
    got, told = admin("GET", path), admin("HEAD", path)
    assert (told.status, told.body, told.length) == (got.status, b"", len(got.body))


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"{}{}"], ids=range(4))
def test_a_body_that_is_not_json_is_refused(admin: Admin, body: bytes) -> None:
    assert admin("POST", "/_ecrmock/clock", body).status == 400


@pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"now"'])
def test_a_body_that_is_no_object_is_refused(admin: Admin, body: bytes) -> None:
    assert admin("POST", "/_ecrmock/clock", body).status == 400


def test_a_body_has_a_limit(admin: Admin) -> None:
    assert admin("POST", "/_ecrmock/clock", b" " * (1024 * 1024 + 1)).status == 413


def test_a_bug_is_told_with_the_id_of_the_request(admin: Admin) -> None:
    request = HttpRequest(method="GET", path="/_ecrmock/health")
    response = AdminDoor(admin.backend).fail(request, ServerError(), "the-request")
    assert (response.status, document_of(response)["requestId"]) == (500, "the-request")
