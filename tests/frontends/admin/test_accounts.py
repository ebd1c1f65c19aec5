"""Accounts over HTTP: counted, one of them forgotten, and passwords for docker. Source: DESIGN.md section 4."""

from datetime import timedelta
from typing import Any

import pytest

from ecrmock.dispatch.call import Call
from ecrmock.values.authorization import PUBLIC_LOGIN, AccountRoot, root_of
from ecrmock.values.names import AccountId, Region, partition_of
from tests.frontends.admin.conftest import START, Admin, document_of

ACCOUNTS = "/_ecrmock/accounts"
OTHER = "111122223333"


def call_as(admin: Admin, account: str, operation: str, **parameters: Any) -> Any:
    """Make a call in eu-west-1 as the root of an account."""
    call = Call(
        service="ecr",
        operation=operation,
        parameters=parameters,
        credentials=AccountRoot(AccountId(account)),
        region=Region("eu-west-1"),
        request_id="request",
    )
    return admin.backend.dispatcher.dispatch(call)


def test_accounts_are_listed_with_what_they_hold(admin: Admin) -> None:
    held = {"repositories": 1, "images": 0, "uploads": 0}
    (account,) = admin.get(ACCOUNTS)["accounts"]
    assert (account["account"], account["regions"]) == ("123456789012", {"us-east-1": held})


def test_an_account_that_was_only_asked_about_is_not_listed(admin: Admin) -> None:
    call_as(admin, OTHER, "DescribeRepositories")
    assert OTHER not in str(admin.get(ACCOUNTS))


def test_one_account_is_cleared_and_no_other(admin: Admin) -> None:
    call_as(admin, OTHER, "CreateRepository", repository_name="theirs")
    response = admin("DELETE", f"{ACCOUNTS}/{OTHER}")
    assert (response.status, document_of(response)) == (200, {"status": "ok"})
    (account,) = admin.get(ACCOUNTS)["accounts"]
    assert account["account"] == "123456789012"


def test_an_account_that_holds_nothing_can_be_cleared(admin: Admin) -> None:
    assert admin("DELETE", f"{ACCOUNTS}/{OTHER}").status == 200


@pytest.mark.parametrize("name", ["1", "12345678901a", "%31", "1234567890123"])
def test_what_is_no_account_is_refused(admin: Admin, name: str) -> None:
    response = admin("DELETE", f"{ACCOUNTS}/{name}")
    assert (response.status, "twelve digits" in document_of(response)["message"]) == (400, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_account_takes_no_other_method(admin: Admin, method: str) -> None:
    assert admin(method, f"{ACCOUNTS}/{OTHER}").status == 405


@pytest.mark.parametrize(("body", "account"), [(b"", "123456789012"), ({"account": OTHER}, OTHER)])
def test_a_password_stands_for_the_root_of_an_account(
    admin: Admin, body: Any, account: str
) -> None:
    password = document_of(admin("POST", "/_ecrmock/token", body))["password"]
    caller = admin.backend.world.tokens.read(password, START)
    assert caller == root_of(AccountId(account), partition_of(Region("us-east-1")))


def test_a_password_is_good_for_twelve_hours(admin: Admin) -> None:
    """Source: AWS API Reference, GetAuthorizationToken."""
    document = document_of(admin("POST", "/_ecrmock/token"))
    expected = ("AWS", (START + timedelta(hours=12)).isoformat())
    assert (document["username"], document["expiresAt"]) == expected


def test_a_password_comes_with_the_address_to_log_in_at(admin: Admin) -> None:
    document = document_of(admin("POST", "/_ecrmock/token", {"region": "eu-west-1"}))
    assert document["registry"] == "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    "body",
    [
        {"account": "1"},
        {"account": 1},
        {"region": ""},
        {"region": 1},
        {"user": "me"},
        {"public": 1},
        {"public": True, "region": "us-east-1"},
    ],
)
def test_any_other_form_is_answered_with_the_form_there_is(admin: Admin, body: Any) -> None:
    response = admin("POST", "/_ecrmock/token", body)
    assert (response.status, "a token takes" in document_of(response)["message"]) == (400, True)


def test_a_password_for_public_registries_is_of_their_kind(admin: Admin) -> None:
    document = document_of(admin("POST", "/_ecrmock/token", {"public": True}))
    tokens = admin.backend.world.tokens
    caller = tokens.read(document["password"], START, purpose=PUBLIC_LOGIN)
    assert (caller.account, document["registry"]) == ("123456789012", "https://public.ecr.aws")
