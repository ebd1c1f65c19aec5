"""Who may assume a role. Source: reference iam.md §6.1 (exceptions), §6.2, §12.2."""

from dataclasses import replace

import pytest

from ecrmock.rules.iam import may_assume, not_authorized
from ecrmock.values.authorization import Caller
from ecrmock.values.permissions import Permissions
from tests.rules.access import (
    ACCOUNT,
    IAM,
    OTHER,
    OTHER_ROOT,
    ROLE_ARN,
    ROLE_SESSION,
    ROOT,
    ROOT_ARN,
    SERVICE,
    SESSION_ARN,
    USER,
    USER_ARN,
    USER_ID,
    allow,
    allow_to,
    deny,
    deny_to,
    permissions,
    request,
    trust_policy,
)

ASSUME, TAG = "sts:AssumeRole", "sts:TagSession"
TARGET = f"{IAM}role/target"
FOREIGN_TARGET = f"arn:aws:iam::{OTHER}:role/target"
MAY = permissions(identity=allow("sts:*"))
BARE = ""
NO_IDENTITY = " because no identity-based policy allows the sts:AssumeRole action"


@pytest.mark.parametrize(
    ("caller", "principal", "role", "held", "context"),
    [
        (USER, USER_ARN, TARGET, permissions(), None),
        (USER, "*", TARGET, permissions(), None),
        (USER, USER_ID, TARGET, permissions(), None),
        (USER, ROOT_ARN, TARGET, permissions(), NO_IDENTITY),
        (USER, ROOT_ARN, TARGET, MAY, None),
        (USER, ACCOUNT, TARGET, MAY, None),
        (USER, f"{IAM}user/other", TARGET, MAY, BARE),
        (USER, OTHER_ROOT, TARGET, MAY, BARE),
        (ROOT, ROOT_ARN, TARGET, permissions(), None),
        (ROOT, USER_ARN, TARGET, permissions(), BARE),
        (ROLE_SESSION, ROLE_ARN, TARGET, permissions(), None),
        (ROLE_SESSION, SESSION_ARN, TARGET, permissions(), None),
        (
            ROLE_SESSION,
            ROLE_ARN,
            TARGET,
            permissions(boundary=allow()),
            " because no permissions boundary allows the sts:AssumeRole action",
        ),
        (USER, USER_ARN, FOREIGN_TARGET, permissions(), NO_IDENTITY),
        (USER, USER_ARN, FOREIGN_TARGET, MAY, None),
        (USER, ROOT_ARN, FOREIGN_TARGET, MAY, None),
        (USER, "*", FOREIGN_TARGET, permissions(), NO_IDENTITY),
        (USER, OTHER_ROOT, FOREIGN_TARGET, MAY, BARE),
        (
            USER,
            USER_ARN,
            TARGET,
            permissions(identity=deny(ASSUME, "*")),
            " with an explicit deny in an identity-based policy",
        ),
    ],
)
def test_a_role_is_assumed_by_whom_its_trust_policy_allows(
    caller: Caller, principal: str, role: str, held: Permissions, context: str | None
) -> None:
    """Source: reference iam.md §6.1 (exceptions), §6.2, §12.2."""
    trust = trust_policy(allow_to({"AWS": principal}, ASSUME))
    found = may_assume(request(caller, ASSUME, role), held, trust)
    assert found.allowed is (context is None)
    if context is not None:
        assert found.reason == not_authorized(caller.arn, ASSUME, role) + context


def test_a_service_assumes_a_role_that_trusts_it() -> None:
    made = request(SERVICE, ASSUME, TARGET)
    trust = trust_policy(allow_to({"Service": "ecr.amazonaws.com"}, ASSUME))
    assert may_assume(made, permissions(), trust).allowed
    other = trust_policy(allow_to({"Service": "ec2.amazonaws.com"}, ASSUME))
    assert not may_assume(made, permissions(), other).allowed


def test_a_provider_assumes_a_role_by_its_claims() -> None:
    provider = f"{IAM}oidc-provider/tokens.example.com"
    action, claims = "sts:AssumeRoleWithWebIdentity", {"tokens.example.com:sub": "repo:a"}
    statement = allow_to({"Federated": provider}, action, Condition={"StringEquals": claims})
    caller = Caller(account=ACCOUNT, arn=provider, user_id=provider)
    made = request(caller, action, TARGET)
    assert not may_assume(made, permissions(), trust_policy(statement)).allowed
    claimed = replace(made, keys={"tokens.example.com:sub": ("repo:a",)})
    assert may_assume(claimed, permissions(), trust_policy(statement)).allowed


def test_a_deny_in_the_trust_policy_wins() -> None:
    trust = trust_policy(allow_to("*", ASSUME), deny_to({"AWS": USER_ARN}, ASSUME))
    found = may_assume(request(action=ASSUME, on=TARGET), MAY, trust)
    assert found.reason.endswith(" with an explicit deny in the role trust policy")


def test_an_external_id_is_a_condition_of_the_trust_policy() -> None:
    condition = {"StringEquals": {"sts:ExternalId": "secret"}}
    trust = trust_policy(allow_to({"AWS": USER_ARN}, ASSUME, Condition=condition))
    with_id = request(action=ASSUME, on=FOREIGN_TARGET, sts__externalid="secret")
    assert may_assume(with_id, MAY, trust).allowed
    assert not may_assume(request(action=ASSUME, on=FOREIGN_TARGET), MAY, trust).allowed


@pytest.mark.parametrize(
    ("actions", "is_allowed"),
    [([ASSUME], False), ([ASSUME, TAG], True), (["sts:*"], True), ([TAG], False)],
)
def test_session_tags_are_allowed_on_their_own(actions: list[str], is_allowed: bool) -> None:
    trust = trust_policy(allow_to({"AWS": USER_ARN}, actions))
    found = may_assume(request(action=ASSUME, on=TARGET), MAY, trust, [TAG])
    assert found.allowed is is_allowed
    if actions == [ASSUME]:
        assert found.reason == not_authorized(USER_ARN, TAG, TARGET)
