"""The OpenAPI file against the table of routes, and against what the door really answers."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from ecrmock import Ecr
from ecrmock.frontends.admin.door import _HANDLERS, _STREAMS
from ecrmock.frontends.http import HttpRequest, HttpResponse, StreamBody
from tests.frontends.admin.conftest import Admin, document_of

DOCUMENT = document_of(Admin()("GET", "/_ecrmock/openapi.json"))
OPERATIONS: dict[tuple[str, str], dict[str, Any]] = {
    (method.upper(), path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
JSON = "application/json"


def schema_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that finds what it refers to."""
    return {**schema, "components": DOCUMENT["components"]}


def check(schema: dict[str, Any], content: Any) -> None:
    Draft202012Validator(
        schema_of(schema), format_checker=Draft202012Validator.FORMAT_CHECKER
    ).validate(content)


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the JSON bodies of a request and of the answers, with schema and example."""
    responses = (resolved(response) for response in operation["responses"].values())
    for body in (operation.get("requestBody", {}), *responses):
        if JSON in body.get("content", {}):
            yield body["content"][JSON]


def resolved(response: dict[str, Any]) -> dict[str, Any]:
    name = response.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["responses"][name] if name else response


def test_it_is_openapi() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"] == "3.1.0"


def test_it_has_every_route_and_no_other() -> None:
    assert set(OPERATIONS) == set(_HANDLERS)


def test_it_says_which_routes_are_streams_too() -> None:
    found = {
        path
        for (_, path), operation in OPERATIONS.items()
        if "text/event-stream" in operation["responses"]["200"]["content"]
    }
    assert found == set(_STREAMS)


def test_names_of_operations_are_used_once() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("key", sorted(OPERATIONS), ids=" ".join)
def test_every_body_has_an_example_that_fits(key: tuple[str, str]) -> None:
    found = list(bodies(OPERATIONS[key]))
    assert found
    for body in found:
        check(body["schema"], body["example"])


@pytest.mark.parametrize("key", sorted(OPERATIONS), ids=" ".join)
def test_every_route_says_that_pages_are_refused(key: tuple[str, str]) -> None:
    assert "403" in OPERATIONS[key]["responses"]


@pytest.mark.parametrize("key", sorted(OPERATIONS), ids=" ".join)
def test_a_path_names_its_parameters(key: tuple[str, str]) -> None:
    described = OPERATIONS[key].get("parameters", ())
    named = [each["name"] for each in described if each["in"] == "path"]
    assert named == [part[1:-1] for part in key[1].split("/") if part.startswith("{")]


# What the door answers

SNAPSHOT = OPERATIONS["POST", "/_ecrmock/snapshot"]["responses"]["200"]["content"][JSON]["example"][
    "snapshot"
]
# Requests whose answers have something in them, besides the example of each route.
MORE = {
    ("POST", "/_ecrmock/clock"): [{"now": "2030-01-01T00:00:00Z"}, {"frozen": False}],
    ("POST", "/_ecrmock/token"): [{}],
}


@pytest.fixture
def filled(admin: Admin) -> Admin:
    """A backend with an image, a user, a policy, calls that failed, and calls that policies decided."""
    handle = Ecr(admin.backend)
    handle.push_image("team/app", tag="1.0")
    handle.create_user("ci")
    handle.fault("DeleteRepository", throttle=True)
    rule = {
        "rulePriority": 1,
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9},
        "action": {"type": "expire"},
    }
    text = json.dumps({"rules": [rule]})
    admin.call("PutLifecyclePolicy", repository_name="team/app", lifecycle_policy_text=text)
    admin("GET", "/v2/")
    example = OPERATIONS["POST", "/_ecrmock/restore"]["requestBody"]["content"][JSON]["example"]
    admin.backend.kept_snapshots[example["snapshot"]] = admin.backend.snapshot()
    return admin


def requests(admin: Admin, key: tuple[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield path and body: the example of a route, about what is there, and more."""
    operation = OPERATIONS[key]
    path, described = key[1], operation.get("parameters", ())
    for each in described:
        path = path.replace(f"{{{each['name']}}}", str(each.get("example")))
    if any(each.get("required") for each in described if each["in"] == "query"):
        named = {each["name"]: each["example"] for each in described if each["name"] != "digest"}
        path = f"{path}?{urlencode(named)}"
    content = operation.get("requestBody", {}).get("content", {JSON: {"example": {}}})
    body = json.dumps(content[JSON]["example"])
    taken = document_of(admin("POST", "/_ecrmock/snapshot"))["snapshot"]
    yield path.replace(SNAPSHOT, taken), body.replace(SNAPSHOT, taken).encode()
    yield from ((path, body) for body in MORE.get(key, ()))


@pytest.mark.parametrize("key", sorted(OPERATIONS), ids=" ".join)
def test_answers_are_as_described(filled: Admin, key: tuple[str, str]) -> None:
    for path, body in requests(filled, key):
        response = filled(key[0], path, body)
        described = resolved(OPERATIONS[key]["responses"][str(response.status)])["content"]
        kind = response.headers["Content-Type"]
        is_json = kind.endswith(("/json", "+json"))
        check(described[kind]["schema"], document_of(response) if is_json else text_of(response))


def text_of(response: HttpResponse) -> str:
    """Return a body that is no JSON, byte by byte."""
    assert isinstance(response.body, bytes)
    return response.body.decode("latin-1")


@pytest.mark.parametrize(
    "key", sorted(set(OPERATIONS) - {("GET", "/_ecrmock/ca.pem")}), ids=" ".join
)
def test_examples_of_requests_succeed(filled: Admin, key: tuple[str, str]) -> None:
    assert [filled(key[0], *request).status for request in requests(filled, key)] == [200] * (
        1 + len(MORE.get(key, ()))
    )


@pytest.mark.parametrize("path", sorted(_STREAMS))
def test_messages_of_streams_are_as_described(filled: Admin, path: str) -> None:
    headers = {"accept": "text/event-stream", "last-event-id": "0"}
    response = filled.doors.handle(HttpRequest(method="GET", path=path, headers=headers))
    assert isinstance(response.body, StreamBody)
    message = next(iter(response.body.stream.chunks())).decode().split("\n\n")[0]
    item = path.rpartition("/")[2]
    schema = OPERATIONS["GET", path]["responses"]["200"]["content"][JSON]["schema"]
    check(schema, {item: [json.loads(message.partition("data: ")[2])]})
    response.body.stream.close()


@pytest.mark.parametrize("key", sorted(OPERATIONS), ids=" ".join)
def test_the_403_is_as_described(admin: Admin, key: tuple[str, str]) -> None:
    path, _ = next(requests(admin, key))
    headers = {"origin": "http://evil.example"}
    response = admin.doors.handle(
        HttpRequest(method=key[0], path=path.split("?")[0], headers=headers)
    )
    assert response.status == 403
    check({"$ref": "#/components/schemas/Error"}, document_of(response))


@pytest.mark.parametrize(
    "key",
    [key for key in sorted(OPERATIONS) if "400" in OPERATIONS[key]["responses"]],
    ids=" ".join,
)
def test_the_400_is_as_described(admin: Admin, key: tuple[str, str]) -> None:
    path = key[1].replace("{id}", "1") + "?stream&nothing=&since=&images="
    headers = {"last-event-id": "first"}
    request = admin.request(key[0], path, {"nothing": 1}, headers)
    response = admin.doors.handle(request)
    assert response.status == 400
    check({"$ref": "#/components/schemas/Error"}, document_of(response))


def test_a_schema_that_does_not_fit_is_noticed() -> None:
    """The check itself can fail."""
    with pytest.raises(Exception, match="is a required property"):
        check({"$ref": "#/components/schemas/Health"}, {"version": version("ecrmock")})
