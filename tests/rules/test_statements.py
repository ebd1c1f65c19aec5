"""Which actions and which callers a statement is about. Source: reference iam.md §3.2."""

import pytest

from ecrmock.rules.statements import kind_of, names_action, names_caller, resource_test
from ecrmock.values.authorization import Caller
from ecrmock.values.policies import Principal, Statement

ACCOUNT, OTHER = "123456789012", "111122223333"
IAM, STS = f"arn:aws:iam::{ACCOUNT}:", f"arn:aws:sts::{ACCOUNT}:"
USER_ID, ROLE_ID = "AIDA" + "Q" * 17, "AROA" + "Q" * 17
ROOT = Caller(account=ACCOUNT, arn=f"{IAM}root", user_id=ACCOUNT)
USER = Caller(account=ACCOUNT, arn=f"{IAM}user/team/ci", user_id=USER_ID)
SESSION = Caller(
    account=ACCOUNT, arn=f"{STS}assumed-role/deploy/build-1", user_id=f"{ROLE_ID}:build-1"
)
SERVICE = Caller(account=ACCOUNT, arn="ecr.amazonaws.com", user_id="ecr.amazonaws.com")


@pytest.mark.parametrize(
    ("pattern", "is_named"),
    [
        ("*", True),
        ("ecr:*", True),
        ("ecr:PutImage", True),
        ("ECR:putimage", True),
        ("ecr:Put*", True),
        ("ecr:P?tImag*e", True),
        ("ecr:Put", False),
        ("ecr:PutImage?", False),
        ("ecr:[P]utImage", False),
        ("ecr:.*", False),
        ("ecr:" + "*a" * 3_000, False),
    ],
)
def test_wildcards_name_actions_whatever_their_case(pattern: str, is_named: bool) -> None:
    """The last one would take for ever by backtracking."""
    assert names_action(Statement(effect="Deny", actions=(pattern,)), "ecr:PutImage") is is_named
    spared = Statement(effect="Deny", not_actions=(pattern,))
    assert names_action(spared, "ecr:PutImage") is not is_named


def test_one_action_of_several_is_enough() -> None:
    statement = Statement(effect="Allow", actions=("ecr:GetImage", "ecr:PutImage"))
    assert names_action(statement, "ecr:PutImage")


@pytest.mark.parametrize(
    ("name", "callers"),
    [
        ("*", [ROOT, USER, SESSION, SERVICE]),
        (f"{IAM}root", [ROOT, USER, SESSION]),
        (f"{IAM}user/team/ci", [USER]),
        (f"{IAM}user/ci", []),
        (f"{IAM}user/deploy", []),
        (f"{IAM}role/deploy", [SESSION]),
        (f"{IAM}role/path/deploy", [SESSION]),
        (f"{IAM}role/deploy2", []),
        (f"{STS}assumed-role/deploy/build-1", [SESSION]),
        (f"{STS}assumed-role/deploy/build-2", []),
        (USER_ID, [USER]),
        (ROLE_ID, [SESSION]),
        (f"arn:aws:iam::{OTHER}:root", []),
        (f"arn:aws:iam::{OTHER}:role/deploy", []),
    ],
)
def test_a_caller_has_several_names(name: str, callers: list[Caller]) -> None:
    principals = (Principal(kind="AWS", name=name),)
    for caller in (ROOT, USER, SESSION, SERVICE):
        named = Statement(effect="Allow", principals=principals)
        spared = Statement(effect="Deny", not_principals=principals)
        assert names_caller(named, caller) is (caller in callers)
        assert names_caller(spared, caller) is (caller not in callers)


def test_a_service_is_named_by_its_own_name() -> None:
    principals = (Principal(kind="Service", name="ecr.amazonaws.com"),)
    assert names_caller(Statement(effect="Allow", principals=principals), SERVICE)


def test_one_principal_of_several_is_enough() -> None:
    principals = tuple(Principal(kind="AWS", name=name) for name in (f"{IAM}user/a", "*"))
    assert names_caller(Statement(effect="Allow", principals=principals), ROOT)


@pytest.mark.parametrize(
    ("principal_arn", "name", "is_named"),
    [
        (f"{IAM}role/path/deploy", f"{IAM}role/path/deploy", True),
        (f"{IAM}role/path/deploy", f"{IAM}role/deploy", False),
        (None, f"{IAM}role/deploy", True),
    ],
)
def test_the_role_of_a_session_is_known_with_its_path(
    principal_arn: str | None, name: str, is_named: bool
) -> None:
    """The ARN of a session does not have the path. Source: reference iam.md §1.1."""
    statement = Statement(effect="Allow", principals=(Principal(kind="AWS", name=name),))
    assert names_caller(statement, SESSION, principal_arn) is is_named


def test_a_provider_named_star_is_not_everyone() -> None:
    principals = (Principal(kind="Federated", name="*"),)
    assert not names_caller(Statement(effect="Allow", principals=principals), USER)


def test_a_statement_without_resources_is_about_the_one_of_its_policy() -> None:
    statement = Statement(effect="Allow", actions=("ecr:*",))
    assert resource_test(statement, knows_variables=True)("anything", {})


def test_a_resource_with_a_variable_is_asked_for_each_request() -> None:
    statement = Statement(effect="Allow", resources=("arn:aws:ecr:::${aws:username}",))
    keys = {"aws:username": ("ci",)}
    names = resource_test(statement, knows_variables=True)
    assert names("arn:aws:ecr:::ci", keys)
    assert not names("arn:aws:ecr:::ci", {})
    assert not resource_test(statement, knows_variables=False)("arn:aws:ecr:::ci", keys)


@pytest.mark.parametrize(
    ("caller", "kind"),
    [
        (ROOT, "root"),
        (USER, "user"),
        (SESSION, "assumed-role"),
        (SERVICE, ""),
        (Caller(account=ACCOUNT, arn=f"{STS}federated-user/guest", user_id="x"), "federated-user"),
        (Caller(account=ACCOUNT, arn=f"{IAM}oidc-provider/example.com", user_id="x"), ""),
        (Caller(account=ACCOUNT, arn="arn:", user_id="x"), ""),
    ],
)
def test_the_arn_of_a_caller_says_what_it_is(caller: Caller, kind: str) -> None:
    assert kind_of(caller) == kind
