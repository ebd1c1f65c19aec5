"""iam and sts in this process are what botocore makes of our XML on the wire. Source: DESIGN.md section 4."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.handlers import json_decode_policies
from botocore.parsers import create_parser
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.frontends.aws import query_protocol
from ecrmock.frontends.aws.shapes import to_parsed_xml
from ecrmock.operations.table import OPERATIONS
from tests.inprocess.test_equality import SESSION, START, Both, Parameters

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}"
STATEMENT = {"Sid": "A", "Effect": "Allow", "Action": "ecr:*", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]}, indent=1)
ODD_POLICY = POLICY.replace("ecr:*", "ecr:%41*ü+\\u00e9")
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
    }
)
TAG = {"Key": "team", "Value": "ü é"}
USER, GROUP, ROLE = {"UserName": "ci"}, {"GroupName": "team"}, {"RoleName": "deploy"}
MANAGED = {"PolicyArn": f"{ARN}:policy/push"}
SESSION_OF_ROLE = {"RoleArn": f"{ARN}:role/deploy", "RoleSessionName": "ci"}
KINDS = (("User", USER), ("Group", GROUP), ("Role", ROLE))
Call = tuple[str, str, Parameters]


def token() -> str:
    claims = {"iss": "https://accounts.google.com", "sub": "1", "aud": "app"}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


def sts_calls() -> Iterator[Call]:
    yield "sts", "GetCallerIdentity", {}
    yield "sts", "GetAccessKeyInfo", {"AccessKeyId": "ASIARTX3GSDSQAAAAAAA"}
    yield "sts", "GetAccessKeyInfo", {"AccessKeyId": "short"}
    yield "sts", "GetSessionToken", {"DurationSeconds": 900}
    yield "sts", "GetSessionToken", {"DurationSeconds": 1, "TokenCode": "ü"}
    yield "sts", "GetFederationToken", {"Name": "bob", "Policy": POLICY, "Tags": [TAG]}
    yield "sts", "GetFederationToken", {"Name": "bob", "Policy": "{}"}
    more = {"Tags": [TAG], "TransitiveTagKeys": ["team"], "SourceIdentity": "me", "PolicyArns": []}
    yield "sts", "AssumeRole", {**SESSION_OF_ROLE, **more}
    yield "sts", "AssumeRole", {**SESSION_OF_ROLE, "PolicyArns": [{"arn": MANAGED["PolicyArn"]}]}
    yield "sts", "AssumeRole", {**SESSION_OF_ROLE, "RoleSessionName": "<c & i>", "Tags": [TAG] * 51}
    yield "sts", "AssumeRole", {**SESSION_OF_ROLE, "DurationSeconds": "soon"}
    yield "sts", "AssumeRole", {**SESSION_OF_ROLE, "RoleArn": "no arn, but long\\x01 enough"}
    for text in (token(), "a.b.c"):
        web = {"WebIdentityToken": text, "ProviderId": "www.amazon.com"}
        yield "sts", "AssumeRoleWithWebIdentity", {**SESSION_OF_ROLE, **web}


def entity_calls() -> Iterator[Call]:
    yield "iam", "GetUser", {}
    for kind, name in KINDS:
        more: Parameters = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
        tags = {} if kind == "Group" else {"Tags": [TAG]}
        for _ in range(2):
            yield "iam", f"Create{kind}", {**name, **more, **tags, "Path": "/a/"}
        yield "iam", f"Get{kind}", name
        yield "iam", f"Get{kind}", {f"{kind}Name": "no"}
        yield "iam", f"List{kind}s", {"MaxItems": 1}
    yield "iam", "UpdateRole", {**ROLE, "MaxSessionDuration": 7200, "Description": "a\\r\\nb <c>"}
    yield "iam", "UpdateAssumeRolePolicy", {**ROLE, "PolicyDocument": TRUST}
    yield "iam", "GetRole", ROLE
    yield "iam", "AddUserToGroup", {**USER, **GROUP}
    yield "iam", "GetGroup", GROUP
    yield "iam", "ListGroupsForUser", USER
    yield "iam", "CreateAccessKey", USER
    yield "iam", "ListAccessKeys", USER
    yield "iam", "ListInstanceProfilesForRole", ROLE


def policy_calls() -> Iterator[Call]:
    for document in (POLICY, POLICY, "{}"):
        yield "iam", "CreatePolicy", {"PolicyName": "push", "PolicyDocument": document}
    yield "iam", "CreatePolicyVersion", {**MANAGED, "PolicyDocument": POLICY, "SetAsDefault": True}
    for version in ("v1", "v9"):
        yield "iam", "GetPolicyVersion", {**MANAGED, "VersionId": version}
    yield "iam", "ListPolicyVersions", MANAGED
    yield "iam", "GetPolicy", MANAGED
    yield "iam", "ListPolicies", {"Scope": "All", "MaxItems": 3}
    for kind, name in KINDS:
        inline = {**name, "PolicyName": "own"}
        yield "iam", f"Put{kind}Policy", {**inline, "PolicyDocument": ODD_POLICY}
        yield "iam", f"Get{kind}Policy", inline
        yield "iam", f"Get{kind}Policy", {**inline, "PolicyName": "no"}
        yield "iam", f"List{kind}Policies", name
        yield "iam", f"Attach{kind}Policy", {**name, **MANAGED}
        yield "iam", f"ListAttached{kind}Policies", name
    yield "iam", "ListEntitiesForPolicy", MANAGED
    yield "iam", "ListUserTags", USER
    yield "iam", "DeletePolicy", MANAGED


def calls() -> Iterator[Call]:
    yield from sts_calls()
    yield from entity_calls()
    yield from policy_calls()
    yield from sts_calls()


@pytest.fixture
def both() -> Both:
    return Both()


STS = sorted(name for service, name in OPERATIONS if service == "sts")


def test_every_call_answers_the_same_in_process_and_over_the_wire(both):
    for service, operation, parameters in calls():
        both(operation, service, **parameters)
    assert both.here.state() == both.there.state()


@pytest.mark.parametrize("operation", STS)
def test_the_calls_reach_each_operation_of_sts(both, operation):
    for service, made, parameters in sts_calls():
        both(made, service, **parameters)
    records = [call for call in both.here.calls() if call.operation == operation]
    assert any(call.error is None for call in records)
    assert operation == "GetCallerIdentity" or any(call.error for call in records)


def test_times_are_in_utc_and_whole_seconds(both):
    expiration = both("GetSessionToken", "sts")["Credentials"]["Expiration"]
    assert (expiration.utcoffset().total_seconds(), expiration.microsecond) == (0, 0)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetUserPolicy", {**USER, "PolicyName": "own"}),
        ("GetGroupPolicy", {**GROUP, "PolicyName": "own"}),
        ("GetRolePolicy", {**ROLE, "PolicyName": "own"}),
    ],
)
def test_a_policy_comes_back_as_a_document(both, operation, parameters):
    """botocore decodes it. Source: reference iam.md §13."""
    for service, made, more in (*entity_calls(), *policy_calls()):
        both(made, service, **more)
    assert both(operation, "iam", **parameters)["PolicyDocument"] == json.loads(ODD_POLICY)


# Policies of any text

VERSION = SESSION.get_service_model("iam").operation_model("GetPolicyVersion")


class Answer:
    """Answer of GetPolicyVersion."""

    def __init__(self, document: str) -> None:
        self.policy_version = self
        self.document, self.version_id, self.create_date = document, "v1", START
        self.is_default_version = True


def on_the_wire(answer: Answer) -> dict[str, Any]:
    response = query_protocol.render_answer(VERSION, answer, "id")
    raw = {"status_code": 200, "headers": {}, "body": response.body}
    parsed = create_parser("query").parse(raw, VERSION.output_shape)
    return {"PolicyVersion": parsed["PolicyVersion"]}


@settings(max_examples=300)
@given(
    st.text(st.characters(codec="utf-8")) | st.sampled_from([POLICY, ODD_POLICY, "%41", '"%22"'])
)
def test_any_text_of_a_policy_comes_back_as_it_was(text):
    answer = Answer(text)
    parsed = on_the_wire(answer)
    assert parsed == to_parsed_xml(VERSION.output_shape)(answer)
    assert unquote(parsed["PolicyVersion"]["Document"]) == text


@pytest.mark.parametrize("text", [POLICY, ODD_POLICY])
def test_botocore_decodes_a_policy_in_process_as_it_does_on_the_wire(text):
    in_process = to_parsed_xml(VERSION.output_shape)(Answer(text))
    json_decode_policies(in_process, VERSION)
    assert in_process["PolicyVersion"]["Document"] == json.loads(text)
