"""Who may do what: the rules of evaluation, row by row, and what holds for all of them.

Source: reference iam.md §6, §7, §12.2, §17.2.
"""

from dataclasses import replace
from typing import Any

import pytest

from ecrmock.values.authorization import Caller
from ecrmock.values.permissions import SESSION, AppliedPolicy, Permissions
from tests.rules.access import (
    ACCOUNT,
    FEDERATED,
    FEDERATED_ARN,
    FOREIGN_REPOSITORY,
    IAM,
    OTHER_ROOT,
    PULL,
    REPOSITORY,
    ROLE_ARN,
    ROLE_ID,
    ROLE_SESSION,
    ROOT,
    ROOT_ARN,
    SERVICE,
    SESSION_ARN,
    STS,
    USER,
    USER_ARN,
    USER_ID,
    allow,
    allow_to,
    asked,
    attached,
    deny,
    deny_to,
    permissions,
    registry_policy,
    repository_policy,
    request,
)

LIST = allow("ecr:ListImages")  # what does not allow a pull
HELD = {
    "nothing": permissions(),
    "identity": permissions(identity=allow()),
    "and a boundary that lacks it": permissions(identity=allow(), boundary=LIST),
    "and a session policy that lacks it": permissions(identity=allow(), session=LIST),
    "all": permissions(identity=allow(), boundary=allow(), session=allow()),
}
WORDS = {
    "A": None,
    "I": "because no identity-based policy allows the ecr:BatchGetImage action",
    "R": "because no resource-based policy allows the ecr:BatchGetImage action",
    "B": "because no permissions boundary allows the ecr:BatchGetImage action",
    "S": "because no session policy allows the ecr:BatchGetImage action",
}


def is_told(found: Any, context: str | None) -> None:
    """Check a decision: allowed, or denied with a context after the sentence that says what."""
    assert found.allowed is (context is None)
    if context is not None:
        assert found.reason.endswith(f" {context}")


# The columns are what the caller holds, as in HELD. A allowed; denied for want of an allow in an identity-based
# policy (I), a resource-based policy (R), the permissions boundary (B), a session policy (S).
IN_THE_ACCOUNT = [
    (USER, None, "I A B S A"),
    (USER, {"AWS": USER_ARN}, "A A A A A"),
    (USER, {"AWS": USER_ID}, "A A A A A"),
    (USER, "*", "A A A A A"),
    (USER, {"AWS": "*"}, "A A A A A"),
    (USER, {"AWS": ROOT_ARN}, "I A B S A"),
    (USER, {"AWS": ACCOUNT}, "I A B S A"),
    (USER, {"AWS": [ROOT_ARN, USER_ARN]}, "A A A A A"),
    (USER, {"AWS": f"{IAM}user/ci"}, "I A B S A"),
    (USER, {"AWS": f"{IAM}role/ci"}, "I A B S A"),
    (USER, {"AWS": OTHER_ROOT}, "I A B S A"),
    (USER, {"Service": "ecr.amazonaws.com"}, "I A B S A"),
    (USER, {"Federated": "*"}, "I A B S A"),
    (ROLE_SESSION, None, "I A B S A"),
    (ROLE_SESSION, {"AWS": SESSION_ARN}, "A A A A A"),
    (ROLE_SESSION, "*", "A A A A A"),
    (ROLE_SESSION, {"AWS": ROLE_ARN}, "A A B S A"),
    (ROLE_SESSION, {"AWS": ROLE_ID}, "A A B S A"),
    (ROLE_SESSION, {"AWS": [ROLE_ARN, SESSION_ARN]}, "A A A A A"),
    (ROLE_SESSION, {"AWS": ROOT_ARN}, "I A B S A"),
    (ROLE_SESSION, {"AWS": f"{STS}assumed-role/deploy/build-2"}, "I A B S A"),
    (ROLE_SESSION, {"AWS": f"{IAM}role/deploy"}, "I A B S A"),
    (ROLE_SESSION, {"AWS": USER_ARN}, "I A B S A"),
    (FEDERATED, None, "I S B S A"),
    (FEDERATED, {"AWS": FEDERATED_ARN}, "A A A A A"),
    (FEDERATED, "*", "A A A A A"),
    (FEDERATED, {"AWS": USER_ARN}, "S S B S A"),
    (FEDERATED, {"AWS": ROOT_ARN}, "I S B S A"),
    (ROOT, None, "A A A A A"),
    (ROOT, {"AWS": USER_ARN}, "A A A A A"),
    (ROOT, {"AWS": ROOT_ARN}, "A A A A A"),
    (SERVICE, None, "R R R R R"),
    (SERVICE, {"Service": "ecr.amazonaws.com"}, "A A A A A"),
    (SERVICE, {"Service": "codebuild.amazonaws.com"}, "R R R R R"),
    (SERVICE, {"AWS": ROOT_ARN}, "R R R R R"),
    (SERVICE, "*", "A A A A A"),
]
ACROSS_ACCOUNTS = [
    (USER, None, "R R R R R"),
    (USER, {"AWS": USER_ARN}, "I A B S A"),
    (USER, {"AWS": USER_ID}, "I A B S A"),
    (USER, {"AWS": ROOT_ARN}, "I A B S A"),
    (USER, {"AWS": ACCOUNT}, "I A B S A"),
    (USER, "*", "I A B S A"),
    (USER, {"AWS": OTHER_ROOT}, "R R R R R"),
    (USER, {"AWS": f"{IAM}user/other"}, "R R R R R"),
    (ROLE_SESSION, {"AWS": SESSION_ARN}, "I A B S A"),
    (ROLE_SESSION, {"AWS": ROLE_ARN}, "I A B S A"),
    (ROLE_SESSION, {"AWS": ROOT_ARN}, "I A B S A"),
    (ROLE_SESSION, "*", "I A B S A"),
    (FEDERATED, {"AWS": FEDERATED_ARN}, "I S B S A"),
    (FEDERATED, {"AWS": USER_ARN}, "I S B S A"),
    (SERVICE, {"Service": "ecr.amazonaws.com"}, "A A A A A"),
    (SERVICE, None, "R R R R R"),
]


def cells(rows: list[tuple[Caller, Any, str]]) -> list[tuple[Caller, Any, str, str]]:
    return [
        (caller, principal, held, cell)
        for caller, principal, row in rows
        for held, cell in zip(HELD, row.split(), strict=True)
    ]


def policies_to(principal: Any) -> list[AppliedPolicy]:
    return [] if principal is None else [repository_policy(allow_to(principal))]


@pytest.mark.parametrize(("caller", "principal", "held", "cell"), cells(IN_THE_ACCOUNT))
def test_whom_the_repository_policy_names_decides_what_else_is_needed_in_the_account(
    caller: Caller, principal: Any, held: str, cell: str
) -> None:
    """Source: the table in reference iam.md §6.1, step 5."""
    found = asked(request(caller), HELD[held], *policies_to(principal))
    is_told(found, WORDS[cell])


@pytest.mark.parametrize(("caller", "principal", "held", "cell"), cells(ACROSS_ACCOUNTS))
def test_across_accounts_both_sides_have_to_allow(
    caller: Caller, principal: Any, held: str, cell: str
) -> None:
    """Source: reference iam.md §6.2."""
    found = asked(request(caller, on=FOREIGN_REPOSITORY), HELD[held], *policies_to(principal))
    is_told(found, WORDS[cell])


@pytest.mark.parametrize(
    ("principal", "cell"),
    [(ROOT_ARN, "A"), ("*", "A"), (ACCOUNT, "A"), (USER_ARN, "R"), (OTHER_ROOT, "R")],
)
def test_the_root_of_another_account_needs_the_resource_only(principal: str, cell: str) -> None:
    policy = repository_policy(allow_to({"AWS": principal}))
    is_told(asked(request(ROOT, on=FOREIGN_REPOSITORY), permissions(), policy), WORDS[cell])


def test_a_federated_user_of_root_is_limited_by_the_session_alone() -> None:
    made = replace(request(FEDERATED), principal_arn=ROOT_ARN)
    assert asked(made, permissions(session=allow())).allowed
    is_told(asked(made, permissions(session=LIST)), WORDS["S"])
    is_told(asked(made, permissions()), WORDS["S"])


# NotPrincipal


@pytest.mark.parametrize(
    ("caller", "spared", "is_hit"),
    [
        (USER, [f"{IAM}user/other"], True),
        (USER, [USER_ARN], True),
        (USER, [ROOT_ARN], True),
        (USER, [USER_ARN, ROOT_ARN], False),
        (USER, [USER_ID, ACCOUNT], False),
        (ROLE_SESSION, [SESSION_ARN, ROOT_ARN], True),
        (ROLE_SESSION, [ROLE_ARN, ROOT_ARN], True),
        (ROLE_SESSION, [SESSION_ARN, ROLE_ARN, ROOT_ARN], False),
        (ROLE_SESSION, [SESSION_ARN, ROLE_ID, ACCOUNT], False),
        (ROOT, [ROOT_ARN], False),
        (ROOT, [ACCOUNT], False),
        (ROOT, [USER_ARN], True),
        (SERVICE, [ROOT_ARN], True),
        (USER, ["*"], False),
    ],
)
def test_a_deny_with_not_principal_spares_whom_it_lists_by_every_name(
    caller: Caller, spared: list[str], is_hit: bool
) -> None:
    """To spare a session list the session, the role and the account. Source: reference iam.md §3.2."""
    statement = deny(NotPrincipal={"AWS": spared})
    del statement["Resource"]
    policy = repository_policy(statement, allow_to("*"))
    hit = "with an explicit deny in a resource-based policy" if is_hit else None
    is_told(asked(request(caller), permissions(), policy), hit)


@pytest.mark.parametrize(
    ("spared", "cell"),
    [(f"{IAM}user/other", "A"), (USER_ARN, "I"), (ROOT_ARN, "I"), (OTHER_ROOT, "A"), ("*", "I")],
)
def test_an_allow_with_not_principal_leaves_out_whom_it_lists_by_any_name(
    spared: str, cell: str
) -> None:
    statement = allow(NotPrincipal={"AWS": spared})
    del statement["Resource"]
    is_told(asked(request(), permissions(), repository_policy(statement)), WORDS[cell])


# Explicit denies

EVERYTHING = {"identity": allow(), "boundary": allow(), "session": allow()}


@pytest.mark.parametrize("caller", [USER, ROLE_SESSION, FEDERATED])
@pytest.mark.parametrize("on", [REPOSITORY, FOREIGN_REPOSITORY])
@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("identity", "an identity-based policy"),
        ("boundary", "a permissions boundary"),
        ("session", "a session policy"),
    ],
)
def test_an_explicit_deny_of_the_caller_wins_over_every_allow(
    caller: Caller, on: str, where: str, kind: str
) -> None:
    held = permissions(**{**EVERYTHING, where: deny(PULL)})
    found = asked(request(caller, on=on), held, repository_policy(allow_to("*")))
    is_told(found, f"with an explicit deny in {kind}")
    assert asked(request(caller, "ecr:PutImage"), permissions(**EVERYTHING)).allowed


@pytest.mark.parametrize("caller", [USER, ROLE_SESSION, FEDERATED, ROOT, SERVICE])
@pytest.mark.parametrize("on", [REPOSITORY, FOREIGN_REPOSITORY])
def test_an_explicit_deny_of_the_resource_wins_over_every_allow(caller: Caller, on: str) -> None:
    policy = repository_policy(allow_to("*"), deny_to("*", PULL))
    found = asked(request(caller, on=on), permissions(**EVERYTHING), policy)
    is_told(found, "with an explicit deny in a resource-based policy")


@pytest.mark.parametrize(
    ("caller", "principal", "is_hit"),
    [
        (USER, USER_ARN, True),
        (USER, ROOT_ARN, True),
        (USER, USER_ID, True),
        (USER, f"{IAM}user/other", False),
        (USER, OTHER_ROOT, False),
        (ROLE_SESSION, ROLE_ARN, True),
        (ROLE_SESSION, ROLE_ID, True),
        (ROLE_SESSION, SESSION_ARN, True),
        (ROLE_SESSION, ROOT_ARN, True),
        (ROLE_SESSION, f"{STS}assumed-role/deploy/other", False),
        (FEDERATED, USER_ARN, True),
        (ROOT, ROOT_ARN, True),
        (ROOT, USER_ARN, False),
    ],
)
def test_a_deny_hits_whom_it_names_in_any_way(caller: Caller, principal: str, is_hit: bool) -> None:
    policy = repository_policy(deny_to({"AWS": principal}), allow_to("*"))
    hit = "with an explicit deny in a resource-based policy" if is_hit else None
    is_told(asked(request(caller), permissions(), policy), hit)


@pytest.mark.parametrize(
    ("denying", "kind"),
    [
        (("resource", "identity", "boundary", "session"), "a resource-based policy"),
        (("identity", "boundary", "session"), "an identity-based policy"),
        (("boundary", "session"), "a permissions boundary"),
        (("session",), "a session policy"),
    ],
)
def test_of_several_explicit_denies_the_first_in_the_order_of_kinds_is_told(
    denying: tuple[str, ...], kind: str
) -> None:
    """Inferred: reference iam.md §7."""
    attached_denies = {where: deny() for where in denying if where != "resource"}
    policies = [repository_policy(deny_to("*"))] if "resource" in denying else []
    found = asked(request(), permissions(**{**EVERYTHING, **attached_denies}), *policies)
    is_told(found, f"with an explicit deny in {kind}")


@pytest.mark.parametrize(
    ("held", "cell"),
    [
        (permissions(boundary=LIST, session=LIST), "I"),
        (permissions(identity=allow(), boundary=LIST, session=LIST), "B"),
        (permissions(identity=allow(), boundary=allow(), session=LIST), "S"),
    ],
)
def test_of_several_missing_allows_the_first_in_the_order_of_kinds_is_told(
    held: Permissions, cell: str
) -> None:
    is_told(asked(request(), held), WORDS[cell])
    silent = asked(request(on=FOREIGN_REPOSITORY), held)
    is_told(silent, WORDS["R"])


# The cases of reference iam.md §17.2 that are not rows above

FROM_OFFICE = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
TAG_IS_NOT_X = {"StringNotEquals": {"aws:ResourceTag/x": "y"}}


def test_case_1_a_repository_policy_gives_no_token() -> None:
    """It is not asked for an action that has no repository."""
    policy = repository_policy(allow_to({"AWS": USER_ARN}))
    assert asked(request(), permissions(), policy).allowed
    is_told(
        asked(request(action="ecr:GetAuthorizationToken", on="*"), permissions()),
        "because no identity-based policy allows the ecr:GetAuthorizationToken action",
    )


def test_case_4_a_deny_by_address_hits_the_owner() -> None:
    policy = repository_policy(deny_to("*", Condition=FROM_OFFICE))
    outside = asked(request(ROOT, aws__sourceip="192.0.2.1"), permissions(), policy)
    is_told(outside, "with an explicit deny in a resource-based policy")
    assert asked(request(ROOT, aws__sourceip="10.1.2.3"), permissions(), policy).allowed


def test_case_5_a_negated_operator_holds_for_a_tag_that_is_missing() -> None:
    held = Permissions(identity=(attached(allow(), deny(Condition=TAG_IS_NOT_X)),))
    is_told(asked(request(), held), "with an explicit deny in an identity-based policy")
    tagged = replace(request(), keys={"aws:resourcetag/x": ("y",)})
    assert asked(tagged, held).allowed


def test_case_6_for_all_values_holds_for_no_tags() -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}
    held = permissions(identity=allow("ecr:TagResource", Condition=condition))
    assert asked(request(action="ecr:TagResource"), held).allowed
    assert asked(request(action="ecr:TagResource", aws__tagkeys=["a"]), held).allowed
    assert not asked(request(action="ecr:TagResource", aws__tagkeys=["a", "b"]), held).allowed


def test_case_7_a_boundary_limits_the_role_and_not_the_session() -> None:
    push, held = request(ROLE_SESSION, "ecr:PutImage"), permissions(boundary=allow(PULL))
    denied = asked(push, held, repository_policy(allow_to({"AWS": ROLE_ARN})))
    is_told(denied, "because no permissions boundary allows the ecr:PutImage action")
    assert asked(push, held, repository_policy(allow_to({"AWS": SESSION_ARN}))).allowed


def test_case_8_session_policies_count_together() -> None:
    narrow = (attached(LIST, kind=SESSION), attached(allow(PULL), kind=SESSION))
    held = replace(permissions(identity=allow()), session=narrow)
    assert asked(request(ROLE_SESSION), held).allowed
    assert not asked(request(ROLE_SESSION, "ecr:PutImage"), held).allowed


@pytest.mark.parametrize(
    ("version", "is_allowed"), [("2012-10-17", True), ("2008-10-17", False), (None, False)]
)
def test_case_10_an_old_version_knows_no_variables(version: str | None, is_allowed: bool) -> None:
    statement = allow(on="arn:aws:ecr:*:*:repository/${aws:username}/*")
    held = Permissions(identity=(attached(statement, version=version),))
    assert asked(request(aws__username="team"), held).allowed is is_allowed


def test_case_11_who_has_the_name_of_a_deleted_user_is_another_one() -> None:
    again = replace(USER, user_id="AIDA" + "R" * 17)
    policy = repository_policy(allow_to({"AWS": USER_ID}))
    assert asked(request(USER), permissions(), policy).allowed
    is_told(asked(request(again), permissions(), policy), WORDS["I"])


def test_case_12_to_create_a_repository_does_not_allow_to_tag_it() -> None:
    held = permissions(identity=allow("ecr:CreateRepository"))
    assert asked(request(action="ecr:CreateRepository"), held).allowed
    assert not asked(request(action="ecr:TagResource"), held).allowed


# Repository and registry policies together


def test_the_statements_of_repository_and_registry_policy_are_pooled() -> None:
    """Source: reference iam.md §10."""
    to_registry = {**allow_to({"AWS": USER_ARN}), "Resource": f"{REPOSITORY.rpartition('/')[0]}/*"}
    silent = repository_policy(allow_to({"AWS": ROLE_ARN}))
    assert asked(request(), permissions(), silent, registry_policy(to_registry)).allowed
    elsewhere = {**to_registry, "Resource": FOREIGN_REPOSITORY}
    is_told(asked(request(), permissions(), silent, registry_policy(elsewhere)), WORDS["I"])


def test_a_deny_of_the_registry_wins_over_the_repository() -> None:
    denied = registry_policy({**deny_to("*"), "Resource": "*"})
    found = asked(request(ROOT), permissions(), repository_policy(allow_to("*")), denied)
    is_told(found, "with an explicit deny in a resource-based policy")
    assert found.policy == "registry policy"


# What the decision tells


def test_a_denial_is_told_in_the_words_of_aws() -> None:
    """Source: reference iam.md §7."""
    assert asked(request(ROLE_SESSION), permissions()).reason == (
        f"User: {SESSION_ARN} is not authorized to perform: ecr:BatchGetImage on resource: "
        f"{REPOSITORY} because no identity-based policy allows the ecr:BatchGetImage action"
    )


def test_an_explicit_deny_names_its_statement_and_policy() -> None:
    held = Permissions(identity=(attached(LIST), attached(allow(), deny(Sid="Never"))))
    found = asked(request(), held)
    assert found.policy == "the identity-based policy"
    assert found.statement is held.identity[1].document.statements[1]


def test_an_allow_names_its_statement_and_policy() -> None:
    held = Permissions(identity=(attached(LIST, allow(Sid="Pull")),))
    found = asked(request(), held)
    assert found.reason == (
        "Allowed by statement 2 (Pull) of identity-based policy 'the identity-based policy'"
    )
    assert found.statement is held.identity[0].document.statements[1]
    assert found.policy == "the identity-based policy"


def test_an_allow_across_accounts_names_both_statements() -> None:
    policy = repository_policy(allow_to("*"))
    found = asked(request(on=FOREIGN_REPOSITORY), permissions(identity=allow()), policy)
    assert found.policy == "repository policy of team/app"
    assert found.reason == (
        "Allowed by statement 1 of resource-based policy 'repository policy of team/app' and "
        "statement 1 of identity-based policy 'the identity-based policy'"
    )


def test_delegation_names_the_identity_policy_first() -> None:
    policy = repository_policy(allow_to({"AWS": ROOT_ARN}))
    found = asked(request(), permissions(identity=allow()), policy)
    assert found.policy == "the identity-based policy"


def test_what_lacks_an_allow_is_named_where_it_is_one_policy() -> None:
    found = asked(request(), HELD["and a boundary that lacks it"])
    assert (found.policy, found.statement) == ("the permissions boundary", None)
    assert asked(request(), HELD["and a session policy that lacks it"]).policy
    assert asked(request(), permissions()).policy is None


def test_root_needs_no_statement() -> None:
    found = asked(request(ROOT), permissions())
    assert (found.allowed, found.policy, found.statement) == (True, None, None)


@pytest.mark.parametrize("action", ["sts:GetCallerIdentity", "STS:getcalleridentity"])
def test_everybody_may_ask_who_they_are(action: str) -> None:
    """Even against an explicit deny. Source: reference iam.md §6.1."""
    assert asked(request(action=action, on="*"), permissions(identity=deny("*"))).allowed
    assert not asked(request(action="sts:GetSessionToken", on="*"), permissions()).allowed
