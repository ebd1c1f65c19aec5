"""What is attached to a caller, and what conditions can ask about it. Source: reference iam.md §1.1, §5, §6."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ecrmock.dispatch.standing import caller_named, standing_of
from ecrmock.rules.callers import read_caller
from ecrmock.rules.managed_policies import aws_policies
from ecrmock.store.store import Store
from ecrmock.values.authorization import Caller
from ecrmock.values.iam import (
    AttachedPermissionsBoundary,
    Group,
    InlinePolicy,
    Role,
    Session,
    User,
)
from ecrmock.values.names import AccountId
from ecrmock.values.permissions import BOUNDARY, IDENTITY, SESSION, Permissions
from ecrmock.values.repositories import ResourceTag
from tests.documents import identity_policy, trust_policy

ACCOUNT, NOW = AccountId("123456789012"), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
IAM, STS = f"arn:aws:iam::{ACCOUNT}", f"arn:aws:sts::{ACCOUNT}"
READ_ONLY, PULL_ONLY = (
    f"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistry{name}" for name in ("ReadOnly", "PullOnly")
)
BOUND = AttachedPermissionsBoundary(permissions_boundary_arn=READ_ONLY)
GONE = f"{IAM}:policy/gone"
TEAM = (ResourceTag(key="Team", value="a"),)
USER_ID, ROLE_ID = "AIDAUSER", "AROAROLE"
CI = Caller(account=ACCOUNT, arn=f"{IAM}:user/x/ci", user_id=USER_ID)
ROOT = Caller(account=ACCOUNT, arn=f"{IAM}:root", user_id=ACCOUNT)
DEPLOY = Caller(
    account=ACCOUNT,
    arn=f"{STS}:assumed-role/deploy/one",
    user_id=f"{ROLE_ID}:one",
    access_key_id="ASIA",
)
GUEST = replace(DEPLOY, arn=f"{STS}:federated-user/guest", user_id=f"{ACCOUNT}:guest")
SERVICE = Caller(account=ACCOUNT, arn="ecr.amazonaws.com", user_id="ecr.amazonaws.com")


def inline(name="p", *actions):
    return InlinePolicy(policy_name=name, policy_document=identity_policy(*actions))


def user(**members):
    made = {"name": "ci", "unique_id": USER_ID, "arn": CI.arn, "create_date": NOW}
    return User(**made, **members)


def role(**members):
    made = {"name": "deploy", "unique_id": ROLE_ID, "arn": f"{IAM}:role/y/deploy"}
    document = trust_policy()
    return Role(**made, create_date=NOW, assume_role_policy_document=document, **members)


def store_with(*identities, session=None):
    store = Store()
    there = store.identities(ACCOUNT)
    tables = {User: there.users, Group: there.groups, Role: there.roles}
    for identity in identities:
        tables[type(identity)].save(identity)
    if session is not None:
        store.sessions.put(session.access_key_id, session)
    return store


def session(caller=DEPLOY, principal_arn=f"{IAM}:role/y/deploy", **members):
    return Session(
        access_key_id="ASIA",
        secret_access_key="",
        session_token="",
        expiration=NOW,
        issued_at=NOW,
        caller=caller,
        principal_arn=principal_arn,
        **members,
    )


def names(policies):
    return [policy.name for policy in policies]


# Which policies apply


def test_a_user_has_its_policies_and_then_those_of_its_groups():
    """Source: reference iam.md §6."""
    groups = [
        Group(name=name, unique_id="AGPA", arn=f"{IAM}:group/{name}", create_date=NOW, **members)
        for name, members in (
            ("devs", {"inline_policies": (inline("g"),)}),
            ("ops", {"attached_policy_arns": (PULL_ONLY,)}),
            ("others", {"attached_policy_arns": (GONE,)}),
        )
    ]
    member = user(
        inline_policies=(inline(),),
        attached_policy_arns=(READ_ONLY,),
        group_keys=("devs", "ops"),
    )
    found = standing_of(store_with(member, *groups), CI).permissions
    assert names(found.identity) == [
        "inline policy p of user/x/ci",
        READ_ONLY,
        "inline policy g of group/devs",
        PULL_ONLY,
    ]
    assert {policy.kind for policy in found.identity} == {IDENTITY}
    assert (found.boundary, found.session) == (None, None)


def test_a_managed_policy_that_is_gone_is_left_out():
    member = user(attached_policy_arns=(GONE, READ_ONLY))
    assert names(standing_of(store_with(member), CI).permissions.identity) == [READ_ONLY]


def test_of_a_managed_policy_the_version_in_force_counts():
    policy = next(aws_policies("aws"))
    own = replace(policy, arn=GONE, versions=(replace(policy.versions[0], version_id="v9"),))
    store = store_with(user(attached_policy_arns=(GONE,)))
    store.identities(ACCOUNT).policies.save(replace(own, default_version_id="v9"))
    (found,) = standing_of(store, CI).permissions.identity
    assert (found.name, found.document.text) == (GONE, policy.document)


@pytest.mark.parametrize(
    "made", [user(permissions_boundary=BOUND), role(permissions_boundary=BOUND)]
)
def test_a_boundary_is_of_a_user_or_of_the_role_of_a_session(made):
    caller = CI if isinstance(made, User) else DEPLOY
    found = standing_of(store_with(made, session=session()), caller).permissions.boundary
    assert (found.kind, found.name) == (BOUNDARY, READ_ONLY)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, None),
        ({"policies": (identity_policy(),)}, ["the session's own policy"]),
        ({"policy_arns": (READ_ONLY,)}, [READ_ONLY]),
        (
            {"policies": (identity_policy(),), "policy_arns": (READ_ONLY, GONE)},
            ["the session's own policy", READ_ONLY],
        ),
        ({"policy_arns": (GONE,)}, []),
    ],
)
def test_a_session_has_policies_of_its_own_or_none(members, expected):
    """One whose only policy is gone may nothing; one without any may what its role may."""
    found = standing_of(store_with(role(), session=session(**members)), DEPLOY)
    policies = found.permissions.session
    assert (policies if policies is None else names(policies)) == expected
    assert {policy.kind for policy in policies or ()} <= {SESSION}


@pytest.mark.parametrize(
    ("made", "caller"),
    [
        (user(inline_policies=(inline(),)), replace(CI, user_id="AIDAOLD")),
        (role(inline_policies=(inline(),)), replace(DEPLOY, user_id="AROAOLD:one")),
        (user(inline_policies=(inline(),)), replace(CI, arn=f"{IAM}:user/ci")),
    ],
)
def test_somebody_else_of_the_same_name_lends_nothing(made, caller):
    """Source: reference iam.md §3.2: who is made anew is another one."""
    found = standing_of(store_with(made, session=session(caller)), caller)
    assert found.permissions == Permissions()


def test_the_root_has_no_policies():
    assert standing_of(store_with(user()), ROOT).permissions == Permissions()


def test_a_federated_user_has_the_policies_of_the_user_that_it_is_of():
    """Its id is not that user's."""
    store = store_with(user(inline_policies=(inline(),)), session=session(GUEST, CI.arn))
    found = standing_of(store, GUEST)
    assert found.principal_arn == CI.arn
    assert names(found.permissions.identity) == ["inline policy p of user/x/ci"]


def test_behind_a_session_that_nobody_began_is_who_is_named():
    caller = replace(DEPLOY, access_key_id="")
    store = store_with(role(inline_policies=(inline(),)))
    assert standing_of(store, caller).permissions == Permissions()
    found = standing_of(store, caller, f"{IAM}:role/y/deploy")
    assert names(found.permissions.identity) == ["inline policy p of role/y/deploy"]


# What conditions can ask

ABOUT = ("aws:principaltype", "aws:principalarn", "aws:userid", "aws:username")


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (ROOT, ("Account", ROOT.arn, ACCOUNT, None)),
        (CI, ("User", CI.arn, USER_ID, "ci")),
        (DEPLOY, ("AssumedRole", f"{IAM}:role/y/deploy", f"{ROLE_ID}:one", None)),
        (GUEST, ("FederatedUser", GUEST.arn, f"{ACCOUNT}:guest", None)),
    ],
)
def test_each_kind_of_caller_is_asked_about_in_its_own_way(caller, expected):
    """Source: the table in reference iam.md §1.1."""
    store = store_with(user(), role(), session=session(caller))
    keys = standing_of(store, caller).keys
    assert tuple(keys.get(name, (None,))[0] for name in ABOUT) == expected
    assert keys["aws:principalaccount"] == (ACCOUNT,)
    assert keys["aws:principalisawsservice"] == ("false",)


def test_a_service_is_asked_about_by_its_name_alone():
    assert standing_of(Store(), SERVICE).keys == {
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": ("ecr.amazonaws.com",),
    }


def test_the_tags_of_a_user_are_asked_for_whatever_the_case_of_their_keys():
    keys = standing_of(store_with(user(resource_tags=TEAM)), CI).keys
    assert keys["aws:principaltag/team"] == ("a",)


def test_the_tags_of_a_session_go_before_those_of_its_role():
    """Source: reference iam.md §12.2."""
    tags = (ResourceTag(key="TEAM", value="b"), ResourceTag(key="stage", value="c"))
    store = store_with(role(resource_tags=TEAM), session=session(resource_tags=tags))
    keys = standing_of(store, DEPLOY).keys
    assert (keys["aws:principaltag/team"], keys["aws:principaltag/stage"]) == (("b",), ("c",))


@pytest.mark.parametrize(("has_mfa", "text"), [(True, "true"), (False, "false")])
def test_temporary_credentials_say_when_and_how_they_were_given(has_mfa, text):
    """Long-term ones do not have these keys at all. Source: reference iam.md §5."""
    given = session(has_mfa=has_mfa, source_identity="me")
    keys = standing_of(store_with(role(), session=given), DEPLOY).keys
    assert keys["aws:multifactorauthpresent"] == (text,)
    assert keys["aws:tokenissuetime"] == ("2026-01-02T03:04:05Z",)
    assert keys["aws:sourceidentity"] == ("me",)


def test_a_key_that_says_nothing_is_not_there():
    temporary = standing_of(store_with(role(), session=session()), DEPLOY).keys
    assert "aws:sourceidentity" not in temporary
    assert (
        not {"aws:tokenissuetime", "aws:multifactorauthpresent"}
        & standing_of(Store(), CI).keys.keys()
    )


# Callers by their names


@pytest.mark.parametrize(
    ("text", "caller", "principal_arn"),
    [
        (ACCOUNT, ROOT, ROOT.arn),
        (ROOT.arn, ROOT, ROOT.arn),
        (CI.arn, CI, CI.arn),
        (DEPLOY.arn, replace(DEPLOY, access_key_id=""), f"{IAM}:role/y/deploy"),
        (
            f"{IAM}:role/y/deploy",
            read_caller(f"{IAM}:role/y/deploy").caller(ROLE_ID),
            f"{IAM}:role/y/deploy",
        ),
    ],
)
def test_a_name_means_somebody_who_is_there(text, caller, principal_arn):
    """Of a session only the role has to be."""
    assert caller_named(store_with(user(), role()), text, "aws") == (caller, principal_arn)


def test_an_account_is_of_the_partition_that_is_asked():
    caller, _ = caller_named(Store(), ACCOUNT, "aws-cn")
    assert caller.arn == f"arn:aws-cn:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"{IAM}:user/ci", f"{IAM}:user/ci"),
        (f"{IAM}:role/deploy", f"{IAM}:role/deploy"),
        (f"{STS}:assumed-role/none/one", f"{IAM}:role/none"),
    ],
)
def test_somebody_who_is_not_there_is_named(text, missing):
    """A path counts."""
    with pytest.raises(ValueError) as caught:
        caller_named(store_with(user(), role()), text, "aws")
    assert str(caught.value) == f"there is no {missing}"


def test_what_names_nobody_is_refused():
    with pytest.raises(ValueError, match="is no ARN of a user"):
        caller_named(Store(), f"{IAM}:group/devs", "aws")
