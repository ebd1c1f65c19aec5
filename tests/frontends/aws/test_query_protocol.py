"""The query protocol with XML answers. Source: reference iam.md §12."""

from xml.etree import ElementTree

import pytest

from ecrmock.frontends.aws import query_protocol
from ecrmock.frontends.http import BytesBody, HttpRequest
from ecrmock.values.errors import InvalidParameterError, SerializationError
from tests.frontends.aws.conftest import REQUEST_ID, Door, model_of, parsed, scope, serialized

ASK = "Action=GetCallerIdentity&Version=2011-06-15"
ROOT = {
    "UserId": "123456789012",
    "Account": "123456789012",
    "Arn": "arn:aws:iam::123456789012:root",
}


def ask(door: Door, text: str, method: str = "POST", **headers: str):
    if method == "GET":
        request = HttpRequest(method="GET", path="/", query=text, headers=headers)
    else:
        body = BytesBody(text.encode())
        request = HttpRequest(method="POST", path="/", headers=headers, body=body)
    return door.send(request)


def members(answer: dict) -> dict:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_botocore_reads_who_it_is(door):
    assert members(door("GetCallerIdentity", "sts")) == ROOT


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_the_identity_may_be_asked_by_post_and_by_get(door, method):
    response = ask(door, ASK, method)
    assert members(parsed("sts", "GetCallerIdentity", response)) == ROOT


def test_a_presigned_get_tells_the_account_of_its_key(door):
    credential = "111122223333%2F20260102%2Fus-east-1%2Fsts%2Faws4_request"
    response = ask(door, f"{ASK}&X-Amz-Credential={credential}", "GET")
    assert parsed("sts", "GetCallerIdentity", response)["Account"] == "111122223333"


def test_an_answer_has_the_form_of_aws(door):
    response = ask(door, ASK)
    namespace = "https://sts.amazonaws.com/doc/2011-06-15/"
    assert response.body.decode() == (
        f'<GetCallerIdentityResponse xmlns="{namespace}"><GetCallerIdentityResult>'
        f"<UserId>{ROOT['UserId']}</UserId><Account>{ROOT['Account']}</Account>"
        f"<Arn>{ROOT['Arn']}</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>"
        f"{REQUEST_ID}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )


def test_an_answer_has_type_and_request_id_in_its_headers(door):
    headers = ask(door, ASK).headers
    assert headers == {"x-amzn-RequestId": REQUEST_ID, "Content-Type": "text/xml"}


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_unknown_action_is_told_in_xml(door, method):
    """Inferred text: reference iam.md §2.3."""
    response = ask(door, "Action=DescribeThings&Version=2011-06-15", method)
    error = parsed("sts", "GetCallerIdentity", response)["Error"]
    assert (response.status, error["Code"], error["Type"]) == (400, "InvalidAction", "Sender")


def test_an_operation_that_ecrmock_lacks_is_named(door):
    response = door.send(serialized("sts", "GetSessionToken", {}))
    error = parsed("sts", "GetSessionToken", response)["Error"]
    assert "sts:GetSessionToken" in error["Message"]
    assert error["Code"] == "NotImplementedException"


def test_the_service_of_the_signature_stands_in_for_a_missing_version(door):
    response = ask(door, "Action=GetCallerIdentity", authorization=scope(service="sts"))
    assert members(parsed("sts", "GetCallerIdentity", response)) == ROOT


@pytest.mark.parametrize(
    "action", ["<a>&b", "%3Ca%3E", "%00", "%01", "%0B", "%EF%BF%BF", "%FF", "ü"]
)
def test_an_error_about_any_action_is_well_formed(door, action):
    """XML 1.0 has no control characters, not even as references."""
    response = ask(door, f"Action={action}&Version=2011-06-15")
    assert ElementTree.fromstring(response.body).tag.endswith("ErrorResponse")


# Members of forms; no operation that has any is implemented yet


def read(service: str, operation: str, **form: str) -> dict:
    return query_protocol.read_parameters(model_of(service, operation), form)


def test_an_operation_without_members_ignores_the_form():
    assert read("sts", "GetCallerIdentity", Action="GetCallerIdentity") == {}


def test_members_are_read_by_name():
    form = {"SerialNumber": "arn:of:a:device", "TokenCode": "123456"}
    assert read("sts", "GetSessionToken", **form) == {
        "serial_number": "arn:of:a:device",
        "token_code": "123456",
    }


def test_a_number_is_read_as_a_number():
    found = read("sts", "GetSessionToken", DurationSeconds="900")
    assert found == {"duration_seconds": 900}


def test_a_list_is_read_in_its_order():
    form = {f"PolicyInputList.member.{number}": text for number, text in ((2, "b"), (1, "a"))}
    found = read("iam", "GetContextKeysForCustomPolicy", **form)
    assert found == {"policy_input_list": ("a", "b")}


@pytest.mark.parametrize("text", ["many", "--5", "5-", "²", "1.5", ""])
def test_a_text_that_is_no_number_is_refused(text):
    with pytest.raises((InvalidParameterError, SerializationError)):
        read("sts", "GetSessionToken", DurationSeconds=text)


def test_a_violated_constraint_is_refused():
    with pytest.raises(InvalidParameterError):
        read("sts", "GetSessionToken", DurationSeconds="1")


def test_a_missing_member_is_refused():
    with pytest.raises(InvalidParameterError):
        read("iam", "GetContextKeysForCustomPolicy")
