"""REST with JSON bodies, as botocore writes and reads it. Source: Smithy 2.0, "AWS restJson1 protocol"."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecrmock.frontends.aws import rest_json_protocol
from ecrmock.frontends.http import BytesBody, HttpRequest, HttpResponse
from ecrmock.operations.table import OPERATIONS
from ecrmock.values.errors import AccessDeniedError, ServerError
from ecrmock.values.faults import ThrottledError
from ecrmock.values.signatures import InvalidSignatureError
from tests.frontends.aws.conftest import REQUEST_ID, SESSION, Door, parsed, scope

MODEL = SESSION.get_service_model("signer")
IMPLEMENTED = sorted(name for service, name in OPERATIONS if service == "signer")
SIGNED = {"authorization": scope(service="signer")}
NOTATION = "Notation-OCI-SHA384-ECDSA"
RELEASE = "/signing-profiles/release"
ARN = "arn%3Aaws%3Asigner%3Aus-east-1%3A123456789012%3A%2Fsigning-profiles%2Frelease"
quickly = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def send(
    door: Door, method: str, path: str, body: Any = b"", query: str = "", **headers: str
) -> HttpResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return door.send(
        HttpRequest(
            method=method,
            path=path,
            query=query,
            headers=SIGNED | headers,
            body=BytesBody(content),
        )
    )


def put(door: Door, name: str = "release", **members: Any) -> HttpResponse:
    return send(door, "PUT", f"/signing-profiles/{name}", {"platformId": NOTATION, **members})


def told(response: HttpResponse) -> tuple[int, str]:
    """Return the status of a refusal and its text; its code stands in the header and in the body."""
    document = json.loads(response.body)
    assert response.headers["x-amzn-ErrorType"] == document["code"]
    return response.status, document["code"]


@pytest.fixture
def released(door: Door) -> Door:
    """The AWS door of a backend with the profile ``release``."""
    assert put(door, tags={"team": "a"}).status == 200
    return door


def test_members_of_signer_stand_in_paths_queries_and_bodies_alone():
    """So nothing reads headers, nor a body that is one member."""
    shapes = [MODEL.operation_model(name).input_shape for name in MODEL.operation_names]
    places = {
        member.serialization.get("location") for each in shapes for member in each.members.values()
    }
    assert places == {"uri", "querystring", None}
    assert not any("payload" in each.serialization for each in shapes)


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_each_operation_is_found_by_its_method_and_path(name):
    http = MODEL.operation_model(name).http
    path = http["requestUri"]
    for label in ("{profileName}", "{jobId}", "{statementId}", "{platformId}", "{resourceArn}"):
        path = path.replace(label, "some%2Fthing")
    assert rest_json_protocol.find_operation("signer", http["method"], path) == name


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("POST", "/"),
        ("GET", "/signing-profiles/"),
        ("GET", "/signing-profile"),
        ("PATCH", RELEASE),
        ("POST", RELEASE),
        ("GET", f"{RELEASE}/more"),
        ("DELETE", "/signing-profiles"),
        ("GET", "/tags/a/b"),
        ("get", RELEASE),
    ],
)
def test_any_other_method_and_path_is_no_operation(door, method, path):
    assert told(send(door, method, path)) == (404, "UnknownOperationException")


def test_a_profile_is_put_and_got(door):
    made = json.loads(put(door).body)
    got = json.loads(send(door, "GET", RELEASE).body)
    assert set(made) == {"arn", "profileVersion", "profileVersionArn"}
    assert {name: got[name] for name in made} == made
    assert (got["status"], got["tags"], got["signingMaterial"]) == ("Active", {}, {})


def test_an_answer_has_its_headers(released):
    response = send(released, "GET", RELEASE)
    assert response.headers == {
        "x-amzn-RequestId": REQUEST_ID,
        "Content-Type": "application/json",
    }


def test_an_operation_without_output_has_no_body(released):
    """Source: AWS Signer API Reference, CancelSigningProfile."""
    response = send(released, "DELETE", RELEASE)
    assert (response.status, response.body) == (200, b"")


def test_a_label_is_decoded(released):
    assert json.loads(send(released, "GET", f"/tags/{ARN}").body) == {"tags": {"team": "a"}}


def test_the_name_in_the_path_counts_and_not_one_in_the_body(door):
    assert put(door, profileName="other").status == 200
    assert send(door, "GET", "/signing-profiles/other").status == 404


def test_a_list_in_a_query_stands_as_often_as_it_is_long(released):
    query = urlencode([("statuses", "Canceled"), ("statuses", "Active")])
    (found,) = json.loads(send(released, "GET", "/signing-profiles", query=query).body)["profiles"]
    assert found["profileName"] == "release"


def test_numbers_truths_and_times_in_a_query_are_read(released):
    send(released, "DELETE", RELEASE)
    query = "maxResults=1&includeCanceled=true"
    answer = json.loads(send(released, "GET", "/signing-profiles", query=query).body)
    assert len(answer["profiles"]) == 1
    query = "signatureExpiresBefore=2026-01-02T03%3A04%3A05Z"
    assert send(released, "GET", "/signing-jobs", query=query).status == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("maxResults=many", "SerializationException"),
        ("maxResults=0", "ValidationException"),
        ("includeCanceled=perhaps", "SerializationException"),
        ("statuses=Active&statuses=Gone", "ValidationException"),
        ("nextToken=nonsense", "ValidationException"),
    ],
)
def test_a_query_that_cannot_be_is_refused(released, query, code):
    assert told(send(released, "GET", "/signing-profiles", query=query)) == (400, code)


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b'"text"', b"\xff", b"[" * 10_000, {"platformId": 5}, {"tags": []}],
)
def test_a_body_that_cannot_be_read_is_refused(door, body):
    response = send(door, "PUT", RELEASE, body)
    assert told(response) == (400, "SerializationException")


@pytest.mark.parametrize("text", ["1e400", "NaN", "-1e18", "true", '"2026-01-02T03:04:05Z"'])
def test_a_time_that_cannot_be_is_refused(released, text):
    members = f'"profileVersion": "0123456789", "reason": "x", "effectiveTime": {text}'
    response = send(released, "PUT", f"{RELEASE}/revoke", f"{{{members}}}".encode())
    assert told(response) == (400, "SerializationException")


def test_a_body_that_an_operation_does_not_have_is_not_read(released):
    assert send(released, "GET", RELEASE, b"no JSON").status == 200


def test_all_violated_constraints_are_told(door):
    response = send(door, "PUT", "/signing-profiles/a", {"tags": {"aws:a": "b" * 257}})
    message = json.loads(response.body)["message"]
    assert response.status == 400
    assert message.startswith("5 validation errors detected: Value null at 'platformId'")
    assert "Value 'a' at 'profileName' failed to satisfy constraint" in message
    assert "at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [" in message
    assert "Map value must satisfy constraint: [Member must have length less than" in message


def test_a_map_without_entries_is_refused_where_the_model_wants_some(door):
    assert told(put(door, tags={})) == (400, "ValidationException")


def test_an_entry_that_is_null_is_absent(door):
    put(door, tags={"team": None, "stage": "b"})
    assert json.loads(send(door, "GET", RELEASE).body)["tags"] == {"stage": "b"}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (AccessDeniedError("no"), 403, "AccessDeniedException"),
        (ThrottledError(), 429, "TooManyRequestsException"),
        (ServerError(), 500, "InternalServiceErrorException"),
        (InvalidSignatureError(), 403, "InvalidSignatureException"),
    ],
)
def test_errors_of_every_service_have_the_codes_and_statuses_of_this_one(error, status, code):
    """Source: service model of signer; inferred for signatures."""
    response = rest_json_protocol.render_error("signer", error, REQUEST_ID)
    assert told(response) == (status, code)
    described = parsed("signer", "GetSigningProfile", response)["Error"]
    assert (described["Code"], described["Message"]) == (code, error.message)


def test_a_body_that_is_too_long_is_refused_in_the_protocol(door):
    response = send(door, "PUT", RELEASE, b" " * (32 * 1024 * 1024 + 1))
    assert (response.status, response.close) == (413, True)
    assert json.loads(response.body)["code"] == "SerializationException"


def test_a_bug_is_told_in_the_protocol(door):
    request = HttpRequest(method="GET", path=RELEASE, headers=SIGNED)
    response = door.door.fail(request, ServerError(), REQUEST_ID)
    assert told(response) == (500, "InternalServiceErrorException")


def test_an_operation_that_ecrmock_lacks_says_so(door):
    response = send(door, "POST", "/signing-jobs/with-payload", b"no JSON")
    assert told(response) == (501, "NotImplementedException")


def test_a_request_that_names_no_operation_of_signers_by_a_target_is_not_its(door):
    response = send(door, "POST", "/", **{"x-amz-target": "Nothing.Nothing"})
    assert json.loads(response.body)["__type"] == "UnknownOperationException"


# Bad input

texts = st.text(max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
near_values = st.sampled_from(
    [NOTATION, "release", "0123456789", "DAYS", 1, 1.5e9, True, {"value": 10**30, "type": "DAYS"}]
)


def request_to(operation: str, draw: Any) -> tuple[str, str, str, bytes]:
    """Return a request that is nearly one of an operation: method, path, query and body."""
    model = MODEL.operation_model(operation)
    path, query, body = model.http["requestUri"], [], {}
    for name, member in model.input_shape.members.items():
        place = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        if place == "uri":
            path = path.replace(f"{{{wire}}}", draw(st.sampled_from([ARN, "release", "%ff", "a"])))
        elif place == "querystring":
            query += [(wire, draw(texts | st.just("2026-01-02T03:04:05Z")))] * draw(
                st.integers(0, 2)
            )
        elif draw(st.booleans()):
            body[name] = draw(near_values | json_values)
    content = st.one_of(st.just(json.dumps(body).encode()), st.binary(max_size=32))
    return model.http["method"], path, urlencode(query, errors="replace"), draw(content)


@pytest.mark.parametrize("operation", IMPLEMENTED)
@quickly
@given(data=st.data())
def test_any_request_gets_an_answer_that_is_no_500(operation, data):
    door = Door()
    put(door)
    method, path, query, body = request_to(operation, data.draw)
    response = send(door, method, path, body, query)
    assert response.status in (200, 400, 404)
    assert not response.body or isinstance(json.loads(response.body.decode()), dict)


@quickly
@given(method=st.text(max_size=6), path=st.text(max_size=30), query=st.text(max_size=30))
def test_any_path_gets_an_answer_that_is_no_500(method, path, query):
    assert send(Door(), method, f"/{path}", b"", query).status < 500
