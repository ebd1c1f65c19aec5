"""Bad input never yields a 500, nor any exception, nor a change of state. Source: DESIGN.md section 5."""

import json
from typing import Any

import pytest
from botocore.model import ListShape, Shape, StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecrmock.frontends.http import BytesBody, HttpRequest
from ecrmock.operations.table import OPERATIONS
from tests.frontends.aws.conftest import Door, model_of

IMPLEMENTED = sorted(name for service, name in OPERATIONS if service == "ecr")
quickly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
MANIFESTS = (
    "{}",
    '{"mediaType": []}',
    '{"mediaType": "application/vnd.oci.image.index.v1+json", "schemaVersion": 2, "manifests": []}',
)
near_texts = st.sampled_from(
    ["app", "latest", "sha256:" + "0" * 64, "123456789012", "MUTABLE", "AES256", "", *MANIFESTS]
)


def values_of(shape: Shape) -> st.SearchStrategy[Any]:
    """Return values of about the right type, so that operations are reached, and others."""
    if isinstance(shape, StructureShape):
        members = {name: values_of(member) for name, member in shape.members.items()}
        good: st.SearchStrategy[Any] = st.fixed_dictionaries({}, optional=members)
    elif isinstance(shape, ListShape):
        good = st.lists(values_of(shape.member), max_size=3)
    else:
        good = {
            "integer": st.integers(-1, 10**30),
            "long": st.integers(-1, 10**30),
            "boolean": st.booleans(),
            "blob": st.sampled_from(["", "YQ==", "YQ"]),
        }.get(shape.type_name, near_texts | st.text(max_size=8))
    return st.one_of(good, good, good, json_values)


def bodies_of(operation: str) -> st.SearchStrategy[bytes]:
    shape = model_of("ecr", operation).input_shape
    documents = values_of(shape).map(lambda document: json.dumps(document).encode())
    return st.one_of(st.binary(max_size=64), documents)


@pytest.mark.parametrize("operation", IMPLEMENTED)
@quickly
@given(data=st.data())
def test_any_body_gets_an_answer_that_is_no_500(operation, data):
    response = Door().create().post(operation, data.draw(bodies_of(operation)))
    assert response.status in (200, 400)
    assert isinstance(json.loads(response.body.decode("utf-8")), dict)


@pytest.mark.parametrize("operation", IMPLEMENTED)
@quickly
@given(body=st.binary(max_size=64))
def test_a_refused_body_changes_nothing(operation, body):
    door = Door().create()
    before = door.backend.state()
    if door.post(operation, body).status == 400:
        assert door.backend.state() == before


@quickly
@given(target=st.text(max_size=20), body=st.binary(max_size=64))
def test_any_target_gets_an_answer_that_is_no_500(target, body):
    headers = {"x-amz-target": target}
    request = HttpRequest(method="POST", path="/", headers=headers, body=BytesBody(body))
    assert Door().send(request).status == 400


@quickly
@given(method=st.sampled_from(["GET", "POST"]), text=st.text(max_size=40), body=st.binary())
def test_any_form_gets_an_answer_that_is_no_500(method, text, body):
    form = f"Version=2011-06-15&{text}"
    content = BytesBody(form.encode("utf-8", "replace") + body)
    request = HttpRequest(method=method, path="/", query=form, body=content)
    assert Door().send(request).status < 500


@quickly
@given(header=st.text(max_size=60))
def test_any_signature_gets_an_answer_that_is_no_500(header):
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 {header}",
        "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories",
    }
    request = HttpRequest(method="POST", path="/", headers=headers, body=BytesBody(b"{}"))
    assert Door().send(request).status in (200, 400)
