"""Lifecycle policies that are evaluated on request, over HTTP. Source: DESIGN.md section 4."""

import json
from typing import Any

import pytest

from tests.frontends.admin.conftest import Admin, document_of

RUN = "/_ecrmock/lifecycle"
SELECTION = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
RULE = {"rulePriority": 1, "selection": SELECTION, "action": {"type": "expire"}}


@pytest.fixture
def with_policy(admin: Admin) -> Admin:
    text = json.dumps({"rules": [RULE]})
    admin.call("PutLifecyclePolicy", repository_name="app", lifecycle_policy_text=text)
    return admin


@pytest.mark.parametrize(
    "body",
    [
        b"",
        {},
        {"repository": "app"},
        {"account": "123456789012", "region": "us-east-1"},
    ],
)
def test_a_run_evaluates_before_it_answers(with_policy: Admin, body: Any) -> None:
    response = with_policy("POST", RUN, body)
    assert (response.status, document_of(response)) == (200, {"repositories": ["app"]})
    policy = with_policy.call("GetLifecyclePolicy", repository_name="app")
    assert policy.last_evaluated_at == with_policy.clock.now()


@pytest.mark.parametrize("body", [{"account": "111122223333"}, {"region": "eu-west-1"}])
def test_a_run_is_of_one_registry(with_policy: Admin, body: Any) -> None:
    assert document_of(with_policy("POST", RUN, body)) == {"repositories": []}


@pytest.mark.parametrize(
    ("name", "text"), [("app", "Lifecycle policy does not exist"), ("no", "does not exist")]
)
def test_what_is_not_there_is_not_found(admin: Admin, name: str, text: str) -> None:
    response = admin("POST", RUN, {"repository": name})
    assert response.status == 404
    assert text in document_of(response)["message"]


@pytest.mark.parametrize(
    "body",
    [{"repository": 1}, {"repository": None}, {"account": "1"}, {"account": ""}, {"name": "app"}],
)
def test_any_other_form_is_answered_with_the_form_there_is(admin: Admin, body: Any) -> None:
    response = admin("POST", RUN, body)
    assert response.status == 400
    assert '{"repository": "<name>"' in document_of(response)["message"]
