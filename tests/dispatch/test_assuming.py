"""Who may assume a role. Source: reference iam.md §6.1, §12.2."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ecrmock.dispatch.assuming import decide_assuming
from ecrmock.store.store import Store
from ecrmock.values.authorization import Caller, Decision, root_of
from ecrmock.values.errors import ValidationError
from ecrmock.values.iam import Role
from ecrmock.values.names import AccountId, Region, partition_of
from ecrmock.values.permissions import AccessRequest, Permissions
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.sts import InvalidIdentityTokenError

ACCOUNT, OTHER = AccountId("123456789012"), AccountId("111122223333")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"
AWS = partition_of(Region("us-east-1"))
USER = f"arn:aws:iam::{ACCOUNT}:user/ci"
CI = Caller(account=ACCOUNT, arn=USER, user_id="AIDA")
GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
WEB = "sts:AssumeRoleWithWebIdentity"
REFUSED = f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"


def trusting(principal: Any, action: Any = "sts:AssumeRole", **condition: Any) -> Store:
    """Return a store with a role that trusts a principal."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        statement["Condition"] = condition
    store = Store()
    role = Role(
        name="deploy",
        unique_id="AROA",
        arn=ROLE,
        create_date=datetime(2026, 1, 2, tzinfo=UTC),
        assume_role_policy_document=json.dumps({"Statement": statement}),
    )
    store.identities(ACCOUNT).roles.save(role)
    return store


def ask(
    store: Store,
    caller: Caller = CI,
    *,
    action: str = "sts:AssumeRole",
    role: str = ROLE,
    **parameters: Any,
) -> Decision:
    request = AccessRequest(
        caller=caller,
        principal_arn=caller.arn,
        action=action,
        resource=role,
        resource_account=caller.account,
        keys={"aws:principalarn": (caller.arn,)},
    )
    return decide_assuming(store, request, Permissions(), parameters)


def token(**claims: Any) -> str:
    said = {"iss": f"https://{GITHUB}", "sub": "repo:a/b", "aud": "sts.amazonaws.com", **claims}
    payload = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


def test_whom_the_trust_policy_names_may() -> None:
    assert ask(trusting({"AWS": USER})).allowed


def test_nobody_else_may() -> None:
    decision = ask(trusting({"AWS": f"{USER}2"}))
    assert (decision.allowed, decision.reason) == (False, REFUSED)


def test_a_role_that_is_not_there_is_refused_in_the_same_words() -> None:
    """Source: reference iam.md §12.2."""
    decision = ask(Store())
    assert (decision.allowed, decision.reason) == (False, REFUSED)


def test_a_role_of_another_path_is_not_there() -> None:
    store = trusting({"AWS": USER})
    assert not ask(store, role=ROLE.replace("role/", "role/a/")).allowed


def test_what_is_no_role_is_invalid() -> None:
    with pytest.raises(ValidationError):
        ask(Store(), role=USER)


def test_the_root_of_the_account_may_whatever_the_trust_policy_says() -> None:
    assert ask(trusting({"Service": "ecr.amazonaws.com"}), root_of(ACCOUNT, AWS)).allowed


@pytest.mark.parametrize(("principal", "allowed"), [(USER, False), (OTHER, True)])
def test_the_root_of_another_account_may_when_it_is_trusted(principal: str, allowed: bool) -> None:
    assert ask(trusting({"AWS": principal}), root_of(OTHER, AWS)).allowed is allowed


@pytest.mark.parametrize(("external_id", "allowed"), [("x1", True), ("x2", False), (None, False)])
def test_the_trust_policy_asks_for_an_external_id(external_id: str | None, allowed: bool) -> None:
    """Source: reference iam.md §5, §12.2."""
    store = trusting({"AWS": USER}, StringEquals={"sts:ExternalId": "x1"})
    assert ask(store, external_id=external_id).allowed is allowed


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("sts:TagSession", {"tags": (ResourceTag(key="a", value="b"),)}),
        ("sts:SetSourceIdentity", {"source_identity": "me"}),
    ],
)
def test_tags_and_a_source_identity_must_be_trusted_too(
    action: str, parameters: dict[str, Any]
) -> None:
    """Source: reference iam.md §12.2."""
    assert not ask(trusting({"AWS": USER}), **parameters).allowed
    assert ask(trusting({"AWS": USER}, ["sts:AssumeRole", action]), **parameters).allowed


def test_a_web_identity_of_a_trusted_provider_may() -> None:
    store = trusting({"Federated": PROVIDER}, WEB)
    assert ask(store, root_of(ACCOUNT, AWS), action=WEB, web_identity_token=token()).allowed


@pytest.mark.parametrize(
    ("principal", "action", "subject"),
    [
        ({"Federated": "accounts.google.com"}, WEB, "repo:a/*"),
        ({"Federated": PROVIDER}, "sts:AssumeRole", "repo:a/*"),
        ({"Federated": PROVIDER}, WEB, "repo:b/*"),
        ({"AWS": ACCOUNT}, WEB, "repo:a/*"),
    ],
)
def test_any_other_web_identity_is_refused(principal: Any, action: str, subject: str) -> None:
    """Nobody signed the request, so it does not count as whom the emulator takes it for."""
    store = trusting(principal, action, StringLike={f"{GITHUB}:sub": subject})
    decision = ask(store, root_of(ACCOUNT, AWS), action=WEB, web_identity_token=token())
    assert (decision.allowed, decision.reason) == (False, f"Not authorized to perform {WEB}")


def test_conditions_ask_about_the_claims_of_a_token() -> None:
    store = trusting({"Federated": PROVIDER}, WEB, StringLike={f"{GITHUB}:sub": "repo:a/*"})
    assert ask(store, action=WEB, web_identity_token=token()).allowed


def test_a_token_that_says_nothing_is_refused() -> None:
    with pytest.raises(InvalidIdentityTokenError):
        ask(trusting({"Federated": PROVIDER}, WEB), action=WEB, web_identity_token="opaque")
