"""The query protocol with XML answers. Source: reference iam.md §12."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest
from botocore.model import ServiceModel
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.frontends.aws import query_protocol
from ecrmock.frontends.http import BytesBody, HttpRequest
from ecrmock.values.errors import (
    AccessDeniedError,
    SerializationError,
    ServerError,
    ValidationError,
)
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signatures import MissingAuthenticationTokenError
from ecrmock.values.sts import PolicyDescriptor
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
    request = serialized("sts", "DecodeAuthorizationMessage", {"EncodedMessage": "a"})
    error = parsed("sts", "DecodeAuthorizationMessage", door.send(request))["Error"]
    assert "sts:DecodeAuthorizationMessage" in error["Message"]
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


@pytest.mark.parametrize(
    ("error", "status", "code", "fault"),
    [
        (AccessDeniedError("no"), 403, "AccessDenied", "Sender"),
        (MissingAuthenticationTokenError("sts"), 403, "MissingAuthenticationToken", "Sender"),
        (SerializationError("no"), 400, "MalformedInput", "Sender"),
        (ValidationError("no"), 400, "ValidationError", "Sender"),
        (ServerError(), 500, "InternalFailure", "Receiver"),
    ],
)
def test_an_error_has_the_code_and_status_of_query_services(error, status, code, fault):
    """Source: reference iam.md §2.3."""
    response = query_protocol.render_error("sts", error, REQUEST_ID)
    told = parsed("sts", "GetCallerIdentity", response)["Error"]
    assert (response.status, told["Code"], told["Type"]) == (status, code, fault)


# Members of forms


def read(service: str, operation: str, /, **form: str) -> dict:
    return query_protocol.read_parameters(model_of(service, operation), form)


def refused(service: str, operation: str, /, **form: str) -> str:
    with pytest.raises(ValidationError) as caught:
        read(service, operation, **form)
    return caught.value.message


ROLE = {"RoleArn": "arn:aws:iam::111122223333:role/a", "RoleSessionName": "ci"}


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


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_a_boolean_is_read_as_one(text, value):
    form = {"PolicyArn": "arn:aws:iam::aws:policy/a", "PolicyDocument": "{}", "SetAsDefault": text}
    assert read("iam", "CreatePolicyVersion", **form)["set_as_default"] is value


@pytest.mark.parametrize("text", ["True", "1", "yes", ""])
def test_a_text_that_is_no_boolean_is_refused(text):
    form = {"PolicyArn": "arn:aws:iam::aws:policy/a", "PolicyDocument": "{}", "SetAsDefault": text}
    with pytest.raises(SerializationError):
        read("iam", "CreatePolicyVersion", **form)


def test_a_list_is_read_in_its_order():
    form = {f"PolicyInputList.member.{number}": text for number, text in ((2, "b"), (1, "a"))}
    found = read("iam", "GetContextKeysForCustomPolicy", **form)
    assert found == {"policy_input_list": ("a", "b")}


def test_a_list_ends_where_a_number_is_missing():
    form = {f"PolicyInputList.member.{number}": "a" for number in (0, 1, 3)}
    found = read("iam", "GetContextKeysForCustomPolicy", **form)
    assert found == {"policy_input_list": ("a",)}


def test_an_empty_list_is_one():
    assert read("sts", "AssumeRole", **ROLE, Tags="")["tags"] == ()


def test_a_list_of_structures_is_read():
    form = {
        "Tags.member.1.Key": "a",
        "Tags.member.1.Value": "",
        "Tags.member.2.Key": "b",
        "Tags.member.2.Value": "c",
        "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/a",
    }
    found = read("sts", "AssumeRole", **ROLE, **form)
    assert found["tags"] == (ResourceTag(key="a", value=""), ResourceTag(key="b", value="c"))
    assert found["policy_arns"] == (PolicyDescriptor(arn="arn:aws:iam::aws:policy/a"),)


def test_a_tag_of_iam_is_the_same_as_one_of_ecr():
    form = {"UserName": "ci", "Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    assert read("iam", "CreateUser", **form)["tags"] == (ResourceTag(key="a", value="b"),)


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=8), max_size=6))
def test_any_form_is_read_or_refused(form):
    fields = ROLE | form | {f"Tags.member.1.{name}": text for name, text in form.items()}
    try:
        read("sts", "AssumeRole", **fields)
    except (ValidationError, SerializationError) as error:
        assert error.message


@pytest.mark.parametrize("text", ["many", "--5", "5-", "²", "1.5", "", "9" * 5000])
def test_a_text_that_is_no_number_is_refused(text):
    with pytest.raises(SerializationError):
        read("sts", "GetSessionToken", DurationSeconds=text)


def test_a_form_of_too_many_fields_is_refused():
    text = "&".join(f"PolicyInputList.member.{number}=a" for number in range(20_000))
    request = HttpRequest(method="POST", path="/")
    form = query_protocol.read_form(request, text.encode())
    assert len(form) == query_protocol.MAX_FIELDS + 1
    with pytest.raises(SerializationError):
        read("iam", "GetContextKeysForCustomPolicy", **form)


# Shapes that no operation of ours has yet: a small model of its own

MODEL = ServiceModel(
    {
        "metadata": {"protocol": "query", "serviceId": "a"},
        "operations": {
            "Ask": {"name": "Ask", "input": {"shape": "Things"}, "output": {"shape": "Things"}}
        },
        "shapes": {
            "Things": {
                "type": "structure",
                "members": {
                    "Names": {"shape": "Map"},
                    "When": {"shape": "Time"},
                    "Document": {"shape": "policyDocumentType"},
                    "Count": {"shape": "Count"},
                    "IsIt": {"shape": "Bool"},
                    "Empty": {"shape": "List"},
                },
            },
            "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "List"}},
            "List": {"type": "list", "member": {"shape": "Text"}},
            "Text": {"type": "string"},
            "policyDocumentType": {"type": "string"},
            "Time": {"type": "timestamp"},
            "Count": {"type": "integer"},
            "Bool": {"type": "boolean"},
        },
    },
    "sts",
)
ASKED = MODEL.operation_model("Ask")
TIME = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=timezone(timedelta(hours=1)))


@dataclass(frozen=True)
class Things:
    """Has a member of every kind of shape."""

    names: dict
    when: datetime
    document: str
    count: int
    is_it: bool
    empty: tuple = ()


THINGS = Things({"<a>": ("b",)}, TIME, 'Ü "%"', 5, False)


def test_a_map_is_read():
    form = {
        "Names.entry.1.key": "a",
        "Names.entry.1.value.member.1": "b",
        "Names.entry.2.key": "c",
    }
    assert query_protocol.read_parameters(ASKED, form) == {"names": {"a": ["b"], "c": None}}


@pytest.mark.parametrize("text", ["2026-01-02T02:04:05.678Z", "2026-01-02T03:04:05.678+01:00"])
def test_a_time_is_read(text):
    assert query_protocol.read_parameters(ASKED, {"When": text}) == {"when": TIME}


@pytest.mark.parametrize("text", ["", "soon", "2026-13-02T00:00:00Z"])
def test_a_text_that_is_no_time_is_refused(text):
    with pytest.raises(SerializationError):
        query_protocol.read_parameters(ASKED, {"When": text})


def test_members_of_every_kind_are_written():
    """Times have whole seconds in UTC, policies are encoded. Source: reference iam.md §12, §13."""
    body = query_protocol.render_answer(ASKED, THINGS, REQUEST_ID).body.decode()
    assert (
        "<AskResult><Names><entry><key>&lt;a&gt;</key><value><member>b</member></value></entry>"
        "</Names><When>2026-01-02T02:04:05Z</When><Document>%C3%9C%20%22%25%22</Document>"
        "<Count>5</Count><IsIt>false</IsIt><Empty></Empty></AskResult>"
    ) in body


@given(st.text())
def test_a_text_comes_back_as_xml_can_say_it(text):
    """A carriage return must be escaped, else what reads XML takes it for a line feed."""
    things = Things({"a": (text,)}, TIME, "a", 5, False)
    body = query_protocol.render_answer(ASKED, things, REQUEST_ID).body
    found = ElementTree.fromstring(body).find(".//{*}value/{*}member")
    assert (found.text or "") == query_protocol._NOT_XML.sub("\ufffd", text)
