"""Which requests the AWS door takes, and whose registry they mean. Source: DESIGN.md sections 2, 3."""

import json

import pytest

from ecrmock.frontends.http import BytesBody, HttpRequest
from ecrmock.values.errors import ServerError
from tests.frontends.aws.conftest import REQUEST_ID, Door, parsed, scope, serialized

TARGET = "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"
PRESIGNED = "X-Amz-Credential=AKID%2F20260102%2Fus-east-1%2Fsts%2Faws4_request"


def request(method="POST", path="/", query="", body=b"", **headers: str) -> HttpRequest:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpRequest(method=method, path=path, query=query, headers=names, body=BytesBody(body))


@pytest.mark.parametrize(
    "taken",
    [
        request(x_amz_target=TARGET),
        request(authorization=scope()),
        request("GET", authorization=scope(service="sts")),
        request("GET", query=PRESIGNED),
        request("GET", query="Action=GetCallerIdentity&Version=2011-06-15"),
        request(body=b"Action=GetCallerIdentity&Version=2011-06-15"),
        request("PUT", "/anything", authorization=scope()),
    ],
)
def test_what_an_aws_client_sends_is_taken(door, taken):
    assert door.door.takes(taken)


@pytest.mark.parametrize(
    "left",
    [
        request("GET"),
        request("GET", "/v2/"),
        request("POST", "/v2/app/blobs/uploads/"),
        request("GET", "/v2/", authorization="Basic QVdTOng="),
        request("GET", "/_ecrmock/health"),
        request("POST", "/_ecrmock/reset"),
        request("GET", "/v2/", authorization="Bearer x"),
    ],
)
def test_what_is_for_another_door_is_left(door, left):
    assert not door.door.takes(left)


def registry_of(door: Door, **headers: str) -> tuple[str, str]:
    """Create a repository under some headers, and return account and region of its registry."""
    name = {"x_amz_target": TARGET.replace("DescribeRepositories", "CreateRepository")}
    response = door.send(request(body=b'{"repositoryName": "app"}', **name, **headers))
    arn = json.loads(response.body)["repository"]["repositoryArn"].split(":")
    return arn[4], arn[3]


def test_the_region_is_that_of_the_signature(door):
    assert registry_of(door, authorization=scope(region="eu-west-1"))[1] == "eu-west-1"


def test_without_a_signature_the_region_is_the_default_one():
    assert registry_of(Door(region="ap-south-1"))[1] == "ap-south-1"


def test_a_key_of_twelve_digits_is_its_own_account(door):
    assert registry_of(door, authorization=scope("111122223333"))[0] == "111122223333"


@pytest.mark.parametrize("headers", [{}, {"authorization": scope()}], ids=["unsigned", "signed"])
def test_any_other_key_is_of_the_default_account(headers):
    assert registry_of(Door(account="444455556666"), **headers)[0] == "444455556666"


def test_the_member_registry_id_names_the_registry(app):
    answer = app("ListImages", repositoryName="app", registryId="111122223333")
    assert "in the registry with id '111122223333'" in answer["Error"]["Message"]


def test_a_call_is_recorded_with_its_request_id(door):
    door("DescribeRepositories")
    assert [call.request_id for call in door.backend.calls()] == [REQUEST_ID]


def test_a_call_with_bad_parameters_is_recorded(door):
    door("CreateRepository", repositoryName="A")
    assert [call.error for call in door.backend.calls()] == ["InvalidParameterException"]


def test_a_body_without_target_and_form_is_an_unknown_operation(door):
    response = door.send(request(body=b"hello"))
    assert json.loads(response.body) == {"__type": "UnknownOperationException"}


def test_a_bug_is_answered_in_json(door):
    """Source: reference api.md §2.4, ServerException is HTTP 500."""
    response = door.door.fail(request(x_amz_target=TARGET), ServerError(), REQUEST_ID)
    error = parsed("ecr", "DescribeRepositories", response)["Error"]
    assert (response.status, error["Code"]) == (500, "ServerException")


def test_a_bug_is_answered_in_xml_to_a_form(door):
    response = door.door.fail(request(authorization=scope()), ServerError(), REQUEST_ID)
    error = parsed("sts", "GetCallerIdentity", response)["Error"]
    assert (response.status, error["Code"]) == (500, "InternalFailure")


def test_a_request_of_botocore_is_taken(door):
    assert door.door.takes(serialized("ecr", "DescribeRepositories", {}))
