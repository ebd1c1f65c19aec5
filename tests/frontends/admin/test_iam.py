"""Access decisions on request, over HTTP. Source: DESIGN.md section 4."""

import json
from typing import Any

import pytest

from ecrmock import Ecr
from tests.frontends.admin.conftest import Admin, document_of

EXPLAIN = "/_ecrmock/iam/explain"
APP = "arn:aws:ecr:us-east-1:123456789012:repository/app"
USER = "arn:aws:iam::123456789012:user/ci"
PULL = {"principal": USER, "action": "ecr:BatchGetImage", "resource": APP}


def policy(**more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "ecr:Batch*", "Resource": APP, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def asked(admin: Admin, **members: Any) -> dict[str, Any]:
    response = admin("POST", EXPLAIN, {**PULL, **members})
    assert response.status == 200
    return document_of(response)


def refusal(admin: Admin, body: Any) -> tuple[int, str]:
    response = admin("POST", EXPLAIN, body)
    return response.status, document_of(response)["message"]


@pytest.fixture
def with_user(admin: Admin) -> Admin:
    """The admin door of a backend with the user ``ci``, who may pull from ``app``."""
    Ecr(admin.backend).create_user("ci", policy=policy(Sid="Pull"))
    return admin


def test_an_allow_comes_with_the_statement_that_decided(with_user: Admin) -> None:
    found = asked(with_user)
    assert (found["allowed"], found["resource"]) == (True, APP)
    assert found["policy"] == "inline policy inline-policy-1 of user/ci"
    assert found["statement"]["sid"] == "Pull"


def test_a_denial_comes_with_its_reason(with_user: Admin) -> None:
    assert asked(with_user, action="ecr:PutImage") == {
        "allowed": False,
        "reason": f"User: {USER} is not authorized to perform: ecr:PutImage on resource: {APP} "
        "because no identity-based policy allows the ecr:PutImage action",
        "resource": APP,
        "policy": None,
        "statement": None,
    }


def test_asking_makes_no_call_and_changes_nothing(with_user: Admin) -> None:
    before = with_user.backend.state(), with_user.backend.calls()
    asked(with_user)
    assert (with_user.backend.state(), with_user.backend.calls()) == before


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        ({"aws:SourceIp": "10.1.2.3"}, True),
        ({"AWS:sourceip": ["10.1.2.3"]}, True),
        ({"aws:SourceIp": "192.0.2.1"}, False),
        ({}, False),
    ],
)
def test_condition_keys_are_given_whatever_their_case(
    admin: Admin, context: dict[str, Any], allowed: bool
) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    Ecr(admin.backend).create_user("ci", policy=policy(Condition=condition))
    assert asked(admin, context=context)["allowed"] is allowed


@pytest.mark.parametrize(("region", "allowed"), [("us-east-1", True), ("eu-west-1", False)])
def test_the_region_is_where_the_request_would_come_to(
    admin: Admin, region: str, allowed: bool
) -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    Ecr(admin.backend).create_user("ci", policy=policy(Condition=condition))
    assert asked(admin, region=region)["allowed"] is allowed


def test_the_policy_of_the_repository_is_asked_too(with_user: Admin) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with_user.call("SetRepositoryPolicy", repository_name="app", policy_text=text)
    found = asked(with_user)
    assert (found["allowed"], found["policy"]) == (False, "repository policy of app")


@pytest.mark.parametrize(
    ("principal", "message"),
    [
        (f"{USER}2", f"there is no {USER}2"),
        ("ci", "'ci' is no ARN of a user, a role or a session of a role"),
    ],
)
def test_somebody_who_is_not_there_is_not_found(
    with_user: Admin, principal: str, message: str
) -> None:
    assert refusal(with_user, {**PULL, "principal": principal}) == (404, message)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("sts:AssumeRole", f"{APP} is invalid"),
        ("sts:AssumeRoleWithWebIdentity", f"{APP} is invalid"),
    ],
)
def test_only_a_role_can_be_assumed(with_user: Admin, action: str, message: str) -> None:
    assert refusal(with_user, {**PULL, "action": action}) == (400, message)


def test_whether_a_token_would_do_is_not_told_without_one(with_user: Admin) -> None:
    role = Ecr(with_user.backend).create_role("deploy")
    question = {**PULL, "action": "sts:AssumeRoleWithWebIdentity", "resource": role}
    status, message = refusal(with_user, question)
    assert (status, "is not a valid JWT" in message) == (400, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        {name: PULL[name] for name in ("principal", "action")},
        {**PULL, "repository": "app"},
        {**PULL, "action": 1},
        {**PULL, "region": None},
        {**PULL, "context": []},
        {**PULL, "context": {"aws:SourceIp": 1}},
        {**PULL, "context": {"aws:TagKeys": ["a", None]}},
    ],
    ids=str,
)
def test_any_other_form_is_answered_with_the_form_there_is(with_user: Admin, body: Any) -> None:
    status, message = refusal(with_user, body)
    assert (status, '"principal": "<ARN or account>"' in message) == (400, True)
