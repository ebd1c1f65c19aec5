"""What holds for any request and any policies."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.iam import decide, may_assume
from ecrmock.values.authorization import Caller
from ecrmock.values.permissions import IDENTITY, AppliedPolicy, Permissions
from ecrmock.values.policies import Condition, PolicyDocument, Principal, Statement
from tests.rules.access import (
    ACCOUNT,
    CALLERS,
    FOREIGN_REPOSITORY,
    NAMES,
    REPOSITORY,
    ROOT,
    ROOT_ARN,
    request,
)

ACTIONS = ["ecr:BatchGetImage", "ecr:PutImage", "ecr:*", "*", "ecr:Batch*", "s3:*", "", "${*}"]
RESOURCES = [
    REPOSITORY,
    FOREIGN_REPOSITORY,
    "*",
    "arn:aws:ecr:*",
    f"{REPOSITORY}${{aws:userid}}",
    "",
]
OPERATORS = [
    *("StringEquals", "StringNotLike", "ArnLike", "NumericLessThan", "DateGreaterThan", "Bool"),
    *("IpAddress", "NotIpAddress", "BinaryEquals", "Null", "ArnNotEquals", "Nonsense"),
]
VALUES = [
    "a",
    "*",
    "true",
    "1",
    "10.0.0.0/8",
    "2026-01-01",
    "arn:aws:iam::*:user/*",
    "",
    "${aws:userid}",
]
anything = st.text(max_size=12)
some = lambda listed: st.lists(st.sampled_from(listed) | anything, max_size=2).map(tuple)  # noqa: E731
conditions = st.builds(
    Condition,
    quantifier=st.sampled_from([None, "ForAllValues", "ForAnyValue"]),
    operator=st.sampled_from(OPERATORS),
    if_exists=st.booleans(),
    key=st.sampled_from(["aws:UserId", "aws:SourceIp", "aws:TagKeys", "AWS:CurrentTime"]),
    values=some(VALUES),
)
principals = st.lists(
    st.builds(
        Principal,
        kind=st.sampled_from(["AWS", "Service", "Federated"]),
        name=st.sampled_from([*NAMES, "", "x"]) | anything,
    ),
    max_size=2,
).map(tuple)
statements = st.builds(
    Statement,
    sid=st.none() | anything,
    effect=st.sampled_from(["Allow", "Deny"]),
    principals=principals,
    not_principals=principals,
    actions=some(ACTIONS),
    not_actions=some(ACTIONS),
    resources=some(RESOURCES),
    not_resources=some(RESOURCES),
    conditions=st.lists(conditions, max_size=2).map(tuple),
)
documents = st.builds(
    PolicyDocument,
    version=st.sampled_from([None, "2008-10-17", "2012-10-17"]),
    statements=st.lists(statements, max_size=3).map(tuple),
    text=st.just("{}"),
)
applied = st.builds(AppliedPolicy, kind=st.just(IDENTITY), name=anything, document=documents)
several = st.lists(applied, max_size=2).map(tuple)
held_by_somebody = st.builds(
    Permissions, identity=several, boundary=st.none() | applied, session=st.none() | several
)
requests = st.builds(
    lambda caller, action, on, keys: replace(request(caller, action, on), keys=keys),
    st.sampled_from(CALLERS)
    | st.builds(Caller, account=st.just(ACCOUNT), arn=anything, user_id=anything),
    st.sampled_from(ACTIONS) | anything,
    st.sampled_from([REPOSITORY, FOREIGN_REPOSITORY, "*"]),
    st.dictionaries(
        st.sampled_from(["aws:userid", "aws:sourceip", "aws:tagkeys", "aws:currenttime"]),
        some(VALUES),
    ),
)
ALLOW_ALL = Statement(effect="Allow", actions=("*",), resources=("*",))
ALLOW_ALL_TO_ALL = replace(ALLOW_ALL, principals=(Principal(kind="AWS", name="*"),))


def one(statement: Statement) -> AppliedPolicy:
    document = PolicyDocument(version="2012-10-17", statements=(statement,), text="{one}")
    return AppliedPolicy(kind=IDENTITY, name="one", document=document)


@given(requests, held_by_somebody, several)
def test_a_decision_is_made_whatever_is_asked(made: Any, held: Permissions, policies: Any) -> None:
    found = decide(made, held, policies)
    assert found.reason
    assert found.allowed or found.reason.startswith("User: ")
    may_assume(made, held, one(ALLOW_ALL_TO_ALL), ["sts:TagSession"])


@given(requests, held_by_somebody, several, st.integers(0, 3))
def test_an_explicit_deny_always_wins(
    made: Any, held: Permissions, policies: Any, place: int
) -> None:
    denial = one(replace(ALLOW_ALL, effect="Deny"))
    denied = [
        replace(held, identity=(*held.identity, denial)),
        replace(held, boundary=denial),
        replace(held, session=(*(held.session or ()), denial)),
        held,
    ][place]
    for_all = one(replace(ALLOW_ALL_TO_ALL, effect="Deny"))
    of_resource = (*policies, for_all) if place == 3 else policies
    assert not decide(made, denied, of_resource).allowed


@given(requests, held_by_somebody, several, statements)
def test_one_more_allow_never_makes_a_denial(
    made: Any, held: Permissions, policies: Any, statement: Statement
) -> None:
    added = one(replace(statement, effect="Allow"))
    if decide(made, held, policies).allowed:
        assert decide(made, held, (*policies, added)).allowed
        assert decide(made, replace(held, identity=(*held.identity, added)), policies).allowed


@given(requests, held_by_somebody, several)
def test_a_boundary_or_session_policy_never_makes_an_allow(
    made: Any, held: Permissions, policies: Any
) -> None:
    free = replace(held, boundary=None)
    if not decide(made, free, policies).allowed:
        assert not decide(made, held, policies).allowed


@given(requests, several)
def test_root_is_denied_by_the_resource_alone(made: Any, policies: Any) -> None:
    by_root = replace(made, caller=ROOT, principal_arn=ROOT_ARN, resource_account=ACCOUNT)
    found = decide(by_root, Permissions(), policies)
    assert found.allowed or found.statement is not None
