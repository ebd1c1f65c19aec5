"""What is a repository policy, what a registry policy, and how ECR shows them."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecrmock.rules.policies import locked_out_by, parse_registry_policy, parse_repository_policy
from ecrmock.values.authorization import Caller, root_of
from ecrmock.values.names import Partition
from ecrmock.values.policies import (
    Condition,
    InvalidRegistryPolicyError,
    InvalidRepositoryPolicyError,
    PolicyDocument,
    Principal,
    Statement,
)
from tests.documents import POLICY_SENT, POLICY_SHOWN

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
RESOURCE = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/*"
ABSENT = ...
USER = Caller(account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/ci", user_id="AIDA" + "Q" * 17)
ROOT_USER = root_of(ACCOUNT, Partition("aws", "amazonaws.com"))


def statement(**elements: Any) -> dict[str, Any]:
    made = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage", **elements}
    return {name: value for name, value in made.items() if value is not ABSENT}


def policy(**elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement(**elements)]}


def registry_policy(**elements: Any) -> dict[str, Any]:
    return policy(**{"Resource": RESOURCE, "Action": "ecr:ReplicateImage", **elements})


def parse(document: Any, partition: str = "aws") -> PolicyDocument:
    return parse_repository_policy(json.dumps(document), partition)


def parse_registry(document: Any, scope: str = "V2") -> PolicyDocument:
    return parse_registry_policy(json.dumps(document), "aws", scope)


def read(**elements: Any) -> Statement:
    (found,) = parse(policy(**elements)).statements
    return found


def refusal(document: Any) -> str:
    with pytest.raises(InvalidRepositoryPolicyError) as caught:
        parse(document)
    return caught.value.reason


# How ECR shows a policy


def test_a_policy_is_shown_as_in_the_example_of_the_aws_cli() -> None:
    """Source: AWS CLI, example of set-repository-policy; reference iam.md §9.3."""
    assert parse_repository_policy(POLICY_SENT, "aws").text == POLICY_SHOWN


@pytest.mark.parametrize(
    "document",
    [
        policy(Action="ecr:*"),
        policy(Action=["ecr:*"]),
        {"Statement": statement()},
        {"Statement": [statement()], "Id": "i", "Version": "2012-10-17"},
        policy(Condition={}),
        policy(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}),
    ],
)
def test_strings_lists_and_the_order_of_keys_stay_as_they_were_sent(document: Any) -> None:
    """Source: reference iam.md §9.3."""
    text = parse(document).text
    assert json.dumps(json.loads(text)) == json.dumps(document)


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
@pytest.mark.parametrize(
    ("sent", "shown"),
    [(ACCOUNT, ROOT), ([ACCOUNT], [ROOT]), ([ROOT, ACCOUNT], [ROOT, ROOT])],
)
def test_an_account_is_shown_as_its_root(element: str, sent: Any, shown: Any) -> None:
    """Inferred: reference iam.md §9.3."""
    elements = {"Principal": ABSENT, element: {"AWS": sent}}
    (found,) = json.loads(parse(policy(**elements)).text)["Statement"]
    assert found[element] == {"AWS": shown}


def test_an_account_is_of_the_partition() -> None:
    document = parse(policy(Principal={"AWS": ACCOUNT}), "aws-cn")
    (principal,) = document.statements[0].principals
    assert principal.name == f"arn:aws-cn:iam::{ACCOUNT}:root"
    assert principal.name in document.text


def test_an_account_in_a_condition_stays_a_number() -> None:
    condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "AWS": ACCOUNT}}
    assert json.loads(parse(policy(Condition=condition)).text) == policy(Condition=condition)


# What a policy says


def test_a_policy_says_its_version_and_id() -> None:
    document = parse({"Version": "2012-10-17", "Id": "id", "Statement": statement()})
    assert (document.version, document.id) == ("2012-10-17", "id")


def test_a_version_may_be_missing() -> None:
    """Source: reference iam.md §9.1."""
    assert parse({"Statement": statement()}).version is None


@pytest.mark.parametrize("listed", [statement(), [statement()]])
def test_one_statement_need_not_be_a_list(listed: Any) -> None:
    """Source: reference iam.md §3.1."""
    assert len(parse({"Statement": listed}).statements) == 1


def test_statements_keep_their_order_and_may_share_a_sid() -> None:
    """Source: reference iam.md §3.1."""
    listed = [statement(Sid="a b", Effect=effect) for effect in ("Allow", "Deny")]
    found = parse({"Statement": listed}).statements
    assert [(each.sid, each.effect) for each in found] == [("a b", "Allow"), ("a b", "Deny")]


@pytest.mark.parametrize(
    ("element", "principals"),
    [
        ("*", [("AWS", "*")]),
        ({"AWS": "*"}, [("AWS", "*")]),
        ({"AWS": ACCOUNT}, [("AWS", ROOT)]),
        ({"AWS": [ROOT, USER.arn]}, [("AWS", ROOT), ("AWS", USER.arn)]),
        (
            {"AWS": ROOT, "Service": "codebuild.amazonaws.com"},
            [("AWS", ROOT), ("Service", "codebuild.amazonaws.com")],
        ),
        ({"Federated": "accounts.google.com"}, [("Federated", "accounts.google.com")]),
    ],
)
def test_a_statement_says_its_principals(element: Any, principals: Any) -> None:
    """Source: reference iam.md §3.2."""
    expected = tuple(Principal(kind=kind, name=name) for kind, name in principals)
    found, spared = read(Principal=element), read(Principal=ABSENT, NotPrincipal=element)
    assert (found.principals, found.not_principals) == (expected, ())
    assert (spared.principals, spared.not_principals) == ((), expected)


@pytest.mark.parametrize(
    "name",
    [
        f"arn:aws:iam::{ACCOUNT}:user/a",
        f"arn:aws:iam::{ACCOUNT}:user/division/team/a+b=c,d.e@f-g_h",
        f"arn:aws:iam::{ACCOUNT}:role/service-role/a",
        f"arn:aws:iam::{ACCOUNT}:role/{'r' * 64}",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/a/session",
        f"arn:aws:sts::{ACCOUNT}:federated-user/a",
        "AIDA" + "2" * 17,
        "AROA" + "Z" * 17,
    ],
)
def test_each_kind_of_arn_may_be_a_principal(name: str) -> None:
    """Source: reference iam.md §1.1, §3.2."""
    assert read(Principal={"AWS": name}).principals == (Principal(kind="AWS", name=name),)


@pytest.mark.parametrize(
    "action",
    ["*", "ecr:*", "ecr:Get*", "ecr:GetAuthorizationToken", "ecr:Foo", "ECR:batchGetImage"],
)
def test_every_action_of_ecr_may_be_named(action: str) -> None:
    """Source: reference iam.md §9.1; made-up names are inferred."""
    assert read(Action=[action]).actions == (action,)
    assert read(Action=ABSENT, NotAction=action).not_actions == (action,)


@pytest.mark.parametrize(
    ("operator", "quantifier", "bare", "if_exists"),
    [
        ("StringEquals", None, "StringEquals", False),
        ("StringNotEqualsIgnoreCaseIfExists", None, "StringNotEqualsIgnoreCase", True),
        ("ForAllValues:StringLike", "ForAllValues", "StringLike", False),
        ("ForAnyValue:ArnNotLikeIfExists", "ForAnyValue", "ArnNotLike", True),
        ("NumericGreaterThanEquals", None, "NumericGreaterThanEquals", False),
        ("DateLessThan", None, "DateLessThan", False),
        ("NotIpAddress", None, "NotIpAddress", False),
        ("Bool", None, "Bool", False),
        ("BinaryEquals", None, "BinaryEquals", False),
        ("Null", None, "Null", False),
    ],
)
def test_a_condition_says_its_operator(
    operator: str, quantifier: str | None, bare: str, if_exists: bool
) -> None:
    """Source: reference iam.md §4."""
    (found,) = read(Condition={operator: {"aws:a": "b"}}).conditions
    assert (found.quantifier, found.operator, found.if_exists) == (quantifier, bare, if_exists)


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("a", ("a",)),
        (["a", "b"], ("a", "b")),
        (True, ("true",)),
        ([False, 1, 1.5], ("false", "1", "1.5")),
        ([], ()),
    ],
)
def test_the_values_of_a_condition_are_texts(raw: Any, values: tuple[str, ...]) -> None:
    """Source: reference iam.md §3.1."""
    (found,) = read(Condition={"StringEquals": {"aws:a": raw}}).conditions
    assert found == Condition(operator="StringEquals", key="aws:a", values=values)


def test_each_key_of_each_operator_is_a_condition() -> None:
    condition = {"StringEquals": {"aws:a": "1", "aws:b": "2"}, "Bool": {"aws:c": "true"}}
    found = read(Condition=condition).conditions
    assert [(each.operator, each.key) for each in found] == [
        ("StringEquals", "aws:a"),
        ("StringEquals", "aws:b"),
        ("Bool", "aws:c"),
    ]


# What is no repository policy


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "7", '"text"', "{}", "[" * 5_000, "{}{}", '{"Statement": NaN}']
)
def test_what_is_no_json_object_with_statements_is_refused(text: str) -> None:
    """Source: reference iam.md §9.2."""
    with pytest.raises(InvalidRepositoryPolicyError):
        parse_repository_policy(text, "aws")


@pytest.mark.parametrize(
    "document",
    [
        {"Statement": []},
        {"Statement": None},
        {"Statement": "a"},
        {"Statement": [[]]},
        {"Statement": statement(), "Version": "2012-10-18"},
        {"Statement": statement(), "Version": None},
        {"Statement": statement(), "Id": 1},
        {"Statement": statement(), "Comment": ""},
        {"statement": statement()},
    ],
)
def test_a_wrong_document_is_refused(document: Any) -> None:
    """Source: reference iam.md §3.1, §9.2."""
    assert refusal(document)


@pytest.mark.parametrize(
    "elements",
    [
        {"Effect": ABSENT},
        {"Effect": "allow"},
        {"Effect": ["Allow"]},
        {"Sid": 1},
        {"Sid": None},
        {"Principal": ABSENT},
        {"NotPrincipal": "*"},
        {"Action": ABSENT},
        {"NotAction": "ecr:*"},
        {"Resource": "*"},
        {"NotResource": "*"},
        {"Comment": ""},
        {"Condition": []},
        {"Condition": None},
    ],
    ids=str,
)
def test_a_wrong_element_is_refused(elements: dict[str, Any]) -> None:
    """Source: reference iam.md §3.1, §9.1, §9.2."""
    assert refusal(policy(**elements))


@pytest.mark.parametrize(
    "principal",
    [
        None,
        "",
        ACCOUNT,
        ROOT,
        ["*"],
        {},
        {"AWS": []},
        {"AWS": None},
        {"AWS": {"a": "b"}},
        {"AWS": ""},
        {"AWS": "1234"},
        {"AWS": [ROOT, 7]},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:*"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:user/team?/a"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:user"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:user/"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/a b"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{'r' * 65}"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:group/a"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root/a"},
        {"AWS": "arn:aws:iam::1234:root"},
        {"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"},
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/a"},
        {"AWS": f"arn:aws:s3::{ACCOUNT}:root"},
        {"AWS": "AIDA"},
        {"Service": "codebuild"},
        {"Service": "*"},
        {"Federated": ""},
        {"CanonicalUser": "a"},
        {"aws": ROOT},
    ],
    ids=str,
)
def test_a_malformed_principal_is_refused(principal: Any) -> None:
    """Source: reference iam.md §3.2, §9.2."""
    assert refusal(policy(Principal=principal))
    assert refusal(policy(Principal=ABSENT, NotPrincipal=principal))


@pytest.mark.parametrize(
    "action",
    ["", "ecr", "ecr:", "BatchGetImage", "s3:*", "ecr-public:*", "ec*", [], None, ["*", 1]],
)
def test_a_bad_action_is_refused(action: Any) -> None:
    """Source: reference iam.md §9.1, §9.2."""
    assert refusal(policy(Action=action))
    assert refusal(policy(Action=ABSENT, NotAction=action))


@pytest.mark.parametrize(
    "condition",
    [
        {"Equals": {}},
        {"stringEquals": {}},
        {"NullIfExists": {}},
        {"ForSomeValues:StringEquals": {}},
        {"StringEquals": []},
        {"StringEquals": {"aws:a": None}},
        {"StringEquals": {"aws:a": [["b"]]}},
        {"StringEquals": {"aws:a": {}}},
    ],
    ids=str,
)
def test_a_bad_condition_is_refused(condition: Any) -> None:
    """Source: reference iam.md §3.1, §4."""
    assert refusal(policy(Condition=condition))


def of_action(action: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize("action", ["ecr-public:PutImage", "ecr-public:NoSuch", "*"])
def test_a_policy_names_actions_of_the_service_of_its_repository(action: str) -> None:
    """Source: reference public.md §4.4."""
    document = parse_repository_policy(of_action(action), "aws", "ecr-public")
    assert document.statements[0].actions == (action,)


@pytest.mark.parametrize("service", ["ecr", "ecr-public"])
def test_a_policy_names_no_actions_of_another_service(service: str) -> None:
    other = {"ecr": "ecr-public:PutImage", "ecr-public": "ecr:PutImage"}[service]
    with pytest.raises(InvalidRepositoryPolicyError):
        parse_repository_policy(of_action(other), "aws", service)


def test_a_key_given_twice_is_refused() -> None:
    """Source: reference iam.md §3.1."""
    text = json.dumps(policy()).replace('"Effect"', '"Effect": "Deny", "Effect"')
    with pytest.raises(InvalidRepositoryPolicyError):
        parse_repository_policy(text, "aws")


@pytest.mark.parametrize("sid", ["\u0100", "\u4f60", "\ud800"])
def test_a_character_above_u_00ff_is_refused(sid: str) -> None:
    """Source: reference iam.md §3.1."""
    assert refusal(policy(Sid=sid))


def test_a_character_up_to_u_00ff_is_kept() -> None:
    assert read(Sid="\t\xff").sid == "\t\xff"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (policy(Resource="*"), "a statement must not have 'Resource'"),
        (policy(Principal=ABSENT), "a statement must have one of Principal and NotPrincipal"),
        (policy(Action="s3:*"), "'s3:*' is no action of this policy"),
        ({"Statement": []}, "Statement is empty"),
    ],
)
def test_a_refusal_has_its_reason(document: Any, reason: str) -> None:
    assert refusal(document) == reason


# Registry policies


def test_a_registry_policy_says_its_resources() -> None:
    """Source: reference iam.md §10."""
    (found,) = parse_registry(registry_policy()).statements
    assert (found.resources, found.not_resources) == ((RESOURCE,), ())
    (found,) = parse_registry(registry_policy(Resource=ABSENT, NotResource=["*"])).statements
    assert (found.resources, found.not_resources) == ((), ("*",))


def test_the_form_of_a_resource_is_hardly_checked() -> None:
    """Source: reference iam.md §10 (the service is missing, and ECR took it)."""
    resource = "arn:aws:us-east-2:012345678901:repository/*"
    assert parse_registry(registry_policy(Resource=resource)).statements[0].resources == (resource,)


def test_a_registry_policy_is_shown_like_a_repository_policy() -> None:
    """Inferred: reference iam.md §10."""
    document = policy(Principal={"AWS": ROOT}, Resource=[RESOURCE])
    text = parse_registry(policy(Principal={"AWS": ACCOUNT}, Resource=[RESOURCE])).text
    assert json.loads(text) == document
    assert text.startswith('{\n  "Version" : "2012-10-17",\n  "Statement" : [ {\n    "Effect" : ')


@pytest.mark.parametrize(
    "elements",
    [
        {"Resource": ABSENT},
        {"NotResource": "*"},
        {"Resource": []},
        {"Resource": ""},
        {"Resource": "app"},
        {"Resource": None},
        {"Principal": ABSENT},
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:*"}},
        {"Action": "s3:GetObject"},
    ],
    ids=str,
)
def test_a_wrong_element_of_a_registry_policy_is_refused(elements: dict[str, Any]) -> None:
    """Source: reference iam.md §10."""
    with pytest.raises(InvalidRegistryPolicyError) as caught:
        parse_registry(registry_policy(**elements))
    assert caught.value.reason


@pytest.mark.parametrize(
    "action",
    ["ecr:ReplicateImage", "ecr:BatchImportUpstreamImage", "ecr:createrepository", "ecr:*"],
)
@pytest.mark.parametrize("scope", ["V1", "V2"])
def test_both_scopes_take_the_actions_of_the_first(action: str, scope: str) -> None:
    """Source: reference iam.md §10."""
    (found,) = parse_registry(registry_policy(Action=action), scope).statements
    assert found.actions == (action,)


@pytest.mark.parametrize("action", ["ecr:BatchGetImage", "ecr:Replicate*", "*", "ecr:Foo"])
def test_only_the_second_scope_takes_other_actions(action: str) -> None:
    """Source: reference iam.md §10."""
    assert parse_registry(registry_policy(Action=action), "V2")
    with pytest.raises(InvalidRegistryPolicyError):
        parse_registry(registry_policy(Action=action), "V1")


def test_only_the_second_scope_takes_all_but_some_actions() -> None:
    document = registry_policy(Action=ABSENT, NotAction="ecr:CreateRepository")
    assert parse_registry(document, "V2")
    with pytest.raises(InvalidRegistryPolicyError):
        parse_registry(document, "V1")


# Whatever is sent

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["*", ACCOUNT, ROOT, "ecr:*", "ecr:Get*", RESOURCE, "a.b"])
texts = names | st.lists(names, max_size=2) | json_values
operators = st.sampled_from(["StringEquals", "ForAnyValue:ArnLikeIfExists", "Null", "No"])
near_principals = st.dictionaries(st.sampled_from(["AWS", "Service", "Federated"]), texts) | texts
near_statements = st.fixed_dictionaries(
    {},
    optional={
        "Sid": st.text() | json_values,
        "Effect": st.sampled_from(["Allow", "Deny"]) | json_values,
        "Principal": near_principals,
        "NotPrincipal": near_principals,
        "Action": texts,
        "NotAction": texts,
        "Resource": texts,
        "Condition": st.dictionaries(operators, st.dictionaries(st.text(), texts)) | json_values,
    },
)
near_policies = st.fixed_dictionaries(
    {"Statement": near_statements | st.lists(near_statements, max_size=3)},
    optional={"Version": st.sampled_from(["2008-10-17", "2012-10-17"]) | json_values},
)
good_statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.sampled_from(["*", {"AWS": [ACCOUNT, ROOT]}, {"Service": "a.b"}]),
        "Action": st.sampled_from(["*", "ecr:*", ["ecr:a", "ecr:b"]]),
    },
    optional={
        "Sid": st.text(st.characters(max_codepoint=255)),
        "Condition": st.dictionaries(
            st.sampled_from(["StringEquals", "Null"]),
            st.dictionaries(
                st.text(st.characters(max_codepoint=255)), st.booleans() | st.floats(0, 9)
            ),
        ),
    },
)


@given(st.text())
def test_no_text_makes_the_parser_fail_otherwise(text: str) -> None:
    with suppress(InvalidRepositoryPolicyError):
        parse_repository_policy(text, "aws")
    with suppress(InvalidRegistryPolicyError):
        parse_registry_policy(text, "aws")


@given(json_values | near_policies)
@example({"Statement": {"Effect": "Allow", "Principal": {"AWS": {}}}})
def test_no_json_makes_the_parser_fail_otherwise(document: Any) -> None:
    with suppress(InvalidRepositoryPolicyError):
        locked_out_by(parse(document), USER)
    for scope in ("V1", "V2"):
        with suppress(InvalidRegistryPolicyError):
            parse_registry(document, scope)


@given(st.lists(good_statements, min_size=1, max_size=3))
def test_a_shown_policy_is_a_policy_that_says_the_same(statements: Any) -> None:
    document = parse({"Statement": statements})
    assert parse_repository_policy(document.text, "aws") == document


# Who locks themselves out


def lock(caller: Caller = USER, **elements: Any) -> bool:
    deny = {"Effect": "Deny", "Action": "ecr:SetRepositoryPolicy", **elements}
    return locked_out_by(parse(policy(**deny)), caller) is not None


def test_a_deny_of_everyone_locks_its_author_out() -> None:
    """Source: reference iam.md §9.2."""
    assert lock(Principal="*")


@pytest.mark.parametrize("action", ["*", "ecr:*", "ecr:Set*", "ECR:SETREPOSITORYPOLICY"])
def test_each_action_that_covers_the_operation_locks_out(action: str) -> None:
    assert lock(Action=[action])


def test_a_deny_of_other_actions_does_not() -> None:
    assert not lock(Action="ecr:PutImage")
    assert not lock(Action=ABSENT, NotAction="ecr:Set*")


def test_a_deny_of_all_but_other_actions_does() -> None:
    assert lock(Action=ABSENT, NotAction="ecr:Get*")


def test_an_allow_locks_nobody_out() -> None:
    assert not lock(Effect="Allow")


def test_a_condition_is_not_decided() -> None:
    """Whether it holds depends on the request to come. Inferred: reference iam.md §9.2."""
    assert not lock(Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})


def test_a_deny_of_somebody_else_does_not_lock_out() -> None:
    assert not lock(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/other"})
    assert not lock(Principal={"AWS": "111122223333"})


def test_the_root_of_an_account_is_locked_out_with_its_account() -> None:
    assert lock(ROOT_USER, Principal={"AWS": ACCOUNT})


def test_who_is_spared_is_not_locked_out() -> None:
    assert not lock(Principal=ABSENT, NotPrincipal={"AWS": [USER.arn, ACCOUNT]})
    assert lock(Principal=ABSENT, NotPrincipal={"AWS": "111122223333"})


def test_the_statement_that_locks_out_is_found_among_others() -> None:
    statements = [statement(), statement(Sid="lock", Effect="Deny", Action="*")]
    found = locked_out_by(parse({"Statement": statements}), USER)
    assert found is not None
    assert found.sid == "lock"
