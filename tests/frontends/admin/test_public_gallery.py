"""Aliases of public registries over HTTP. Source: reference public.md §1.2."""

from typing import Any

import pytest

from tests.frontends.admin.conftest import Admin, document_of

PATH = "/_ecrmock/public-aliases"


def test_an_alias_is_given_to_the_default_account(admin: Admin) -> None:
    assert document_of(admin("POST", PATH, {"name": "acme"})) == {
        "account": "123456789012",
        "name": "acme",
        "status": "ACTIVE",
        "primary": True,
        "registryUri": "public.ecr.aws/acme",
    }


def test_an_alias_may_be_another_accounts_and_wait(admin: Admin) -> None:
    more = {"account": "111122223333", "status": "PENDING", "primary": False}
    answer = document_of(admin("POST", PATH, {"name": "acme", **more}))
    assert {name: answer[name] for name in more} == more


def test_an_alias_that_somebody_has_is_refused(admin: Admin) -> None:
    admin("POST", PATH, {"name": "acme", "account": "111122223333"})
    response = admin("POST", PATH, {"name": "acme"})
    assert response.status == 400
    assert document_of(response)["message"] == "the alias 'acme' belongs to account 111122223333"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        {"name": 1},
        {"name": "acme", "account": "1"},
        {"name": "acme", "primary": "yes"},
        {"name": "acme", "other": "member"},
    ],
)
def test_any_other_form_is_answered_with_the_form_there_is(admin: Admin, body: Any) -> None:
    response = admin("POST", PATH, body)
    assert response.status == 400
    assert '{"name": "<alias>"}' in document_of(response)["message"]
